import { expect, test } from 'vitest'
import { linkMutated } from './mutation.ts'

test('ten thousand mutated programs and libraries give a link or an error, never an exception or a hang', () => {
  const seed = Number(process.env.FUZZ_SEED ?? 20191127)
  const { linked, refused, longest } = linkMutated(10_000, seed)
  console.log(`seed ${seed}: ${linked} linked, ${refused} refused, longest ${longest.toFixed(1)} ms`)
  expect(linked).toBeGreaterThan(0)
  expect(refused).toBeGreaterThan(0)
  expect(longest).toBeLessThan(2000)
})
