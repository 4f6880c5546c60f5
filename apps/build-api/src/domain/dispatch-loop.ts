/** Keeps the queue filled: at every kick, once a second, and with a sweep at the start and every half minute. */
import { setTimeout as sleep } from 'node:timers/promises'
import { dispatch, type Enqueue, sweep } from './dispatch.ts'
import type { PlanDeps } from './record-plan.ts'

/** Milliseconds. */
const PAUSE = 1_000
const SWEEP_EVERY = 30_000
/** Before the next look when there was nothing to queue or no room for it. */
const REST = 25
/** All ready units are looked at again after so many times the time that it took. */
const SPARING = 10

export interface DispatchLoop {
  /** Units may have become ready. */
  kick(): void
  /** Ends after the round that is under way. */
  stop(): Promise<void>
}

export function startDispatchLoop(deps: PlanDeps, enqueue: Enqueue, failed: (error: unknown) => void): DispatchLoop {
  let stopped = false
  let kicked = false
  let wake = (): void => {}
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (kicked || stopped) wake()
    })
  const run = async (): Promise<void> => {
    let swept = Number.NEGATIVE_INFINITY
    let due = 0
    while (!stopped) {
      kicked = false
      try {
        if (performance.now() - swept >= SWEEP_EVERY) {
          await sweep(deps.pool, enqueue)
          swept = performance.now()
        }
        const start = performance.now()
        const thorough = start >= due
        const queued = await dispatch(deps, enqueue, thorough)
        if (thorough) due = performance.now() + SPARING * (performance.now() - start)
        if (queued === 0) await sleep(REST)
        await pause(thorough ? PAUSE : Math.min(PAUSE, Math.max(0, due - performance.now())))
      } catch (error) {
        // The database or the queue is away: whatever was marked but not queued is found by a sweep when it is back.
        failed(error)
        swept = Number.NEGATIVE_INFINITY
        kicked = false
        await pause(PAUSE)
      }
    }
  }
  const running = run()
  return {
    kick() {
      kicked = true
      wake()
    },
    async stop() {
      stopped = true
      wake()
      await running
    },
  }
}
