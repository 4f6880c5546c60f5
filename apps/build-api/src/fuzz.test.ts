import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuzz } from '../test/fuzz.ts'
import { makeWorld, type World } from '../test/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld('fuzz')
})
afterAll(() => world?.end())

test('300 fuzzed requests: never a 5xx, refusals change nothing, answers have the documented shape', { timeout: 900_000 }, async () => {
  const { faults, statuses } = await fuzz(world, 300, 1)
  expect(faults).toEqual([])
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '404']))
})
