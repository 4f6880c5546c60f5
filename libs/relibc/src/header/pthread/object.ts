/**
 * Where the state of a mutex, condition variable, lock or attribute object is: at the program's object, or, in an ABI whose objects are
 * pointers, in a block of the heap. There -1 is what a static initialiser leaves; such an object gets its block at its first use.
 */
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blockAt, give, take } from '../stdlib/heap.ts'

const STATIC = 0xffff_ffff_ffff_ffffn
/** Bytes of the largest state, pthread_attr_t's. */
const BLOCK = 32

/** Address of an object's state; what has none is answered with 0, which no state can be at. */
export function stateOf(c: LibcCall, object: number): number {
  if (!c.abi.pthread.pointers || object === 0) return object
  if (!readable(c, object, 8)) return 0
  const at = c.memory.getU64(object)
  return at === STATIC ? makeState(c, object) : at < 0x1_0000_0000n ? Number(at) : 0
}

/** As `stateOf`, for an object that begins now: whatever is there means nothing yet. */
export function makeState(c: LibcCall, object: number): number {
  if (!c.abi.pthread.pointers) return object
  if (!writable(c, object, 8)) return 0
  const block = take(c, BLOCK)
  if (block === 0) return 0
  c.memory.bytes(block, BLOCK).fill(0)
  c.memory.setSize(object, block)
  return block
}

/** The object ends; an object of a static initialiser that was never used has nothing to end. */
export function dropState(c: LibcCall, object: number): void {
  if (!c.abi.pthread.pointers || !writable(c, object, 8)) return
  const at = c.memory.getU64(object)
  const block = at < 0x1_0000_0000n ? blockAt(c, Number(at)) : undefined
  if (block !== undefined) give(c, block)
  c.memory.setU64(object, STATIC)
}

type Implementation<Rest extends number[], Result> = (c: LibcCall, object: number, ...rest: Rest) => Result

/** An implementation over an object's state as one over the object. */
export const onState =
  <Rest extends number[], Result>(does: Implementation<Rest, Result>): Implementation<Rest, Result> =>
  (c, object, ...rest) =>
    does(c, stateOf(c, object), ...rest)

/** Destroying what waits for nobody. */
export function destroy(c: LibcCall, object: number): number {
  dropState(c, object)
  return 0
}
