/** Comparing and searching strings. */
import { readable, source, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { byteAt, length, lower } from './bytes.ts'
import { indexOf } from './memory.ts'

function compare(c: LibcCall, a: number, b: number, limit: number, fold: boolean): number {
  for (let i = 0; i < limit; i++) {
    let x = byteAt(c, a + i)
    let y = byteAt(c, b + i)
    if (x < 0 || y < 0) return segfault(c)
    if (fold) {
      x = lower(x)
      y = lower(y)
    }
    if (x !== y) return x - y
    if (x === 0) return 0
  }
  return 0
}

/** First place of a byte, the NUL included; past the last byte, 0 or (`toEnd`) the NUL's address. */
function find(c: LibcCall, text: number, byte: number, toEnd: boolean): number {
  const wanted = byte & 0xff
  for (let at = text; ; at++) {
    const here = byteAt(c, at)
    if (here < 0) return segfault(c)
    if (here === wanted) return at
    if (here === 0) return toEnd ? at : 0
  }
}

function findLast(c: LibcCall, text: number, byte: number): number {
  const size = length(c, text)
  if (size < 0) return segfault(c)
  const at = c.memory.bytes(text, size + 1).lastIndexOf(byte & 0xff)
  return at < 0 ? 0 : text + at
}

/** Length of the longest start of `text` whose bytes are all (not) in `set`; -1 = bad pointer. */
function span(c: LibcCall, text: number, set: number, inside: boolean): number {
  const setSize = length(c, set)
  if (setSize < 0) return -1
  const members = new Uint8Array(256)
  for (const byte of c.memory.bytes(set, setSize)) members[byte] = 1
  for (let i = 0; ; i++) {
    const byte = byteAt(c, text + i)
    if (byte < 0) return -1
    if (byte === 0 || (members[byte] === 1) !== inside) return i
  }
}

const spanOf =
  (inside: boolean) =>
  (c: LibcCall, text: number, set: number): number => {
    const size = span(c, text, set, inside)
    return size < 0 ? segfault(c) : size
  }

function breakAt(c: LibcCall, text: number, set: number): number {
  const size = span(c, text, set, false)
  if (size < 0) return segfault(c)
  return c.memory.getU8(text + size) === 0 ? 0 : text + size
}

function findText(c: LibcCall, text: number, wanted: number, fold: boolean): number {
  const sizes = [length(c, text), length(c, wanted)]
  if (sizes[0] < 0 || sizes[1] < 0) return segfault(c)
  const [hay, needle] = [c.memory.bytes(text, sizes[0]), c.memory.bytes(wanted, sizes[1])]
  const at = fold ? indexOf(hay.slice().map(lower), needle.slice().map(lower)) : indexOf(hay, needle)
  return at < 0 ? 0 : text + at
}

/** The next token, whose end is cut with a NUL; `save` holds where to go on. */
function token(c: LibcCall, text: number, set: number, save: number): number {
  if (!readable(c, save, 8) || !writable(c, save, 8)) return segfault(c)
  const from = text === 0 ? c.memory.getSize(save) : text
  if (from === 0) return 0
  const skipped = span(c, from, set, true)
  const size = skipped < 0 ? -1 : span(c, from + skipped, set, false)
  if (size < 0) return segfault(c)
  const end = from + skipped + size
  const more = c.memory.getU8(end) !== 0
  if (more && !writable(c, end, 1)) return segfault(c)
  if (more) c.memory.setU8(end, 0)
  c.memory.setSize(save, size === 0 ? 0 : more ? end + 1 : end)
  return size === 0 ? 0 : from + skipped
}

function separate(c: LibcCall, save: number, set: number): number {
  if (!readable(c, save, 8) || !writable(c, save, 8)) return segfault(c)
  const from = c.memory.getSize(save)
  if (from === 0) return 0
  const size = span(c, from, set, false)
  if (size < 0) return segfault(c)
  const more = c.memory.getU8(from + size) !== 0
  if (more && !writable(c, from + size, 1)) return segfault(c)
  if (more) c.memory.setU8(from + size, 0)
  c.memory.setSize(save, more ? from + size + 1 : 0)
  return from
}

/** In the C and C.UTF-8 locales the transformed string is the string. */
function transform(c: LibcCall, to: number, from: number, room: number): number {
  const size = length(c, from)
  const bytes = size < 0 ? undefined : source(c, from, size + 1)
  const kept = Math.min(room, size + 1)
  if (bytes === undefined || !writable(c, to, kept)) return segfault(c)
  c.memory.u8.copyWithin(to, from, from + kept)
  return size
}

const ALL = Number.POSITIVE_INFINITY
export const compareRows: readonly SymbolRow[] = [
  leaf('strcasecmp', 'int(ptr, ptr)', (c, a: number, b: number) => compare(c, a, b, ALL, true)),
  leaf('strncasecmp', 'int(ptr, ptr, size)', (c, a: number, b: number, size: number) => compare(c, a, b, size, true)),
  ...['__strcasecmp', 'strcasecmp_l'].map((name) => alias(name, 'strcasecmp')),
  alias('__strcasecmp_l', 'strcasecmp'),
  alias('strncasecmp_l', 'strncasecmp'),
  alias('__strncasecmp_l', 'strncasecmp'),
  leaf('strcasestr', 'ptr(ptr, ptr)', (c, text: number, wanted: number) => findText(c, text, wanted, true)),
  leaf('strchr', 'ptr(ptr, int)', (c, text: number, byte: number) => find(c, text, byte, false)),
  alias('index', 'strchr'),
  leaf('strchrnul', 'ptr(ptr, int)', (c, text: number, byte: number) => find(c, text, byte, true)),
  leaf('strcmp', 'int(ptr, ptr)', (c, a: number, b: number) => compare(c, a, b, ALL, false)),
  alias('strcoll', 'strcmp'),
  alias('strcoll_l', 'strcmp'),
  alias('__strcoll_l', 'strcmp'),
  leaf('strcspn', 'size(ptr, ptr)', spanOf(false)),
  leaf('strncmp', 'int(ptr, ptr, size)', (c, a: number, b: number, size: number) => compare(c, a, b, size, false)),
  leaf('strpbrk', 'ptr(ptr, ptr)', breakAt),
  leaf('strrchr', 'ptr(ptr, int)', findLast),
  alias('rindex', 'strrchr'),
  leaf('strsep', 'ptr(ptr, ptr)', separate),
  leaf('strspn', 'size(ptr, ptr)', spanOf(true)),
  leaf('strstr', 'ptr(ptr, ptr)', (c, text: number, wanted: number) => findText(c, text, wanted, false)),
  leaf('strtok_r', 'ptr(ptr, ptr, ptr)', token),
  alias('__strtok_r', 'strtok_r'),
  leaf('strtok', 'ptr(ptr, ptr)', (c, text: number, set: number) => token(c, text, set, c.object('__libc_strtok'))),
  leaf('strxfrm', 'size(ptr, ptr, size)', transform),
  alias('strxfrm_l', 'strxfrm'),
  alias('__strxfrm_l', 'strxfrm'),
]
