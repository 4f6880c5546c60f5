import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ActionResult, digestOf, parseActionJob, QUEUE } from '@bootgraph/build-graph'
import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complete, counts, dispatch, plan, sweep } from '../domain/scheduler.ts'
import { migrate } from '../services/migrate.ts'
import { type Service, startPostgres } from '../services/postgres.ts'
import { startRedis } from '../services/redis.ts'
import { openQueue } from './queue.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-queue-'))
let postgres: Service
let redis: Service | undefined
let pool: pg.Pool

beforeAll(async () => {
  chmodSync(folder, 0o755)
  postgres = await startPostgres(folder)
  redis = await startRedis(folder)
  await migrate(postgres.url, fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url)))
  pool = new pg.Pool({ connectionString: postgres.url })
  pool.on('error', () => {})
})
afterAll(async () => {
  await pool?.end()
  await postgres?.stop()
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a build of three layers goes through a real queue, each unit recorded once though all are swept in again', async () => {
  const blank = digestOf({})
  const units = Array.from({ length: 60 }, (_, i) => ({
    id: `u${i}`,
    name: `u${i}`,
    stage: 'test',
    action: digestOf({ i }),
    needs: i < 20 ? [] : [`u${i - 20}`, `u${((i - 20 + 1) % 20) + (i < 40 ? 0 : 20)}`],
    expected: 1,
  }))
  await pool.query(`INSERT INTO action (digest, content) SELECT a, '{}' FROM unnest($1::text[]) a`, [units.map((u) => u.action)])
  await plan(pool, { id: 'layers', target: 'test', request: {}, priority: 10, triggeredBy: 'test', units })
  const queue = openQueue(redis!.url)
  const connection = new Redis(redis!.url, { maxRetriesPerRequest: null })
  let recorded = 0
  const worker = new Worker(
    QUEUE.actions,
    async ({ data }) => {
      const job = parseActionJob(data)!
      const result: ActionResult = {
        version: 1,
        action: job.action,
        exit: { reason: 'exit', code: 0 },
        outputs: blank,
        missingOutputs: [],
        stdout: blank,
        stderr: blank,
        gaps: [],
        fuel: 0,
        measured: { peakMemory: 0, time: {} },
      }
      if ((await complete(pool, job, result)) === 'recorded') recorded++
    },
    { connection, concurrency: 8 },
  )
  const state = async () => (await pool.query(`SELECT state FROM build WHERE id = 'layers'`)).rows[0].state
  for (const end = Date.now() + 20_000; (await state()) === 'running' && Date.now() < end; ) {
    await dispatch(pool, queue.enqueue)
    await sweep(pool, queue.enqueue)
  }
  await worker.close()
  connection.disconnect()
  await queue.close()
  expect(await state()).toBe('ended')
  expect(await counts(pool, 'layers')).toEqual({ built: 60, total: 60 })
  expect(recorded).toBe(60)
})
