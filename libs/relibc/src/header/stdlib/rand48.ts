/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/drand48.html: x' = a·x + c mod 2^48. */
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, object, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { storage } from '../storage.ts'

const MASK = (1n << 48n) - 1n
const MULTIPLIER = 0x5deece66dn
const INCREMENT = 0xbn
/** __libc_rand48: { x @0, x before seed48 @6, set up u16 @12, increment u16 @14, multiplier u64 @16 }. */
const Words = { x: 0, before: 6, ready: 12, increment: 14, multiplier: 16, size: 24 } as const

const words = (c: LibcCall, at: number): bigint =>
  BigInt(c.memory.getU16(at)) | (BigInt(c.memory.getU16(at + 2)) << 16n) | (BigInt(c.memory.getU16(at + 4)) << 32n)
function setWords(c: LibcCall, at: number, x: bigint): void {
  for (let i = 0; i < 3; i++) c.memory.setU16(at + 2 * i, Number((x >> BigInt(16 * i)) & 0xffffn))
}

function state(c: LibcCall): number {
  const at = storage(c, '__libc_rand48')
  if (c.memory.getU16(at + Words.ready) === 0) reset(c, at)
  return at
}

function reset(c: LibcCall, at: number): void {
  c.memory.setU16(at + Words.ready, 1)
  c.memory.setU16(at + Words.increment, Number(INCREMENT))
  c.memory.setU64(at + Words.multiplier, MULTIPLIER)
}

/** Steps the three words at `at`; undefined if the program may not write there. */
function step(c: LibcCall, at: number): bigint {
  const parameters = state(c)
  if (!writable(c, at, 6)) return BigInt(segfault(c))
  const x = (words(c, at) * c.memory.getU64(parameters + Words.multiplier) + BigInt(c.memory.getU16(parameters + Words.increment))) & MASK
  setWords(c, at, x)
  return x
}

const real = (c: LibcCall, at: number): number => Number(step(c, at)) / 2 ** 48
const positive = (c: LibcCall, at: number): number => Number(step(c, at) >> 17n)
const signed = (c: LibcCall, at: number): number => Number(BigInt.asIntN(32, step(c, at) >> 16n))

function seed(c: LibcCall, value: number): void {
  const at = storage(c, '__libc_rand48')
  reset(c, at)
  setWords(c, at, (BigInt(value >>> 0) << 16n) | 0x330en)
}

function seed48(c: LibcCall, from: number): number {
  const at = storage(c, '__libc_rand48')
  if (!readable(c, from, 6)) return segfault(c)
  setWords(c, at + Words.before, words(c, at))
  reset(c, at)
  setWords(c, at, words(c, from))
  return at + Words.before
}

function lcong48(c: LibcCall, from: number): void {
  const at = storage(c, '__libc_rand48')
  if (!readable(c, from, 14)) return void segfault(c)
  setWords(c, at, words(c, from))
  c.memory.setU16(at + Words.ready, 1)
  c.memory.setU64(at + Words.multiplier, words(c, from + 6))
  c.memory.setU16(at + Words.increment, c.memory.getU16(from + 12))
}

export const rand48Rows: readonly SymbolRow[] = [
  object('__libc_rand48', Words.size, 8),
  leaf('drand48', 'f64()', (c) => real(c, state(c))),
  leaf('erand48', 'f64(ptr)', real),
  leaf('jrand48', 'long(ptr)', signed),
  leaf('lcong48', 'void(ptr)', lcong48),
  leaf('lrand48', 'long()', (c) => positive(c, state(c))),
  leaf('mrand48', 'long()', (c) => signed(c, state(c))),
  leaf('nrand48', 'long(ptr)', positive),
  leaf('seed48', 'ptr(ptr)', seed48),
  leaf('srand48', 'void(long)', seed),
]
