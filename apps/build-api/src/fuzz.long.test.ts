import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuzz } from '../test/fuzz.ts'
import { makeWorld, type World } from '../test/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld('fuzz')
})
afterAll(() => world?.end())

test('5000 fuzzed requests: never a 5xx, what goes against the document is refused, refusals change nothing, answers have the documented shape', {
  timeout: 900_000,
}, async () => {
  const { faults, statuses, broken } = await fuzz(world, 5000, 2)
  expect(faults).toEqual([])
  expect(broken).toBeGreaterThan(500)
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '404']))
})
