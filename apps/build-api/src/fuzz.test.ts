import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuzz } from '../test/fuzz.ts'
import { makeWorld, type World } from '../test/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld('fuzz')
})
afterAll(() => world?.end())

test('300 fuzzed requests: never a 5xx, what goes against the document is refused, refusals change nothing, answers have the documented shape', {
  timeout: 900_000,
}, async () => {
  const { faults, statuses, broken } = await fuzz(world, 300, 1)
  expect(faults).toEqual([])
  expect(broken).toBeGreaterThan(30)
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '404']))
})
