/** Checked access to what a guest pointer names: a bad pointer is an answer, never a host exception. */

import { Perm } from '@bootgraph/cpu'
import type { LibcCall } from '../registry/call.ts'

export const EFAULT = 14

export const readable = (c: LibcCall, address: number, length: number): boolean => c.memory.accessible(address, length, Perm.read)
export const writable = (c: LibcCall, address: number, length: number): boolean => c.memory.accessible(address, length, Perm.write)

/** Live bytes that the guest may read, or undefined. */
export const source = (c: LibcCall, address: number, length: number): Uint8Array | undefined =>
  readable(c, address, length) ? c.memory.bytes(address, length) : undefined
/** Live bytes that the guest may write, or undefined. */
export const target = (c: LibcCall, address: number, length: number): Uint8Array | undefined =>
  writable(c, address, length) ? c.memory.bytes(address, length) : undefined

/** The bytes of a C string without its NUL, copied; undefined if it is not readable to its end. */
export function cstring(c: LibcCall, address: number): Uint8Array | undefined {
  const end = c.memory.cstrEnd(address)
  return end < 0 ? undefined : c.memory.u8.slice(address, end)
}

/** A path argument; undefined = EFAULT. */
export const path = (c: LibcCall, address: number): string | undefined => (c.memory.cstrEnd(address) < 0 ? undefined : c.string(address))

/** A NULL-terminated vector of strings (argv, environ); undefined = EFAULT. */
export function vector(c: LibcCall, address: number): Uint8Array[] | undefined {
  const out: Uint8Array[] = []
  if (address === 0) return out
  for (let at = address; ; at += 8) {
    if (!readable(c, at, 8)) return undefined
    const pointer = c.memory.getSize(at)
    if (pointer === 0) return out
    const text = cstring(c, pointer)
    if (text === undefined) return undefined
    out.push(text)
  }
}

/** Writes text and its NUL if both fit into `size` bytes; the length without NUL, or -1. The range has been checked. */
export function putString(c: LibcCall, address: number, size: number, text: string): number {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length + 1 > size) return -1
  c.memory.u8.set(bytes, address)
  c.memory.setU8(address + bytes.length, 0)
  return bytes.length
}

/** Kernel's answer to C's: -errno becomes errno and -1. */
export const answer = (c: LibcCall, result: number): number => (result < 0 ? c.fail(-result) : result)
