/**
 * A graph of units that do nothing: planned, through the queue, and again from the cache; and as many jobs through BullMQ alone,
 * at the same concurrency in the same run. Prints JSON: seconds, CPU seconds of this process and, on Linux, of the servers below it, bytes;
 * `ratio` by wall time, `cpuRatio` by CPU time of all, which others on the host disturb less.
 *
 *     npx tsx apps/build-api/bench/index.ts [--units 10000] [--width 200] [--plan-only] [--keep]
 *
 * `--width`: units that may run at the same time. `--keep` adds the figures to results.json beside this file.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  /** Seconds of the database's and the queue's. */
  readonly servers?: number
}

async function cost(work: () => Promise<unknown>): Promise<Cost> {
  const [start, before, children] = [performance.now(), process.cpuUsage(), cpuBelow(process.pid)]
  await work()
  const { user, system } = process.cpuUsage(before)
  const wall = hundredths((performance.now() - start) / 1e3)
  const servers = children === undefined ? {} : { servers: hundredths(cpuBelow(process.pid)! - children) }
  return { wall, cpu: hundredths((user + system) / 1e6), ...servers }
}

/** CPU seconds of all processes below one, ended ones included; undefined where there is no /proc. */
function cpuBelow(root: number): number | undefined {
  if (!existsSync('/proc/self/stat')) return undefined
  const found = readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined
    // What follows the name, which may hold anything: state, parent, …, from the twelfth on the four times in hundredths.
    const fields = stat
      ?.slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    return fields ? [{ pid: Number(name), parent: fields[1]!, ticks: fields[11]! + fields[12]! + fields[13]! + fields[14]! }] : []
  })
  const below = (parent: number): number =>
    found.filter((each) => each.parent === parent).reduce((sum, { pid, ticks }) => sum + ticks + below(pid), 0)
  return below(root) / 100
}

/** Undefined for a process that has just ended. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
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
  const teller = startTelling(world.pool, () => false, fail)
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
  const all = ({ cpu, servers }: Cost): number => cpu + (servers ?? Number.NaN)
  const ratio = hundredths((2 * queued.wall) / (before.wall + after.wall))
  const cpuRatio = hundredths((2 * all(queued)) / (all(before) + all(after)))
  return { planned, cached, queued, bare: [before, after], ratio, cpuRatio, ended }
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
