/** The environment: https://pubs.opengroup.org/onlinepubs/9699919799/functions/getenv.html and its neighbours. */
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, object, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { byteAt, length } from '../string/bytes.ts'
import { free, malloc } from './malloc.ts'

const EINVAL = 22
const EQUALS = 0x3d

/** Offsets in __libc_environ: the vector that the library made, or 0, and how many pointers it has room for. */
const Own = { vector: 0, room: 8 } as const

/** Not cached: a program may have a copy of `environ`, and the linker knows which one counts. */
const environAt = (c: LibcCall): number => c.object('environ')

/** True if the entry is `name=…` for the `size` bytes at `name`. */
function matches(c: LibcCall, entry: number, name: number, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const byte = byteAt(c, entry + i)
    if (byte < 0 || byte !== byteAt(c, name + i)) return false
  }
  return byteAt(c, entry + size) === EQUALS
}

/** Address of the slot of a variable; where the vector ends if there is none; `count` = slots before it. */
function slotOf(c: LibcCall, name: number, size: number): { slot: number; count: number; found: boolean } {
  const vector = c.memory.getSize(environAt(c))
  for (let count = 0; ; count++) {
    const slot = vector + count * 8
    if (vector === 0 || !readable(c, slot, 8) || c.memory.getSize(slot) === 0) return { slot, count, found: false }
    if (matches(c, c.memory.getSize(slot), name, size)) return { slot, count, found: true }
  }
}

function getenv(c: LibcCall, name: number): number {
  const size = length(c, name)
  if (size < 0) return segfault(c)
  const { slot, found } = slotOf(c, name, size)
  return found ? c.memory.getSize(slot) + size + 1 : 0
}

/** Puts an entry in place of the variable's, or at the end of a vector of the library's own. 0 if memory is out. */
function put(c: LibcCall, entry: number, name: number, size: number): boolean {
  const { slot, count, found } = slotOf(c, name, size)
  if (found && writable(c, slot, 8)) {
    c.memory.setSize(slot, entry)
    return true
  }
  const own = c.object('__libc_environ')
  let vector = c.memory.getSize(environAt(c))
  if (vector === 0 || vector !== c.memory.getSize(own + Own.vector) || count + 2 > c.memory.getSize(own + Own.room)) {
    const room = Math.max(16, (count + 2) * 2)
    const made = malloc(c, room * 8)
    if (made === 0) return false
    c.memory.u8.copyWithin(made, vector, vector + count * 8)
    if (vector !== 0 && vector === c.memory.getSize(own + Own.vector)) free(c, vector)
    vector = made
    c.memory.setSize(own + Own.vector, made)
    c.memory.setSize(own + Own.room, room)
    c.memory.setSize(environAt(c), made)
  }
  c.memory.setSize(vector + count * 8, entry)
  c.memory.setSize(vector + count * 8 + 8, 0)
  return true
}

/** Sets a variable; what its entry was before stays in the heap, as of setenv. */
export function assign(c: LibcCall, name: string, value: string): boolean {
  const bytes = new TextEncoder().encode(`${name}=${value}\0`)
  const entry = malloc(c, bytes.length)
  if (entry === 0) return false
  c.memory.u8.set(bytes, entry)
  return put(c, entry, entry, bytes.indexOf(EQUALS))
}

/** Length of a name that a variable may have; undefined = EINVAL. */
function nameSize(c: LibcCall, name: number): number | undefined {
  const size = length(c, name)
  return size > 0 && !c.memory.bytes(name, size).includes(EQUALS) ? size : undefined
}

/** An entry that was replaced is not freed: the program may hold what getenv gave. */
function setenv(c: LibcCall, name: number, value: number, overwrite: number): number {
  const size = nameSize(c, name)
  if (size === undefined) return c.fail(EINVAL)
  const valueSize = length(c, value)
  if (valueSize < 0) return segfault(c)
  if (overwrite === 0 && slotOf(c, name, size).found) return 0
  const entry = malloc(c, size + valueSize + 2)
  if (entry === 0) return -1
  c.memory.u8.copyWithin(entry, name, name + size)
  c.memory.setU8(entry + size, EQUALS)
  c.memory.u8.copyWithin(entry + size + 1, value, value + valueSize + 1)
  return put(c, entry, name, size) ? 0 : -1
}

function unsetenv(c: LibcCall, name: number): number {
  const size = nameSize(c, name)
  if (size === undefined) return c.fail(EINVAL)
  for (let at = slotOf(c, name, size); at.found; at = slotOf(c, name, size)) {
    let slot = at.slot
    if (!writable(c, slot, 8)) return segfault(c)
    for (; writable(c, slot + 8, 8) && c.memory.getSize(slot) !== 0; slot += 8) c.memory.setSize(slot, c.memory.getSize(slot + 8))
  }
  return 0
}

/** The string itself becomes part of the environment; without `=` the variable is removed. */
function putenv(c: LibcCall, entry: number): number {
  const size = length(c, entry)
  if (size < 0) return segfault(c)
  const name = c.memory.bytes(entry, size).indexOf(EQUALS)
  if (name < 0) return unsetenv(c, entry)
  return put(c, entry, entry, name) ? 0 : -1
}

function clearenv(c: LibcCall): number {
  c.memory.setSize(environAt(c), 0)
  return 0
}

export const envRows: readonly SymbolRow[] = [
  object('__libc_environ', 16, 8),
  leaf('clearenv', 'int()', clearenv),
  leaf('getenv', 'ptr(ptr)', getenv),
  alias('secure_getenv', 'getenv'),
  leaf('putenv', 'int(ptr)', putenv),
  leaf('setenv', 'int(ptr, ptr, int)', setenv),
  leaf('unsetenv', 'int(ptr)', unsetenv),
]
