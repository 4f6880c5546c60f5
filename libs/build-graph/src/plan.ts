/**
 * What a planner gives and a scheduler runs: units with the edges between them. A unit's action is drafted: what it takes
 * from the units before it is named by their ids and becomes content when they have ended.
 */
import type { Action } from './action.ts'
import type { Digest } from './digest.ts'
import type { Linkage } from './node-contract.ts'

export interface UnitPlan {
  /** Unique in its build, `[0-9A-Za-z_-]{1,64}`; equal choices give equal ids, so that two builds can be compared. */
  readonly id: string
  /** For people. */
  readonly name: string
  /** What the unit belongs to: ladder, std, stage1, … */
  readonly stage: string
  readonly kind: UnitKind
  /** How the compiler itself runs. */
  readonly linkage?: Linkage
  /** The rung that it is a step of. */
  readonly rung?: string
  /** Ids of units that must have ended well. */
  readonly needs: readonly string[]
  /** Absent: planned and counted, but nothing can run it yet, for the reason in `unavailable`. */
  readonly draft?: ActionDraft
  readonly unavailable?: string
  /** When the unit is good; without one: exit 0 with every declared output. */
  readonly criterion?: Criterion
  /** Milliseconds expected while no duration is recorded. */
  readonly expected: number
}

export type UnitKind = 'rung-step' | 'compile' | 'build-script' | 'run-build-script' | 'image'

/** An action before its input is known. */
export interface ActionDraft extends Omit<Action, 'input'> {
  /** Trees laid over one another, the last wins. */
  readonly inputs: readonly InputPart[]
  /**
   * Needed units that ran build scripts: what their stdout says in cargo's directives becomes part of command and
   * environment by the planner's own `finish`.
   */
  readonly scripts?: readonly string[]
}

/** A stored tree, or the outputs of a needed unit; `at` is a folder below the action's inputPath, '' the input's top. */
export type InputPart = { readonly tree: Digest; readonly at: string } | { readonly outputsOf: string }

/** Judged when a result comes in; it is no part of the action, because it cannot change what comes out. */
export interface Criterion {
  readonly code: number
  /** A regular expression (flag m) that stdout must match. */
  readonly stdout?: string
  readonly forms?: readonly { readonly path: string; readonly form: OutputForm }[]
}

export type OutputForm = 'elf-object' | 'elf-image' | 'rust-metadata'

/** What a person asks for, as API and command line say it. */
export interface BuildRequest {
  /** ladder, std, stage1, … */
  readonly stage: string
  /** Only these rungs and what they need. */
  readonly rungs?: readonly string[]
  readonly linkage: readonly Linkage[]
  readonly targetLinkage: Linkage
  /** A date, `latest` or `full`. */
  readonly surface: string
  readonly mode: 'strict' | 'bridge'
  readonly toolchain: string
  readonly overlays: readonly string[]
  readonly image?: Digest
  readonly seed: number
}

/** The content-addressed inputs that a request stands for; a planner is a pure function of these. */
export interface PlanInputs {
  readonly image: Digest
  /** Blob of the surface's data, and its date for people. */
  readonly surface: Digest
  readonly surfaceName: string
  readonly roots: readonly Digest[]
  /** Guest folders of programs and of shared objects. */
  readonly path: readonly string[]
  readonly libraryPath: readonly string[]
  /** What a linker finds for that surface and image: crt files and libc. */
  readonly sysroot?: Digest
  /** The source tree of the compiler, for stages that build it. */
  readonly sources?: Digest
  readonly overlays: readonly { readonly name: string; readonly tree: Digest }[]
}
