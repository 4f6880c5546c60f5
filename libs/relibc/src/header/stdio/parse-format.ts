/** parse_printf_format: the types of the arguments that a format takes (GNU C library manual, Parsing a Template String). */
import { cstring, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'
import { type Directive, parse } from './format.ts'

const Type = { int: 0, char: 1, wideChar: 2, string: 3, wideString: 4, pointer: 5, double: 7 } as const
const Flag = { longLong: 0x100, long: 0x200, short: 0x400, pointer: 0x800 } as const
/** long long is no other type than long, so that L and q say nothing of integers. */
const INTEGERS: Readonly<Record<string, number>> = {
  hh: Type.char,
  h: Type.int | Flag.short,
  l: Type.int | Flag.long,
  ll: Type.int | Flag.long,
  j: Type.int | Flag.long,
  z: Type.int | Flag.long,
  Z: Type.int | Flag.long,
  t: Type.int | Flag.long,
}
const OTHERS: Readonly<Record<string, number>> = {
  c: Type.char,
  C: Type.wideChar,
  s: Type.string,
  S: Type.wideString,
  p: Type.pointer,
  n: Type.int | Flag.pointer,
}

const typeOf = ({ conversion, length }: Directive): number =>
  'aAeEfFgG'.includes(conversion)
    ? Type.double | (length === 'L' ? Flag.longLong : 0)
    : (OTHERS[conversion] ?? INTEGERS[length] ?? Type.int)

function types(c: LibcCall, format: number, count: number, out: number): number {
  const bytes = cstring(c, format)
  const all: number[] = []
  for (const piece of bytes === undefined ? [] : parse(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')).pieces) {
    if (typeof piece === 'string') continue
    for (const given of [piece.width, piece.precision]) if (given !== undefined && 'argument' in given) all[given.argument] = Type.int
    if (piece.argument >= 0) all[piece.argument] = typeOf(piece)
  }
  for (let i = 0; i < Math.min(all.length, count) && writable(c, out + 4 * i, 4); i++) c.memory.setI32(out + 4 * i, all[i] ?? Type.int)
  return all.length
}

export const parseFormatRows: readonly SymbolRow[] = [leaf('parse_printf_format', 'size(ptr, size, ptr)', types)]
