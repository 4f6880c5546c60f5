/**
 * A graph of units that do nothing: planned, through the queue, and again from the cache; and as many jobs through BullMQ alone,
 * at the same concurrency in the same run. `npx tsx apps/build-api/bench/index.ts [units]`; prints JSON, seconds.
 */
import { parseActionJob, QUEUE } from '@bootgraph/build-graph'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { batcher } from '../src/domain/batcher.ts'
import { complete, type Delivery } from '../src/domain/completion.ts'
import { dispatch } from '../src/domain/dispatch.ts'
import { openQueue } from '../src/plugins/queue.ts'
import { startRedis } from '../src/services/redis.ts'
import { makeWorld, resultOf, startBuild, unitOf } from '../test/world.ts'

const COUNT = Number(process.argv[2] ?? 10_000)
const CONCURRENCY = 50
const connect = (url: string) => new Redis(url, { maxRetriesPerRequest: null })

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

const world = await makeWorld('bench')
const redis = await startRedis(world.folder)
if (redis === undefined) throw new Error('the bench needs Redis')
const needs = (i: number): string[] => [...new Set([1, 7, 31].map((step) => i - step * 40).filter((j) => j >= 0))].map((j) => `u${j}`)
const units = Array.from({ length: COUNT }, (_, i) => unitOf(world, `u${i}`, needs(i)))

const bare = await timed(async () => {
  const [connection, own] = [connect(redis.url), connect(redis.url)]
  const queue = new Queue('bare', { connection })
  let done = 0
  const worker = new Worker('bare', async () => {}, { connection: own, concurrency: CONCURRENCY })
  const all = new Promise<void>((resolve) => worker.on('completed', () => ++done === COUNT && resolve()))
  const jobs = Array.from({ length: COUNT }, (_, i) => ({
    name: 'job',
    data: { i },
    opts: { jobId: `bare.${i}`, priority: 10, removeOnComplete: true, removeOnFail: true },
  }))
  await queue.addBulk(jobs)
  await all
  await worker.close()
  await queue.close()
  for (const each of [connection, own]) each.disconnect()
})

// What the heartbeat of a worker of that size says.
await world.pool.query(`INSERT INTO worker (id, host, concurrency, memory) VALUES ('bench', 'bench', $1, 0)`, [CONCURRENCY])
const planned = await timed(() => startBuild(world, 'cold', units))
const queue = openQueue(redis.url)
const own = connect(redis.url)
const record = batcher((deliveries: readonly Delivery[]) => complete(world.pool, world.store, deliveries))
const worker = new Worker(
  QUEUE.actions,
  async ({ data }) => {
    const job = parseActionJob(data)
    if (job) await record({ job, result: resultOf(world, job) })
  },
  { connection: own, concurrency: CONCURRENCY },
)
const state = async () => (await world.pool.query<{ state: string }>(`SELECT state FROM build WHERE id = 'cold'`)).rows[0]?.state
const queued = await timed(async () => {
  while ((await state()) === 'running') {
    await dispatch(world, queue.enqueue)
    await world.pool.query(`UPDATE worker SET seen_at = now()`)
  }
})
await worker.close()
await queue.close()
own.disconnect()

const cached = await timed(() => startBuild(world, 'warm', units))
const { rows } = await world.pool.query<{ build: string; state: string; n: number }>(
  'SELECT build, state, count(*) AS n FROM unit GROUP BY 1, 2 ORDER BY 1',
)
const round = (seconds: number): number => Math.round(seconds * 100) / 100
process.stdout.write(
  `${JSON.stringify({ units: COUNT, concurrency: CONCURRENCY, planned: round(planned), cached: round(cached), queued: round(queued), bare: round(bare), ratio: round(queued / bare), rows }, null, 2)}\n`,
)
await world.end()
await redis.stop()
