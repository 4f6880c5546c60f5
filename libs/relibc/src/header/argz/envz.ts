/** Argz vectors of names and values; an entry without `=` has a name alone. */
import type { Co } from '@bootgraph/kernel'
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { type Block, block, entries, joined, keep, named, text } from './block.ts'

const EQUALS = 0x3d
const NUL = Uint8Array.of(0)

const nameOf = (entry: Uint8Array): string => {
  const end = entry.findIndex((byte) => byte === EQUALS || byte === 0)
  return Array.from(end < 0 ? entry : entry.subarray(0, end)).join()
}
const find = (all: readonly Uint8Array[], name: Uint8Array): number => {
  const wanted = nameOf(name)
  return all.findIndex((entry) => nameOf(entry) === wanted)
}
const offsetOf = (own: Block, entry: Uint8Array): number => own.at + entry.byteOffset - own.bytes.byteOffset

/** Address of the entry of a name, or of its value with `value`; 0 for none. */
function entry(c: LibcCall, at: number, size: number, name: number, value: boolean): number {
  const [own, wanted] = [block(c, at, size), text(c, name)]
  if (!own || !wanted) return 0
  const all = entries(own.bytes)
  const found = all[find(all, wanted)]
  if (found === undefined) return 0
  const equals = found.indexOf(EQUALS)
  return value ? (equals < 0 ? 0 : offsetOf(own, found) + equals + 1) : offsetOf(own, found)
}

/** The strings without the one of a name, in place. */
function* without(c: LibcCall, pointer: number, size: number, name: Uint8Array): Co<Uint8Array | undefined> {
  const own = named(c, pointer, size)
  if (own === undefined) return undefined
  const all = entries(own.bytes)
  const index = find(all, name)
  if (index < 0) return own.bytes
  const rest = joined(...all.filter((_, i) => i !== index))
  yield* settle(c, pointer, size, own.at, rest)
  return rest
}

/** Less than was there stays where it is; nothing is a null pointer. */
function* settle(c: LibcCall, pointer: number, size: number, at: number, rest: Uint8Array): Co<void> {
  if (rest.length === 0) yield* keep(c, pointer, size, rest)
  else {
    c.memory.u8.set(rest, at)
    c.memory.setSize(size, rest.length)
  }
}

function* add(c: LibcCall, pointer: number, size: number, name: number, value: number): Co<number> {
  const [key, worth] = [text(c, name), value === 0 ? undefined : text(c, value)]
  if (key === undefined || (value !== 0 && worth === undefined)) return 0
  const rest = yield* without(c, pointer, size, key)
  if (rest === undefined) return 0
  const made = worth === undefined ? key : joined(key.subarray(0, -1), Uint8Array.of(EQUALS), worth)
  return yield* keep(c, pointer, size, joined(rest, made))
}

function* merge(c: LibcCall, pointer: number, size: number, from: number, length: number, override: number): Co<number> {
  const [own, more] = [named(c, pointer, size), block(c, from, length)]
  if (!own || !more) return 0
  let all = entries(own.bytes)
  for (const each of entries(more.bytes)) {
    const index = find(all, each)
    if (index >= 0 && override === 0) continue
    all = [...all.filter((_, i) => i !== index), each.at(-1) === 0 ? each : joined(each, NUL)]
  }
  return yield* keep(c, pointer, size, joined(...all))
}

function strip(c: LibcCall, pointer: number, size: number): void {
  const own = named(c, pointer, size)
  if (own === undefined) return
  const rest = joined(...entries(own.bytes).filter((each) => each.includes(EQUALS)))
  if (own.bytes.length > 0 && !writable(c, own.at, own.bytes.length)) return void segfault(c, own.at)
  c.memory.u8.set(rest, own.at)
  c.memory.setSize(size, rest.length)
}

export const envzRows: readonly SymbolRow[] = [
  blocking('envz_add', 'int(ptr, ptr, ptr, ptr)', add),
  leaf('envz_entry', 'ptr(ptr, size, ptr)', (c, at: number, size: number, name: number) => entry(c, at, size, name, false)),
  leaf('envz_get', 'ptr(ptr, size, ptr)', (c, at: number, size: number, name: number) => entry(c, at, size, name, true)),
  blocking('envz_merge', 'int(ptr, ptr, ptr, size, int)', merge),
  blocking('envz_remove', 'void(ptr, ptr, ptr)', function* (c, pointer: number, size: number, name: number) {
    const key = text(c, name)
    if (key !== undefined) yield* without(c, pointer, size, key)
  }),
  leaf('envz_strip', 'void(ptr, ptr)', strip),
]
