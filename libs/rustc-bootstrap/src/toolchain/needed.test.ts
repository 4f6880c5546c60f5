import { readFileSync } from 'node:fs'
import { memoryStore, TreeBuilder } from '@bootgraph/build-graph/store'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { neededBy, unresolvedNeeds } from './needed.ts'

const node = process.platform === 'linux' ? readFileSync(process.execPath) : new Uint8Array()

test.skipIf(process.platform !== 'linux')('the sonames that an ELF file asks for are read and looked up', async () => {
  expect(neededBy(node)).toContain('libc.so.6')
  const store = memoryStore()
  const builder = new TreeBuilder()
  const { digest, size } = await store.put(node)
  builder.setFile('usr/bin/node', digest, size, true)
  const tree = await builder.store(store)
  const needs = neededBy(node)
  expect(await unresolvedNeeds(store, tree, needs)).toEqual([])
  expect(
    await unresolvedNeeds(
      store,
      tree,
      needs.filter((n) => n !== 'libc.so.6'),
    ),
  ).toEqual([{ soname: 'libc.so.6', by: 'usr/bin/node' }])
})

test('any bytes are answered', () => {
  const start = node.slice(0, 1024)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1023), fc.nat(255))), fc.nat(1024), (changes, length) => {
      const bytes = start.slice(0, length)
      for (const [at, value] of changes) if (at > 6 && at < bytes.length) bytes[at] = value
      expect(Array.isArray(neededBy(bytes))).toBe(true)
    }),
  )
})
