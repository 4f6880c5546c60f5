/**
 * A graph of units that do nothing: planned, through the queue, and again from the cache; and as many jobs through BullMQ alone,
 * at the same concurrency in the same run. Prints JSON: seconds, CPU seconds of this process (the servers' are not in them), bytes.
 *
 *     npx tsx apps/build-api/bench/index.ts [--units 10000] [--width 200] [--plan-only] [--keep]
 *
 * `--width`: units that may run at the same time. `--keep` adds the figures to results.json beside this file.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { parseActionJob, QUEUE } from '@bootgraph/build-graph'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { batcher } from '../src/domain/batcher.ts'
import { complete, type Delivery, type Taking, take } from '../src/domain/completion.ts'
import { startDispatchLoop } from '../src/domain/dispatch-loop.ts'
import { startTelling } from '../src/domain/tell-builds.ts'
import { openQueue } from '../src/plugins/queue.ts'
import { startRedis } from '../src/services/redis.ts'
import { makeWorld, resultOf, startBuild, unitOf } from '../test/world.ts'

const { values: options } = parseArgs({
  options: {
    units: { type: 'string', default: '10000' },
    width: { type: 'string', default: '200' },
    'plan-only': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})
const [COUNT, WIDTH] = [Number(options.units), Number(options.width)]
const CONCURRENCY = 50
const connect = (url: string) => new Redis(url, { maxRetriesPerRequest: null })

interface Cost {
  /** Seconds of wall time. */
  readonly wall: number
  /** Seconds of this process's CPU time. */
  readonly cpu: number
}

async function cost(work: () => Promise<unknown>): Promise<Cost> {
  const [start, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { wall: hundredths((performance.now() - start) / 1e3), cpu: hundredths((user + system) / 1e6) }
}

const hundredths = (n: number): number => Math.round(n * 100) / 100

function fail(error: unknown): never {
  throw error
}

const world = await makeWorld('bench')
const redis = (await startRedis(world.folder)) ?? fail(new Error('the bench needs Redis'))
const needs = (i: number): string[] => [...new Set([1, 7, 31].map((step) => i - step * WIDTH).filter((j) => j >= 0))].map((j) => `u${j}`)
const units = Array.from({ length: COUNT }, (_, i) => unitOf(world, `u${i}`, needs(i)))

async function bare(): Promise<void> {
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
}

async function throughTheQueue(): Promise<void> {
  // What the heartbeat of a worker of that size says.
  await world.pool.query(`INSERT INTO worker (id, host, concurrency, memory) VALUES ('bench', 'bench', $1, 0)`, [CONCURRENCY])
  const queue = openQueue(redis.url)
  const own = connect(redis.url)
  const record = batcher((deliveries: readonly Delivery[]) => complete(world.pool, world.store, deliveries))
  const taking = batcher((takings: readonly Taking[]) => take(world.pool, takings))
  const loop = startDispatchLoop(world, queue.enqueue, fail)
  const teller = startTelling(world.pool, fail)
  const worker = new Worker(
    QUEUE.actions,
    async ({ data }) => {
      const job = parseActionJob(data)
      if (job === undefined || (await taking({ job, worker: 'bench' })) === undefined) return
      await record({ job, result: resultOf(world, job) })
      loop.kick()
    },
    { connection: own, concurrency: CONCURRENCY },
  )
  const running = async () => (await world.pool.query(`SELECT 1 FROM build WHERE id = 'cold' AND state = 'running'`)).rowCount === 1
  while (await running()) {
    await world.pool.query(`UPDATE worker SET seen_at = now()`)
    await sleep(100)
  }
  await worker.close()
  await loop.stop()
  await teller.stop()
  await queue.close()
  own.disconnect()
}

async function measure(): Promise<Readonly<Record<string, unknown>>> {
  if (options['plan-only']) {
    const planned = await cost(() => startBuild(world, 'cold', units))
    return { planned, peakMemory: process.resourceUsage().maxRSS * 1024 }
  }
  const before = await cost(bare)
  const planned = await cost(() => startBuild(world, 'cold', units))
  const queued = await cost(throughTheQueue)
  const after = await cost(bare)
  const cached = await cost(() => startBuild(world, 'warm', units))
  const { rows } = await world.pool.query<{ build: string; state: string; n: number }>(
    'SELECT build, state, count(*) AS n FROM unit GROUP BY 1, 2 ORDER BY 1',
  )
  const ended = rows.map(({ build, state, n }) => `${build}: ${n} ${state}`)
  return { planned, cached, queued, bare: [before, after], ratio: hundredths((2 * queued.wall) / (before.wall + after.wall)), ended }
}

const figures = { at: new Date().toISOString(), units: COUNT, width: WIDTH, concurrency: CONCURRENCY, ...(await measure()) }
const row = { ...figures, host: { cpus: cpus().length, load: loadavg().map(hundredths) } }
process.stdout.write(`${JSON.stringify(row, null, 2)}\n`)
if (options.keep) {
  const file = new URL('results.json', import.meta.url)
  const kept = JSON.parse(readFileSync(file, 'utf8')) as unknown[]
  writeFileSync(file, `[\n${[...kept, row].map((each) => `  ${JSON.stringify(each)}`).join(',\n')}\n]\n`)
}
await world.end()
await redis.stop()
