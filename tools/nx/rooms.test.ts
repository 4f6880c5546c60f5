import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createNodesV2 } from './rooms.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('every room can be built, tested, linted, checked and measured', () => {
  const files = ['libs', 'apps'].flatMap((group) => readdirSync(`${root}${group}`).map((room) => `${group}/${room}/package.json`))
  const [, nodesOf] = createNodesV2
  const rooms = nodesOf(files, undefined, { workspaceRoot: root }).flatMap(([, { projects }]) => Object.entries(projects))
  expect(rooms).toHaveLength(files.length)
  for (const [room, { targets = {} }] of rooms)
    expect([room, Object.keys(targets).sort()]).toEqual([room, ['bench', 'build', 'lint', 'test', 'typecheck']])
})

test('rows of benches belong to rooms that are there', () => {
  const read = (path: string): object => JSON.parse(readFileSync(`${root}${path}`, 'utf8')) as object
  expect(Object.keys(read('tools/rooms.json'))).toEqual(expect.arrayContaining(Object.keys(read('tools/bench/rooms.json'))))
})
