import { FOUND, type Gap } from '@bootgraph/build-graph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { draftOf, makeWorld, resultOf, startBuild, unitOf, type World } from '../../test/world.ts'
import { complete } from './completion.ts'
import { dispatch, type ReadyJob } from './dispatch.ts'
import { takePicture } from './gap-ranking.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld('ranking')
})
afterAll(() => world?.end())

test('only a gap that a program ran into is called; what is linked, loaded, looked up or compiled is not', async () => {
  const gaps = FOUND.map(
    (found): Gap => ({
      truth: 'upstream',
      component: 'relibc',
      kind: 'symbol-missing',
      name: found,
      occurrences: [{ found, symbol: found, module: '/bin/x', count: 1 }],
    }),
  )
  await startBuild(world, 'use', [unitOf(world, 'u', [], { draft: draftOf(world, 'u') })])
  const jobs: ReadyJob[] = []
  await dispatch(world, async (ready) => void jobs.push(...ready))
  await complete(
    world.pool,
    world.store,
    jobs.map((job) => ({ job, result: resultOf(world, job, 1, { gaps }) })),
  )
  const { weights } = await takePicture(world.pool, { build: 'use' })
  const called = [...weights].flatMap(([key, weight]) => (weight.called ? [key] : []))
  expect([weights.size, called]).toEqual([FOUND.length, ['upstream/relibc/symbol-missing/call']])
})
