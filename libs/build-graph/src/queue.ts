/** The queue carries ids, never payloads: what an id means is asked of the API by whoever takes it. */
import { type Digest, isDigest } from './digest.ts'

export const QUEUE = { actions: 'bootgraph-actions' } as const
/** Where the queue is when there is no Redis: a schema of the PostgreSQL that its address names. */
export const QUEUE_SCHEMA = 'bullmq'
export const isPostgres = (queueAddress: string): boolean => /^postgres(ql)?:/.test(queueAddress)
/** Channel on which the API tells every worker to stop a build's attempts. */
export const CANCEL_CHANNEL = 'bootgraph-cancel'

export interface ActionJob {
  readonly build: string
  readonly unit: string
  readonly attempt: number
  readonly action: Digest
}

const ID = /^[0-9A-Za-z_-]{1,64}$/

/** A job's own id, which makes adding it twice adding it once. BullMQ forbids colons and bare integers in ids. */
export function jobId(job: Pick<ActionJob, 'build' | 'unit' | 'attempt'>): string {
  return `${job.build}.${job.unit}.${job.attempt}`
}

/** A job as taken from the queue, or undefined if it is none of ours. */
export function parseActionJob(value: unknown): ActionJob | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { build, unit, attempt, action } = value as Record<string, unknown>
  if (typeof build !== 'string' || !ID.test(build) || typeof unit !== 'string' || !ID.test(unit)) return undefined
  if (typeof attempt !== 'number' || !Number.isSafeInteger(attempt) || attempt < 1) return undefined
  if (typeof action !== 'string' || !isDigest(action)) return undefined
  return { build, unit, attempt, action }
}
