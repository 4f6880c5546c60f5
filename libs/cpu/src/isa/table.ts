/** All rows of the semantics by name. */
import type { Instruction } from '../decode/decoder.ts'
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

const NAMES = new Map(Object.keys(TABLE).map((name, i) => [name, i + 1]))

export const isKnown = (name: string): boolean => NAMES.has(name)
export const semanticsOf = (name: string): Semantics => TABLE[name]

const WIDTHS: Readonly<Record<number, number>> = { 1: 1, 2: 2, 4: 3, 8: 4, 16: 5, 10: 6 }
const KINDS = { r: 0, x: 1, i: 2, m: 3 } as const
const SEGMENTS = { none: 0, fs: 1, gs: 2 } as const

/** A number that is the same for instructions that differ at most in registers, constants and addresses, and in whether they branch back. */
export function formNumber(insn: Instruction): number {
  let form = (NAMES.get(insn.name) ?? 0) * 8 + (WIDTHS[insn.width] ?? 0)
  form = form * 32 + insn.condition + 1
  form = form * 4 + (insn.repeat & 3)
  for (let i = 0; i < 3; i++) {
    const operand = insn.operands[i]
    form *= 256
    if (operand === undefined) continue
    form += 1 + KINDS[operand.kind] * 64 + (WIDTHS[operand.width] ?? 0) * 8
    if (operand.kind === 'm') form += SEGMENTS[operand.segment] * 2 + (operand.short ? 1 : 0)
  }
  return form * 2 + (insn.target <= insn.rip ? 1 : 0)
}
