/**
 * The contract between who starts a node (cli, worker) and the node image that runs in a process of its own.
 *
 * The image's entry module is started as `node [flags] <image>/<entry>` with one file descriptor 3 (IPC channel of
 * child_process). The parent sends one `NodeRequest`; the node sends `NodeEvent`s and, last, exactly one `report` event.
 * Guest stdin, stdout and stderr are the process's own 0, 1 and 2. The parent may send `{ interrupt }`, a signal's name, and answers each
 * `make-link` by `{ linked }`, 0 or an errno, before the node asks for another.
 */
import type { Digest } from './digest.ts'
import type { Gap } from './gap.ts'

/** Of the report; it rises when a field goes away or changes its meaning, not when one is added. `report-schema.ts` says all of it. */
export const REPORT_VERSION = 1

/**
 * All of the environment that a node's process gets. glibc would give each thread of V8's an arena of its own, which keeps what compiling took.
 */
export const NODE_ENVIRONMENT = { MALLOC_ARENA_MAX: '1' } as const

export const LINKAGES = ['static', 'dynamic'] as const
export type Linkage = (typeof LINKAGES)[number]
export const MODES = ['strict', 'bridge'] as const
export type Mode = (typeof MODES)[number]
export const PROGRAM_ABIS = ['auto', 'linux-gnu', 'redox', 'redox-2019-11', 'redox-2022-03', 'redox-2026-02', 'redox-2026-08'] as const
export type ProgramAbi = (typeof PROGRAM_ABIS)[number]

export interface NodeRequest {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly linkage: Linkage
  /** A date YYYY-MM-DD, 'latest' or 'full'. */
  readonly surface: string
  /** An imported surface in place of a dated one. */
  readonly surfaceFile?: string
  readonly mode: Mode
  readonly abi: ProgramAbi
  readonly seed: number
  /** Read-only trees below the root, first wins; then mounts over them. */
  readonly roots: readonly RootLayer[]
  readonly mounts: readonly Mount[]
  /** Fuel; 0 = no limit. */
  readonly budget: number
  /** Bytes of guest memory, all address spaces together. */
  readonly memory: number
  /** Wall limit, seconds; 0 = none. Watched by the parent, too. */
  readonly timeout: number
  readonly trace: readonly ('libc' | 'syscall' | 'loader')[]
  readonly count: boolean
  readonly engine: 'mixed' | 'interpreter' | 'translator'
  /** Host folder for translations; undefined = none kept. */
  readonly cache?: string
  /** What to copy out of the guest's files when the program has ended. */
  readonly outputs?: OutputRequest
}

export interface OutputRequest {
  /** Absolute guest paths of files or folders; one that is not there is left out, one behind a link, too. */
  readonly paths: readonly string[]
  /** An empty host folder; `/a/b` becomes `a/b` in it. Symbolic links are told as events instead. */
  readonly folder: string
}

/** A store tree (digest; blobs below `store`) or a host folder, shown read-only at the guest's `/`. */
export type RootLayer = { readonly tree: Digest; readonly store: string } | { readonly folder: string }

export interface Mount {
  readonly host: string
  readonly guest: string
  readonly writable: boolean
}

export type NodeEvent =
  | { readonly event: 'trace'; readonly line: string }
  | { readonly event: 'gap'; readonly gap: Gap }
  /** A symbolic link among the outputs; `path` is the guest's. */
  | { readonly event: 'link'; readonly path: string; readonly target: string }
  /** The parent is to make a symbolic link; `path` is the host's, in a folder mounted writable. */
  | { readonly event: 'make-link'; readonly path: string; readonly target: string }
  | { readonly event: 'report'; readonly report: NodeReport }

export const END_REASONS = [
  /** The program ended by itself. */
  'exit',
  /** A signal ended it. */
  'signal',
  /** Fuel budget used up. */
  'budget',
  'timeout',
  /** All that still runs waits for something that nobody is left to do. */
  'deadlock',
  /**
   * The program is too large for the memory limit (126), or the node's process became too large and was ended from outside (125). A program that
   * has begun is told by its calls, and `memory.refusals` says how often.
   */
  'memory',
  'not-found',
  'not-executable',
  /** What was asked for makes no sense in this node, as a working directory that is not there; nothing ran. */
  'refused',
  /** strict mode stopped at the first missing thing. */
  'gap',
  /** A defect of the node itself. */
  'defect',
] as const
export type EndReason = (typeof END_REASONS)[number]

/** A fault that no handler took. Addresses are `0x` and hexadecimal. */
export interface Fault {
  /** Of the instruction. */
  readonly rip: string
  /** That was asked for; of the instruction, where no memory was. */
  readonly address: string
  /** The calls under way, innermost first: `module!function+0xoffset`, or `module!0xplace`. */
  readonly stack: readonly string[]
}

export interface NodeReport {
  readonly version: typeof REPORT_VERSION
  readonly image: string
  readonly exit: {
    readonly reason: EndReason
    /** What `bootgraph run` exits with: the program's code, 128 + signal, 124 time, budget or deadlock, 125 refused or a defect, 126, 127. */
    readonly code: number
    readonly signal?: number
    /** What the program's own doing ended it at. */
    readonly fault?: Fault
    readonly message?: string
  }
  readonly request: {
    readonly linkage: Linkage
    readonly surface: string
    readonly mode: Mode
    readonly abi: ProgramAbi
    readonly seed: number
  }
  readonly gaps: readonly Gap[]
  /** Calls per hosted function, by name. */
  readonly calls: Readonly<Record<string, number>>
  /** Raw system calls by their names in the era's table, or their numbers. */
  readonly syscalls: Readonly<Record<string, number>>
  /** Taken back edges and calls, and one for each hosted call. */
  readonly fuel: number
  /** The limit of guest memory in bytes, and how often a mapping, or room for something that the kernel keeps, was refused for it. */
  readonly memory: { readonly limit: number; readonly refusals: number }
  /** Exact guest instructions in decimal, where asked for with `count`: a repeated one once, a hosted call as one. */
  readonly instructions?: string
  readonly linkMap: readonly LinkMapEntry[]
  /** Everything that may differ between two equal runs. */
  readonly measured: {
    /** Resident bytes of the node's process, at most. */
    readonly peakMemory: number
    /** Guest pages of all processes together, with what the kernel keeps for them, at most at once. */
    readonly guestPages: number
    /** Milliseconds by phase, which are apart, their `total`, and `cpu`: what all threads of the node's process computed. */
    readonly time: Readonly<Record<string, number>>
    readonly counters: Readonly<Record<string, number>>
    /** What ld.so spent on each object, milliseconds. */
    readonly objects?: readonly { readonly path: string; readonly map: number; readonly bind: number }[]
  }
}

/** The report of a run of which nothing is known but how it ended. `peakMemory` in bytes. */
export function reportOfEnd(image: string, request: NodeRequest, exit: NodeReport['exit'], peakMemory = 0): NodeReport {
  const { linkage, surface, mode, abi, seed } = request
  return {
    version: REPORT_VERSION,
    image,
    exit,
    request: { linkage, surface, mode, abi, seed },
    gaps: [],
    calls: {},
    syscalls: {},
    fuel: 0,
    memory: { limit: request.memory, refusals: 0 },
    linkMap: [],
    measured: { peakMemory, guestPages: 0, time: {}, counters: {} },
  }
}

export interface LinkMapEntry {
  readonly path: string
  readonly digest: string
  readonly base: number
  /** Where it came from: a tree's file, or made by ld-so/relibc for this run. */
  readonly origin: 'file' | 'made'
}

/** The manifest of a node image: `image.json` beside its bundles. Its canonical encoding's digest is the image's. */
export interface NodeImageManifest {
  readonly version: 1
  /** File name → digest of each bundle. */
  readonly bundles: Readonly<Record<string, Digest>>
  readonly entry: string
}
