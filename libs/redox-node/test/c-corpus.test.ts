/** Every C program of libs/relibc/test/c, in a node and natively: the same output and exit status. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderStore, importFolder, TreeBuilder } from '@bootgraph/build-graph/store'
import { describe, expect, it } from 'vitest'
import { compiled, sourcesOf } from './corpus/programs.ts'
import { inNode, natively } from './corpus/run.ts'

describe('a C program does in a node what it does natively', () => {
  it.each(sourcesOf('c').map((source) => [source.replace(/.*\/test\/c\//, ''), source]))('%s', (_, source) => {
    const program = compiled('c', source)
    const { code, stdout, gaps, notes } = inNode(program)
    expect({ code, stdout }, notes.join('\n')).toEqual(natively(program))
    expect(gaps.filter((gap) => gap.truth === 'model').map((gap) => gap.name)).toEqual([])
  })
})

describe('the same of programs in a tree of the store, whose pages come when they are touched', () => {
  it.each(sourcesOf('c').filter((source) => source.includes('/sys_mman/')))('%s', async (source) => {
    const program = compiled('c', source)
    const store = mkdtempSync(join(tmpdir(), 'bootgraph-store-'))
    try {
      const builder = new TreeBuilder()
      await importFolder(folderStore(store), program.folder, builder)
      const tree = await builder.store(folderStore(store))
      const { code, stdout, notes } = inNode(program, { roots: [{ tree, store }] })
      expect({ code, stdout }, notes.join('\n')).toEqual(natively(program))
    } finally {
      rmSync(store, { recursive: true, force: true })
    }
  })
})
