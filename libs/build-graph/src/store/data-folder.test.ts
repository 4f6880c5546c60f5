import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { dataFolder } from './data-folder.ts'

const host = (platform: NodeJS.Platform, env: Record<string, string> = {}, home = '/home/u') => ({ platform, env, home })

test('each platform has its own place, BOOTGRAPH_DATA beats them all', () => {
  expect(dataFolder(host('linux'))).toBe('/home/u/.local/share/bootgraph')
  expect(dataFolder(host('linux', { XDG_DATA_HOME: '/x' }))).toBe('/x/bootgraph')
  expect(dataFolder(host('linux', { XDG_DATA_HOME: 'relative' }))).toBe('/home/u/.local/share/bootgraph')
  expect(dataFolder(host('darwin', {}, '/Users/u'))).toBe('/Users/u/Library/Application Support/bootgraph')
  expect(dataFolder(host('win32', { LOCALAPPDATA: 'C:\\L' }, 'C:\\u'))).toBe('C:\\L\\bootgraph')
  expect(dataFolder(host('win32', {}, 'C:\\u'))).toBe('C:\\u\\AppData\\Local\\bootgraph')
  expect(dataFolder(host('darwin', { BOOTGRAPH_DATA: 'd' }))).toBe(resolve('d'))
})
