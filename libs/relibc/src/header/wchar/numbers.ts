/** Numbers from wide text: https://pubs.opengroup.org/onlinepubs/9699919799/functions/wcstol.html and wcstod. */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type LeafFn, leaf, type SymbolRow } from '../../registry/define.ts'
import { F32, F64, F80, type Format } from '../stdlib/real.ts'
import { f80OfParsed, numberOf, type Parsed, parseReal } from '../stdlib/strtod.ts'
import { wideAt } from './strings.ts'

const EINVAL = 22
const ERANGE = 34
const LONG_MAX = (1n << 63n) - 1n

/** The text as far as a number could go: other characters become one that ends it. */
function narrow(c: LibcCall, at: number): string {
  let text = ''
  for (let i = at; ; i += 4) {
    const code = wideAt(c, i)
    if (code <= 0) return text
    text += code < 128 ? String.fromCharCode(code) : '?'
  }
}

function put(c: LibcCall, end: number, at: number): void {
  if (end !== 0 && writable(c, end, 8)) c.memory.setSize(end, at)
}

function integer(c: LibcCall, at: number, end: number, base: number, unsigned: boolean): bigint {
  if (base < 0 || base === 1 || base > 36) {
    c.fail(EINVAL)
    return 0n
  }
  const text = narrow(c, at)
  const match = /^[ \t-\r]*([+-]?)/.exec(text)!
  let from = match[0].length
  let radix = base
  if ((base === 0 || base === 16) && /^0x[\da-f]/i.test(text.slice(from))) {
    from += 2
    radix = 16
  } else if (base === 0) radix = text[from] === '0' ? 8 : 10
  let value = 0n
  let i = from
  for (; i < text.length; i++) {
    const digit = Number.parseInt(text[i], 36)
    if (!(digit < radix)) break
    value = value * BigInt(radix) + BigInt(digit)
  }
  put(c, end, i === from ? at : at + i * 4)
  const negative = match[1] === '-'
  if (unsigned) {
    if (value > 2n * LONG_MAX + 1n) {
      c.fail(ERANGE)
      return 2n * LONG_MAX + 1n
    }
    return BigInt.asUintN(64, negative ? -value : value)
  }
  const limit = negative ? LONG_MAX + 1n : LONG_MAX
  if (value > limit) c.fail(ERANGE)
  const size = value > limit ? limit : value
  return negative ? -size : size
}

function real(c: LibcCall, at: number, end: number, format: Format): Parsed {
  const parsed = parseReal(narrow(c, at), format)
  put(c, end, at + parsed.length * 4)
  if (parsed.range !== 'ok') c.fail(ERANGE)
  return parsed
}

export const wideNumberRows: readonly SymbolRow[] = [
  leaf('wcstol', 'i64(ptr, ptr, int)', (c, at: number, end: number, base: number) => integer(c, at, end, base, false)),
  ...['wcstoll', 'wcstoimax', '__isoc23_wcstol', '__isoc23_wcstoll', '__isoc23_wcstoimax'].map((name) => alias(name, 'wcstol')),
  leaf('wcstoul', 'u64(ptr, ptr, int)', (c, at: number, end: number, base: number) => integer(c, at, end, base, true)),
  ...['wcstoull', 'wcstoumax', '__isoc23_wcstoul', '__isoc23_wcstoull', '__isoc23_wcstoumax'].map((name) => alias(name, 'wcstoul')),
  leaf('wcstod', 'f64(ptr, ptr)', (c, at: number, end: number) => numberOf(real(c, at, end, F64))),
  leaf('wcstof', 'f32(ptr, ptr)', (c, at: number, end: number) => numberOf(real(c, at, end, F32))),
  leaf('wcstold', 'f80(ptr, ptr)', ((c: LibcCall, at: number, end: number) => f80OfParsed(real(c, at, end, F80))) as unknown as LeafFn),
]
