/** What stands behind a stream: a descriptor, memory, or functions of the program's own. Answers are counts, positions or -errno. */
import { type Co, callGuest } from '@bootgraph/kernel'
import { answered } from '../../platform/answered.ts'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { regive } from '../stdlib/given.ts'
import { File, Flag } from './file.ts'

const EINVAL = 22
const ENOMEM = 12
const ENOSPC = 28
const ESPIPE = 29
const EFAULT = 14

export interface Device {
  /** Up to `room` bytes to guest address `at`; 0 at the end. */
  read(c: LibcCall, file: number, at: number, room: number): Co<number>
  write(c: LibcCall, file: number, bytes: Uint8Array): Co<number>
  seek(c: LibcCall, file: number, offset: number, whence: number): Co<number>
  close(c: LibcCall, file: number): Co<number>
  /** A write that takes less than all is the stream's failure, without errno; of the others the rest is written again. */
  readonly whole?: true
  /** Bytes of what its positions and lengths count: 4 where it takes wide characters as they are. */
  readonly unit: 1 | 4
  /** A flush that had nothing to write. */
  readonly flushed?: (c: LibcCall, file: number) => void
}

const fdOf = (c: LibcCall, file: number): number => c.memory.getI32(file + File.fd)

export const descriptor: Device = {
  unit: 1,
  read: (c, file, at, room) => c.kernel.read(c.cx, fdOf(c, file), c.memory.bytes(at, room)),
  write: (c, file, bytes) => c.kernel.write(c.cx, fdOf(c, file), bytes),
  seek: (c, file, offset, whence) => answered(c.kernel.lseek(c.cx, fdOf(c, file), offset, whence)),
  close: (c, file) => c.kernel.close(c.cx, fdOf(c, file)),
}

/** Words of memory streams: where the bytes lie, how many there are, room, position, and where the program wants to be told. */
export const Memory = { at: 0, length: 8, room: 16, position: 24, tell: 32 } as const

const word = (c: LibcCall, file: number, field: number): number => c.memory.getSize(file + File.words + field)
const setWord = (c: LibcCall, file: number, field: number, value: number): void => c.memory.setSize(file + File.words + field, value)

function seekMemory(c: LibcCall, file: number, offset: number, whence: number, limit: number): number {
  const from = whence === 0 ? 0 : whence === 1 ? word(c, file, Memory.position) : word(c, file, Memory.length)
  const to = from + offset
  if (to < 0 || to > limit || whence > 2) return -EINVAL
  setWord(c, file, Memory.position, to)
  return to
}

function readFixed(c: LibcCall, file: number, at: number, room: number): number {
  const position = word(c, file, Memory.position)
  const count = Math.max(Math.min(room, word(c, file, Memory.length) - position), 0)
  const from = word(c, file, Memory.at) + position
  if (!readable(c, from, count)) return -EFAULT
  c.memory.u8.copyWithin(at, from, from + count)
  setWord(c, file, Memory.position, position + count)
  return count
}

function writeFixed(c: LibcCall, file: number, bytes: Uint8Array): number {
  const appending = (c.memory.getU32(file + File.flags) & Flag.append) !== 0
  const position = appending ? word(c, file, Memory.length) : word(c, file, Memory.position)
  const room = word(c, file, Memory.room)
  const ends = bytes.at(-1) === 0
  const count = Math.min(bytes.length, room - position)
  const at = word(c, file, Memory.at) + position
  if (count < bytes.length && position + (ends ? 0 : 1) >= room) return -ENOSPC
  if (!writable(c, at, count)) return -EFAULT
  c.memory.u8.set(bytes.subarray(0, count), at)
  const end = position + count
  // The text ends by a NUL, of a full block in place of its last byte.
  if (end > word(c, file, Memory.length) && !ends && (end < room || !appending))
    c.memory.setU8(Math.min(at + count, at - position + room - 1), 0)
  setWord(c, file, Memory.position, end)
  setWord(c, file, Memory.length, Math.max(end, word(c, file, Memory.length)))
  return count
}

/** fmemopen: a block of the program's, of a fixed size. */
const fixed: Device = {
  unit: 1,
  whole: true,
  read: (c, file, at, room) => answered(readFixed(c, file, at, room)),
  write: (c, file, bytes) => answered(writeFixed(c, file, bytes)),
  seek: (c, file, offset, whence) => answered(seekMemory(c, file, offset, whence, word(c, file, Memory.room))),
  close: () => answered(0),
}

const unitOf = (c: LibcCall, file: number): 1 | 4 => DEVICES[c.memory.getU32(file + File.device)].unit

/** Room up to `end` and a terminator; false if memory is out. */
function* growTo(c: LibcCall, file: number, end: number): Co<boolean> {
  const least = end + unitOf(c, file)
  const before = word(c, file, Memory.room)
  if (least <= before) return true
  const room = Math.max(least, 2 * before)
  const at = yield* regive(c, word(c, file, Memory.at), room)
  if (at === 0) return false
  c.memory.bytes(at + before, room - before).fill(0)
  setWord(c, file, Memory.at, at)
  setWord(c, file, Memory.room, room)
  return true
}

function* writeGrowing(c: LibcCall, file: number, bytes: Uint8Array): Co<number> {
  const position = word(c, file, Memory.position)
  const end = position + bytes.length
  if (!(yield* growTo(c, file, end))) return -ENOMEM
  c.memory.u8.set(bytes, word(c, file, Memory.at) + position)
  setWord(c, file, Memory.position, end)
  setWord(c, file, Memory.length, Math.max(end, word(c, file, Memory.length)))
  tell(c, file)
  return bytes.length
}

/** Where it stands is where it ends, as in glibc: a step back forgets what lies behind, which a step forward finds again. */
function* seekGrowing(c: LibcCall, file: number, offset: number, whence: number): Co<number> {
  const unit = unitOf(c, file)
  const before = word(c, file, Memory.position)
  if (before > 0) setWord(c, file, Memory.length, before)
  const at = seekMemory(c, file, offset * unit, whence, 0x7fff_ffff)
  if (at < 0) return at
  if (!(yield* growTo(c, file, at))) return -ENOMEM
  tell(c, file)
  return at / unit
}

/** The text ends where the stream stands. */
function closeGrowing(c: LibcCall, file: number): number {
  const [at, position, unit] = [word(c, file, Memory.at), word(c, file, Memory.position), unitOf(c, file)]
  if (writable(c, at + position, unit)) c.memory.bytes(at + position, unit).fill(0)
  tell(c, file)
  return 0
}

/** open_memstream: a block of the heap that grows; `tell` has the addresses of the program's pointer and size. */
const growing: Device = {
  unit: 1,
  read: () => answered(0),
  write: writeGrowing,
  seek: seekGrowing,
  close: (c, file) => answered(closeGrowing(c, file)),
}
/** open_wmemstream. */
const growingWide: Device = { ...growing, unit: 4, flushed: tell }

/** Tells the program where the text is, and that it ends at the position. */
export function tell(c: LibcCall, file: number): void {
  const pair = word(c, file, Memory.tell)
  if (!readable(c, pair, 16)) return
  const [pointer, size] = [c.memory.getSize(pair), c.memory.getSize(pair + 8)]
  if (!writable(c, pointer, 8) || !writable(c, size, 8)) return
  c.memory.setSize(pointer, word(c, file, Memory.at))
  c.memory.setSize(size, word(c, file, Memory.position) / unitOf(c, file))
}

/** Words of fopencookie: the program's own pointer and its four functions. */
export const Cookie = { value: 0, read: 8, write: 16, seek: 24, close: 32 } as const
const long = (rax: bigint): number => Number(BigInt.asIntN(64, rax))

const cookie: Device = {
  unit: 1,
  *read(c, file, at, room) {
    const fn = word(c, file, Cookie.read)
    if (fn === 0) return 0
    const got = long(yield* callGuest(fn, word(c, file, Cookie.value), at, room))
    return got < 0 ? -5 : got
  },
  /** The program reads the bytes in the stream's own buffer. */
  *write(c, file, bytes) {
    const fn = word(c, file, Cookie.write)
    const count = Math.min(bytes.length, c.memory.getSize(file + File.bufferSize))
    if (fn === 0) return bytes.length
    const at = c.memory.getSize(file + File.buffer)
    c.memory.u8.set(bytes.subarray(0, count), at)
    const put = long(yield* callGuest(fn, word(c, file, Cookie.value), at, count))
    return put <= 0 ? -5 : put
  },
  /** The position goes in and out by a word behind the words of the device. */
  *seek(c, file, offset, whence) {
    const fn = word(c, file, Cookie.seek)
    if (fn === 0) return -ESPIPE
    const at = file + File.words + 40
    c.memory.setU64(at, BigInt.asUintN(64, BigInt(offset)))
    const failed = long(yield* callGuest(fn, word(c, file, Cookie.value), at, whence))
    return (failed | 0) === -1 ? -EINVAL : c.memory.getSize(at)
  },
  *close(c, file) {
    const fn = word(c, file, Cookie.close)
    return fn === 0 ? 0 : (long(yield* callGuest(fn, word(c, file, Cookie.value))) | 0) === 0 ? 0 : -5
  },
}

/** By File.device. */
export const DEVICES: readonly Device[] = [descriptor, fixed, growing, cookie, growingWide]
export const DeviceKind = { descriptor: 0, fixed: 1, growing: 2, cookie: 3, growingWide: 4 } as const
