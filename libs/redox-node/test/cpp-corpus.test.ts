/** Every C++ program of libs/relibc/test/cpp, in a node and natively: the same output and exit status. */
import { describe, expect, it } from 'vitest'
import { compiled, sourcesOf } from './corpus/programs.ts'
import { inNode, natively } from './corpus/run.ts'

describe('a C++ program does in a node what it does natively', () => {
  it.each(sourcesOf('cpp').map((source) => [source.replace(/.*\/test\/cpp\//, ''), source]))('%s', (_, source) => {
    const program = compiled('cpp', source)
    const { code, stdout, gaps, notes } = inNode(program)
    expect({ code, stdout }, notes.join('\n')).toEqual(natively(program))
    expect(gaps.filter((gap) => gap.truth === 'model').map((gap) => gap.name)).toEqual([])
  })
})
