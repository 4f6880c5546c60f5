/** Wide strings: https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/wchar.h.html. Sizes count characters of four bytes. */
import type { Co } from '@bootgraph/kernel'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { give } from '../stdlib/given.ts'
import { mapCase } from '../wctype/index.ts'

/** The wide character at an address, or -1 where the guest may not read. */
export const wideAt = (c: LibcCall, address: number): number => (readable(c, address, 4) ? c.memory.getU32(address) : -1)

/** Characters before the NUL, at most `limit`; -1 where it is not readable that far. */
export function wideLength(c: LibcCall, text: number, limit = ALL): number {
  for (let length = 0; length < limit; length++) {
    const code = wideAt(c, text + length * 4)
    if (code < 0) return -1
    if (code === 0) return length
  }
  return limit
}
const ALL = 0x4000_0000

const lower = (code: number): number => mapCase(code, false)

function compare(c: LibcCall, a: number, b: number, count: number, terminated: boolean, fold = false): number {
  for (let i = 0; i < count; i++) {
    let [x, y] = [wideAt(c, a + i * 4), wideAt(c, b + i * 4)]
    if (x < 0 || y < 0) return segfault(c)
    if (fold) [x, y] = [lower(x), lower(y)]
    if (x !== y) return (x | 0) < (y | 0) ? -1 : 1
    if (terminated && x === 0) return 0
  }
  return 0
}

function move(c: LibcCall, to: number, from: number, count: number): number {
  if (!readable(c, from, count * 4) || !writable(c, to, count * 4)) return segfault(c)
  c.memory.u8.copyWithin(to, from, from + count * 4)
  return to
}

function fill(c: LibcCall, to: number, code: number, count: number): number {
  if (!writable(c, to, count * 4)) return segfault(c)
  for (let i = 0; i < count; i++) c.memory.setU32(to + i * 4, code)
  return to
}

function find(c: LibcCall, text: number, code: number, count: number, terminated: boolean): number {
  for (let i = 0; i < count; i++) {
    const found = wideAt(c, text + i * 4)
    if (found < 0) return segfault(c)
    if (found === code) return text + i * 4
    if (terminated && found === 0) return 0
  }
  return 0
}

/** Copies at most `count` characters up to the NUL; -1 = bad pointer. */
function copy(c: LibcCall, to: number, from: number, count = ALL): number {
  const length = wideLength(c, from, count)
  const size = length < 0 ? 0 : Math.min(length + 1, count)
  if (length < 0 || !writable(c, to, size * 4)) return -1
  c.memory.u8.copyWithin(to, from, from + size * 4)
  return length
}

/** wcsncpy and wcpncpy: what is left of the room is filled with NULs. */
function copyPadded(c: LibcCall, to: number, from: number, count: number): number {
  const length = copy(c, to, from, count)
  if (length < 0 || !writable(c, to, count * 4)) return -1
  fill(c, to + length * 4, 0, count - length)
  return length
}

const placed = (c: LibcCall, length: number, at: number): number => (length < 0 ? segfault(c) : at)

function append(c: LibcCall, to: number, from: number, count = ALL): number {
  const [before, added] = [wideLength(c, to), wideLength(c, from, count)]
  const at = to + before * 4
  if (before < 0 || added < 0 || !writable(c, at, added * 4 + 4)) return segfault(c)
  c.memory.u8.copyWithin(at, from, from + added * 4)
  c.memory.setU32(at + added * 4, 0)
  return to
}

function findLast(c: LibcCall, text: number, code: number): number {
  const length = wideLength(c, text)
  if (length < 0) return segfault(c)
  for (let i = length; i >= 0; i--) if (wideAt(c, text + i * 4) === code) return text + i * 4
  return 0
}

/** Length of the longest start whose characters are all (not) in `set`. */
function span(c: LibcCall, text: number, set: number, inside: boolean): number {
  const size = wideLength(c, set)
  if (size < 0) return segfault(c)
  const members = new Set(Array.from({ length: size }, (_, i) => wideAt(c, set + i * 4)))
  for (let i = 0; ; i++) {
    const code = wideAt(c, text + i * 4)
    if (code < 0) return segfault(c)
    if (code === 0 || members.has(code) !== inside) return i
  }
}

function breakAt(c: LibcCall, text: number, set: number): number {
  const at = text + span(c, text, set, false) * 4
  return wideAt(c, at) > 0 ? at : 0
}

function findText(c: LibcCall, text: number, wanted: number): number {
  const [length, size] = [wideLength(c, text), wideLength(c, wanted)]
  if (length < 0 || size < 0) return segfault(c)
  for (let i = 0; i + size <= length; i++) if (compare(c, text + i * 4, wanted, size, false) === 0) return text + i * 4
  return 0
}

function token(c: LibcCall, text: number, set: number, save: number): number {
  if (!writable(c, save, 8)) return segfault(c)
  const from = text === 0 ? c.memory.getSize(save) : text
  if (from === 0) return 0
  const start = from + span(c, from, set, true) * 4
  const end = start + span(c, start, set, false) * 4
  if (start === end) {
    c.memory.setSize(save, 0)
    return 0
  }
  const more = wideAt(c, end) > 0
  if (more && writable(c, end, 4)) c.memory.setU32(end, 0)
  c.memory.setSize(save, more ? end + 4 : 0)
  return start
}

function* duplicate(c: LibcCall, text: number): Co<number> {
  const length = wideLength(c, text)
  if (length < 0) return segfault(c)
  const at = yield* give(c, (length + 1) * 4)
  if (at !== 0) move(c, at, text, length + 1)
  return at
}

/** In the C locales the transformed string is the string. */
function transform(c: LibcCall, to: number, from: number, room: number): number {
  const length = wideLength(c, from)
  if (length < 0) return segfault(c)
  const kept = Math.min(room, length + 1)
  return kept > 0 && move(c, to, from, kept) === 0 ? 0 : length
}

export const wideStringRows: readonly SymbolRow[] = [
  leaf('wcslen', 'size(ptr)', (c, text: number) => {
    const length = wideLength(c, text)
    return length < 0 ? segfault(c) : length
  }),
  leaf('wcsnlen', 'size(ptr, size)', (c, text: number, limit: number) => {
    const length = wideLength(c, text, limit)
    return length < 0 ? segfault(c) : length
  }),
  leaf('wcscmp', 'int(ptr, ptr)', (c, a: number, b: number) => compare(c, a, b, ALL, true)),
  ...['wcscoll', 'wcscoll_l', '__wcscoll_l'].map((name) => alias(name, 'wcscmp')),
  leaf('wcsncmp', 'int(ptr, ptr, size)', (c, a: number, b: number, count: number) => compare(c, a, b, count, true)),
  leaf('wcscasecmp', 'int(ptr, ptr)', (c, a: number, b: number) => compare(c, a, b, ALL, true, true)),
  alias('wcscasecmp_l', 'wcscasecmp'),
  leaf('wcsncasecmp', 'int(ptr, ptr, size)', (c, a: number, b: number, count: number) => compare(c, a, b, count, true, true)),
  alias('wcsncasecmp_l', 'wcsncasecmp'),
  leaf('wcscpy', 'ptr(ptr, ptr)', (c, to: number, from: number) => placed(c, copy(c, to, from), to)),
  leaf('wcpcpy', 'ptr(ptr, ptr)', (c, to: number, from: number) => {
    const length = copy(c, to, from)
    return placed(c, length, to + length * 4)
  }),
  leaf('wcsncpy', 'ptr(ptr, ptr, size)', (c, to: number, from: number, count: number) => placed(c, copyPadded(c, to, from, count), to)),
  leaf('wcpncpy', 'ptr(ptr, ptr, size)', (c, to: number, from: number, count: number) => {
    const length = copyPadded(c, to, from, count)
    return placed(c, length, to + length * 4)
  }),
  leaf('wcscat', 'ptr(ptr, ptr)', (c, to: number, from: number) => append(c, to, from)),
  leaf('wcsncat', 'ptr(ptr, ptr, size)', append),
  leaf('wcschr', 'ptr(ptr, uint)', (c, text: number, code: number) => find(c, text, code, ALL, true)),
  leaf('wcschrnul', 'ptr(ptr, uint)', (c, text: number, code: number) => {
    const found = find(c, text, code, ALL, true)
    return found !== 0 ? found : text + Math.max(wideLength(c, text), 0) * 4
  }),
  leaf('wcsrchr', 'ptr(ptr, uint)', findLast),
  leaf('wcsspn', 'size(ptr, ptr)', (c, text: number, set: number) => span(c, text, set, true)),
  leaf('wcscspn', 'size(ptr, ptr)', (c, text: number, set: number) => span(c, text, set, false)),
  leaf('wcspbrk', 'ptr(ptr, ptr)', breakAt),
  leaf('wcsstr', 'ptr(ptr, ptr)', findText),
  alias('wcswcs', 'wcsstr'),
  leaf('wcstok', 'ptr(ptr, ptr, ptr)', token),
  blocking('wcsdup', 'ptr(ptr)', duplicate),
  leaf('wcsxfrm', 'size(ptr, ptr, size)', transform),
  ...['wcsxfrm_l', '__wcsxfrm_l'].map((name) => alias(name, 'wcsxfrm')),
  leaf('wmemchr', 'ptr(ptr, uint, size)', (c, text: number, code: number, count: number) => find(c, text, code, count, false)),
  leaf('wmemcmp', 'int(ptr, ptr, size)', (c, a: number, b: number, count: number) => compare(c, a, b, count, false)),
  leaf('wmemcpy', 'ptr(ptr, ptr, size)', move),
  leaf('wmemmove', 'ptr(ptr, ptr, size)', move),
  leaf('wmempcpy', 'ptr(ptr, ptr, size)', (c, to: number, from: number, count: number) =>
    move(c, to, from, count) === 0 ? 0 : to + count * 4,
  ),
  leaf('wmemset', 'ptr(ptr, uint, size)', fill),
]
