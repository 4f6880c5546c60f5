import { expect, test } from 'vitest'
import fuzz from '../fuzz/index.ts'

test('ten thousand mutated files for each reader and linker', () => {
  const seed = Number(process.env.FUZZ_SEED ?? 20191127)
  expect(fuzz({ seed, cases: 10_000 })).toBe(50_000)
})
