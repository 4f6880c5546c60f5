import type { Cpu, SavedState } from '@bootgraph/cpu'
import type { Personality } from '../calls.ts'
import type { Co } from './coroutine.ts'

/** One thread of execution. */
export interface Context {
  readonly tid: number
  readonly process: Process
  /** Registers while the context does not run. */
  saved: SavedState
  /** The host coroutine that this context is inside of, innermost last; empty while it runs guest code. */
  readonly coroutines: Co<unknown>[]
  /** Free for the C library: guest address of this thread's control block, or 0. */
  threadPointer: number
  name: string
}

/** One address space with its contexts, descriptors and signal actions. */
export interface Process {
  readonly pid: number
  readonly cpu: Cpu
  readonly contexts: readonly Context[]
  personality: Personality | undefined
}
