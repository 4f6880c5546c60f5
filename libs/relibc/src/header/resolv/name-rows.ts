/** dn_expand(3), ns_name_ntop and their like: domain names between messages and text. */
import { putString, readable, source, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, type SymbolRow } from '../../registry/define.ts'
import { text as bytesText } from '../argp/structs.ts'
import { NAME_MAX, nameText, packName, parseName, type Read, readName, skipName, wireOf } from './names.ts'

const EMSGSIZE = 90

/** The name at `from` of the message [message, end). */
function read(c: LibcCall, message: number, end: number, from: number): Read | undefined {
  const bytes = from >= message && from < end ? source(c, message, end - message) : undefined
  return bytes && readName(bytes, from - message)
}

function putBytes(c: LibcCall, bytes: Uint8Array, out: number, size: number): boolean {
  if (bytes.length > size || !writable(c, out, bytes.length)) return false
  c.memory.u8.set(bytes, out)
  return true
}

function unpack(c: LibcCall, message: number, end: number, from: number, out: number, size: number): number {
  const found = read(c, message, end, from)
  return found !== undefined && putBytes(c, wireOf(found.labels), out, size) ? found.length : c.fail(EMSGSIZE)
}

/** `root` is what is made of the root. */
function expand(c: LibcCall, message: number, end: number, from: number, out: number, size: number, root = '.'): number {
  const found = read(c, message, end, from)
  const text = found && (found.labels.length === 0 ? root : nameText(found.labels))
  if (found === undefined || text === undefined || text.length >= size || !writable(c, out, text.length + 1)) return c.fail(EMSGSIZE)
  putString(c, out, size, text)
  return found.length
}

/** Text of a name without pointers. */
function toText(c: LibcCall, from: number, out: number, size: number): number {
  let length = NAME_MAX
  while (length > 0 && !readable(c, from, length)) length--
  const found = readName(c.memory.u8.slice(from, from + length), 0)
  const text = found && found.length === wireOf(found.labels).length ? nameText(found.labels) : undefined
  if (text === undefined || text.length >= size || !writable(c, out, text.length + 1)) return c.fail(EMSGSIZE)
  return putString(c, out, size, text) + 1
}

function toWire(c: LibcCall, from: number, out: number, size: number): number {
  const name = parseName(bytesText(c, from) ?? '')
  return name !== undefined && putBytes(c, wireOf(name.labels), out, size) ? Number(name.whole) : c.fail(EMSGSIZE)
}

/** Puts a name at `out` of the message that `pointers` begins with; the rest of them is where its names are, and a new one is added if there is room. */
function pack(c: LibcCall, labels: readonly Uint8Array[], out: number, size: number, pointers: number, last: number): number {
  const { memory } = c
  const message = pointers === 0 ? 0 : memory.getSize(pointers)
  const places: number[] = []
  let at = pointers + 8
  if (message !== 0) for (; readable(c, at, 8) && memory.getSize(at) !== 0; at += 8) places.push(memory.getSize(at) - message)
  const known = message === 0 ? new Uint8Array(0) : (source(c, message, Math.max(out - message, 0)) ?? new Uint8Array(0))
  const { bytes, fresh } = packName(labels, known, places)
  if (!putBytes(c, bytes, out, size)) return c.fail(EMSGSIZE)
  if (message !== 0 && last !== 0 && fresh && at < last - 8 && out - message < 0x4000 && writable(c, at, 16)) {
    memory.setSize(at, out)
    memory.setSize(at + 8, 0)
  }
  return bytes.length
}

type Pack = [from: number, out: number, size: number, pointers: number, last: number]

export function compress(c: LibcCall, ...[from, ...rest]: Pack): number {
  const name = parseName(bytesText(c, from) ?? '')
  return name === undefined ? c.fail(EMSGSIZE) : pack(c, name.labels, ...rest)
}

function packWire(c: LibcCall, ...[from, ...rest]: Pack): number {
  let length = NAME_MAX
  while (length > 0 && !readable(c, from, length)) length--
  const found = readName(c.memory.u8.slice(from, from + length), 0)
  return found === undefined ? c.fail(EMSGSIZE) : pack(c, found.labels, ...rest)
}

/** Bytes of the name at `from`, or -1. */
const skip = (c: LibcCall, from: number, end: number): number => {
  const bytes = source(c, from, Math.max(end - from, 0))
  return (bytes && skipName(bytes, 0)) ?? c.fail(EMSGSIZE)
}

/** As dn_expand: the length, or -1; the root is an empty text. */
export const expandName = (c: LibcCall, message: number, end: number, from: number, out: number, size: number): number =>
  expand(c, message, end, from, out, size, '')
export const skipped = skip

export const nameRows: readonly SymbolRow[] = [
  leaf('dn_expand', 'int(ptr, ptr, ptr, ptr, int)', expandName),
  leaf('dn_comp', 'int(ptr, ptr, int, ptr, ptr)', compress),
  leaf('dn_skipname', 'int(ptr, ptr)', skip),
  ...['dn_expand', 'dn_comp', 'dn_skipname'].map((name) => alias(`__${name}`, name)),
  leaf('ns_name_uncompress', 'int(ptr, ptr, ptr, ptr, size)', (c, ...args: [number, number, number, number, number]) => expand(c, ...args)),
  leaf('ns_name_compress', 'int(ptr, ptr, size, ptr, ptr)', compress),
  leaf('ns_name_unpack', 'int(ptr, ptr, ptr, ptr, size)', unpack),
  leaf('ns_name_pack', 'int(ptr, ptr, int, ptr, ptr)', packWire),
  leaf('ns_name_ntop', 'int(ptr, ptr, size)', toText),
  leaf('ns_name_pton', 'int(ptr, ptr, size)', toWire),
  leaf('ns_name_skip', 'int(ptr, ptr)', (c, place: number, end: number) => {
    if (!writable(c, place, 8)) return c.fail(EMSGSIZE)
    const length = skip(c, c.memory.getSize(place), end)
    if (length >= 0) c.memory.setSize(place, c.memory.getSize(place) + length)
    return Math.min(length, 0)
  }),
]
