/** A compiled pattern as programs hold it: regex_t, which is GNU's struct re_pattern_buffer. */
import { readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { isUtf8 } from '../locale/current.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { patternOf } from './compiled.ts'
import { Matcher, type Span } from './match.ts'
import { Syntax } from './syntax.ts'
import { byteAt, placeOf, textOf } from './text.ts'

/** 64 bytes as linux-gnu has them. Ours behind the first pointer: a block of the heap with the pattern's length (u32) and its bytes. */
export const Buffer = {
  block: 0,
  allocated: 8,
  used: 16,
  syntax: 24,
  fastmap: 32,
  translate: 40,
  groups: 48,
  flags: 56,
  size: 64,
} as const

/** Bits of the byte at 56: one of can_be_null, two of regs_allocated, then fastmap_accurate and these. */
export const BufferFlag = { registers: 6, noSub: 0x10, notBegin: 0x20, notEnd: 0x40, newlineAnchor: 0x80 } as const
export const REGISTERS_SHIFT = 1

/** By number, as linux-gnu words them. */
export const MESSAGES = [
  'Success',
  'No match',
  'Invalid regular expression',
  'Invalid collation character',
  'Invalid character class name',
  'Trailing backslash',
  'Invalid back reference',
  'Unmatched [, [^, [:, [., or [=',
  'Unmatched ( or \\(',
  'Unmatched \\{',
  'Invalid content of \\{\\}',
  'Invalid range end',
  'Memory exhausted',
  'Invalid preceding regular expression',
  'Premature end of regular expression',
  'Regular expression too big',
  'Unmatched ) or \\)',
]

/** Characters as a program's own table (struct re_pattern_buffer.translate) maps them. */
function translated(c: LibcCall, regex: number, bytes: Uint8Array): Uint8Array {
  const table = c.memory.getSize(regex + Buffer.translate)
  if (table === 0 || !readable(c, table, 256)) return bytes
  return bytes.map((byte) => c.memory.getU8(table + byte))
}

/** Compiles and stores; false if memory is out. Throws PatternError and leaves the old pattern then. */
export function keep(c: LibcCall, regex: number, bytes: Uint8Array, syntax: number): boolean {
  const pattern = patternOf(translated(c, regex, bytes), syntax, isUtf8(c))
  const block = malloc(c, 4 + bytes.length)
  if (block === 0) return false
  c.memory.setU32(block, bytes.length)
  c.memory.u8.set(bytes, block + 4)
  free(c, c.memory.getSize(regex + Buffer.block))
  c.memory.setSize(regex + Buffer.block, block)
  c.memory.setSize(regex + Buffer.allocated, 4 + bytes.length)
  c.memory.setSize(regex + Buffer.used, 4 + bytes.length)
  c.memory.setSize(regex + Buffer.syntax, syntax)
  c.memory.setSize(regex + Buffer.groups, pattern.groups)
  return true
}

export interface Search {
  /** Bytes where a match may begin, from the first to the last that is tried, in either direction. */
  readonly from: number
  readonly to: number
  readonly notBegin: boolean
  readonly notEnd: boolean
  /** Only at `from`. */
  readonly here?: boolean
}

/** The match and its groups as bytes of the text, or undefined. */
export function find(c: LibcCall, regex: number, bytes: Uint8Array, search: Search): readonly (Span | undefined)[] | undefined {
  const { memory } = c
  const block = memory.getSize(regex + Buffer.block)
  if (!readable(c, block, 4) || !readable(c, block + 4, memory.getU32(block))) return undefined
  const syntax = memory.getSize(regex + Buffer.syntax)
  const utf8 = isUtf8(c)
  const pattern = patternOf(translated(c, regex, memory.u8.slice(block + 4, block + 4 + memory.getU32(block))), syntax, utf8)
  const text = textOf(translated(c, regex, bytes), utf8)
  const matcher = new Matcher(pattern, text.codes, {
    notBegin: search.notBegin,
    notEnd: search.notEnd,
    newline: (memory.getU32(regex + Buffer.flags) & BufferFlag.newlineAnchor) !== 0,
    fold: (syntax & Syntax.fold) !== 0,
  })
  const [from, to] = [placeOf(text, search.from), placeOf(text, search.to)]
  const found = search.here ? matcher.at(from) : matcher.search(from, to)
  return found?.map((span) => span && { from: byteAt(text, span.from), to: byteAt(text, span.to) })
}
