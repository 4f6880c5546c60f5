/** Numbers from text: https://pubs.opengroup.org/onlinepubs/9699919799/functions/strtol.html; integer arithmetic of <stdlib.h>. */
import { Gpr } from '@bootgraph/cpu'
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, type SymbolRow } from '../../registry/define.ts'
import { Class, classesOf, toLower } from '../ctype/classes.ts'
import { segfault } from '../fault.ts'
import { byteAt } from '../string/bytes.ts'

const EINVAL = 22
const ERANGE = 34

/** What a digit is worth; 36 if it is none. */
function digit(byte: number): number {
  const classes = classesOf(byte)
  if (classes & Class.digit) return byte - 0x30
  return classes & Class.alpha ? toLower(byte) - 0x61 + 10 : 36
}

/** The value without limits; `end` = first byte not used, `text` itself if there was no number. */
function parse(c: LibcCall, text: number, base: number): { value: bigint; end: number } | undefined {
  let at = text
  let negative = false
  while (classesOf(byteAt(c, at)) & Class.space) at++
  const sign = byteAt(c, at)
  if (sign === 0x2b || sign === 0x2d) {
    negative = sign === 0x2d
    at++
  }
  let radix = base
  const hex = byteAt(c, at) === 0x30 && toLower(byteAt(c, at + 1)) === 0x78 && digit(byteAt(c, at + 2)) < 16
  if ((base === 0 || base === 16) && hex) {
    at += 2
    radix = 16
  } else if (base === 0) radix = byteAt(c, at) === 0x30 ? 8 : 10
  const start = at
  let value = 0n
  let small = 0
  let scale = 1
  for (let d = digit(byteAt(c, at)); d < radix; d = digit(byteAt(c, ++at))) {
    small = small * radix + d
    scale *= radix
    if (scale > 0x1_0000_0000) {
      value = value * BigInt(scale) + BigInt(small)
      small = 0
      scale = 1
      // Far out of every range: more digits change nothing, and must not cost more and more.
      if (value >> 128n !== 0n) value = 1n << 128n
    }
  }
  if (byteAt(c, at) < 0) return undefined
  value = value * BigInt(scale) + BigInt(small)
  return { value: negative ? -value : value, end: at === start ? text : at }
}

function convert(c: LibcCall, text: number, endOut: number, base: number, low: bigint, high: bigint): bigint {
  if (base < 0 || base === 1 || base > 36) {
    c.fail(EINVAL)
    return 0n
  }
  const parsed = parse(c, text, base)
  if (parsed === undefined || (endOut !== 0 && !writable(c, endOut, 8))) return BigInt(segfault(c))
  if (endOut !== 0) c.memory.setSize(endOut, parsed.end)
  const { value } = parsed
  if (value >= low && value <= high) return value
  c.fail(ERANGE)
  return value < low && low < 0n && high < -low ? low : high
}

const I64 = (1n << 63n) - 1n
const U64 = (1n << 64n) - 1n
const signed = (c: LibcCall, text: number, end: number, base: number): bigint => convert(c, text, end, base, -I64 - 1n, I64)
/** A minus sign negates in the unsigned type: only the size of the number is limited. */
const unsigned = (c: LibcCall, text: number, end: number, base: number): bigint =>
  BigInt.asUintN(64, convert(c, text, end, base, -U64, U64))

const SIGNED = [
  'strtoll',
  'strtoimax',
  'strtoq',
  '__isoc23_strtol',
  '__isoc23_strtoll',
  '__isoc23_strtoimax',
  '__strtol_internal',
  'strtol_l',
  'strtoll_l',
]
const UNSIGNED = [
  'strtoull',
  'strtoumax',
  'strtouq',
  '__isoc23_strtoul',
  '__isoc23_strtoull',
  '__isoc23_strtoumax',
  '__strtoul_internal',
  'strtoul_l',
  'strtoull_l',
]

/** Quotient in rax, remainder in rdx (psABI §3.2.3, a struct of two eightbytes); dividing by zero is a fault, as natively. */
function longDivision(c: LibcCall, a: bigint, b: bigint): bigint {
  if (b === 0n) {
    c.kernel.tkill(c.cx, c.cx.tid, 8)
    return 0n
  }
  c.state.set(Gpr.rdx, BigInt.asUintN(64, a % b))
  return a / b
}

function division(c: LibcCall, a: number, b: number): bigint {
  if (b === 0) c.kernel.tkill(c.cx, c.cx.tid, 8)
  return b === 0 ? 0n : BigInt.asUintN(32, BigInt(Math.trunc(a / b))) | (BigInt.asUintN(32, BigInt(a % b)) << 32n)
}

export const integerRows: readonly SymbolRow[] = [
  leaf('abs', 'int(int)', (_c, n: number) => Math.abs(n) | 0),
  leaf('atoi', 'int(ptr)', (c, text: number) => Number(BigInt.asIntN(32, signed(c, text, 0, 10)))),
  leaf('atol', 'i64(ptr)', (c, text: number) => signed(c, text, 0, 10)),
  alias('atoll', 'atol'),
  leaf('div', 'u64(int, int)', division),
  leaf('labs', 'i64(i64)', (_c, n: bigint) => (n < 0n ? -n : n)),
  alias('llabs', 'labs'),
  alias('imaxabs', 'labs'),
  leaf('ldiv', 'i64(i64, i64)', longDivision),
  alias('lldiv', 'ldiv'),
  alias('imaxdiv', 'ldiv'),
  leaf('strtol', 'i64(ptr, ptr, int)', signed),
  ...SIGNED.map((name) => alias(name, 'strtol')),
  leaf('strtoul', 'u64(ptr, ptr, int)', unsigned),
  ...UNSIGNED.map((name) => alias(name, 'strtoul')),
]
