/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/iconv.h.html. A descriptor is a block of the heap: { from, to, what to do with what fails, how far it is }. */
import { cstring, EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'
import { isUtf8 } from '../locale/current.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { type Charset, charset, charsetNumber, type Decoded } from './charsets.ts'
import { TRANSLITERATION } from './transliteration.ts'

const E2BIG = 7
const EBADF = 9
const EINVAL = 22
const EILSEQ = 84
const FAILED = 0xffff_ffff_ffff_ffffn
const MAGIC = 0x69636f6e
const Descriptor = { magic: 0, from: 4, to: 8, suffix: 12, input: 16, output: 20, size: 24 } as const
/** Of the input and the output: nothing was read or written, or the byte order is known. */
const Order = { none: 0, own: 1, swapped: 2 } as const
const MARK = 0xfeff
const Suffix = { none: 0, ignore: 1, transliterate: 2 } as const

/** The set and the suffix of a name like ASCII//TRANSLIT. */
function named(c: LibcCall, at: number): { set: number; suffix: number } | undefined {
  const bytes = cstring(c, at)
  if (bytes === undefined) return undefined
  const [name, ...rest] = new TextDecoder().decode(bytes).split('//')
  const suffix = rest.some((each) => /^TRANSLIT/i.test(each))
    ? Suffix.transliterate
    : rest.some((each) => /^IGNORE/i.test(each))
      ? Suffix.ignore
      : Suffix.none
  return { set: charsetNumber(name === '' ? (isUtf8(c) ? 'UTF-8' : 'ASCII') : name), suffix }
}

function open(c: LibcCall, to: number, from: number): number {
  const [target, source] = [named(c, to), named(c, from)]
  if (target === undefined || source === undefined) return c.fail(EFAULT)
  if (target.set < 0 || source.set < 0) return c.fail(EINVAL)
  const at = malloc(c, Descriptor.size)
  if (at === 0) return -1
  c.memory.setU32(at, MAGIC)
  c.memory.setU32(at + Descriptor.from, source.set)
  c.memory.setU32(at + Descriptor.to, target.set)
  c.memory.setU32(at + Descriptor.suffix, target.suffix)
  restart(c, at)
  return at
}

function restart(c: LibcCall, descriptor: number): 0 {
  c.memory.setU32(descriptor + Descriptor.input, Order.none)
  c.memory.setU32(descriptor + Descriptor.output, Order.none)
  return 0
}

/** The next character of a set. Where that does not fix the byte order, a mark in front does, and is none; without it the order is the machine's. */
function next(c: LibcCall, descriptor: number, from: Charset, bytes: Uint8Array): Decoded | { readonly mark: number } {
  const { swapped } = from
  if (swapped === undefined) return from.decode(bytes)
  const at = descriptor + Descriptor.input
  if (c.memory.getU32(at) === Order.none) {
    const [own, other] = [from.decode(bytes), swapped.decode(bytes)]
    if (own === -2) return own
    const marked = [own, other].find((each) => typeof each === 'object' && each.code === MARK)
    c.memory.setU32(at, marked !== undefined && marked === other ? Order.swapped : Order.own)
    if (typeof marked === 'object') return { mark: marked.length }
  }
  return (c.memory.getU32(at) === Order.swapped ? swapped : from).decode(bytes)
}

/** The bytes of a character, or of what is written for it. */
function written(to: Charset, code: number, suffix: number): { bytes: Uint8Array | undefined; same: boolean } {
  const bytes = to.encode(code)
  if (bytes !== undefined || suffix !== Suffix.transliterate) return { bytes, same: true }
  const text = Array.from(TRANSLITERATION.get(code) ?? '?', (each) => to.encode(each.charCodeAt(0)) ?? new Uint8Array(0))
  return { bytes: Uint8Array.from(text.flatMap((each) => [...each])), same: false }
}

const isDescriptor = (c: LibcCall, at: number): boolean => readable(c, at, Descriptor.size) && c.memory.getU32(at) === MAGIC

function refuse(c: LibcCall, errno: number): bigint {
  c.fail(errno)
  return FAILED
}

/** Puts bytes where the program's variables say, and moves those on; 0 or an errno. */
function emit(c: LibcCall, outAt: number, outLeft: number, bytes: Uint8Array): number {
  const { memory } = c
  const [room, target] = [memory.getSize(outLeft), memory.getSize(outAt)]
  if (bytes.length > room) return E2BIG
  if (!writable(c, target, bytes.length)) return EFAULT
  memory.u8.set(bytes, target)
  memory.setSize(outAt, target + bytes.length)
  memory.setSize(outLeft, room - bytes.length)
  return 0
}

/** Moves the four of the program's variables on as far as it got; counts what could not be kept as it was. */
function iconv(c: LibcCall, descriptor: number, inAt: number, inLeft: number, outAt: number, outLeft: number): number | bigint {
  if (!isDescriptor(c, descriptor)) return refuse(c, EBADF)
  const { memory } = c
  if (inAt === 0 || memory.getSize(inAt) === 0) return restart(c, descriptor)
  if (![inAt, inLeft, outAt, outLeft].every((at) => writable(c, at, 8))) return refuse(c, EFAULT)
  const [from, to] = [charset(memory.getU32(descriptor + Descriptor.from)), charset(memory.getU32(descriptor + Descriptor.to))]
  const suffix = memory.getU32(descriptor + Descriptor.suffix)
  if (from === undefined || to === undefined) return refuse(c, EBADF)
  if (to.swapped !== undefined && memory.getU32(descriptor + Descriptor.output) === Order.none) {
    const failed = emit(c, outAt, outLeft, to.encode(MARK)!)
    if (failed !== 0) return refuse(c, failed)
    memory.setU32(descriptor + Descriptor.output, Order.own)
  }
  let irreversible = 0
  for (let left = memory.getSize(inLeft); left > 0; left = memory.getSize(inLeft)) {
    const at = memory.getSize(inAt)
    if (!readable(c, at, Math.min(left, 4))) return refuse(c, EFAULT)
    const found = next(c, descriptor, from, memory.bytes(at, Math.min(left, 4)))
    if (found === -2) return refuse(c, EINVAL)
    if (found === -1) return refuse(c, EILSEQ)
    if ('mark' in found) {
      memory.setSize(inAt, at + found.mark)
      memory.setSize(inLeft, left - found.mark)
      continue
    }
    const { bytes, same } = written(to, found.code, suffix)
    if (bytes === undefined && suffix !== Suffix.ignore) return refuse(c, EILSEQ)
    if (!same) irreversible++
    const failed = emit(c, outAt, outLeft, bytes ?? new Uint8Array(0))
    if (failed !== 0) return refuse(c, failed)
    memory.setSize(inAt, at + found.length)
    memory.setSize(inLeft, left - found.length)
  }
  return irreversible
}

function close(c: LibcCall, descriptor: number): number {
  if (!isDescriptor(c, descriptor)) return c.fail(EBADF)
  c.memory.setU32(descriptor, 0)
  free(c, descriptor)
  return 0
}

const SOME = 'ASCII, ISO-8859-1 and -15, CP1252, KOI8-R, UTF-8, UTF-16 and UTF-32 of both byte orders'

export const iconvHeader: HeaderTable = {
  name: 'iconv',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/iconv.h.html',
  rows: [
    leaf('iconv', 'size(ptr, ptr, ptr, ptr, ptr)', iconv, 'partial', SOME),
    leaf('iconv_close', 'int(ptr)', close),
    leaf('iconv_open', 'long(ptr, ptr)', open, 'partial', SOME),
  ],
}
