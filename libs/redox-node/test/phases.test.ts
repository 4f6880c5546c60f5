/** The phases of a run that its report tells apart. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compiled } from './corpus/programs.ts'
import { inNode } from './corpus/run.ts'

it.each([
  ['dynamic', ['load']],
  ['static', ['link']],
] as const)('%s: each phase is there, and together they are no more than the total', (linkage, made) => {
  const program = compiled('c', fileURLToPath(new URL('./kept/collatz.c', import.meta.url)))
  const { total, cpu, ...phases } = inNode(program, { linkage, engine: 'translator' }).time
  expect(Object.keys(phases).sort()).toEqual(['boot', 'compile', 'keep', 'run', 'start', 'translate', ...made].sort())
  for (const phase of Object.values(phases)) expect(phase).toBeGreaterThanOrEqual(0)
  for (const phase of [phases.translate, phases.compile, phases.run]) expect(phase).toBeGreaterThan(0)
  expect(Object.values(phases).reduce((sum, phase) => sum + phase, 0)).toBeLessThanOrEqual(total)
  expect(cpu).toBeGreaterThan(0)
})
