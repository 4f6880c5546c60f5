/** An argz vector as the host sees it: bytes of strings that each end by NUL, and where the program keeps pointer and length. */
import type { Co } from '@bootgraph/kernel'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { segfault } from '../fault.ts'
import { give, regive, takeBack } from '../stdlib/given.ts'
import { length } from '../string/bytes.ts'

export const ENOMEM = 12

export interface Block {
  readonly at: number
  readonly bytes: Uint8Array
}

/** A string with its NUL, or undefined after a fault. */
export function text(c: LibcCall, at: number): Uint8Array | undefined {
  const size = length(c, at)
  if (size >= 0) return c.memory.u8.slice(at, at + size + 1)
  segfault(c, at)
  return undefined
}

/** What a vector has, or undefined after a fault. */
export function block(c: LibcCall, at: number, size: number): Block | undefined {
  if (size === 0 || readable(c, at, size)) return { at, bytes: c.memory.u8.slice(at, at + size) }
  segfault(c, at)
  return undefined
}

/** The vector behind the program's pointer and length. */
export function named(c: LibcCall, pointer: number, size: number): Block | undefined {
  if (writable(c, pointer, 8) && writable(c, size, 8)) return block(c, c.memory.getSize(pointer), c.memory.getSize(size))
  segfault(c, pointer)
  return undefined
}

/** Makes the vector another one: 0, or ENOMEM. An empty one is a null pointer; `fresh`: what was there is not looked at. */
export function* keep(c: LibcCall, pointer: number, size: number, bytes: Uint8Array, fresh = false): Co<number> {
  const before = fresh ? 0 : c.memory.getSize(pointer)
  let at = 0
  if (bytes.length === 0) {
    if (before !== 0) yield* takeBack(c, before)
  } else {
    at = before === 0 ? yield* give(c, bytes.length) : yield* regive(c, before, bytes.length)
    if (at === 0) return ENOMEM
    c.memory.u8.set(bytes, at)
  }
  c.memory.setSize(pointer, at)
  c.memory.setSize(size, bytes.length)
  return 0
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** The strings of a vector with their NULs; the last one may lack it. */
export function entries(bytes: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const nul = bytes.indexOf(0, at)
    const end = nul < 0 ? bytes.length : nul + 1
    out.push(bytes.subarray(at, end))
    at = end
  }
  return out
}
