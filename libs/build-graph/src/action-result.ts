/** What came back. Only what an equal action must give again is compared; `measured` may differ. */
import { digestOf } from './canonical.ts'
import type { Digest } from './digest.ts'
import type { Gap } from './gap.ts'
import type { EndReason } from './node-contract.ts'

export interface ActionResult {
  readonly version: 1
  readonly action: Digest
  readonly exit: { readonly reason: EndReason; readonly code: number; readonly signal?: number; readonly message?: string }
  /** Declared outputs, as one tree whose paths are the guest's; undefined if a declared one is missing. */
  readonly outputs: Digest | undefined
  readonly missingOutputs: readonly string[]
  readonly stdout: Digest
  readonly stderr: Digest
  readonly gaps: readonly Gap[]
  readonly fuel: number
  readonly measured: {
    /** Bytes. */
    readonly peakMemory: number
    /** Milliseconds by phase, and `cpu`: what all threads of the node's process computed. */
    readonly time: Readonly<Record<string, number>>
  }
}

/** Exit 0 with every declared output. A limit, a kill or a defect of the node is never a pass. */
export function succeeded(result: ActionResult): boolean {
  return result.exit.reason === 'exit' && result.exit.code === 0 && result.missingOutputs.length === 0
}

/** Only what the guest itself decided may be cached: a wall-clock limit or a defect says nothing about the next run. */
export function cacheable(result: ActionResult): boolean {
  return ['exit', 'signal', 'gap', 'budget', 'memory', 'not-found', 'not-executable', 'refused'].includes(result.exit.reason)
}

/** Two runs of one action whose outcomes differ are a determinism defect. */
export function outcomeDigest(result: ActionResult): Digest {
  const { measured: _, ...outcome } = result
  return digestOf(outcome)
}
