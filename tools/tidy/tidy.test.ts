/** House rules that no linter knows: the map is true, every room is documented, no file outgrows its idea. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)))
const code = tracked.filter((path) => /\.(ts|tsx|mjs)$/.test(path))
const roomFolders = ['libs', 'apps'].flatMap((group) =>
  readdirSync(join(root, group))
    .filter((room) => existsSync(join(root, group, room, 'package.json')))
    .map((room) => join(group, room)),
)

test('every room has a readme and a place in the arrows', () => {
  const arrows = Object.keys(JSON.parse(read('tools/rooms.json')) as Record<string, unknown>)
  expect(roomFolders.filter((folder) => !existsSync(join(root, folder, 'README.md')))).toEqual([])
  expect(roomFolders.map((folder) => folder.split('/')[1]).sort()).toEqual([...arrows].sort())
})

test('the map of rooms names every room', () => {
  const map = read('ARCHITECTURE.md')
  expect(roomFolders.map((folder) => folder.split('/')[1]).filter((room) => !map.includes(`\`${room}\``))).toEqual([])
})

test('only declarative tables and recorded data are longer than 800 lines', () => {
  const long = code.filter((path) => !path.includes('/generated/') && !/\/(data|test)\//.test(path) && read(path).split('\n').length > 800)
  expect(long).toEqual([])
})

test('no marks are left in the code, and no test is skipped or focused', () => {
  const own = code.filter((path) => path !== 'tools/tidy/tidy.test.ts')
  expect(own.filter((path) => /\b(TODO|FIXME|XXX|HACK)\b/.test(read(path)))).toEqual([])
  expect(own.filter((path) => /\b(it|test|describe)\.(skip|only|todo|fixme)\b/.test(read(path)))).toEqual([])
})

test('the lock file names no registry host', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": *"https?:/)
})
