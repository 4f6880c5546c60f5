/** The conversions of scanf: https://pubs.opengroup.org/onlinepubs/9699919799/functions/fscanf.html */
import type { Co } from '@bootgraph/kernel'
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import type { VaList } from '../../registry/va-list.ts'
import { give } from '../stdlib/given.ts'
import { F32, F64, F80 } from '../stdlib/real.ts'
import { f80OfParsed, numberOf, parseReal } from '../stdlib/strtod.ts'
import { decodeIn, LONGEST } from '../wchar/charset.ts'
import type { ScanInput } from './scan-input.ts'
import { scanInteger, scanPointer, scanReal } from './scan-number.ts'

const SPEC = /^%(?:(\d+)\$)?(\*?)('?)(\d*)(m?)(hh|h|ll|l|q|j|z|Z|t|L)?(\[\^?\]?[^\]]*\]|[diouxXpeEfFgGaAsScCn%])/
const BYTES: Readonly<Record<string, number>> = { hh: 1, h: 2, '': 4 }
const BASE: Readonly<Record<string, number>> = { d: 10, u: 10, i: 0, o: 8, x: 16, X: 16, p: 16 }
const ERANGE = 34
const EVERYTHING = 0x7fff_ffff

const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)

function* skipSpace(input: ScanInput): Co<void> {
  while (isSpace(yield* input.peek())) input.skip()
}

/** Members of a scanset `[…]`; a range is written with `-` between two characters in order. */
function scanset(text: string): Uint8Array {
  const inverted = text[1] === '^'
  const body = text.slice(inverted ? 2 : 1, -1)
  const members = new Uint8Array(256).fill(inverted ? 1 : 0)
  const mark = (byte: number): void => void (members[byte] = inverted ? 0 : 1)
  for (let i = 0; i < body.length; i++) {
    const from = body.charCodeAt(i)
    if (body[i + 1] === '-' && i + 2 < body.length && body.charCodeAt(i + 2) >= from) {
      for (let byte = from; byte <= body.charCodeAt(i + 2); byte++) mark(byte)
      i += 2
    } else mark(from)
  }
  return members
}

function* takeWhile(input: ScanInput, width: number, wanted: (byte: number) => boolean): Co<number[]> {
  const out: number[] = []
  while (out.length < width) {
    const byte = yield* input.peek()
    if (byte < 0 || !wanted(byte)) break
    input.skip()
    out.push(byte)
  }
  return out
}

function putInteger(c: LibcCall, at: number, length: string, value: bigint): boolean {
  const size = BYTES[length] ?? 8
  if (!writable(c, at, size)) return false
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setBigUint64(0, BigInt.asUintN(64, value), true)
  c.memory.u8.set(new Uint8Array(bytes.buffer, 0, size), at)
  return true
}

const I64 = (1n << 63n) - 1n
const U64 = (1n << 64n) - 1n

/** The nearest number of 64 bits; ERANGE if it is another one, whatever the size of its target, as in glibc. */
function integerOf(c: LibcCall, text: string, base: number, unsigned: boolean): bigint {
  const negative = text[0] === '-'
  const prefix = { 8: '0o', 10: '', 16: '0x' }[base]!
  const size = BigInt(prefix + (text.replace(/^[+-]/, '') || '0'))
  const most = unsigned ? U64 : negative ? I64 + 1n : I64
  if (size > most) c.fail(ERANGE)
  if (unsigned && size > most) return most
  const kept = size > most ? most : size
  return negative ? -kept : kept
}

function putReal(c: LibcCall, at: number, length: string, text: string): boolean {
  const format = length === 'L' ? F80 : length === 'l' ? F64 : F32
  const size = length === 'L' ? 10 : length === 'l' ? 8 : 4
  if (!writable(c, at, size)) return false
  const parsed = parseReal(text, format)
  if (parsed.range !== 'ok') c.fail(ERANGE)
  if (size === 10) c.memory.u8.set(f80OfParsed(parsed), at)
  else if (size === 8) c.memory.setF64(at, numberOf(parsed))
  else c.memory.view.setFloat32(at, numberOf(parsed), true)
  return true
}

/** Bytes, or the characters that they are, to the program's room or to a new block that it frees. */
function* putText(
  c: LibcCall,
  at: number,
  bytes: readonly number[],
  options: { wide: boolean; terminated: boolean; allocate: boolean },
): Co<boolean> {
  const codes: number[] = options.terminated ? [...bytes, 0] : [...bytes]
  if (options.wide) {
    codes.length = 0
    const all = Uint8Array.from(options.terminated ? [...bytes, 0] : bytes)
    for (let i = 0; i < all.length; ) {
      const found = decodeIn(c, all.subarray(i, i + LONGEST))
      if (typeof found === 'number') return false
      codes.push(found.code)
      i += found.length
    }
  }
  const unit = options.wide ? 4 : 1
  let to = at
  if (options.allocate) {
    to = yield* give(c, codes.length * unit)
    if (to === 0 || !writable(c, at, 8)) return false
    c.memory.setSize(at, to)
  }
  if (!writable(c, to, codes.length * unit)) return false
  codes.forEach((code, i) => {
    if (options.wide) c.memory.setU32(to + i * 4, code)
    else c.memory.setU8(to + i, code)
  })
  return true
}

/** One conversion; what ended the scan, or how many arguments it filled. */
function* convert(c: LibcCall, input: ScanInput, match: RegExpExecArray, target: () => number): Co<number | 'input' | 'match'> {
  const [, , star, , width, allocate, length = '', conversion] = match
  const room = width === '' ? EVERYTHING : Number(width)
  const kind = conversion[0]
  if (kind === 'n') return star !== '' || putInteger(c, target(), length, BigInt(input.taken)) ? 0 : 'match'
  if (kind !== '[' && kind !== 'c' && kind !== 'C') yield* skipSpace(input)
  if ((yield* input.peek()) < 0) return 'input'
  const done = (stored: () => boolean): number | 'match' => (star !== '' ? 0 : stored() ? 1 : 'match')
  if (kind in BASE) {
    const found = yield* kind === 'p' ? scanPointer(input, room) : scanInteger(input, BASE[kind], room)
    if (found === undefined) return 'match'
    const value = integerOf(c, found.text, found.base, !'di'.includes(kind))
    return done(() => putInteger(c, target(), kind === 'p' ? 'l' : length, value))
  }
  if ('eEfFgGaA'.includes(kind)) {
    const text = yield* scanReal(input, room)
    return text === undefined ? 'match' : done(() => putReal(c, target(), length, text))
  }
  const single = kind === 'c' || kind === 'C'
  const members = kind === '[' ? scanset(conversion) : undefined
  const wanted = members ? (byte: number) => members[byte] === 1 : single ? () => true : (byte: number) => !isSpace(byte)
  const bytes = yield* takeWhile(input, single && width === '' ? 1 : room, wanted)
  if (bytes.length === 0 || (single && width !== '' && bytes.length < room && bytes.length === 0)) return 'match'
  const wide = length === 'l' || kind === 'S' || kind === 'C'
  if (star !== '') return 0
  return (yield* putText(c, target(), bytes, { wide, terminated: !single, allocate: allocate !== '' })) ? 1 : 'match'
}

/** How many arguments were filled; -1 if the input ended before the first. */
export function* scan(c: LibcCall, input: ScanInput, format: Uint8Array, list: VaList): Co<number> {
  const text = String.fromCharCode(...format)
  const pointers: number[] = []
  let next = 0
  let filled = 0
  const argument = (position: string | undefined): number => {
    const index = position === undefined ? next++ : Number(position) - 1
    while (pointers.length <= index && pointers.length < 4096) pointers.push(list.ptr())
    return pointers[index] ?? 0
  }
  for (let at = 0; at < text.length; ) {
    if (isSpace(text.charCodeAt(at))) {
      yield* skipSpace(input)
      at++
      continue
    }
    const match = text[at] === '%' ? SPEC.exec(text.slice(at)) : null
    if (match !== null && match[7] !== '%') {
      const got = yield* convert(c, input, match, () => argument(match[1]))
      if (got === 'input') return filled === 0 ? -1 : filled
      if (got === 'match') return filled
      filled += got
      at += match[0].length
      continue
    }
    if (match !== null) yield* skipSpace(input)
    const wanted = match === null ? text.charCodeAt(at) : 0x25
    const byte = yield* input.peek()
    if (byte < 0) return filled === 0 ? -1 : filled
    if (byte !== wanted) return filled
    input.skip()
    at += match === null ? 1 : match[0].length
  }
  return filled
}
