/**
 * What a planner gives and a scheduler runs: units with the edges between them. A unit's action is drafted: what it takes
 * from the units before it is named by their ids and becomes content when they have ended.
 */
import type { Action, OverlayRef } from './action.ts'
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
  /** The crate that is compiled, for stages that build crates. */
  readonly crate?: string
  /** Absent: nothing runs. It is either `made` already or `unavailable`. */
  readonly draft?: ActionDraft
  /** Content that the plan starts from (a bundle of the node image): ended well before anything begins. */
  readonly made?: Digest
  /** Planned and counted, but nothing can run it yet, for this reason. */
  readonly unavailable?: string
  /** When the unit is good; without one: exit 0 with every declared output. */
  readonly criterion?: Criterion
  /** Milliseconds expected while no duration is recorded. */
  readonly expected: number
}

/**
 * A query asks the toolchain in a node what a stage consists of (cargo's unit graph, rustc's cfg). When all queries of a plan
 * have ended, their standard outputs are the `answers` with which the same request is planned again: the same units, and those
 * that are known only now.
 */
export type UnitKind = 'query' | 'rung-step' | 'compile' | 'build-script' | 'run-build-script' | 'image'

/** An action before its input is known. */
export interface ActionDraft extends Omit<Action, 'input'> {
  /** Trees laid over one another, the last wins. */
  readonly inputs: readonly InputPart[]
  /** What build scripts said on their stdout becomes part of command and environment by the planner's own `finish`. */
  readonly scripts?: ScriptUse
}

/** Ids of the units that ran the scripts. */
export interface ScriptUse {
  /** The package's own: its cfgs, libraries and variables count. */
  readonly own?: string
  /** Of the packages below: their search paths count. */
  readonly below: readonly string[]
  /** Whether arguments for the linker count, too. */
  readonly links: boolean
}

/**
 * A stored tree, or the outputs of a unit that has ended before (not always a direct need). `at` is a folder below the
 * action's inputPath, '' the input's top; `from` picks one folder of the outputs, which keep their guest paths else.
 */
export type InputPart =
  | { readonly tree: Digest; readonly at: string }
  | { readonly outputsOf: string; readonly from?: string; readonly at?: string }

/** What `finish` needs of a unit that has ended. */
export interface UnitOutcome {
  readonly outputs: Digest
  /** Blob. */
  readonly stdout: Digest
}

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
  /** The compiler's source tree as `prepareSource` gives it, for stages that build it. */
  readonly sources?: Digest
  readonly overlays: readonly OverlayRef[]
  /** Bundles of the node image by room. */
  readonly bundles?: Readonly<Record<string, Digest>>
  /** Standard output of the queries that have ended, by unit id. */
  readonly answers?: Readonly<Record<string, string>>
}
