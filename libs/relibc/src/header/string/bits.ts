/** ffs and its kin, and what moves bytes about: swab, memfrob. */
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'

function firstSet(value: bigint): number {
  let bit = 1
  for (let rest = BigInt.asUintN(64, value); rest !== 0n; rest >>= 1n, bit++) if (rest & 1n) return bit
  return 0
}

function swab(c: LibcCall, from: number, to: number, size: number): void {
  const count = size > 0 ? size & ~1 : 0
  if (!readable(c, from, count) || !writable(c, to, count)) return void segfault(c)
  for (let i = 0; i < count; i += 2) {
    const [a, b] = [c.memory.getU8(from + i), c.memory.getU8(from + i + 1)]
    c.memory.setU8(to + i, b)
    c.memory.setU8(to + i + 1, a)
  }
}

function memfrob(c: LibcCall, at: number, size: number): number {
  if (!writable(c, at, size)) return segfault(c)
  const bytes = c.memory.bytes(at, size)
  for (let i = 0; i < size; i++) bytes[i] ^= 42
  return at
}

/** Shuffles a string in place, by the node's own randomness. */
function strfry(c: LibcCall, at: number): number {
  const end = c.memory.cstrEnd(at)
  if (end < 0 || !writable(c, at, end - at)) return segfault(c)
  const bytes = c.memory.bytes(at, end - at)
  const dice = new Uint8Array(bytes.length)
  c.kernel.random(c.cx, dice)
  for (let i = bytes.length - 1; i > 0; i--) {
    const other = dice[i] % (i + 1)
    ;[bytes[i], bytes[other]] = [bytes[other], bytes[i]]
  }
  return at
}

export const bitRows: readonly SymbolRow[] = [
  leaf('ffs', 'int(int)', (_, value: number) => firstSet(BigInt.asUintN(32, BigInt(value)))),
  leaf('ffsl', 'int(i64)', (_, value: bigint) => firstSet(value)),
  alias('ffsll', 'ffsl'),
  leaf('swab', 'void(ptr, ptr, long)', swab),
  leaf('memfrob', 'ptr(ptr, size)', memfrob),
  leaf('strfry', 'ptr(ptr)', strfry),
]
