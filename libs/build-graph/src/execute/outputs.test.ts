import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { memoryStore } from '../store/memory.ts'
import { listTree } from '../store/tree-io.ts'
import { collectOutputs, pathNames } from './outputs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outputs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('files and folders come back under their guest paths', async () => {
  const store = memoryStore()
  mkdirSync(join(folder, 'work/target/deps'), { recursive: true })
  writeFileSync(join(folder, 'work/target/deps/a.o'), 'object')
  writeFileSync(join(folder, 'work/run'), 'program')
  chmodSync(join(folder, 'work/run'), 0o755)
  const { outputs, missing } = await collectOutputs(store, folder, ['/work/target', '/work/run'])
  expect(missing).toEqual([])
  const found = []
  for await (const { path, entry } of listTree(store, outputs!)) if (entry.kind === 'file') found.push([path, entry.executable])
  expect(found.sort()).toEqual([
    ['work/run', true],
    ['work/target/deps/a.o', false],
  ])
})

test('one missing output leaves no tree', async () => {
  writeFileSync(join(folder, 'here'), '')
  expect(await collectOutputs(memoryStore(), folder, ['/here', '/gone'])).toEqual({ outputs: undefined, missing: ['/gone'] })
})

test('a link that the guest made leads nowhere', async () => {
  const store = memoryStore()
  symlinkSync('/etc', join(folder, 'out'))
  expect((await collectOutputs(store, folder, ['/out/passwd'])).missing).toEqual(['/out/passwd'])
  const { outputs } = await collectOutputs(store, folder, ['/out'])
  const found = []
  for await (const { entry } of listTree(store, outputs!)) found.push(entry.kind)
  expect(found).toEqual(['symlink'])
})

test('links come as they were told, and no name leads out of the outputs', async () => {
  const store = memoryStore()
  mkdirSync(join(folder, 'out/in'), { recursive: true })
  const links = new Map([
    ['/out/in/link', 'a/../b'],
    ['/alone', '/etc'],
    ['/else', 'not asked for'],
  ])
  const { outputs, missing } = await collectOutputs(store, folder, ['/out', '/alone'], links)
  expect(missing).toEqual([])
  const found = []
  for await (const { path, entry } of listTree(store, outputs!)) if (entry.kind === 'symlink') found.push([path, entry.target])
  expect(found.sort()).toEqual([
    ['alone', '/etc'],
    ['out/in/link', 'a/../b'],
  ])
  expect((await collectOutputs(store, folder, ['/alone/passwd'], links)).missing).toEqual(['/alone/passwd'])
  await expect(collectOutputs(store, folder, ['/out'], new Map([['/out/../up', 'x']]))).rejects.toThrow()
})

test.each(['work', '/', '/work/', '/work/../etc', '/work//x'])('%s names no output', (path) => {
  expect(pathNames(path)).toBeUndefined()
})
