/** FILE objects: all their state lies in guest memory, so that fork copies it. */
import type { Co } from '@bootgraph/kernel'
import { platformOf } from '../../platform/platform.ts'
import { Area } from '../../platform/thread-block.ts'
import { mapPages } from '../../platform/threads.ts'
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { DEVICES, type Device, descriptor } from './device.ts'
import { File, Flag, PUSHED_MAX } from './file.ts'

export { File, Flag, PUSHED_MAX }

const EBADF = 9

const MAGIC = 0x46494c45
export const BUFFER_SIZE = 4096

/** The state's mapping: head of the list of streams, the standard streams, static results, buffers. Offsets in bytes. */
export const TextState = {
  streams: 0,
  stdin: 256,
  stdout: 512,
  stderr: 768,
  tm: 1024,
  timeText: 1152,
  lconv: 1280,
  /** One byte per category of the process's locale. */
  categories: 1408,
  strings: 2048,
  buffers: 32768,
  locale: 40960,
} as const

/** Room for the locale objects with their tables. */
const LOCALE_SIZE = 3 * 4096

/** Address of the state, made at the first use; 0 if memory is out. */
export function textState(c: LibcCall): number {
  const word = platformOf(c).area + Area.text
  const known = c.memory.getSize(word)
  if (known !== 0) return known
  const at = mapPages(c, TextState.locale + LOCALE_SIZE)
  if (at === 0) return 0
  c.memory.setSize(word, at)
  const stat = c.kernel.fstat(c.cx, 1)
  const terminal = typeof stat !== 'number' && (stat.mode & 0xf000) === 0x2000
  initialise(c, at + TextState.stdin, 0, Flag.read, at + TextState.buffers, 0)
  initialise(c, at + TextState.stdout, 1, Flag.write | (terminal ? Flag.line : 0), at + TextState.buffers + BUFFER_SIZE, 0)
  initialise(c, at + TextState.stderr, 2, Flag.write | Flag.unbuffered, 0, 0)
  return at
}

/** Points the objects stdin, stdout and stderr at their streams. Comes before any initialiser runs. */
export function prepareStreams(c: LibcCall): void {
  const state = textState(c)
  for (const name of ['stdin', 'stdout', 'stderr'] as const) {
    const at = c.object(name)
    if (at !== 0 && writable(c, at, 8)) c.memory.setSize(at, state === 0 ? 0 : state + TextState[name])
  }
}

export const standard = (c: LibcCall, name: 'stdin' | 'stdout' | 'stderr'): number => {
  const at = c.object(name)
  return at !== 0 && writable(c, at, 8) ? c.memory.getSize(at) : textState(c) + TextState[name]
}

function initialise(c: LibcCall, file: number, fd: number, flags: number, buffer: number, mapping: number): void {
  const { memory } = c
  const head = memory.getSize(platformOf(c).area + Area.text) + TextState.streams
  memory.setU32(file + File.magic, MAGIC)
  memory.setU32(file + File.flags, flags)
  memory.setU32(file + File.fd, fd)
  memory.setSize(file + File.buffer, buffer)
  memory.setSize(file + File.bufferSize, buffer === 0 ? 0 : BUFFER_SIZE)
  memory.setSize(file + File.mapping, mapping)
  memory.setSize(file + File.next, memory.getSize(head))
  memory.setSize(head, file)
}

/** A new stream, or 0 if memory is out. */
export function makeStream(c: LibcCall, fd: number, flags: number): number {
  if (textState(c) === 0) return 0
  const mapping = File.size + BUFFER_SIZE
  const file = mapPages(c, mapping)
  if (file !== 0) initialise(c, file, fd, flags, file + File.size, mapping)
  return file
}

/** Takes a stream off the list and gives its memory back. */
export function dropStream(c: LibcCall, file: number): void {
  const { memory } = c
  let at = textState(c) + TextState.streams
  for (let left = 1 << 16; left > 0 && writable(c, at, 8) && memory.getSize(at) !== 0; left--) {
    if (memory.getSize(at) === file) {
      memory.setSize(at, memory.getSize(file + File.next))
      break
    }
    at = memory.getSize(at) + File.next
  }
  const mapping = memory.getSize(file + File.mapping)
  memory.setU32(file + File.magic, 0)
  if (mapping !== 0) c.kernel.munmap(c.cx, file, mapping)
}

/** Open streams, newest first. */
export function streams(c: LibcCall): number[] {
  const out: number[] = []
  let at = c.memory.getSize(textState(c) + TextState.streams)
  while (isStream(c, at) && !out.includes(at)) {
    out.push(at)
    at = c.memory.getSize(at + File.next)
  }
  return out
}

/**
 * Makes a stream that has no orientation yet one of bytes (-1) or of wide characters (1). False for one of the other kind, which refuses
 * (C17 7.21.2).
 */
export function oriented(c: LibcCall, file: number, side: -1 | 1): boolean {
  const at = file + File.orientation
  const now = c.memory.getI32(at)
  if (now === 0) c.memory.setI32(at, side)
  return now === 0 || now === side
}

/** True if the guest's pointer is a stream whose fields hold together. */
export function isStream(c: LibcCall, file: number): boolean {
  const { memory } = c
  if (!writable(c, file, File.size) || memory.getU32(file + File.magic) !== MAGIC) return false
  const size = memory.getSize(file + File.bufferSize)
  const held = [File.readEnd, File.pending].every((field) => memory.getSize(file + field) <= size)
  const inOrder = memory.getSize(file + File.readAt) <= memory.getSize(file + File.readEnd)
  return held && inOrder && memory.getU32(file + File.ungotten) <= PUSHED_MAX && writable(c, memory.getSize(file + File.buffer), size)
}

export const flagsOf = (c: LibcCall, file: number): number => c.memory.getU32(file + File.flags)
export const setFlags = (c: LibcCall, file: number, on: number, off = 0): void =>
  c.memory.setU32(file + File.flags, (flagsOf(c, file) & ~off) | on)

export const deviceOf = (c: LibcCall, file: number): Device => DEVICES[c.memory.getU32(file + File.device)] ?? descriptor

/** Writes everything; false sets the error flag and errno. */
function* writeAll(c: LibcCall, file: number, bytes: Uint8Array): Co<boolean> {
  const device = deviceOf(c, file)
  for (let at = 0; at < bytes.length; ) {
    const put = yield* device.write(c, file, bytes.subarray(at))
    if (put <= 0 || (device.whole && put < bytes.length)) {
      setFlags(c, file, Flag.error)
      if (put < 0) c.fail(-put)
      return false
    }
    at += put
  }
  return true
}

/** fflush of one stream: what is to be written is written, what was read ahead is given back to the file position. */
export function* flush(c: LibcCall, file: number): Co<boolean> {
  const { memory } = c
  const pending = memory.getSize(file + File.pending)
  if (pending > 0) {
    const from = memory.getSize(file + File.buffer)
    memory.setSize(file + File.pending, 0)
    return yield* writeAll(c, file, memory.u8.slice(from, from + pending))
  }
  const ahead = memory.getSize(file + File.readEnd) - memory.getSize(file + File.readAt)
  if (ahead > 0) yield* deviceOf(c, file).seek(c, file, -ahead, 1)
  memory.setSize(file + File.readAt, 0)
  memory.setSize(file + File.readEnd, 0)
  deviceOf(c, file).flushed?.(c, file)
  return true
}

export function* flushAll(c: LibcCall): Co<boolean> {
  let good = true
  for (const file of streams(c)) if (c.memory.getSize(file + File.pending) > 0 && !(yield* flush(c, file))) good = false
  return good
}

/** Bytes to a stream by its buffering; false on an error. */
export function* put(c: LibcCall, file: number, bytes: Uint8Array): Co<boolean> {
  const { memory } = c
  const flags = flagsOf(c, file)
  if ((flags & Flag.write) === 0) {
    setFlags(c, file, Flag.error)
    c.fail(EBADF)
    return false
  }
  if (memory.getSize(file + File.readEnd) > 0) yield* flush(c, file)
  const size = memory.getSize(file + File.bufferSize)
  if ((flags & Flag.unbuffered) !== 0 || size === 0) return yield* writeAll(c, file, bytes.slice())
  if (memory.getSize(file + File.pending) + bytes.length > size) {
    const copy = bytes.slice()
    if (!(yield* flush(c, file))) return false
    if (copy.length >= size) return yield* writeAll(c, file, copy)
    bytes = copy
  }
  const pending = memory.getSize(file + File.pending)
  memory.u8.set(bytes, memory.getSize(file + File.buffer) + pending)
  memory.setSize(file + File.pending, pending + bytes.length)
  return (flags & Flag.line) !== 0 && bytes.includes(10) ? yield* flush(c, file) : true
}

/** Makes at least one byte readable in the buffer; false at the end or on an error, with its flag set. */
export function* fill(c: LibcCall, file: number): Co<boolean> {
  const { memory } = c
  if (memory.getSize(file + File.readAt) < memory.getSize(file + File.readEnd)) return true
  if ((flagsOf(c, file) & Flag.read) === 0) {
    setFlags(c, file, Flag.error)
    c.fail(EBADF)
    return false
  }
  if (memory.getSize(file + File.pending) > 0 && !(yield* flush(c, file))) return false
  const at = memory.getSize(file + File.buffer)
  const size = memory.getSize(file + File.bufferSize)
  const small = size === 0 ? file + File.pushed + PUSHED_MAX : at
  if (size === 0) {
    memory.setSize(file + File.buffer, small)
    memory.setSize(file + File.bufferSize, 1)
  }
  const got = yield* deviceOf(c, file).read(c, file, small, Math.max(size, 1))
  memory.setSize(file + File.readAt, 0)
  memory.setSize(file + File.readEnd, Math.max(got, 0))
  if (got > 0) return true
  setFlags(c, file, got === 0 ? Flag.end : Flag.error)
  if (got < 0) c.fail(-got)
  return false
}

/** One byte, or -1. */
export function* getByte(c: LibcCall, file: number): Co<number> {
  const { memory } = c
  const ungotten = memory.getU32(file + File.ungotten)
  if (ungotten > 0) {
    memory.setU32(file + File.ungotten, ungotten - 1)
    return memory.getU8(file + File.pushed + ungotten - 1)
  }
  if (!(yield* fill(c, file))) return -1
  const at = memory.getSize(file + File.readAt)
  memory.setSize(file + File.readAt, at + 1)
  return memory.getU8(memory.getSize(file + File.buffer) + at)
}

/** Up to `into.length` bytes; fewer at the end or on an error. */
export function* getBytes(c: LibcCall, file: number, into: Uint8Array): Co<number> {
  const { memory } = c
  let done = 0
  while (done < into.length) {
    if (memory.getU32(file + File.ungotten) > 0) {
      into[done++] = yield* getByte(c, file)
      continue
    }
    if (!(yield* fill(c, file))) break
    const [at, end] = [memory.getSize(file + File.readAt), memory.getSize(file + File.readEnd)]
    const from = memory.getSize(file + File.buffer) + at
    const count = Math.min(end - at, into.length - done)
    into.set(memory.bytes(from, count), done)
    memory.setSize(file + File.readAt, at + count)
    done += count
  }
  return done
}
