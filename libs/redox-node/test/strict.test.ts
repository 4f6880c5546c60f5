/**
 * What a surface lacks: strict ends the run at the first thing that is needed, by its name; weak references need nothing, and a host's spelling of
 * what the surface has, such as __libc_start_main, is served without a gap.
 */
import { fileURLToPath } from 'node:url'
import type { NodeRequest } from '@bootgraph/build-graph'
import { describe, expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

const EARLY = { surface: '2019-11-27' } as const

function run(name: string, options: Partial<NodeRequest>) {
  const { gaps, ...outcome } = inNode(compiled('c', fileURLToPath(new URL(`./strict/${name}.c`, import.meta.url))), options)
  return { ...outcome, gaps: gaps.map(({ component, name }) => `${component} ${name}`) }
}

describe.each(['dynamic', 'static'] as const)('%s', (linkage) => {
  it.each(['strict', 'bridge'] as const)('%s: a program that needs nothing of what is missing runs to its end without a gap', (mode) => {
    expect(run('write', { ...EARLY, linkage, mode })).toMatchObject({ code: 3, stdout: 'ran\n', notes: [], gaps: [] })
  })

  it('strict: a missing symbol stops the run before the program begins', () => {
    const { code, stdout, notes, gaps } = run('getrandom', { ...EARLY, linkage, mode: 'strict' })
    const line = '/program: getrandom is missing in Redox of 2019-11-27'
    expect({ code, stdout, notes, gaps }).toEqual({ code: 1, stdout: '', notes: [line], gaps: ['relibc getrandom'] })
  })
})

it.each(['dlopen', 'dladdr'])('strict: %s, which is missing, is where the run stops, in a child as well', (name) => {
  const { code, stdout, notes, gaps } = run(name, { ...EARLY, mode: 'strict' })
  expect({ code, stdout, gaps }).toEqual({ code: 1, stdout: 'begun\n', gaps: [`ld-so ${name}`] })
  expect(notes).toEqual([`/program: ld.so of 2019-11-27 lacks '${name}' (fails: what needs it cannot be loaded, found or called)`])
})

it('bridge: the same programs run on, with the same gaps', () => {
  expect(run('dlopen', EARLY)).toMatchObject({ code: 0, stdout: 'begun\nopened\n', gaps: ['ld-so dlopen'] })
  expect(run('dladdr', EARLY)).toMatchObject({ code: 4, stdout: 'begun\nwaited\n', gaps: ['ld-so dladdr'] })
})
