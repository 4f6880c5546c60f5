/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/iconv.h.html. A descriptor is a block of the heap: { from, to, what to do with what fails }. */
import { cstring, EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'
import { isUtf8 } from '../locale/current.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { charset, charsetNumber } from './charsets.ts'

const E2BIG = 7
const EBADF = 9
const EINVAL = 22
const EILSEQ = 84
const FAILED = 0xffff_ffff_ffff_ffffn
const MAGIC = 0x69636f6e
const Descriptor = { magic: 0, from: 4, to: 8, suffix: 12, size: 16 } as const
const Suffix = { none: 0, ignore: 1, transliterate: 2 } as const
const QUESTION = 0x3f

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
  return at
}

const isDescriptor = (c: LibcCall, at: number): boolean => readable(c, at, Descriptor.size) && c.memory.getU32(at) === MAGIC

function refuse(c: LibcCall, errno: number): bigint {
  c.fail(errno)
  return FAILED
}

/** Moves the four of the program's variables on as far as it got; counts what could not be kept as it was. */
function iconv(c: LibcCall, descriptor: number, inAt: number, inLeft: number, outAt: number, outLeft: number): number | bigint {
  if (!isDescriptor(c, descriptor)) return refuse(c, EBADF)
  const { memory } = c
  if (inAt === 0 || memory.getSize(inAt) === 0) return 0
  if (![inAt, inLeft, outAt, outLeft].every((at) => writable(c, at, 8))) return refuse(c, EFAULT)
  const [from, to] = [charset(memory.getU32(descriptor + Descriptor.from)), charset(memory.getU32(descriptor + Descriptor.to))]
  const suffix = memory.getU32(descriptor + Descriptor.suffix)
  if (from === undefined || to === undefined) return refuse(c, EBADF)
  let irreversible = 0
  for (let left = memory.getSize(inLeft); left > 0; left = memory.getSize(inLeft)) {
    const at = memory.getSize(inAt)
    if (!readable(c, at, Math.min(left, 4))) return refuse(c, EFAULT)
    const found = from.decode(memory.bytes(at, Math.min(left, 4)))
    if (found === -2) return refuse(c, EINVAL)
    if (found === -1) return refuse(c, EILSEQ)
    let bytes = to.encode(found.code)
    if (bytes === undefined && suffix === Suffix.transliterate) {
      bytes = to.encode(QUESTION)
      irreversible++
    }
    if (bytes === undefined && suffix !== Suffix.ignore) return refuse(c, EILSEQ)
    const made = bytes ?? new Uint8Array(0)
    const [room, target] = [memory.getSize(outLeft), memory.getSize(outAt)]
    if (made.length > room) return refuse(c, E2BIG)
    if (!writable(c, target, made.length)) return refuse(c, EFAULT)
    memory.u8.set(made, target)
    memory.setSize(outAt, target + made.length)
    memory.setSize(outLeft, room - made.length)
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

const SOME = 'ASCII, ISO-8859-1, UTF-8, UTF-16 and UTF-32 of both byte orders'

export const iconvHeader: HeaderTable = {
  name: 'iconv',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/iconv.h.html',
  rows: [
    leaf('iconv', 'size(ptr, ptr, ptr, ptr, ptr)', iconv, 'partial', SOME),
    leaf('iconv_close', 'int(ptr)', close),
    leaf('iconv_open', 'long(ptr, ptr)', open, 'partial', SOME),
  ],
}
