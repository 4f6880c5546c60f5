/** The queue's side of the API: ready jobs go in under their own id, so that adding one twice adds it once. */
import { type ActionJob, CANCEL_CHANNEL, jobId, QUEUE } from '@bootgraph/build-graph'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import type { Enqueue } from '../domain/scheduler.ts'

export interface ActionQueue {
  readonly enqueue: Enqueue
  /** Tells every worker to stop a build's attempts. */
  announceCancel(build: string): Promise<void>
  close(): Promise<void>
}

export function openQueue(url: string): ActionQueue {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  connection.on('error', () => {})
  const queue = new Queue<ActionJob>(QUEUE.actions, { connection })
  queue.on('error', () => {})
  return {
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
    async announceCancel(build) {
      await connection.publish(CANCEL_CHANNEL, build)
    },
    async close() {
      await queue.close()
      connection.disconnect()
    },
  }
}
