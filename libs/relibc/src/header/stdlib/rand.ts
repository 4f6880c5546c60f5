/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/rand.html, with the numbers that linux-gnu programs know. */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, object, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { storage } from '../storage.ts'

/** Additive feedback x[i] = x[i-3] + x[i-31] (Knuth, TAOCP 3.2.2), in __libc_rand: { seeded u32, next u32, 31 words }. */
const DEGREE = 31
const SEPARATION = 3
const WARM_UP = 310
const Rand = { seeded: 0, next: 4, words: 8, size: 8 + DEGREE * 4 } as const

function step(c: LibcCall, at: number): number {
  const next = c.memory.getU32(at + Rand.next) % DEGREE
  const word = (i: number): number => at + Rand.words + (i % DEGREE) * 4
  const value = (c.memory.getU32(word(next)) + c.memory.getU32(word(next + DEGREE - SEPARATION))) >>> 0
  c.memory.setU32(word(next), value)
  c.memory.setU32(at + Rand.next, (next + 1) % DEGREE)
  return value >>> 1
}

function seed(c: LibcCall, value: number): void {
  const at = storage(c, '__libc_rand')
  c.memory.setU32(at + Rand.seeded, 1)
  c.memory.setU32(at + Rand.next, SEPARATION)
  let word = (value === 0 ? 1 : value) | 0
  for (let i = 0; i < DEGREE; i++) {
    c.memory.setU32(at + Rand.words + i * 4, word)
    // Schrage's method: 16807 · word mod (2^31 - 1) without overflow.
    word = 16807 * (word % 127773) - 2836 * Math.trunc(word / 127773)
    if (word < 0) word += 2147483647
  }
  for (let i = 0; i < WARM_UP; i++) step(c, at)
}

function rand(c: LibcCall): number {
  const at = storage(c, '__libc_rand')
  if (c.memory.getU32(at + Rand.seeded) === 0) seed(c, 1)
  return step(c, at)
}

/** Three steps of a linear congruence over the program's own word. */
function randR(c: LibcCall, state: number): number {
  if (!writable(c, state, 4)) return segfault(c)
  let next = c.memory.getU32(state)
  const advance = (): number => (next = (Math.imul(next, 1103515245) + 12345) >>> 0) >>> 16
  let result = advance() % 2048
  result = (result << 10) ^ (advance() % 1024)
  result = (result << 10) ^ (advance() % 1024)
  c.memory.setU32(state, next)
  return result
}

export const randRows: readonly SymbolRow[] = [
  object('__libc_rand', Rand.size, 8),
  leaf('arc4random', 'uint()', (c) => {
    const bytes = new Uint8Array(4)
    c.kernel.random(c.cx, bytes)
    return new DataView(bytes.buffer).getUint32(0, true)
  }),
  leaf('rand', 'int()', rand),
  alias('random', 'rand'),
  leaf('rand_r', 'int(ptr)', randR),
  leaf('srand', 'void(uint)', seed),
  alias('srandom', 'srand'),
]
