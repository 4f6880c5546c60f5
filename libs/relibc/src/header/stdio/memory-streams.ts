/** Streams over memory and over functions: https://pubs.opengroup.org/onlinepubs/9699919799/functions/open_memstream.html, fmemopen. */
import { Gpr } from '@bootgraph/cpu'
import type { Co } from '@bootgraph/kernel'
import { EFAULT, path, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { give } from '../stdlib/given.ts'
import { calloc, malloc } from '../stdlib/malloc.ts'
import { length } from '../string/bytes.ts'
import { Cookie, DeviceKind, Memory, tell } from './device.ts'
import { File, Flag } from './file.ts'
import { makeStream, oriented } from './stream.ts'
import { modeOf } from './streams.ts'

const EINVAL = 22

/** A stream without a descriptor, or 0. */
function make(c: LibcCall, device: number, flags: number, words: readonly (readonly [offset: number, value: number])[]): number {
  const file = makeStream(c, -1, flags)
  if (file === 0) return 0
  c.memory.setU32(file + File.device, device)
  for (const [offset, value] of words) c.memory.setSize(file + File.words + offset, value)
  return file
}

/** `tell` is a pair of pointers that the device keeps in the heap. */
function* openMemstream(
  c: LibcCall,
  pointer: number,
  size: number,
  device: typeof DeviceKind.growing | typeof DeviceKind.growingWide,
): Co<number> {
  if (!writable(c, pointer, 8) || !writable(c, size, 8)) return c.fail(EFAULT) + 1
  const [room, pair] = [512, malloc(c, 16)]
  const at = yield* give(c, room)
  if (at === 0 || pair === 0) return 0
  c.memory.bytes(at, room).fill(0)
  c.memory.setSize(pair, pointer)
  c.memory.setSize(pair + 8, size)
  const file = make(c, device, Flag.write, [
    [Memory.at, at],
    [Memory.room, room],
    [Memory.tell, pair],
  ])
  if (file === 0) return 0
  if (device === DeviceKind.growingWide) oriented(c, file, 1)
  else tell(c, file)
  return file
}

function fmemopen(c: LibcCall, buffer: number, size: number, mode: number): number {
  const text = path(c, mode)
  const flags = text === undefined ? undefined : modeOf(text)
  if (flags === undefined || text === undefined) return c.fail(EINVAL) + 1
  const at = buffer === 0 ? calloc(c, size, 1) : buffer
  if (at === 0 || !readable(c, at, size)) return c.fail(EFAULT) + 1
  if (text[0] === 'w' && size > 0 && writable(c, at, 1)) c.memory.setU8(at, 0)
  const held = text[0] === 'r' ? size : Math.max(length(c, at, size), 0)
  return make(c, DeviceKind.fixed, flags.stream, [
    [Memory.at, at],
    [Memory.length, text[0] === 'w' ? 0 : held],
    [Memory.room, size],
    [Memory.position, text[0] === 'a' ? held : 0],
  ])
}

/** The four functions come by value, in the caller's memory behind its return address (psABI §3.2.3: class MEMORY). */
function fopencookie(c: LibcCall, cookie: number, mode: number): number {
  const text = path(c, mode)
  const flags = text === undefined ? undefined : modeOf(text)
  const functions = c.state.low(Gpr.rsp) + 8
  if (flags === undefined || !readable(c, functions, 32)) return c.fail(EINVAL) + 1
  return make(c, DeviceKind.cookie, flags.stream, [
    [Cookie.value, cookie],
    ...([Cookie.read, Cookie.write, Cookie.seek, Cookie.close] as const).map(
      (field, i) => [field, c.memory.getSize(functions + i * 8)] as const,
    ),
  ])
}

export const memoryStreamRows: readonly SymbolRow[] = [
  leaf('fmemopen', 'ptr(ptr, size, ptr)', fmemopen),
  leaf('fopencookie', 'ptr(ptr, ptr)', fopencookie),
  blocking('open_memstream', 'ptr(ptr, ptr)', (c, pointer: number, size: number) => openMemstream(c, pointer, size, DeviceKind.growing)),
  blocking('open_wmemstream', 'ptr(ptr, ptr)', (c, pointer: number, size: number) =>
    openMemstream(c, pointer, size, DeviceKind.growingWide),
  ),
]
