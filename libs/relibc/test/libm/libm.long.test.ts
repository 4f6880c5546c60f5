import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { measure } from './measure.ts'

const recorded = JSON.parse(readFileSync(new URL('../../data/libm.json', import.meta.url), 'utf8')) as {
  functions: Record<string, { worst: number; equal: number }>
}

test('the recorded distances hold over the sample that they were measured with', () => {
  for (const [name, { cases, equal, worst }] of measure(100_000)) {
    expect(worst, name).toBeLessThanOrEqual(recorded.functions[name].worst)
    expect(equal / cases, name).toBeGreaterThanOrEqual(recorded.functions[name].equal)
  }
})
