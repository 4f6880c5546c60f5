/** GNU's interface to regular expressions (GNU C library, regex.h; "GNU regex" manual, Programming with Regex). */
import { readable, source, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, object, type SymbolRow } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { malloc, realloc } from '../stdlib/malloc.ts'
import { storage } from '../storage.ts'
import { Buffer, BufferFlag, find, keep, MESSAGES, REGISTERS_SHIFT } from './buffer.ts'
import type { Span } from './match.ts'
import { PatternError } from './parse.ts'
import { Syntax } from './syntax.ts'

const ESPACE = 12
/** Values of regs_allocated. */
const Registers = { none: 0, ours: 1, fixed: 2 } as const
/** struct re_registers: count (u32), two vectors of i32. */
const Vector = { count: 0, starts: 8, ends: 16, size: 24 } as const

const flagsOf = (c: LibcCall, regex: number): number => c.memory.getU32(regex + Buffer.flags)
const registersOf = (c: LibcCall, regex: number): number => (flagsOf(c, regex) & BufferFlag.registers) >> REGISTERS_SHIFT
const setRegisters = (c: LibcCall, regex: number, value: number): void =>
  c.memory.setU32(regex + Buffer.flags, (flagsOf(c, regex) & ~BufferFlag.registers) | (value << REGISTERS_SHIFT))

function setSyntax(c: LibcCall, syntax: number): number {
  const at = storage(c, 're_syntax_options')
  const before = c.memory.getSize(at)
  c.memory.setSize(at, syntax)
  return before
}

/** Null, or what is wrong with the pattern. The syntax is the process's. */
function compilePattern(c: LibcCall, text: number, length: number, regex: number): number {
  const bytes = source(c, text, length)?.slice()
  if (bytes === undefined || !writable(c, regex, Buffer.size)) return constant(c, MESSAGES[ESPACE])
  const syntax = c.memory.getSize(storage(c, 're_syntax_options'))
  c.memory.setSize(regex + Buffer.groups, 0)
  c.memory.setU32(regex + Buffer.flags, BufferFlag.newlineAnchor | (syntax & Syntax.noSub ? BufferFlag.noSub : 0))
  try {
    return keep(c, regex, bytes, syntax) ? 0 : constant(c, MESSAGES[ESPACE])
  } catch (error) {
    if (error instanceof PatternError) return constant(c, MESSAGES[error.code])
    throw error
  }
}

/** Room for `count` registers in vectors of the library's own; false if memory is out. */
function room(c: LibcCall, regex: number, registers: number, count: number): boolean {
  const { memory } = c
  const known = registersOf(c, regex) === Registers.ours
  if (!known || memory.getU32(registers) < count) {
    for (const field of [Vector.starts, Vector.ends]) {
      const at = known ? realloc(c, memory.getSize(registers + field), count * 4) : malloc(c, count * 4)
      if (at === 0) return false
      memory.setSize(registers + field, at)
    }
    memory.setU32(registers + Vector.count, count)
  }
  setRegisters(c, regex, Registers.ours)
  return true
}

/** The groups, and -1 in every register behind them, of which vectors of our own have one at least. */
function report(c: LibcCall, regex: number, registers: number, found: readonly (Span | undefined)[]): boolean {
  const { memory } = c
  if (registersOf(c, regex) !== Registers.fixed && !room(c, regex, registers, found.length + 1)) return false
  const count = memory.getU32(registers)
  const [starts, ends] = [memory.getSize(registers + Vector.starts), memory.getSize(registers + Vector.ends)]
  if (!writable(c, starts, count * 4) || !writable(c, ends, count * 4)) return false
  for (let i = 0; i < count; i++) {
    memory.setI32(starts + i * 4, found[i]?.from ?? -1)
    memory.setI32(ends + i * 4, found[i]?.to ?? -1)
  }
  return true
}

interface Place {
  readonly start: number
  readonly range: number
  readonly registers: number
  readonly stop: number
  /** re_match: only at the start, and the length is the answer. */
  readonly here: boolean
}

function search(c: LibcCall, regex: number, bytes: Uint8Array | undefined, place: Place): number {
  if (bytes === undefined || !writable(c, regex, Buffer.size)) return -2
  const { start, registers, here } = place
  if (start < 0 || start > bytes.length) return -1
  const to = here ? start : Math.min(Math.max(start + place.range, 0), bytes.length)
  const flags = flagsOf(c, regex)
  const found = find(c, regex, bytes.subarray(0, Math.min(place.stop, bytes.length)), {
    from: start,
    to,
    notBegin: (flags & BufferFlag.notBegin) !== 0,
    notEnd: (flags & BufferFlag.notEnd) !== 0,
    here,
  })
  if (found?.[0] === undefined) return -1
  if (registers !== 0 && !(flags & BufferFlag.noSub)) {
    if (!readable(c, registers, Vector.size) || !report(c, regex, registers, found)) return -2
  }
  return here ? found[0].to - start : found[0].from
}

const joined = (c: LibcCall, first: number, size: number, second: number, more: number): Uint8Array | undefined => {
  const [a, b] = [source(c, first, size), source(c, second, more)]
  if (a === undefined || b === undefined) return undefined
  const out = new Uint8Array(size + more)
  out.set(a)
  out.set(b, size)
  return out
}

const textAt = (c: LibcCall, text: number, length: number): Uint8Array | undefined => source(c, text, length)?.slice()

function setOwnRegisters(c: LibcCall, regex: number, registers: number, count: number, starts: number, ends: number): void {
  if (!writable(c, regex, Buffer.size) || !writable(c, registers, Vector.size)) return
  setRegisters(c, regex, count === 0 ? Registers.none : Registers.ours)
  c.memory.setU32(registers, count)
  c.memory.setSize(registers + Vector.starts, count === 0 ? 0 : starts)
  c.memory.setSize(registers + Vector.ends, count === 0 ? 0 : ends)
}

/** re_comp: of BSD, with one pattern for the whole process. Null or what is wrong; a null pattern asks whether there is one. */
function comp(c: LibcCall, text: number): number {
  const regex = storage(c, '__libc_re_comp')
  if (text === 0) return c.memory.getSize(regex + Buffer.block) === 0 ? constant(c, 'No previous regular expression') : 0
  const end = c.memory.cstrEnd(text)
  return end < 0 ? constant(c, MESSAGES[ESPACE]) : compilePattern(c, text, end - text, regex)
}

function exec(c: LibcCall, text: number): number {
  const length = c.memory.cstrEnd(text) - text
  const place: Place = { start: 0, range: length, registers: 0, stop: length, here: false }
  return search(c, storage(c, '__libc_re_comp'), textAt(c, text, length), place) >= 0 ? 1 : 0
}

export const gnuRows: readonly SymbolRow[] = [
  object('__libc_re_comp', Buffer.size, 8),
  leaf('re_comp', 'ptr(ptr)', comp),
  leaf('re_exec', 'int(ptr)', exec),
  object('re_syntax_options', 8, 8),
  leaf('re_set_syntax', 'size(size)', setSyntax),
  leaf('re_compile_pattern', 'ptr(ptr, size, ptr)', compilePattern),
  leaf('re_compile_fastmap', 'int(ptr)', () => 0, 'partial', 'leaves the table of first characters to itself, which nothing reads'),
  leaf(
    're_search',
    'int(ptr, ptr, int, int, int, ptr)',
    (c, regex: number, text: number, length: number, start: number, range: number, registers: number) =>
      search(c, regex, textAt(c, text, length), { start, range, registers, stop: length, here: false }),
  ),
  leaf('re_match', 'int(ptr, ptr, int, int, ptr)', (c, regex: number, text: number, length: number, start: number, registers: number) =>
    search(c, regex, textAt(c, text, length), { start, range: 0, registers, stop: length, here: true }),
  ),
  leaf(
    're_search_2',
    'int(ptr, ptr, int, ptr, int, int, int, ptr, int)',
    (c, regex: number, a: number, m: number, b: number, n: number, start: number, range: number, registers: number, stop: number) =>
      search(c, regex, joined(c, a, m, b, n), { start, range, registers, stop, here: false }),
  ),
  leaf(
    're_match_2',
    'int(ptr, ptr, int, ptr, int, int, ptr, int)',
    (c, regex: number, a: number, m: number, b: number, n: number, start: number, registers: number, stop: number) =>
      search(c, regex, joined(c, a, m, b, n), { start, range: 0, registers, stop, here: true }),
  ),
  leaf('re_set_registers', 'void(ptr, ptr, uint, ptr, ptr)', setOwnRegisters),
]
