/** memcpy, memmove, memset and memcmp in WebAssembly: ranges below 1 MiB that are accessible throughout. The rows in `header/string` do the rest. */
import { Gpr, I32, I64, type LeafBody, type LeafCode, V128, W } from '@bootgraph/cpu'

/** Lengths of more bits are left to the host. */
const LENGTH_BITS = 20n
/** Lengths that two accesses of 8 and of 16 bytes cover. */
const SHORT = 16
const PAIR = 32
/** v128.load, v128.store, i64x2.splat, memory.copy and memory.fill. */
const V128_LOAD = 0
const V128_STORE = 11
const I64X2_SPLAT = 18
export const MEMORY_COPY = [0xfc, 10, 0, 0]
export const MEMORY_FILL = [0xfc, 11, 0]
const LOADS = { 1: W.i64load8u, 2: W.i64load16u, 4: W.i64load32u, 8: W.i64load } as const
const STORES = { 1: W.i64store8, 2: W.i64store16, 4: W.i64store32, 8: W.i64store } as const

interface Range {
  /** The first two arguments as i32 locals. */
  readonly first: number
  readonly second: number
  /** i32 local. */
  readonly length: number
}

/**
 * Does `work`, which leaves the answer, if the length is short enough and the ranges that begin at the first and, with `reads`, the second
 * argument are accessible; without a length the answer is `nothing`.
 */
function overRange(code: LeafCode, access: { writes: boolean; reads: boolean }, nothing: () => void, work: (range: Range) => void): void {
  const wide = [code.local(I64), code.local(I64)]
  const range: Range = { first: code.local(I32), second: code.local(I32), length: code.local(I32) }
  code.register(Gpr.rdi).set(wide[0]).register(Gpr.rsi).set(wide[1])
  code.register(Gpr.rdx).op(W.i32wrap).set(range.length)
  code.register(Gpr.rdx).i64(LENGTH_BITS).op(W.i64shru, W.i64eqz, W.i32eqz).if(I32).i32(0).else()
  code.get(range.length).op(W.i32eqz).if(I32)
  nothing()
  code.answer().i32(1).else()
  code.barred(wide[0], range.length, access.writes)
  if (access.reads) code.barred(wide[1], range.length, false).op(W.i32or)
  code.if(I32).i32(0).else()
  code.get(wide[0]).op(W.i32wrap).set(range.first).get(wide[1]).op(W.i32wrap).set(range.second)
  work(range)
  code.answer().i32(1).end().end().end()
}

/** For a length up to `SHORT`: the branch with the widest accesses of which two cover the range. */
function byLength(code: LeafCode, length: number, access: (bytes: 1 | 2 | 4 | 8) => void): void {
  for (const bytes of [8, 4, 2] as const) {
    code.get(length).i32(bytes).op(W.i32geu).if()
    access(bytes)
    code.else()
  }
  access(1)
  code.end().end().end()
}
/** Pushes the address of the last `bytes` bytes of a range. */
const last = (code: LeafCode, address: number, length: number, bytes: number) =>
  code.get(address).get(length).op(W.i32add).i32(bytes).op(W.i32sub)

export const move: LeafBody = (code) => {
  const [head, tail] = [code.local(I64), code.local(I64)]
  const [front, back] = [code.local(V128), code.local(V128)]
  const target = () => code.register(Gpr.rdi)
  overRange(code, { writes: true, reads: true }, target, ({ first, second, length }) => {
    // All is read before anything is written: the ranges may overlap.
    code.get(length).i32(SHORT).op(W.i32leu).if()
    byLength(code, length, (bytes) => {
      code.get(second).mem(LOADS[bytes]).set(head)
      last(code, second, length, bytes).mem(LOADS[bytes]).set(tail)
      code.get(first).get(head).mem(STORES[bytes])
      last(code, first, length, bytes).get(tail).mem(STORES[bytes])
    })
    code.else().get(length).i32(PAIR).op(W.i32leu).if()
    code.get(second).simd(V128_LOAD, 0, 0).set(front)
    last(code, second, length, SHORT).simd(V128_LOAD, 0, 0).set(back)
    code.get(first).get(front).simd(V128_STORE, 0, 0)
    last(code, first, length, SHORT).get(back).simd(V128_STORE, 0, 0)
    code
      .else()
      .get(first)
      .get(second)
      .get(length)
      .op(...MEMORY_COPY)
    code.end().end()
    target()
  })
}

export const fill: LeafBody = (code) => {
  const pattern = code.local(I64)
  const target = () => code.register(Gpr.rdi)
  overRange(code, { writes: true, reads: false }, target, ({ first, second, length }) => {
    code.get(second).i32(0xff).op(W.i32and, W.i64extendU).i64(0x0101_0101_0101_0101n).op(W.i64mul).set(pattern)
    code.get(length).i32(SHORT).op(W.i32leu).if()
    byLength(code, length, (bytes) => {
      code.get(first).get(pattern).mem(STORES[bytes])
      last(code, first, length, bytes).get(pattern).mem(STORES[bytes])
    })
    code.else().get(length).i32(PAIR).op(W.i32leu).if()
    code.get(first).get(pattern).simd(I64X2_SPLAT).simd(V128_STORE, 0, 0)
    last(code, first, length, SHORT).get(pattern).simd(I64X2_SPLAT).simd(V128_STORE, 0, 0)
    code
      .else()
      .get(first)
      .get(second)
      .get(length)
      .op(...MEMORY_FILL)
    code.end().end()
    target()
  })
}

/** The difference of the first two bytes that are not equal. */
export const compare: LeafBody = (code) => {
  const at = code.local(I32)
  const difference = code.local(I32)
  const equal = () => code.i64(0n)
  overRange(code, { writes: false, reads: true }, equal, ({ first, second, length }) => {
    const place = (address: number) => code.get(address).get(at).op(W.i32add)
    code.i32(0).set(at).i32(0).set(difference)
    code.block().loop()
    code.get(at).i32(8).op(W.i32add).get(length).op(W.i32gtu).brIf(1)
    place(first).mem(W.i64load)
    place(second).mem(W.i64load).op(W.i64ne).brIf(1)
    code.get(at).i32(8).op(W.i32add).set(at).br(0).end().end()
    code.block().loop()
    code.get(at).get(length).op(W.i32geu).brIf(1)
    place(first).mem(W.i32load8u)
    place(second).mem(W.i32load8u).op(W.i32sub).tee(difference).brIf(1)
    code.get(at).i32(1).op(W.i32add).set(at).br(0).end().end()
    code.get(difference).op(W.i64extendS)
  })
}
