/**
 * Memory that a function gives and the program frees. Where the program brings a malloc of its own, its free knows no other: glibc asks it
 * as well, for its own references to malloc, realloc and free are bound to the first definition in scope.
 */
import { Perm } from '@bootgraph/cpu'
import { type Co, callGuest } from '@bootgraph/kernel'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type SymbolRow } from '../../registry/define.ts'
import { free, malloc, realloc } from './malloc.ts'

type Function = 'malloc' | 'realloc' | 'free'
const known = new WeakMap<LibcCall, Map<Function, number>>()

/** Address of the program's own function; 0 = it is the library's. */
function own(c: LibcCall, name: Function): number {
  let functions = known.get(c)
  if (functions === undefined) known.set(c, (functions = new Map()))
  let at = functions.get(name)
  if (at === undefined) {
    const first = c.object(name)
    at = (c.memory.permissions[first >>> 12] & Perm.gate) === 0 ? first : 0
    functions.set(name, at)
  }
  return at
}

/** As malloc. */
export function* give(c: LibcCall, size: number): Co<number> {
  const at = own(c, 'malloc')
  return at === 0 ? malloc(c, size) : Number(yield* callGuest(at, size))
}

/** As realloc, of a block that the program may have made. */
export function* regive(c: LibcCall, block: number, size: number): Co<number> {
  const at = own(c, 'realloc')
  return at === 0 ? realloc(c, block, size) : Number(yield* callGuest(at, block, size))
}

export function* takeBack(c: LibcCall, block: number): Co<void> {
  const at = own(c, 'free')
  if (at === 0) free(c, block)
  else yield* callGuest(at, block)
}

export const givenRows: readonly SymbolRow[] = [
  blocking('reallocarray', 'ptr(ptr, size, size)', (c, at: number, count: number, size: number) => regive(c, at, count * size)),
]
