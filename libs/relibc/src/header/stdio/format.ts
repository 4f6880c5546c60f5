/** The conversions of printf: https://pubs.opengroup.org/onlinepubs/9699919799/functions/fprintf.html */
import { Thread } from '../../platform/thread-block.ts'
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import type { VaList } from '../../registry/va-list.ts'
import { directionOf } from '../fenv/rounding.ts'
import { type Direction, type Real, realOfBits, realOfF80 } from '../stdlib/real.ts'
import { errorMessage } from '../string/messages.ts'
import { encodeIn } from '../wchar/charset.ts'
import { ByteText } from './byte-text.ts'
import { fixed, general, hexadecimal, scientific } from './float-text.ts'

const EINVAL = 22
const EOVERFLOW = 75
const EILSEQ = 84
const EFAULT = 14
const INT_MAX = 0x7fff_ffff
/** Widths and precisions beyond this would be host memory, not text. */
const FIELD_MAX = 1 << 26

type Class = 'int' | 'wide' | 'f64' | 'f80'
type Value = bigint | Real | Uint8Array

/** A number in the format, or the index of an argument that gives it. */
type Count = { readonly literal: number } | { readonly argument: number } | undefined

export interface Directive {
  readonly flags: string
  readonly width: Count
  readonly precision: Count
  readonly length: string
  readonly conversion: string
  readonly argument: number
}

const SPEC =
  /^%(?:(\d+)\$)?([-+ #0'I]*)(?:(\d+)|(\*)(?:(\d+)\$)?)?(?:\.(?:(\d+)|(\*)(?:(\d+)\$)?)?)?(hh|h|ll|l|q|j|z|Z|t|L)?([^-+ #0-9'I*.$hlqjzZtL])/
const KNOWN = 'diouxXbBcCsSpnmeEfFgGaA%'
const BITS: Readonly<Record<string, number>> = { hh: 8, h: 16, '': 32 }

function classOf(conversion: string, length: string): Class | undefined {
  if (conversion === '%' || conversion === 'm' || !KNOWN.includes(conversion)) return undefined
  if ('eEfFgGaA'.includes(conversion)) return length === 'L' ? 'f80' : 'f64'
  return 'spnS'.includes(conversion) || !(length in BITS) ? 'wide' : 'int'
}

/** Literal bytes and directives in order, up to one that the format breaks off (`broken`), and the class of each argument. */
export function parse(format: string): { pieces: (string | Directive)[]; classes: Class[]; broken: boolean } {
  const pieces: (string | Directive)[] = []
  const classes: Class[] = []
  let next = 0
  const take = (position: string | undefined, kind: Class): number => {
    const index = position === undefined ? next++ : Number(position) - 1
    classes[index] = kind
    return index
  }
  for (let at = 0; at < format.length; ) {
    if (format[at] !== '%') {
      const end = format.indexOf('%', at)
      pieces.push(format.slice(at, end < 0 ? undefined : end))
      at = end < 0 ? format.length : end
      continue
    }
    const match = SPEC.exec(format.slice(at, at + 80))
    if (match === null) return { pieces, classes, broken: true }
    const [all, position, flags, width, star, starAt, precision, dotStar, dotStarAt, length = '', conversion] = match
    const widthOf: Count = star ? { argument: take(starAt, 'int') } : width ? { literal: Number(width) } : undefined
    const dotted = /^%(?:\d+\$)?[-+ #0'I]*(?:\d+|\*(?:\d+\$)?)?\./.test(all)
    const precisionOf: Count = dotStar ? { argument: take(dotStarAt, 'int') } : dotted ? { literal: Number(precision ?? 0) } : undefined
    const kind = classOf(conversion, length)
    const argument = kind === undefined ? -1 : take(position, kind)
    if (argument > 4096) return { pieces, classes, broken: true }
    pieces.push({ flags, width: widthOf, precision: precisionOf, length, conversion, argument })
    at += all.length
  }
  return { pieces, classes, broken: false }
}

function readAll(classes: readonly (Class | undefined)[], list: VaList): Value[] {
  return Array.from(classes, (kind) => (kind === 'f64' ? realOfBits(list.f64Bits()) : kind === 'f80' ? list.f80() : list.u64()))
}

/** Pads `sign prefix digits` to a width: with zeros between prefix and digits, or with spaces. */
function pad(head: string, digits: string, width: number, left: boolean, zero: boolean): string {
  const missing = width - head.length - digits.length
  if (missing <= 0) return head + digits
  if (left) return head + digits + ' '.repeat(missing)
  return zero ? head + '0'.repeat(missing) + digits : ' '.repeat(missing) + head + digits
}

interface Field {
  readonly flags: string
  readonly width: number
  readonly left: boolean
  readonly precision: number | undefined
}

const signOf = (negative: boolean, flags: string): string => (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '')

const BASE: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16, b: 2, B: 2 }

function integer(field: Field, conversion: string, length: string, raw: bigint): string {
  const { flags, width, left, precision } = field
  const bits = BITS[length] ?? 64
  const signed = conversion === 'd' || conversion === 'i'
  const value = signed ? BigInt.asIntN(bits, raw) : BigInt.asUintN(bits, raw)
  const base = BASE[conversion] ?? 10
  let digits = (value < 0n ? -value : value).toString(base)
  if (conversion === 'X') digits = digits.toUpperCase()
  if (precision !== undefined) digits = precision === 0 && value === 0n ? '' : digits.padStart(precision, '0')
  let head = signed ? signOf(value < 0n, flags) : ''
  if (flags.includes('#')) {
    if (base === 8 && digits[0] !== '0') digits = `0${digits}`
    if ((base === 16 || base === 2) && value !== 0n) head = `0${conversion}`
  }
  return pad(head, digits, width, left, flags.includes('0') && precision === undefined)
}

function real(field: Field, conversion: string, value: Real, to: Direction): string {
  const { flags, width, left, precision } = field
  const upper = conversion < 'a'
  const head = signOf(value.negative, flags)
  const alternate = flags.includes('#')
  let text: string
  if (value.kind !== 'finite') text = value.kind === 'nan' ? 'nan' : 'inf'
  else {
    const kind = conversion.toLowerCase()
    if (kind === 'a') text = hexadecimal(value, precision, alternate, to)
    else text = (kind === 'e' ? scientific : kind === 'f' ? fixed : general)(value, precision ?? 6, alternate, to)
  }
  if (upper) text = text.toUpperCase()
  const hex = text.startsWith('0x') || text.startsWith('0X') ? 2 : 0
  return pad(head + text.slice(0, hex), text.slice(hex), width, left, flags.includes('0') && value.kind === 'finite')
}

/** A directive that there is not, as glibc writes it: flags in its order, no length. */
function unknown({ flags, width, left, precision }: Field, conversion: string): string {
  const has = (flag: string): string => (flags.includes(flag) ? flag : '')
  const shown = `%${has('#')}${has("'")}${has('+') || has(' ')}${left ? '-' : has('0')}${has('I')}`
  return `${shown}${width || ''}${precision === undefined ? '' : `.${precision}`}${conversion}`
}

const NULL_TEXT = new TextEncoder().encode('(null)')

/** Bytes of a %s, at most `precision`, which need no NUL then; undefined if unreadable. */
function stringBytes(c: LibcCall, at: number, precision: number | undefined): Uint8Array | undefined {
  if (at === 0) return precision !== undefined && precision < NULL_TEXT.length ? new Uint8Array(0) : NULL_TEXT
  if (precision === undefined) {
    const end = c.memory.cstrEnd(at)
    return end < 0 ? undefined : c.memory.bytes(at, end - at)
  }
  let end = at
  while (end - at < precision) {
    if (!c.memory.accessible(end, 1, 1)) return undefined
    if (c.memory.getU8(end) === 0) break
    end++
  }
  return c.memory.bytes(at, end - at)
}

/** Bytes of a %ls, whole characters only; undefined if unreadable. */
function wideBytes(c: LibcCall, at: number, precision: number | undefined): Uint8Array | 'invalid' | undefined {
  if (at === 0) return stringBytes(c, 0, precision)
  const out = new ByteText()
  for (let from = at; ; from += 4) {
    if (!c.memory.accessible(from, 4, 1)) return undefined
    const code = c.memory.getU32(from)
    if (code === 0) return out.bytes()
    const bytes = encodeIn(c, code)
    if (bytes === undefined) return 'invalid'
    if (precision !== undefined && out.length + bytes.length > precision) return out.bytes()
    out.add(bytes)
  }
}

function store(c: LibcCall, at: number, length: string, count: number): boolean {
  const size = (BITS[length] ?? 64) / 8
  if (!writable(c, at, size)) return false
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setUint32(0, count, true)
  c.memory.bytes(at, size).set(bytes.subarray(0, size))
  return true
}

/** The text of a printf as bytes, or -errno. */
export function formatText(c: LibcCall, format: Uint8Array, list: VaList): Uint8Array | number {
  const { bytes, errno } = formatUntilError(c, format, list)
  return errno === 0 ? bytes : -errno
}

/** The text up to where a printf fails with `errno`, which glibc writes all the same; all of it where that is 0. */
export function formatUntilError(c: LibcCall, format: Uint8Array, list: VaList): { bytes: Uint8Array; errno: number } {
  const out = new ByteText()
  const errno = write(c, parse(latin(format)), list, out)
  return { bytes: out.bytes(), errno }
}

/** 0 or an errno. */
function write(c: LibcCall, parsed: ReturnType<typeof parse>, list: VaList, out: ByteText): number {
  const values = readAll(parsed.classes, list)
  const count = (of: Count): number | undefined =>
    of === undefined ? undefined : 'literal' in of ? of.literal : Number(BigInt.asIntN(32, values[of.argument] as bigint))
  for (const piece of parsed.pieces) {
    if (typeof piece === 'string') {
      out.latin(piece)
      continue
    }
    const { flags, length, conversion } = piece
    const width = count(piece.width) ?? 0
    const asked = count(piece.precision)
    const precision = asked !== undefined && asked < 0 ? undefined : asked
    const field: Field = { flags, width: Math.abs(width), left: width < 0 || flags.includes('-'), precision }
    if (field.width > FIELD_MAX || (precision ?? 0) > FIELD_MAX) return EOVERFLOW
    const value = values[piece.argument]
    if (conversion === '%') out.latin('%')
    else if (!KNOWN.includes(conversion)) out.latin(unknown(field, conversion))
    else if (conversion === 'm') {
      const bytes = new TextEncoder().encode(errorMessage(c.memory.getU32(c.cx.threadPointer + Thread.errno)))
      out.padded(bytes.subarray(0, precision), field.width, field.left)
    } else if ('eEfFgGaA'.includes(conversion)) {
      const exact = value instanceof Uint8Array ? realOfF80(value) : (value as Real)
      out.latin(real(field, conversion, exact, directionOf(c, exact.negative)))
    } else if ('diouxXbB'.includes(conversion)) out.latin(integer(field, conversion, length, value as bigint))
    else if (conversion === 'p') {
      if (value === 0n) out.padded(new TextEncoder().encode('(nil)'), field.width, field.left)
      else out.latin(integer({ ...field, flags: `${flags}#` }, 'x', 'l', value as bigint))
    } else if (conversion === 'n') {
      if (!store(c, Number(value), length, out.length)) return EFAULT
    } else if (conversion === 'c' || conversion === 'C') {
      const code = Number(BigInt.asUintN(32, value as bigint))
      const wide = conversion === 'C' || length === 'l'
      const bytes = wide ? encodeIn(c, code) : Uint8Array.of(code)
      if (bytes === undefined) return EILSEQ
      out.padded(bytes, field.width, field.left)
    } else {
      const read = conversion === 'S' || length === 'l' ? wideBytes : stringBytes
      const bytes = read(c, Number(value), precision)
      if (bytes === undefined) return EFAULT
      if (bytes === 'invalid') return EILSEQ
      out.padded(bytes, field.width, field.left)
    }
  }
  return out.length > INT_MAX ? EOVERFLOW : parsed.broken ? EINVAL : 0
}

function latin(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
