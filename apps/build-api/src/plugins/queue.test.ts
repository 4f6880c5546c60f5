import { parseActionJob, QUEUE, QUEUE_SCHEMA } from '@bootgraph/build-graph'
import { createPostgresBackend, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { draftOf, makeWorld, resultOf, startBuild, unitOf, type World } from '../../test/world.ts'
import { complete } from '../domain/completion.ts'
import { counts } from '../domain/counts.ts'
import { dispatch, sweep } from '../domain/dispatch.ts'
import { openPool } from '../domain/transaction.ts'
import type { Service } from '../services/postgres.ts'
import { preparePostgresQueue } from '../services/postgres-queue.ts'
import { startRedis } from '../services/redis.ts'
import { openQueue } from './queue.ts'

let world: World
let redis: Service | undefined

beforeAll(async () => {
  world = await makeWorld('queue')
  redis = await startRedis(world.folder)
})
afterAll(async () => {
  await redis?.stop()
  await world?.end()
})

test.each(['Redis', 'PostgreSQL'])(
  'on %s a build of three layers goes through a real queue, each unit recorded once though all are swept in again',
  async (where) => {
    const needs = (i: number) => (i < 20 ? [] : [`u${i - 20}`, `u${((i - 20 + 1) % 20) + (i < 40 ? 0 : 20)}`])
    const units = Array.from({ length: 60 }, (_, i) => unitOf(world, `u${i}`, needs(i), { draft: draftOf(world, `${where} ${i}`) }))
    await startBuild(world, where, units)
    const url = where === 'Redis' ? redis!.url : await preparePostgresQueue(world.postgres.url, world.folder)
    const queue = openQueue(url)
    const redisConnection = where === 'Redis' ? new Redis(url, { maxRetriesPerRequest: null }) : undefined
    let recorded = 0
    const worker = new Worker(
      QUEUE.actions,
      async ({ data }) => {
        const job = parseActionJob(data)!
        if ((await complete(world.pool, world.store, [{ job, result: resultOf(world, job) }]))[0] === 'recorded') recorded++
      },
      where === 'Redis'
        ? { connection: new Redis(url, { maxRetriesPerRequest: null }), concurrency: 8 }
        : { connection: { connectionString: url, schema: QUEUE_SCHEMA } as never, concurrency: 8 },
      where === 'Redis' ? undefined : (createPostgresBackend as never),
    )
    const state = async () => (await world.pool.query<{ state: string }>('SELECT state FROM build WHERE id = $1', [where])).rows[0]!.state
    for (const end = Date.now() + 40_000; (await state()) === 'running' && Date.now() < end; ) {
      await dispatch(world, queue.enqueue)
      await sweep(world.pool, queue.enqueue)
    }
    const app = await world.app({ queue })
    const health = await app.inject({ url: '/api/v1/queue', headers: { host: 'localhost' } })
    expect(health.json()).toMatchObject({ backend: where.toLowerCase(), reachable: true })
    await worker.close()
    redisConnection?.disconnect()
    await queue.close()
    expect(await state()).toBe('ended')
    expect(await counts(world.pool, where)).toMatchObject({ built: 60, total: 60 })
    expect(recorded).toBe(60)
  },
)

test('who works on a queue in PostgreSQL sees nothing else of the database', async () => {
  const pool = openPool(await preparePostgresQueue(world.postgres.url, world.folder), 1)
  for (const table of ['build', 'token', 'result'])
    await expect(pool.query(`SELECT * FROM public.${table}`)).rejects.toThrow('permission denied')
  await pool.end()
})
