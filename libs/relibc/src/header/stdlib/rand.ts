/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/rand.html and initstate, with the numbers that linux-gnu programs know. */
import { target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, object, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { storage } from '../storage.ts'

/**
 * Additive feedback x[i] = x[i-separation] + x[i-degree] (Knuth, TAOCP 3.2.2). Degree and separation by the bytes of the state;
 * a degree of 0 is a linear congruence.
 */
const KINDS = [
  { bytes: 8, degree: 0, separation: 0 },
  { bytes: 32, degree: 7, separation: 3 },
  { bytes: 64, degree: 15, separation: 1 },
  { bytes: 128, degree: 31, separation: 3 },
  { bytes: 256, degree: 63, separation: 1 },
] as const
const DEFAULT_KIND = 3
const EINVAL = 22

/** __libc_rand: { seeded u32, the program's state or 0 @8, the default state @16 }. A state: { kind + 8 · next u32, words }. */
const Rand = { seeded: 0, state: 8, own: 16, size: 16 + 128 } as const

const kindOf = (c: LibcCall, state: number): (typeof KINDS)[number] => KINDS[(c.memory.getU32(state) & 7) % KINDS.length]

/** Address of the state in use; the program's own only while it may be written. */
function current(c: LibcCall): number {
  const at = storage(c, '__libc_rand')
  const own = c.memory.getSize(at + Rand.state)
  return own !== 0 && writable(c, own, 8) && writable(c, own, kindOf(c, own).bytes) ? own : at + Rand.own
}

function step(c: LibcCall, state: number): number {
  const { degree, separation } = kindOf(c, state)
  const { memory } = c
  if (degree === 0) {
    const value = (Math.imul(memory.getI32(state + 4), 1103515245) + 12345) & 0x7fff_ffff
    memory.setU32(state + 4, value)
    return value
  }
  const next = (memory.getU32(state) >>> 3) % degree
  const word = (i: number): number => state + 4 + (i % degree) * 4
  const value = (memory.getU32(word(next)) + memory.getU32(word(next + degree - separation))) >>> 0
  memory.setU32(word(next), value)
  memory.setU32(state, (memory.getU32(state) & 7) | (((next + 1) % degree) << 3))
  return value >>> 1
}

/** Fills a state of a kind from a seed. */
function start(c: LibcCall, state: number, kind: number, value: number): void {
  const { degree, separation } = KINDS[kind]
  let word = (value === 0 ? 1 : value) | 0
  c.memory.setU32(state, kind | (separation << 3))
  for (let i = 0; i < Math.max(degree, 1); i++) {
    c.memory.setU32(state + 4 + i * 4, word)
    // Schrage's method: 16807 · word mod (2^31 - 1) without overflow.
    word = 16807 * (word % 127773) - 2836 * Math.trunc(word / 127773)
    if (word < 0) word += 2147483647
  }
  for (let i = 0; i < degree * 10; i++) step(c, state)
}

function seed(c: LibcCall, value: number): void {
  const at = storage(c, '__libc_rand')
  const first = c.memory.getU32(at + Rand.seeded) === 0
  c.memory.setU32(at + Rand.seeded, 1)
  if (first) c.memory.setU32(at + Rand.own, DEFAULT_KIND)
  const state = current(c)
  start(c, state, c.memory.getU32(state) & 7, value)
}

function rand(c: LibcCall): number {
  if (c.memory.getU32(storage(c, '__libc_rand') + Rand.seeded) === 0) seed(c, 1)
  return step(c, current(c))
}

/** Makes the program's bytes the state; gives the one before. */
function initstate(c: LibcCall, value: number, state: number, bytes: number): number {
  const at = storage(c, '__libc_rand')
  if (bytes < 8) return c.fail(EINVAL) + 1
  const kind = KINDS.findLastIndex((each) => each.bytes <= bytes)
  if (!writable(c, state, KINDS[kind].bytes)) return segfault(c)
  if (c.memory.getU32(at + Rand.seeded) === 0) seed(c, 1)
  const before = current(c)
  c.memory.setSize(at + Rand.state, state)
  start(c, state, kind, value)
  return before
}

function setstate(c: LibcCall, state: number): number {
  const at = storage(c, '__libc_rand')
  if (!writable(c, state, 8)) return c.fail(EINVAL) + 1
  const before = current(c)
  c.memory.setSize(at + Rand.state, state)
  return before
}

/** Where struct random_data has the address of its state. */
const DATA_STATE = 16

/** The state of a struct random_data, or 0. */
function stateOf(c: LibcCall, data: number): number {
  if (!writable(c, data, DATA_STATE + 8)) return 0
  const state = c.memory.getSize(data + DATA_STATE)
  return writable(c, state, 8) && writable(c, state, kindOf(c, state).bytes) ? state : 0
}

function initstateR(c: LibcCall, value: number, state: number, bytes: number, data: number): number {
  const kind = KINDS.findLastIndex((each) => each.bytes <= bytes)
  if (kind < 0) return c.fail(EINVAL)
  if (!writable(c, state, KINDS[kind].bytes) || !writable(c, data, DATA_STATE + 8)) return segfault(c)
  c.memory.setSize(data + DATA_STATE, state)
  start(c, state, kind, value)
  return 0
}

function setstateR(c: LibcCall, state: number, data: number): number {
  if (!writable(c, state, 8) || !writable(c, data, DATA_STATE + 8)) return c.fail(EINVAL)
  c.memory.setSize(data + DATA_STATE, state)
  return 0
}

function srandomR(c: LibcCall, value: number, data: number): number {
  const state = stateOf(c, data)
  if (state === 0) return c.fail(EINVAL)
  start(c, state, c.memory.getU32(state) & 7, value)
  return 0
}

function randomR(c: LibcCall, data: number, out: number): number {
  const state = stateOf(c, data)
  if (state === 0 || !writable(c, out, 4)) return c.fail(EINVAL)
  c.memory.setU32(out, step(c, state))
  return 0
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

function entropy(c: LibcCall): number {
  const bytes = new Uint8Array(4)
  c.kernel.random(c.cx, bytes)
  return new DataView(bytes.buffer).getUint32(0, true)
}

/** Every number below `bound` equally likely: what would favour the small ones is drawn again. */
function uniform(c: LibcCall, bound: number): number {
  if (bound < 2) return 0
  const least = 2 ** 32 % bound
  for (;;) {
    const value = entropy(c)
    if (value >= least) return value % bound
  }
}

export const randRows: readonly SymbolRow[] = [
  object('__libc_rand', Rand.size, 8),
  leaf('arc4random', 'uint()', entropy),
  leaf('arc4random_buf', 'void(ptr, size)', (c, at: number, size: number) => {
    const into = target(c, at, size)
    if (into === undefined) segfault(c)
    else c.kernel.random(c.cx, into)
  }),
  leaf('arc4random_uniform', 'uint(uint)', uniform),
  leaf('initstate', 'ptr(uint, ptr, size)', initstate),
  leaf('initstate_r', 'int(uint, ptr, size, ptr)', initstateR),
  leaf('rand', 'int()', rand),
  alias('random', 'rand'),
  leaf('rand_r', 'int(ptr)', randR),
  leaf('random_r', 'int(ptr, ptr)', randomR),
  leaf('setstate', 'ptr(ptr)', setstate),
  leaf('setstate_r', 'int(ptr, ptr)', setstateR),
  leaf('srand', 'void(uint)', seed),
  alias('srandom', 'srand'),
  leaf('srandom_r', 'int(uint, ptr)', srandomR),
]
