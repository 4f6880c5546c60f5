/** One attempt at an action, and when it passed each stage. Times are milliseconds since the epoch. */
import type { Digest } from './digest.ts'

export const STAGES = ['queued', 'taken', 'inputs-fetched', 'started', 'ended', 'outputs-stored', 'reported'] as const
export type Stage = (typeof STAGES)[number]

export type AttemptState = 'queued' | 'running' | 'succeeded' | 'failed' | 'lost' | 'cancelled'

export interface Attempt {
  readonly unit: string
  /** 1, 2, … per unit. */
  readonly number: number
  readonly action: Digest
  readonly worker: string | undefined
  readonly state: AttemptState
  readonly stages: Readonly<Partial<Record<Stage, number>>>
  /** The worker must renew before this, or the attempt is lost and the action taken again. */
  readonly leaseUntil: number | undefined
  readonly cached: boolean
}

/** Milliseconds from one stage to another, undefined while either has not been passed. */
export function between(attempt: Attempt, from: Stage, to: Stage): number | undefined {
  const start = attempt.stages[from]
  const end = attempt.stages[to]
  return start === undefined || end === undefined ? undefined : end - start
}
