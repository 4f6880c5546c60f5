/** What is answered while the embedded PostgreSQL is down, the queue with it, and what while it fails otherwise. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, startBuild, unitOf, type World } from '../test/world.ts'
import { isDatabaseAway } from './domain/database-away.ts'
import { type ActionQueue, openQueue } from './plugins/queue.ts'
import { preparePostgresQueue } from './services/postgres-queue.ts'

let world: World
let queue: ActionQueue
let app: FastifyInstance

beforeAll(async () => {
  world = await makeWorld('away')
  queue = openQueue(await preparePostgresQueue(world.postgres.url, world.folder))
  app = await world.app({ queue })
  await startBuild(world, 'known', [unitOf(world, 'a')])
})
afterAll(async () => {
  // Of a queue that is down, the farewell would be waited for.
  void queue?.close().catch(() => {})
  await world?.end()
})

async function ask(path: string, method: 'GET' | 'POST' = 'GET', payload?: object) {
  const answer = await app.inject({ method, url: `/api/v1${path}`, headers: { host: 'localhost' }, ...(payload && { payload }) })
  const { 'content-type': type, 'retry-after': later } = answer.headers
  return { status: answer.statusCode, type: String(type), later, code: answer.json<{ code?: string }>().code }
}
const AWAY = { status: 503, type: expect.stringContaining('application/problem+json') as string, later: '5', code: 'unavailable' }

test('a defect of ours is none of the database', async () => {
  await world.pool.query('ALTER TABLE webhook RENAME TO hidden')
  expect(await ask('/webhooks')).toMatchObject({ status: 500, code: 'internal', later: undefined })
  await world.pool.query('ALTER TABLE hidden RENAME TO webhook')
})

test('a database that goes away in the middle of a question is told apart from a defect; while it is down, health does not need it', async () => {
  expect((await ask('/ready')).status).toBe(200)
  const holder = await world.pool.connect()
  try {
    await holder.query('BEGIN; LOCK TABLE token, build')
    const waiting = [ask('/builds'), ask('/tokens', 'POST', { name: 'x', scopes: ['read'] })]
    await expect
      .poll(async () => (await world.pool.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).rowCount)
      .toBe(waiting.length)
    await world.postgres.stop()
    for (const answer of await Promise.all(waiting)) expect(answer).toEqual(AWAY)
  } finally {
    holder.release(true)
  }
  expect(await ask('/health')).toMatchObject({ status: 200 })
  for (const path of ['/ready', '/builds', '/builds/known/units', '/queue', '/metrics', '/session'])
    expect(await ask(path), path).toEqual(AWAY)
  expect(await ask('/builds/known/cancel', 'POST')).toEqual(AWAY)
  // The queue takes its time to give up; nobody waits for what it says of the question whether it is ready.
  await sleep(2_500)
  expect(await ask('/health')).toMatchObject({ status: 200 })
}, 60_000)

test.each([
  ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432', true],
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND postgres', true],
  ['57P01', 'terminating connection due to administrator command', true],
  ['57P03', 'the database system is starting up', true],
  ['08006', 'connection failure', true],
  [undefined, 'Connection terminated unexpectedly', true],
  [undefined, 'Client has encountered a connection error and is not queryable', true],
  ['57014', 'canceling statement due to user request', false],
  ['42P01', 'relation "x" does not exist', false],
  ['ENOENT', 'Connection terminated', false],
  [undefined, 'x is not a function', false],
])('%s %s: away is %s', (code, message, away) => {
  expect(isDatabaseAway(Object.assign(new Error(message), code === undefined ? {} : { code }))).toBe(away)
})
