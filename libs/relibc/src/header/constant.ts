/** Texts that the library hands out and the program only reads, each kept once in the library's state. */
import type { LibcCall } from '../registry/call.ts'
import { TextState, textState } from './stdio/stream.ts'

// By library object: exec makes a new one with fresh memory, fork one with a copy that is searched once more.
const known = new WeakMap<LibcCall, Map<string, number>>()

/** Address of a constant string; that of an empty one if the state has no more room. */
export function constant(c: LibcCall, text: string): number {
  const state = textState(c)
  if (state === 0) return 0
  let cache = known.get(c)
  if (cache === undefined) known.set(c, (cache = new Map()))
  let found = cache.get(text)
  if (found === undefined) cache.set(text, (found = place(c, state, text)))
  return found
}

function place(c: LibcCall, state: number, text: string): number {
  const bytes = new TextEncoder().encode(text)
  let at = state + TextState.strings
  while (c.memory.getU8(at) !== 0) {
    if (c.string(at) === text) return at
    at = c.memory.cstrEnd(at) + 1
  }
  // The last byte before the buffers is always NUL and stands for the empty string.
  const empty = state + TextState.buffers - 1
  if (text === '' || at + bytes.length + 2 > empty) return empty
  c.memory.u8.set(bytes, at)
  return at
}
