/** Vectors of strings in one block (GNU C library manual, Argz and Envz Vectors). */
import type { Co } from '@bootgraph/kernel'
import { vector, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { block, entries, joined, keep, named, text } from './block.ts'
import { envzRows } from './envz.ts'

const EINVAL = 22
const NUL = Uint8Array.of(0)

/** `before` and the parts of a text between separators; of several in a row, or at the start, one counts. */
function separated(before: Uint8Array, parts: Uint8Array, separator: number): Uint8Array {
  const out = [...before]
  for (const byte of parts) {
    if (byte !== separator) out.push(byte)
    else if (out.length > 0 && out.at(-1) !== 0) out.push(0)
  }
  return Uint8Array.from(out)
}

function* create(c: LibcCall, argv: number, pointer: number, size: number): Co<number> {
  const all = vector(c, argv)
  if (all === undefined || !writable(c, pointer, 8) || !writable(c, size, 8)) return segfault(c, argv)
  return yield* keep(c, pointer, size, joined(...all.flatMap((each) => [each, NUL])), true)
}

function* createSeparated(c: LibcCall, from: number, separator: number, pointer: number, size: number): Co<number> {
  const parts = text(c, from)
  if (parts === undefined) return 0
  if (!writable(c, pointer, 8) || !writable(c, size, 8)) return segfault(c, pointer)
  return yield* keep(c, pointer, size, parts.length > 1 ? separated(new Uint8Array(0), parts, separator & 0xff) : new Uint8Array(0), true)
}

function* append(c: LibcCall, pointer: number, size: number, from: number, length: number): Co<number> {
  const [own, more] = [named(c, pointer, size), block(c, from, length)]
  return own && more ? yield* keep(c, pointer, size, joined(own.bytes, more.bytes)) : 0
}

function* add(c: LibcCall, pointer: number, size: number, from: number): Co<number> {
  const [own, more] = [named(c, pointer, size), text(c, from)]
  return own && more ? yield* keep(c, pointer, size, joined(own.bytes, more)) : 0
}

function* addSeparated(c: LibcCall, pointer: number, size: number, from: number, separator: number): Co<number> {
  const [own, more] = [named(c, pointer, size), text(c, from)]
  if (!own || !more || more.length === 1) return 0
  return yield* keep(c, pointer, size, separated(own.bytes, more, separator & 0xff))
}

/** The block stays where it is, until nothing is left of it. */
function* remove(c: LibcCall, pointer: number, size: number, entry: number): Co<void> {
  if (entry === 0) return
  const [own, gone] = [named(c, pointer, size), text(c, entry)]
  if (!own || !gone) return
  const from = entry - own.at
  const rest = joined(own.bytes.subarray(0, from), own.bytes.subarray(from + gone.length))
  if (rest.length === 0) yield* keep(c, pointer, size, rest)
  else {
    c.memory.u8.set(rest, own.at)
    c.memory.setSize(size, rest.length)
  }
}

/** Before the entry that the address lies in. */
function* insert(c: LibcCall, pointer: number, size: number, before: number, entry: number): Co<number> {
  if (before === 0) return yield* add(c, pointer, size, entry)
  const [own, more] = [named(c, pointer, size), text(c, entry)]
  if (!own || !more) return 0
  const offset = before - own.at
  if (offset < 0 || offset >= own.bytes.length) return EINVAL
  const from = offset === 0 ? 0 : own.bytes.lastIndexOf(0, offset - 1) + 1
  return yield* keep(c, pointer, size, joined(own.bytes.subarray(0, from), more, own.bytes.subarray(from)))
}

/** Bytes as characters, so that a text may be looked for. */
const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
const indexOf = (bytes: Uint8Array, part: Uint8Array, from: number): number => latin1(bytes).indexOf(latin1(part), from)

/** Counts entries that changed, not places in them. */
function* replace(c: LibcCall, pointer: number, size: number, from: number, to: number, count: number): Co<number> {
  if (from === 0) return 0
  const [own, old, fresh] = [named(c, pointer, size), text(c, from), text(c, to)]
  if (!own || !old || !fresh || old.length === 1) return 0
  const [wanted, instead] = [old.subarray(0, -1), fresh.subarray(0, -1)]
  let changed = 0
  const out = entries(own.bytes).map((entry) => {
    const parts: Uint8Array[] = []
    let at = 0
    for (let found = indexOf(entry, wanted, 0); found >= 0; found = indexOf(entry, wanted, at)) {
      parts.push(entry.subarray(at, found), instead)
      at = found + wanted.length
    }
    if (at > 0) changed++
    return joined(...parts, entry.subarray(at))
  })
  if (changed === 0) return 0
  if (count !== 0 && writable(c, count, 4)) c.memory.setU32(count, c.memory.getU32(count) + changed)
  return yield* keep(c, pointer, size, joined(...out))
}

function extract(c: LibcCall, at: number, size: number, out: number): void {
  const own = block(c, at, size)
  if (own === undefined) return
  const all = entries(own.bytes)
  if (!writable(c, out, 8 * (all.length + 1))) return void segfault(c, out)
  all.forEach((entry, i) => {
    c.memory.setSize(out + 8 * i, at + entry.byteOffset - own.bytes.byteOffset)
  })
  c.memory.setSize(out + 8 * all.length, 0)
}

function stringify(c: LibcCall, at: number, size: number, separator: number): void {
  const own = block(c, at, size)
  if (own === undefined) return
  if (size > 0 && !writable(c, at, size)) return void segfault(c, at)
  for (let i = 0; i < size - 1; i++) if (own.bytes[i] === 0) c.memory.setU8(at + i, separator & 0xff)
}

function next(c: LibcCall, at: number, size: number, entry: number): number {
  if (entry === 0) return size > 0 ? at : 0
  if (entry >= at + size) return 0
  const own = text(c, entry)
  const after = entry + (own?.length ?? 0)
  return own === undefined || after >= at + size ? 0 : after
}

export const argzHeader: HeaderTable = {
  name: 'argz, envz',
  spec: 'https://www.gnu.org/software/libc/manual/html_node/Argz-and-Envz-Vectors.html',
  rows: [
    blocking('argz_add', 'int(ptr, ptr, ptr)', add),
    blocking('argz_add_sep', 'int(ptr, ptr, ptr, int)', addSeparated),
    blocking('argz_append', 'int(ptr, ptr, ptr, size)', append),
    leaf('argz_count', 'size(ptr, size)', (c, at: number, size: number) => entries(block(c, at, size)?.bytes ?? new Uint8Array(0)).length),
    blocking('argz_create', 'int(ptr, ptr, ptr)', create),
    blocking('argz_create_sep', 'int(ptr, int, ptr, ptr)', createSeparated),
    blocking('argz_delete', 'void(ptr, ptr, ptr)', remove),
    leaf('argz_extract', 'void(ptr, size, ptr)', extract),
    blocking('argz_insert', 'int(ptr, ptr, ptr, ptr)', insert),
    leaf('argz_next', 'ptr(ptr, size, ptr)', next),
    blocking('argz_replace', 'int(ptr, ptr, ptr, ptr, ptr)', replace),
    leaf('argz_stringify', 'void(ptr, size, int)', stringify),
    alias('__argz_count', 'argz_count'),
    alias('__argz_next', 'argz_next'),
    alias('__argz_stringify', 'argz_stringify'),
    ...envzRows,
  ],
}
