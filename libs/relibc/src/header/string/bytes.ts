/** Single bytes of guest strings, checked: what loops over strings read. */
import { ENGINE_BASE, Perm } from '@bootgraph/cpu'
import type { LibcCall } from '../../registry/call.ts'

/** The byte at an address, or -1 where the guest may not read. */
export function byteAt(c: LibcCall, address: number): number {
  const { memory } = c
  return memory.accessible(address, 1, Perm.read) ? memory.u8[address] : -1
}

const A = 0x41
const Z = 0x5a
/** ASCII lower case. */
export const lower = (byte: number): number => (byte >= A && byte <= Z ? byte | 0x20 : byte)

/** Length of the string at `address`, at most `limit`; -1 where it is not readable that far. */
export function length(c: LibcCall, address: number, limit = Number.POSITIVE_INFINITY): number {
  if (limit === Number.POSITIVE_INFINITY) {
    if (address >= ENGINE_BASE) return -1
    const end = c.memory.cstrEnd(address)
    return end < 0 ? -1 : end - address
  }
  for (let i = 0; i < limit; i++) {
    const byte = byteAt(c, address + i)
    if (byte < 0) return -1
    if (byte === 0) return i
  }
  return limit
}
