import { expect, test } from 'vitest'
import type { Digest } from '../digest.ts'
import type { ActionDraft } from '../plan.ts'
import { memoryStore } from './memory.ts'
import { draftInput, mergeTrees } from './merge-trees.ts'
import { listTree, TreeBuilder } from './tree-io.ts'

const store = memoryStore()

async function tree(files: Readonly<Record<string, string>>): Promise<Digest> {
  const builder = new TreeBuilder()
  for (const [path, content] of Object.entries(files)) {
    const { digest, size } = await store.put(Buffer.from(content))
    builder.setFile(path, digest, size, false)
  }
  return builder.store(store)
}

async function files(digest: Digest): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for await (const { path, entry } of listTree(store, digest))
    if (entry.kind === 'file') all[path] = Buffer.from(await store.get(entry.digest)).toString()
  return all
}

test('the last tree wins, and directories of one name become one', async () => {
  const merged = await mergeTrees(store, [await tree({ 'a/x': '1', 'a/y': '2', b: '3' }), await tree({ 'a/y': '4', 'c/d': '5' })])
  expect(await files(merged)).toEqual({ 'a/x': '1', 'a/y': '4', b: '3', 'c/d': '5' })
})

test('a merged tree has the digest of the same files put together at once', async () => {
  const parts = [await tree({ 'a/x': '1' }), await tree({ 'a/y': '2' })]
  expect(await mergeTrees(store, parts)).toBe(await tree({ 'a/x': '1', 'a/y': '2' }))
  expect(await mergeTrees(store, parts.slice(0, 1))).toBe(parts[0])
  expect(await files(await mergeTrees(store, []))).toEqual({})
})

test('a file over a directory and a directory over a file: the last wins', async () => {
  const [file, folder] = [await tree({ a: '1' }), await tree({ 'a/x': '2' })]
  expect(await files(await mergeTrees(store, [folder, file]))).toEqual({ a: '1' })
  expect(await files(await mergeTrees(store, [file, folder]))).toEqual({ 'a/x': '2' })
})

test('an input is made of stored trees and of outputs of units, which keep their guest paths or are picked', async () => {
  const outcomes = new Map([
    ['made', { outputs: await tree({ 'work/lib.o': 'o', 'work/deps/d.rlib': 'd' }), stdout: (await store.put(Buffer.from(''))).digest }],
  ])
  const draft = (inputs: ActionDraft['inputs']) => draftInput(store, { inputPath: '/work', inputs } as ActionDraft, outcomes)
  const sources = { tree: await tree({ 'm.rs': 's' }), at: 'src' }
  expect(await files(await draft([sources, { outputsOf: 'made' }]))).toEqual({ 'src/m.rs': 's', 'lib.o': 'o', 'deps/d.rlib': 'd' })
  expect(await files(await draft([{ outputsOf: 'made', from: '/work/deps', at: 'libs' }]))).toEqual({ 'libs/d.rlib': 'd' })
  await expect(draft([{ outputsOf: 'other' }])).rejects.toThrow('has not ended')
})
