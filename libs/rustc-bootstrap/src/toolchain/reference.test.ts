import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blobPath, folderStore, TreeBuilder } from '@bootgraph/build-graph/store'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  checkName,
  listReferences,
  type Place,
  readReference,
  removeReference,
  resolveToolchain,
  type ToolchainReference,
  writeReference,
} from './reference.ts'
import { verifyToolchain } from './verify.ts'

let place: Place
let reference: ToolchainReference
beforeEach(async () => {
  const data = mkdtempSync(join(tmpdir(), 'refs-'))
  place = { data, store: join(data, 'store') }
  const store = folderStore(place.store)
  const builder = new TreeBuilder()
  const { digest, size } = await store.put(new TextEncoder().encode('compiler'))
  builder.setFile('usr/bin/rustc', digest, size, true)
  const tree = await builder.store(store)
  reference = {
    version: 1,
    name: 'mine',
    title: 't',
    kind: 'folder',
    tree,
    packages: [],
    files: 1,
    bytes: 8,
    path: ['/usr/bin'],
    libraryPath: ['/usr/lib'],
  }
  writeReference(reference, place)
})
afterEach(() => rmSync(place.data, { recursive: true }))

test('a reference is found by name, by tree, and by the first digits of its tree', () => {
  const expected = {
    name: 'mine',
    tree: reference.tree,
    roots: [{ tree: reference.tree, store: place.store }],
    path: ['/usr/bin'],
    libraryPath: ['/usr/lib'],
  }
  for (const id of ['mine', reference.tree, reference.tree.slice(0, 12)]) expect(resolveToolchain(id, place)).toEqual(expected)
  expect(listReferences(place)).toEqual([reference])
})

test('a source tree is found as such, and is no toolchain to run', () => {
  writeReference({ ...reference, name: 'rustc-source', kind: 'source', path: [], libraryPath: [] }, place)
  expect(readReference('rustc-source', place).kind).toBe('source')
  expect(() => resolveToolchain('rustc-source', place)).toThrow(/is a source tree without programs/)
})

test('what is not there is told with the way to get it', () => {
  expect(() => resolveToolchain('debian', place)).toThrow(/toolchain install debian/)
  expect(() => readReference('other', place)).toThrow(/toolchain add other PATH/)
  expect(() => removeReference('other', place)).toThrow(/no toolchain/)
})

test('a reference whose tree was collected does not resolve', async () => {
  await folderStore(place.store).remove(reference.tree)
  expect(() => resolveToolchain('mine', place)).toThrow(/no longer in the store/)
})

test('removed is gone', () => {
  removeReference('mine', place)
  expect(listReferences(place)).toEqual([])
})

test.each(['', '../x', 'A', 'a/b', 'a'.repeat(65), 'f'.repeat(64)])('the name %j is refused', (name) => {
  expect(() => checkName(name)).toThrow(/cannot name/)
})

test('verifying names the damaged file', async () => {
  expect((await verifyToolchain('mine', { place })).faults).toEqual([])
  const { digest } = await folderStore(place.store).put(new TextEncoder().encode('compiler'))
  writeFileSync(blobPath(place.store, digest), 'compiles!')
  expect((await verifyToolchain('mine', { place })).faults).toMatchObject([
    { path: 'usr/bin/rustc', message: expect.stringContaining('damaged') },
  ])
})
