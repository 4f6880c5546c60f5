/** The worker's side of the queue, on Redis or on PostgreSQL: jobs as they come, and which builds were cancelled. */
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

/** Takes jobs until it is told to stop, which waits for those under way. */
export async function takeJobs({ queue, concurrency, lease, telemetry }: TakeOptions, taker: Taker): Promise<{ stop(): Promise<void> }> {
  const process = async ({ data }: { data: unknown }): Promise<void> => {
    const job = parseActionJob(data)
    if (job !== undefined) await taker.attempt(job)
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
      await worker.close()
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
