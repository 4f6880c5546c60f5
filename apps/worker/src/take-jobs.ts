/** The worker's side of the queue, on Redis or on PostgreSQL: jobs as they come, and which builds were cancelled. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type ActionJob, CANCEL_CHANNEL, isPostgres, parseActionJob, QUEUE, QUEUE_SCHEMA } from '@bootgraph/build-graph'
import { createPostgresBackend, type Telemetry, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'

export interface Taker {
  readonly attempt: (job: ActionJob) => Promise<void>
  readonly cancelled: (build: string) => void
  /** The lease on a job is gone. */
  readonly lost: (jobId: string) => void
}

export interface TakeOptions {
  readonly queue: string
  readonly concurrency: number
  /** Milliseconds. */
  readonly lease: number
  /** Makes a span of every job that is taken. */
  readonly telemetry?: Telemetry | undefined
}

/** Milliseconds that a queue has to say farewell when nothing is under way any more: one whose connection is lost at that moment never does. */
const FAREWELL = 5_000

/** Takes jobs until it is told to stop, which waits for those under way. */
export async function takeJobs({ queue, concurrency, lease, telemetry }: TakeOptions, taker: Taker): Promise<{ stop(): Promise<void> }> {
  const underWay = new Set<Promise<void>>()
  const process = async ({ data }: { data: unknown }): Promise<void> => {
    const job = parseActionJob(data)
    if (job === undefined) return
    const attempt = taker.attempt(job)
    underWay.add(attempt)
    await attempt.finally(() => underWay.delete(attempt))
  }
  // A job outlives the workers that die with it; the API counts what its node does.
  const options = { concurrency, lockDuration: lease, stalledInterval: lease / 2, maxStalledCount: 10, ...(telemetry ? { telemetry } : {}) }
  const { worker, close } = isPostgres(queue) ? await onPostgres() : await onRedis()
  worker.on('error', () => {})
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) taker.lost(id)
  })
  return {
    async stop() {
      const closed = worker.close()
      while (underWay.size > 0) await Promise.allSettled(underWay)
      await Promise.race([closed, sleep(FAREWELL, undefined, { ref: false })])
      await close()
    },
  }

  async function onRedis(): Promise<{ worker: Worker; close: () => Promise<unknown> }> {
    const connect = (): Redis => new Redis(queue, { maxRetriesPerRequest: null }).on('error', () => {})
    const [connection, cancellations] = [connect(), connect()]
    cancellations.on('message', (_channel, build) => taker.cancelled(build))
    await cancellations.subscribe(CANCEL_CHANNEL)
    return {
      worker: new Worker(QUEUE.actions, process, { connection, ...options }),
      close: async () => {
        connection.disconnect()
        cancellations.disconnect()
      },
    }
  }

  async function onPostgres(): Promise<{ worker: Worker; close: () => Promise<unknown> }> {
    const cancellations = await listen(queue, taker.cancelled)
    const connection = { connectionString: queue, schema: QUEUE_SCHEMA }
    return {
      worker: new Worker(QUEUE.actions, process, { connection: connection as never, ...options }, createPostgresBackend as never),
      close: () => cancellations.stop(),
    }
  }
}

/** Milliseconds before a lost connection is made again. */
const RECONNECT = 1_000

async function listen(url: string, heard: (build: string) => void): Promise<{ stop(): Promise<void> }> {
  let stopped = false
  let client: pg.Client | undefined
  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url })
    next.on('notification', ({ payload }) => heard(payload ?? ''))
    next.on('error', () => {})
    next.on('end', () => {
      if (!stopped) setTimeout(() => void connect().catch(() => {}), RECONNECT).unref()
    })
    await next.connect()
    await next.query(`LISTEN "${CANCEL_CHANNEL}"`)
    client = next
  }
  await connect()
  return {
    async stop() {
      stopped = true
      await client?.end()
    },
  }
}
