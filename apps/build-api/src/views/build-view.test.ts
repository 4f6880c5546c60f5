/** What stopped a build, and how long it still takes. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, resultOf, startBuild, unitOf, type World } from '../../test/world.ts'
import { complete, take } from '../domain/completion.ts'
import { dispatch, type ReadyJob } from '../domain/dispatch.ts'

let world: World
let app: FastifyInstance
beforeAll(async () => {
  world = await makeWorld('build-view')
  app = await world.app()
})
afterAll(() => world?.end())

const show = async (build: string) => (await app.inject({ url: `/api/v1/builds/${build}`, headers: { host: 'localhost' } })).json()
const jobsOf = async (): Promise<ReadyJob[]> => {
  const jobs: ReadyJob[] = []
  await dispatch(world, async (ready) => void jobs.push(...ready))
  return jobs
}
const end = async (job: ReadyJob, code = 0): Promise<void> => {
  await take(world.pool, [{ job, worker: 'w' }])
  await complete(world.pool, world.store, [{ job, result: resultOf(world, job, code) }])
}
const unavailable = (id: string, needs: readonly string[], reason: string) => {
  const { draft: _, ...unit } = unitOf(world, id, needs, { linkage: 'dynamic', unavailable: reason })
  return unit
}

test('a build of which nothing can run says why, and only where the reason begins', async () => {
  await startBuild(world, 'idle', [unavailable('query', [], 'the source is not there'), unavailable('behind', ['query'], 'waits for it')])
  expect((await show('idle')).blockers).toEqual([
    { unit: 'query', name: 'query', linkage: 'dynamic', state: 'blocked', message: 'the source is not there', blocks: 1 },
  ])
})

test('failures come first, each with its linkage and reason, then what could not run', async () => {
  const twins = (['static', 'dynamic'] as const).map((linkage) => unitOf(world, linkage, [], { name: 'core', linkage }))
  await startBuild(world, 'mixed', [...twins, unitOf(world, 'after', ['static']), unavailable('above', ['dynamic'], 'nobody builds it')])
  for (const job of await jobsOf()) await end(job, job.unit === 'static' ? 1 : 0)
  const { blockers } = await show('mixed')
  expect(blockers).toMatchObject([
    { unit: 'static', linkage: 'static', state: 'failed', blocks: 1 },
    { unit: 'above', linkage: 'dynamic', state: 'blocked', message: 'nobody builds it', blocks: 0 },
  ])
  expect(blockers[0].message).toContain('exit with 1')
})

test('how long a build still takes is a range, once something of it was recorded', async () => {
  const headers = { host: 'localhost' }
  const state = { host: 'h', concurrency: 1, memory: 1, memoryUsed: 0, draining: false }
  await app.inject({ method: 'PUT', url: '/api/v1/workers/w', headers, payload: state })
  await startBuild(
    world,
    'timed',
    ['t1', 't2'].map((id) => unitOf(world, id, [], { expected: 1000 })),
  )
  expect(await show('timed')).not.toHaveProperty('left')
  await end((await jobsOf())[0]!)
  expect((await show('timed')).left).toEqual({ least: 500, most: 2000 })
})

test('a build of a stage whose source is not installed is refused with what to install', async () => {
  const manifest = JSON.stringify({ version: 1, bundles: {}, entry: 'main.mjs' })
  await world.pool.query(`INSERT INTO node_image (digest, manifest, registered_by) VALUES ($1, $2, 'test')`, [world.blank, manifest])
  for (const stage of ['std', 'stage1']) {
    const answer = await app.inject({ method: 'POST', url: '/api/v1/builds', headers: { host: 'localhost' }, payload: { stage } })
    expect([answer.statusCode, answer.json().detail]).toEqual([422, expect.stringContaining('bootgraph toolchain install rustc-source')])
  }
})
