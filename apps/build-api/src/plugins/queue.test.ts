import { parseActionJob, QUEUE } from '@bootgraph/build-graph'
import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, resultOf, startBuild, unitOf, type World } from '../../test/world.ts'
import { complete } from '../domain/completion.ts'
import { counts } from '../domain/counts.ts'
import { dispatch, sweep } from '../domain/dispatch.ts'
import type { Service } from '../services/postgres.ts'
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

test('a build of three layers goes through a real queue, each unit recorded once though all are swept in again', async () => {
  const needs = (i: number) => (i < 20 ? [] : [`u${i - 20}`, `u${((i - 20 + 1) % 20) + (i < 40 ? 0 : 20)}`])
  const units = Array.from({ length: 60 }, (_, i) => unitOf(world, `u${i}`, needs(i)))
  await startBuild(world, 'layers', units)
  const queue = openQueue(redis!.url)
  const connection = new Redis(redis!.url, { maxRetriesPerRequest: null })
  let recorded = 0
  const worker = new Worker(
    QUEUE.actions,
    async ({ data }) => {
      const job = parseActionJob(data)!
      if ((await complete(world.pool, world.store, [{ job, result: resultOf(world, job) }]))[0] === 'recorded') recorded++
    },
    { connection, concurrency: 8 },
  )
  const state = async () => (await world.pool.query<{ state: string }>(`SELECT state FROM build WHERE id = 'layers'`)).rows[0]!.state
  for (const end = Date.now() + 40_000; (await state()) === 'running' && Date.now() < end; ) {
    await dispatch(world, queue.enqueue)
    await sweep(world.pool, queue.enqueue)
  }
  await worker.close()
  connection.disconnect()
  await queue.close()
  expect(await state()).toBe('ended')
  expect(await counts(world.pool, 'layers')).toMatchObject({ built: 60, total: 60 })
  expect(recorded).toBe(60)
})
