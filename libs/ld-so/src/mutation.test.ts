import { expect, test } from 'vitest'
import { originals, surviveMutation, TARGETS } from '../test/mutation.ts'

const seed = Number(process.env.FUZZ_SEED ?? 20191127)
const files = originals()

test.each(Object.keys(TARGETS))('%s: mutated files give a value or an error, never an exception or a hang', (target) => {
  const { accepted, refused } = surviveMutation(target, files, 200, seed)
  expect(accepted).toBeGreaterThan(0)
  expect(refused).toBeGreaterThan(0)
})
