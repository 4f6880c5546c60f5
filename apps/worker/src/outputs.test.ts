import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listTree, memoryStore } from '@bootgraph/build-graph/store'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { belowInput, collectOutputs } from './outputs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outputs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('files and folders come back under their guest paths', async () => {
  const store = memoryStore()
  mkdirSync(join(folder, 'target/deps'), { recursive: true })
  writeFileSync(join(folder, 'target/deps/a.o'), 'object')
  writeFileSync(join(folder, 'run'), 'program')
  chmodSync(join(folder, 'run'), 0o755)
  const { outputs, missing } = await collectOutputs(store, folder, '/work', ['/work/target', '/work/run'])
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
  expect(await collectOutputs(memoryStore(), folder, '/work', ['/work/here', '/work/gone'])).toEqual({
    outputs: undefined,
    missing: ['/work/gone'],
  })
})

test('a link that the guest made leads nowhere', async () => {
  const store = memoryStore()
  symlinkSync('/etc', join(folder, 'out'))
  expect((await collectOutputs(store, folder, '/work', ['/work/out/passwd'])).missing).toEqual(['/work/out/passwd'])
  const { outputs } = await collectOutputs(store, folder, '/work', ['/work/out'])
  const found = []
  for await (const { entry } of listTree(store, outputs!)) found.push(entry.kind)
  expect(found).toEqual(['directory', 'symlink'])
})

test.each(['/etc/passwd', '/work', '/work/', '/work/../etc', '/workshop/x', '/work//x'])('%s is not below the input', (path) => {
  expect(belowInput('/work', path)).toBeUndefined()
})
