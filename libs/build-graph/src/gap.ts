/** What a run met that was not there. Identity is (truth, component, kind, name); everything else belongs to occurrences. */

/**
 * upstream: Redox of the surface's date lacks it. model: bootgraph's own model lacks it (our bug).
 * host-spelling: a name only a glibc build asks for, whose plain name the surface has. host-only: no plain name behind it and in no relibc.
 */
export const TRUTHS = ['upstream', 'model', 'host-spelling', 'host-only'] as const
export type Truth = (typeof TRUTHS)[number]
export const COMPONENTS = ['relibc', 'ld-so', 'kernel', 'driver', 'libc-crate', 'target', 'cpu'] as const
export type Component = (typeof COMPONENTS)[number]
export const GAP_KINDS = [
  'symbol-missing',
  'stub-called',
  'behaviour-unsupported',
  'relocation-unsupported',
  'tls-model-unsupported',
  'dlopen-in-static-image',
  'ability-missing',
  'syscall',
  'scheme-operation',
  'declaration-missing',
  'target-ability',
  'instruction-unsupported',
] as const
export type GapKind = (typeof GAP_KINDS)[number]
/** When a run met a gap. */
export const FOUND = ['compile', 'link', 'load', 'dlsym', 'call'] as const

export interface Gap {
  readonly truth: Truth
  readonly component: Component
  readonly kind: GapKind
  /** The plain name (`fprintf`, never `__fprintf_chk`). */
  readonly name: string
  readonly occurrences: readonly GapOccurrence[]
}

export interface GapOccurrence {
  readonly found: (typeof FOUND)[number]
  /** The name as asked for. */
  readonly symbol: string
  /** Guest path of the object that asks. */
  readonly module: string
  /** Function in it, if known. */
  readonly caller?: string
  /** How often, in this run. */
  readonly count: number
  readonly detail?: string
  /** Innermost first: `module!function+0xoffset`. */
  readonly stack?: readonly string[]
}

/** The key under which a gap is one and the same everywhere. */
export function gapKey(gap: Pick<Gap, 'truth' | 'component' | 'kind' | 'name'>): string {
  return `${gap.truth}/${gap.component}/${gap.kind}/${gap.name}`
}
