import type { Gap } from '@bootgraph/build-graph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, resultOf, startBuild, unitOf, type World } from '../test/world.ts'
import { complete } from './domain/completion.ts'
import { dispatch, type ReadyJob } from './domain/dispatch.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld('gaps')
})
afterAll(() => world?.end())

test('a gap closes with the first surface after the one that met it, though an earlier one had the symbol', async () => {
  const gap: Gap = {
    truth: 'upstream',
    component: 'relibc',
    kind: 'symbol-missing',
    name: 'iswctype',
    occurrences: [{ found: 'load', symbol: '__iswctype_l', module: '/bin/x', count: 1 }],
  }
  await startBuild(world, 'early', [unitOf(world, 'u')], { surfaceDate: '2019-11-27' })
  const jobs: ReadyJob[] = []
  await dispatch(world, async (ready) => void jobs.push(...ready))
  await complete(
    world.pool,
    world.store,
    jobs.map((job) => ({ job, result: resultOf(world, job, 1, { gaps: [gap] }) })),
  )
  const app = await world.app()
  const answer = await app.inject({ url: '/api/v1/gaps', headers: { host: 'localhost' } })
  expect(answer.json()).toMatchObject({ items: [{ name: 'iswctype', surfaces: ['2019-11-27'], closesAt: '2021-09-30' }] })
})
