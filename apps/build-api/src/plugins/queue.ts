/** The queue's side of the API: ready jobs go in under their own id, so that adding one twice adds it once. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type ActionJob, CANCEL_CHANNEL, isPostgres, jobId, QUEUE, QUEUE_SCHEMA } from '@bootgraph/build-graph'
import { createPostgresBackend, Queue, type Telemetry } from 'bullmq'
import { Redis } from 'ioredis'
import type { Enqueue } from '../domain/dispatch.ts'
import { openPool } from '../domain/transaction.ts'

export interface ActionQueue {
  readonly backend: 'redis' | 'postgresql'
  readonly enqueue: Enqueue
  /** Jobs in the queue; @throws Error if it does not answer. */
  sizes(): Promise<{ waiting: number; active: number }>
  /** Tells every worker to stop a build's attempts. */
  announceCancel(build: string): Promise<void>
  close(): Promise<void>
}

/** Milliseconds to answer a question about the queue. */
const LIMIT = 2_000

/** @param url of Redis, or of PostgreSQL where there is no Redis. */
export function openQueue(url: string, telemetry?: Telemetry): ActionQueue {
  const more = telemetry ? { telemetry } : {}
  const { queue, publish, close } = isPostgres(url) ? onPostgres(url, more) : onRedis(url, more)
  queue.on('error', () => {})
  return {
    backend: isPostgres(url) ? 'postgresql' : 'redis',
    async enqueue(jobs) {
      await queue.addBulk(
        jobs.map(({ build, unit, attempt, action, priority }) => ({
          name: 'action',
          data: { build, unit, attempt, action },
          // A finished job is forgotten: what happened is in PostgreSQL.
          opts: { jobId: jobId({ build, unit, attempt }), priority, removeOnComplete: true, removeOnFail: true },
        })),
      )
    },
    async sizes() {
      const counted = queue.getJobCounts('active', 'prioritized', 'wait')
      const late = sleep(LIMIT, undefined, { ref: false }).then(() => Promise.reject(new Error('the queue does not answer')))
      const { active = 0, prioritized = 0, waiting = 0, wait = 0 } = await Promise.race([counted, late])
      return { waiting: prioritized + waiting + wait, active }
    },
    // Redis that is away hears of it when it is back.
    announceCancel: (build) => Promise.race([publish(build), sleep(LIMIT, undefined, { ref: false })]),
    async close() {
      await queue.close()
      await close()
    },
  }
}

interface Backend {
  readonly queue: Queue<ActionJob>
  readonly publish: (build: string) => Promise<void>
  readonly close: () => Promise<unknown>
}

function onRedis(url: string, more: { telemetry?: Telemetry }): Backend {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  connection.on('error', () => {})
  return {
    queue: new Queue<ActionJob>(QUEUE.actions, { connection, ...more }),
    publish: async (build) => void (await connection.publish(CANCEL_CHANNEL, build)),
    close: async () => connection.disconnect(),
  }
}

function onPostgres(url: string, more: { telemetry?: Telemetry }): Backend {
  const pool = openPool(url, 2)
  const connection = { connectionString: url, schema: QUEUE_SCHEMA }
  return {
    queue: new Queue<ActionJob>(QUEUE.actions, { connection: connection as never, ...more }, createPostgresBackend as never),
    publish: async (build) => void (await pool.query('SELECT pg_notify($1, $2)', [CANCEL_CHANNEL, build])),
    close: () => pool.end(),
  }
}
