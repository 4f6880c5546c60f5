import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { measure } from './measure.ts'

const recorded = JSON.parse(readFileSync(new URL('../../data/libm.json', import.meta.url), 'utf8')) as {
  functions: Record<string, { worst: number; equal: number }>
}
/** What a share may lie below the recorded one by chance, in a sample of this size. */
const CASES = 2000
const CHANCE = 0.03

test('mathematical functions are as near to the host C library as recorded', () => {
  const measured = measure(CASES)
  expect([...measured.keys()].sort()).toEqual(Object.keys(recorded.functions).sort())
  for (const [name, { cases, equal, worst }] of measured) {
    expect(worst, name).toBeLessThanOrEqual(recorded.functions[name].worst)
    expect(equal / cases, name).toBeGreaterThan(recorded.functions[name].equal - CHANCE)
  }
})
