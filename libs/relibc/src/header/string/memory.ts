/** The mem* functions: https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/string.h.html */
import { readable, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, type SymbolRow } from '../../registry/define.ts'
import { abortCall, segfault } from '../fault.ts'
import { byteAt } from './bytes.ts'

export function move(c: LibcCall, to: number, from: number, size: number): number {
  if (!readable(c, from, size) || !writable(c, to, size)) return segfault(c)
  c.memory.u8.copyWithin(to, from, from + size)
  return to
}

function fill(c: LibcCall, to: number, byte: number, size: number): number {
  const bytes = target(c, to, size)
  if (bytes === undefined) return segfault(c)
  bytes.fill(byte)
  return to
}

function compare(c: LibcCall, a: number, b: number, size: number): number {
  const x = source(c, a, size)
  const y = source(c, b, size)
  if (x === undefined || y === undefined) return segfault(c)
  for (let i = 0; i < size; i++) if (x[i] !== y[i]) return x[i] - y[i]
  return 0
}

/** Reads no further than the byte it finds, as programs that pass a size past the end of the object rely on. */
function find(c: LibcCall, from: number, byte: number, size: number): number {
  const wanted = byte & 0xff
  for (let i = 0; i < size; i++) {
    const at = byteAt(c, from + i)
    if (at < 0) return segfault(c)
    if (at === wanted) return from + i
  }
  return 0
}

function findLast(c: LibcCall, from: number, byte: number, size: number): number {
  const bytes = source(c, from, size)
  if (bytes === undefined) return segfault(c)
  const at = bytes.lastIndexOf(byte & 0xff)
  return at < 0 ? 0 : from + at
}

function findBlock(c: LibcCall, from: number, size: number, block: number, blockSize: number): number {
  const hay = source(c, from, size)
  const needle = source(c, block, blockSize)
  if (hay === undefined || needle === undefined) return segfault(c)
  const at = indexOf(hay, needle)
  return at < 0 ? 0 : from + at
}

/** First place of `needle` in `hay`, or -1. */
export function indexOf(hay: Uint8Array, needle: Uint8Array): number {
  if (needle.length === 0) return 0
  for (let at = hay.indexOf(needle[0]); at >= 0 && at + needle.length <= hay.length; at = hay.indexOf(needle[0], at + 1)) {
    let i = 1
    while (i < needle.length && hay[at + i] === needle[i]) i++
    if (i === needle.length) return at
  }
  return -1
}

function copyUntil(c: LibcCall, to: number, from: number, byte: number, size: number): number {
  for (let i = 0; i < size; i++) {
    const at = byteAt(c, from + i)
    if (at < 0 || !writable(c, to + i, 1)) return segfault(c)
    c.memory.setU8(to + i, at)
    if (at === (byte & 0xff)) return to + i + 1
  }
  return 0
}

/** A fortified function knows its target's size and aborts rather than write past it. */
type Four = [to: number, from: number, size: number, room: number]

export const memoryRows: readonly SymbolRow[] = [
  leaf('memccpy', 'ptr(ptr, ptr, int, size)', copyUntil),
  leaf('memchr', 'ptr(ptr, int, size)', find),
  leaf('memcmp', 'int(ptr, ptr, size)', compare),
  alias('bcmp', 'memcmp'),
  leaf('memcpy', 'ptr(ptr, ptr, size)', move),
  leaf('memmem', 'ptr(ptr, size, ptr, size)', findBlock),
  alias('memmove', 'memcpy'),
  leaf('mempcpy', 'ptr(ptr, ptr, size)', (c, to: number, from: number, size: number) => move(c, to, from, size) && to + size),
  alias('__mempcpy', 'mempcpy'),
  leaf('memrchr', 'ptr(ptr, int, size)', findLast),
  leaf('memset', 'ptr(ptr, int, size)', fill),
  leaf('rawmemchr', 'ptr(ptr, int)', (c, from: number, byte: number) => find(c, from, byte, Number.POSITIVE_INFINITY)),
  alias('__rawmemchr', 'rawmemchr'),
  leaf('explicit_bzero', 'void(ptr, size)', (c, to: number, size: number) => void fill(c, to, 0, size)),
  alias('bzero', 'explicit_bzero'),
  leaf('bcopy', 'void(ptr, ptr, size)', (c, from: number, to: number, size: number) => void move(c, to, from, size)),
  leaf('__memcpy_chk', 'ptr(ptr, ptr, size, size)', (c, ...[to, from, size, room]: Four) =>
    size > room ? abortCall(c) : move(c, to, from, size),
  ),
  alias('__memmove_chk', '__memcpy_chk'),
  leaf('__mempcpy_chk', 'ptr(ptr, ptr, size, size)', (c, ...[to, from, size, room]: Four) =>
    size > room ? abortCall(c) : move(c, to, from, size) && to + size,
  ),
  leaf('__memset_chk', 'ptr(ptr, int, size, size)', (c, ...[to, byte, size, room]: Four) =>
    size > room ? abortCall(c) : fill(c, to, byte, size),
  ),
  leaf('__explicit_bzero_chk', 'void(ptr, size, size)', (c, to: number, size: number, room: number) =>
    size > room ? void abortCall(c) : void fill(c, to, 0, size),
  ),
]
