import { expect, test } from 'vitest'
import type { Digest } from '../digest.ts'
import { changedPaths } from './changed-paths.ts'
import { memoryStore } from './memory.ts'
import { TreeBuilder } from './tree-io.ts'

const store = memoryStore()

async function tree(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): Promise<Digest> {
  const builder = new TreeBuilder()
  for (const [path, content] of Object.entries(files)) {
    const { digest, size } = await store.put(Buffer.from(content))
    builder.setFile(path, digest, size, false)
  }
  for (const [path, target] of Object.entries(links)) builder.setSymlink(path, target)
  return builder.store(store)
}

test('what is new, gone or other is named; what is equal is not', async () => {
  const before = await tree({ 'a/same': '1', 'a/other': '2', 'gone/x': '3' }, { link: 'a' })
  const after = await tree({ 'a/same': '1', 'a/other': '4', 'new/y': '5' }, { link: 'b' })
  expect(await changedPaths(store, before, after, 10)).toEqual(['a/other', 'gone/x', 'link', 'new/y'])
  expect(await changedPaths(store, before, after, 2)).toEqual(['a/other', 'gone/x'])
  expect(await changedPaths(store, before, before, 10)).toEqual([])
})

test('a file in place of a folder is both', async () => {
  expect(await changedPaths(store, await tree({ 'a/x': '1' }), await tree({ a: '1' }), 10)).toEqual(['a/x'])
})
