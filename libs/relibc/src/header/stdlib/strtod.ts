/** Text to floating point, exactly rounded: https://pubs.opengroup.org/onlinepubs/9699919799/functions/strtod.html */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, type LeafFn, leaf } from '../../registry/define.ts'
import { directionOf } from '../fenv/rounding.ts'
import { type Direction, F32, F64, F80, type Format, f64Of, f80Of, largest, roundTo } from './real.ts'

const ERANGE = 34
/** Beyond these powers of ten every format overflows or becomes zero. */
const POWER_MAX = 5000

export interface Parsed {
  readonly negative: boolean
  readonly kind: 'finite' | 'infinite' | 'nan'
  readonly mantissa: bigint
  readonly exponent: number
  readonly range: 'ok' | 'overflow' | 'underflow'
  /** Characters taken; 0 if there is no number. */
  readonly length: number
}

const SPECIAL = /^[ \t-\r]*([+-]?)(?:(inf(?:inity)?)|(nan(?:\(\w*\))?))/i
const HEX = /^[ \t-\r]*([+-]?)0x(?:([\da-f]+)(?:\.([\da-f]*))?|\.([\da-f]+))(?:p([+-]?\d+))?/i
const DECIMAL = /^[ \t-\r]*([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d+))?/i

/** Reads the longest number at the start of `text`; `towards` says where the magnitude of one of that sign is rounded to. */
export function parseReal(text: string, format: Format, towards: (negative: boolean) => Direction = () => 'nearest'): Parsed {
  const special = SPECIAL.exec(text)
  if (special !== null) {
    const kind = special[2] === undefined ? 'nan' : 'infinite'
    return { negative: special[1] === '-', kind, mantissa: 0n, exponent: 0, range: 'ok', length: special[0].length }
  }
  const hex = HEX.exec(text)
  const match = hex ?? DECIMAL.exec(text)
  if (match === null) return { negative: false, kind: 'finite', mantissa: 0n, exponent: 0, range: 'ok', length: 0 }
  const [whole, sign, integer = '', point = '', bare = '', power = '0'] = match
  const fraction = (point + bare).replace(/0+$/, '')
  const digits = (integer + fraction).replace(/^0+/, '')
  const negative = sign === '-'
  const found = { negative, kind: 'finite', length: whole.length } as const
  if (digits === '') return { ...found, mantissa: 0n, exponent: 0, range: 'ok' }
  const scale = hex === null ? 1 : 4
  const exponent = Number(power) - fraction.length * scale
  const magnitude = exponent + digits.length * scale
  const limit = hex === null ? POWER_MAX : POWER_MAX * 4
  const to = towards(negative)
  const beyond = to === 'zero' ? 'finite' : 'infinite'
  if (magnitude > limit) return { ...found, kind: beyond, ...largest(format), range: 'overflow' }
  if (magnitude < -limit) return { ...found, mantissa: to === 'away' ? 1n : 0n, exponent: format.least, range: 'underflow' }
  const value = BigInt(hex === null ? digits : `0x${digits}`)
  const base = hex === null ? 10n : 2n
  const rounded =
    exponent >= 0 ? roundTo(value * base ** BigInt(exponent), 1n, format, to) : roundTo(value, base ** BigInt(-exponent), format, to)
  return { ...found, ...rounded, kind: rounded.range === 'overflow' ? beyond : 'finite' }
}

/** A parsed number as a double (also of F32, whose numbers are doubles). */
export function numberOf({ negative, kind, mantissa, exponent }: Parsed): number {
  const size = kind === 'nan' ? Number.NaN : kind === 'infinite' ? Number.POSITIVE_INFINITY : f64Of(mantissa, exponent)
  return negative ? -size : size
}

export const f80OfParsed = (p: Parsed): Uint8Array => f80Of(p.negative, p.kind, p.mantissa, p.exponent)

/** As `parseReal`, in the current direction. */
const parseRounded = (c: LibcCall, text: number, format: Format): Parsed =>
  parseReal(asText(c, text), format, (negative) => directionOf(c, negative))

const asText = (c: LibcCall, at: number): string => {
  const end = c.memory.cstrEnd(at)
  let text = ''
  for (let i = at; i < end; i++) text += String.fromCharCode(c.memory.getU8(i))
  return text
}

function convert(c: LibcCall, text: number, end: number, format: Format): Parsed {
  const parsed = parseRounded(c, text, format)
  if (end !== 0 && writable(c, end, 8)) c.memory.setSize(end, text + parsed.length)
  if (parsed.range !== 'ok') c.fail(ERANGE)
  return parsed
}

/** The result class f80 takes ten bytes, which the row type does not name. */
const strtold = (c: LibcCall, text: number, end: number): Uint8Array => f80OfParsed(convert(c, text, end, F80))

export const floatText: HeaderTable = {
  name: 'stdlib (strtod)',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/functions/strtod.html',
  rows: [
    leaf('atof', 'f64(ptr)', (c, text: number) => numberOf(parseRounded(c, text, F64))),
    leaf('strtod', 'f64(ptr, ptr)', (c, text: number, end: number) => numberOf(convert(c, text, end, F64))),
    alias('strtod_l', 'strtod'),
    alias('__strtod_l', 'strtod'),
    leaf('strtof', 'f32(ptr, ptr)', (c, text: number, end: number) => numberOf(convert(c, text, end, F32))),
    alias('strtof_l', 'strtof'),
    alias('__strtof_l', 'strtof'),
    leaf('strtold', 'f80(ptr, ptr)', strtold as unknown as LeafFn),
    alias('strtold_l', 'strtold'),
  ],
}
