/** What is asked of a worker: everything that can change the outcome, and nothing else. */
import { digestOf } from './canonical.ts'
import type { Digest } from './digest.ts'
import type { Linkage, Mode, ProgramAbi } from './node-contract.ts'

/** Raised when the meaning of an ingredient changes, which disowns every cached result. */
export const ACTION_VERSION = 1

export interface Action {
  readonly version: typeof ACTION_VERSION
  /** Program (guest path or a name on PATH) and arguments. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Trees at `/`, first wins: the toolchain and what it stands on. */
  readonly roots: readonly Digest[]
  /** Tree of sources and dependencies, shown at `inputPath`. */
  readonly input: Digest
  readonly inputPath: string
  /** Named sets of changed files laid over the input tree, in order. */
  readonly overlays: readonly OverlayRef[]
  /** Guest paths that must exist after exit 0, else the action has failed. */
  readonly outputs: readonly string[]
  /** How the program itself runs, and what it builds. */
  readonly linkage: Linkage
  readonly targetLinkage: Linkage
  /** Digest of the surface's data, not its name: 'latest' moves. */
  readonly surface: Digest
  readonly mode: Mode
  readonly abi: ProgramAbi
  /** Digest of the node image. */
  readonly image: Digest
  readonly seed: number
  /** Fuel; 0 = no limit. */
  readonly budget: number
  /** Bytes of guest memory. */
  readonly memory: number
}

export interface OverlayRef {
  readonly name: string
  readonly tree: Digest
}

/** The key of the action cache. */
export function actionDigest(action: Action): Digest {
  return digestOf(action)
}

/** Names of the ingredients in which two actions differ, in the order of their names: what `explain` tells. */
export function changedIngredients(before: Action, after: Action): (keyof Action)[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort() as (keyof Action)[]
  return keys.filter((key) => digestOf({ value: before[key] }) !== digestOf({ value: after[key] }))
}
