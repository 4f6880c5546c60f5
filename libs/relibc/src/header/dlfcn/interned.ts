import { mapPages } from '../../platform/threads.ts'
import { putString } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'

// By library object and not by process: exec makes a new one, with fresh memory.
const texts = new WeakMap<object, Map<string, number>>()

/** A string in memory that stays: one small mapping for each distinct text. */
export function intern(c: LibcCall, text: string): number {
  let known = texts.get(c)
  if (known === undefined) texts.set(c, (known = new Map()))
  let at = known.get(text)
  if (at === undefined) {
    at = mapPages(c, text.length * 3 + 1)
    if (at !== 0) putString(c, at, text.length * 3 + 1, text)
    known.set(text, at)
  }
  return at
}
