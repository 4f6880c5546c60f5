/** Measuring, copying and appending strings. */
import type { Co } from '@bootgraph/kernel'
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { abortCall, segfault } from '../fault.ts'
import { give } from '../stdlib/given.ts'
import { length } from './bytes.ts'

const ALL = Number.POSITIVE_INFINITY

function measure(c: LibcCall, text: number, limit: number): number {
  const size = length(c, text, limit)
  return size < 0 ? segfault(c) : size
}

/** Copies at most `limit` bytes and a NUL to `to`; gives the NUL's address, or 0 after a fault. `room`: bytes that `to` has. */
function put(c: LibcCall, to: number, from: number, limit: number, room = ALL): number {
  const size = length(c, from, limit)
  if (size < 0) return segfault(c)
  if (size >= room) return abortCall(c)
  if (!writable(c, to, size + 1)) return segfault(c)
  c.memory.u8.copyWithin(to, from, from + size)
  c.memory.setU8(to + size, 0)
  return to + size
}

function append(c: LibcCall, to: number, from: number, limit: number, room = ALL): number {
  const used = length(c, to)
  if (used < 0) return segfault(c)
  return put(c, to + used, from, limit, room - used) && to
}

/** Fills `size` bytes: the string, then NULs; gives where the string ended, or 0 after a fault. */
function pad(c: LibcCall, to: number, from: number, size: number, room = ALL): number {
  const used = length(c, from, size)
  if (size > room) return abortCall(c)
  if (used < 0 || !writable(c, to, size)) return segfault(c)
  c.memory.u8.copyWithin(to, from, from + used)
  c.memory.u8.fill(0, to + used, to + size)
  return to + used
}

function* duplicate(c: LibcCall, from: number, limit: number): Co<number> {
  const size = length(c, from, limit)
  if (size < 0) return segfault(c)
  const to = yield* give(c, size + 1)
  return to === 0 ? 0 : put(c, to, from, size) && to
}

/** strlcpy and strlcat: the length that an unlimited result would have. */
function bounded(c: LibcCall, to: number, from: number, room: number, after: boolean): number {
  const used = after ? length(c, to, room) : 0
  const size = length(c, from)
  if (used < 0 || size < 0) return segfault(c)
  if (used < room) put(c, to + used, from, room - used - 1)
  return used + size
}

type Two = [to: number, from: number]
type Three = [to: number, from: number, size: number]
type Four = [to: number, from: number, size: number, room: number]

export const copyRows: readonly SymbolRow[] = [
  leaf('stpcpy', 'ptr(ptr, ptr)', (c, ...[to, from]: Two) => put(c, to, from, ALL)),
  alias('__stpcpy', 'stpcpy'),
  leaf('__stpcpy_chk', 'ptr(ptr, ptr, size)', (c, ...[to, from, room]: Three) => put(c, to, from, ALL, room)),
  leaf('stpncpy', 'ptr(ptr, ptr, size)', (c, ...[to, from, size]: Three) => pad(c, to, from, size)),
  leaf('strcat', 'ptr(ptr, ptr)', (c, ...[to, from]: Two) => append(c, to, from, ALL)),
  leaf('__strcat_chk', 'ptr(ptr, ptr, size)', (c, ...[to, from, room]: Three) => append(c, to, from, ALL, room)),
  leaf('strcpy', 'ptr(ptr, ptr)', (c, ...[to, from]: Two) => put(c, to, from, ALL) && to),
  leaf('__strcpy_chk', 'ptr(ptr, ptr, size)', (c, ...[to, from, room]: Three) => put(c, to, from, ALL, room) && to),
  blocking('strdup', 'ptr(ptr)', (c, from: number) => duplicate(c, from, ALL)),
  alias('__strdup', 'strdup'),
  leaf('strlcat', 'size(ptr, ptr, size)', (c, ...[to, from, room]: Three) => bounded(c, to, from, room, true)),
  leaf('strlcpy', 'size(ptr, ptr, size)', (c, ...[to, from, room]: Three) => bounded(c, to, from, room, false)),
  leaf('strlen', 'size(ptr)', (c, text: number) => measure(c, text, ALL)),
  leaf('strncat', 'ptr(ptr, ptr, size)', (c, ...[to, from, size]: Three) => append(c, to, from, size)),
  leaf('__strncat_chk', 'ptr(ptr, ptr, size, size)', (c, ...[to, from, size, room]: Four) => append(c, to, from, size, room)),
  leaf('strncpy', 'ptr(ptr, ptr, size)', (c, ...[to, from, size]: Three) => pad(c, to, from, size) && to),
  leaf('__strncpy_chk', 'ptr(ptr, ptr, size, size)', (c, ...[to, from, size, room]: Four) => pad(c, to, from, size, room) && to),
  blocking('strndup', 'ptr(ptr, size)', (c, from: number, size: number) => duplicate(c, from, size)),
  alias('__strndup', 'strndup'),
  leaf('strnlen', 'size(ptr, size)', (c, text: number, size: number) => measure(c, text, size)),
]
