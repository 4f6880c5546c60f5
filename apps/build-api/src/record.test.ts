/** What is never lost: the rows of what happened stay as they are, and nothing is done that the audit trail does not tell. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stateOf } from '../test/fuzz.ts'
import { makeWorld, resultOf, startBuild, unitOf, type World } from '../test/world.ts'
import { complete, take } from './domain/completion.ts'
import { dispatch, type ReadyJob } from './domain/dispatch.ts'
import { recordBuild } from './domain/record-plan.ts'
import { createToken } from './plugins/auth.ts'

let world: World
let ask: (method: 'POST' | 'PUT' | 'DELETE', path: string, payload?: object) => Promise<number>

beforeAll(async () => {
  world = await makeWorld('record')
  const app = await world.app({ ownSecret: 'own' })
  const headers = { host: 'localhost', authorization: 'Bearer own' }
  ask = async (method, path, payload) =>
    (await app.inject({ method, url: `/api/v1${path}`, headers, ...(payload && { payload }) })).statusCode

  await startBuild(world, 'b', [unitOf(world, 'u')])
  const jobs: ReadyJob[] = []
  await dispatch(world, async (ready) => void jobs.push(...ready))
  const [job] = jobs as [ReadyJob]
  await take(world.pool, [{ job, worker: 'w' }])
  const piece = { action: job.action, stream: 'stdout', start: 0, data: Buffer.from('printed').toString('base64') }
  expect(await ask('POST', '/attempts/b/u/1/log', piece)).toBe(200)
  const occurrences = [{ found: 'call', symbol: 'x', module: '/bin/x', count: 1 }] as const
  const gaps = [{ truth: 'model', component: 'kernel', kind: 'syscall', name: 'x', occurrences }] as const
  await complete(world.pool, world.store, [{ job, result: resultOf(world, job, 0, { gaps }) }])
  expect(await ask('POST', '/tokens', { name: 'made', scopes: ['read'] })).toBe(201)
})
afterAll(() => world?.end())

test.each([
  ['attempt', ['DELETE FROM attempt']],
  ['log_chunk', ['DELETE FROM log_chunk', 'UPDATE log_chunk SET start = start + 1']],
  ['gap_occurrence', ['DELETE FROM gap_occurrence', 'UPDATE gap_occurrence SET seen_at = now()']],
  ['audit', ['DELETE FROM audit', `UPDATE audit SET who = 'nobody'`]],
  ['event', ['UPDATE event SET at = now()']],
])('rows of %s are not changed or removed, by whatever asks', async (table, changes) => {
  expect((await world.pool.query(`SELECT 1 FROM ${table} LIMIT 1`)).rowCount).toBe(1)
  const before = await stateOf(world)
  for (const change of changes)
    await expect(world.pool.query(change), change).rejects.toThrow(`rows of ${table} are never changed or removed`)
  expect(await stateOf(world)).toBe(before)
})

test('what cannot be written into the audit trail is not done', async () => {
  const { id } = await createToken(world.pool, 'kept', ['read'])
  const hook = { url: 'http://127.0.0.1:8/', events: ['build.ended'] }
  expect(await ask('POST', '/webhooks', hook)).toBe(201)
  const { rows } = await world.pool.query<{ id: string }>('SELECT id FROM webhook')
  const manifest = { version: 1, bundles: { 'node.mjs': world.blank }, entry: 'node.mjs' }
  const image = (await world.store.put(Buffer.from(JSON.stringify(manifest)))).digest
  await startBuild(world, 'open', [unitOf(world, 'v')])
  await startBuild(world, 'ended', [unitOf(world, 'w')])
  expect(await ask('POST', '/builds/ended/cancel', {})).toBe(200)
  await world.pool.query(`INSERT INTO quarantine (action, losses, error) VALUES ($1, 3, 'killed')`, [world.blank])
  await world.pool.query('ALTER TABLE audit ADD CONSTRAINT full_up CHECK (false) NOT VALID')
  const before = await stateOf(world)
  for (const [method, path, payload] of [
    ['POST', '/tokens', { name: 'x', scopes: ['read'] }],
    ['DELETE', `/tokens/${id}`],
    ['POST', '/webhooks', hook],
    ['DELETE', `/webhooks/${rows[0]!.id}`],
    ['PUT', `/node-images/${image}`],
    ['PUT', '/builds/b/artifacts/u/pin', { pinned: true }],
    ['POST', '/builds/open/cancel', {}],
    ['POST', '/builds/ended/retry', {}],
    ['DELETE', `/queue/quarantine/${world.blank}`],
  ] as const) {
    expect(await ask(method, path, payload), path).toBe(500)
    expect(await stateOf(world), path).toBe(before)
  }
})

test('a build that cannot be noted is not recorded', async () => {
  const request = {
    stage: 'test',
    linkage: ['static'],
    targetLinkage: 'static',
    surface: 'latest',
    mode: 'bridge',
    toolchain: 'test',
  } as const
  const build = {
    id: 'unnoted',
    request: { ...request, overlays: [], image: world.blank, seed: 0 },
    surfaceDate: '2026-01-01',
    priority: 1,
  }
  const whole = { ...build, triggeredBy: 'test', units: [unitOf(world, 'u')], planning: false }
  await expect(recordBuild(world, whole, () => Promise.reject(new Error('full up')))).rejects.toThrow('full up')
  expect((await world.pool.query(`SELECT 1 FROM build WHERE id = 'unnoted'`)).rowCount).toBe(0)
})
