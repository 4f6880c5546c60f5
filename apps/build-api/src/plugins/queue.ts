/** The queue's side of the API: ready jobs go in under their own id, so that adding one twice adds it once. */
import { type ActionJob, CANCEL_CHANNEL, jobId, QUEUE } from '@bootgraph/build-graph'
import { Queue, type Telemetry } from 'bullmq'
import { Redis } from 'ioredis'
import type { Enqueue } from '../domain/dispatch.ts'

export interface ActionQueue {
  readonly enqueue: Enqueue
  /** Jobs in the queue; @throws Error if it does not answer. */
  sizes(): Promise<{ waiting: number; active: number }>
  /** Tells every worker to stop a build's attempts. */
  announceCancel(build: string): Promise<void>
  close(): Promise<void>
}

export function openQueue(url: string, telemetry?: Telemetry): ActionQueue {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  connection.on('error', () => {})
  const queue = new Queue<ActionJob>(QUEUE.actions, { connection, ...(telemetry ? { telemetry } : {}) })
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
    async sizes() {
      const { active = 0, prioritized = 0, waiting = 0, wait = 0 } = await queue.getJobCounts('active', 'prioritized', 'wait')
      return { waiting: prioritized + waiting + wait, active }
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
