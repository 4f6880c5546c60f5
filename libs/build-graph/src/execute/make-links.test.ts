import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeLink } from './make-links.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-links-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (...names: string[]) => join(folder, ...names)
const { EACCES, EEXIST, ENOENT } = constants.errno

for (const name of ['own/in', 'owned', 'other']) mkdirSync(at(name), { recursive: true })
symlinkSync(at('other'), at('own/out'))
symlinkSync(at('own'), at('name-of-own'))

test.each([
  ['own/one', 'in', 0],
  ['own/in/two', '../../up', 0],
  ['own/one', 'in', EEXIST],
  ['own/absent/three', 'in', ENOENT],
])('%s to %s: %i', (path, target, errno) => {
  expect(makeLink([at('own')], at(path), target)).toBe(errno)
  if (errno === 0) expect(readlinkSync(at(path))).toBe(target)
})

test.each(['other/x', 'owned/x', 'own/out/x', 'own/../other/x', 'x'])('%s is in none of the folders', (path) => {
  expect(makeLink([at('own')], at(path), 'in')).toBe(EACCES)
  expect(lstatSync(at(path), { throwIfNoEntry: false })).toBeUndefined()
})

test('a folder may be named by a link, and none is writable by itself', () => {
  expect(makeLink([at('other'), at('name-of-own')], at('name-of-own/four'), 'in')).toBe(0)
  expect(makeLink([], at('own/five'), 'in')).toBe(EACCES)
})
