/** All rows of the semantics by name. */
import { INTEGER, type Semantics } from './integer.ts'
import { RARE } from './integer-rare.ts'
import { Special } from './special.ts'
import { SSE_SEMANTICS } from './sse.ts'
import { CONVERSIONS } from './sse-convert.ts'

const TABLE: Readonly<Record<string, Semantics>> = {
  ...INTEGER,
  ...RARE,
  ...CONVERSIONS,
  ...SSE_SEMANTICS,
  /** Ends a run of records that no branch ends: goes on at the next instruction's own block. */
  goto: (e) => e.branch(),
  /** Ends the run of a single instruction. */
  halt: (e) => e.special(Special.halt),
}

export const isKnown = (name: string): boolean => name in TABLE
export const semanticsOf = (name: string): Semantics => TABLE[name]
