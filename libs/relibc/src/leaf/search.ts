/**
 * Searching and comparing strings in WebAssembly, eight bytes at a time, as far as one look at the permissions of the first page reaches. The rows in
 * `header/string` do the rest.
 */
import { Gpr, I32, I64, type LeafBody, type LeafCode, W } from '@bootgraph/cpu'
import { MEMORY_COPY } from './memory.ts'

/** Bytes that are searched at most; what is read with the last of them is less than a page. */
const REACH = 4080
const ONES = 0x0101_0101_0101_0101n
const HIGH = 0x8080_8080_8080_8080n
const LOW = 0x7f7f_7f7f_7f7f_7f7fn

/** Pushes an i64 whose lowest bit lies in the first byte that is zero in the local, 0 if none is. */
const zeros = (code: LeafCode, word: number) =>
  code.get(word).i64(ONES).op(W.i64sub).get(word).i64(-1n).op(W.i64xor, W.i64and).i64(HIGH).op(W.i64and)
/** The same with the upper bit of every byte that is zero and no other. */
const everyZero = (code: LeafCode, word: number) =>
  code.get(word).i64(LOW).op(W.i64and).i64(LOW).op(W.i64add).get(word).op(W.i64or).i64(LOW).op(W.i64or).i64(-1n).op(W.i64xor)
/** Pushes the second argument's lowest byte, eight times. */
const repeated = (code: LeafCode) => code.register(Gpr.rsi).i64(0xffn).op(W.i64and).i64(ONES).op(W.i64mul)

interface Search {
  /** i64 locals with the addresses of what is searched side by side. */
  readonly starts: readonly number[]
  /** i32 local: bytes to search, at most `REACH`. */
  readonly limit: number
  /** Pushes an i64 whose lowest bit lies in the first byte that ends the search, 0 if none does, of the words at a distance (locals). */
  readonly mark: (words: readonly number[], distance: number) => void
  /** Leaves the answer, with the byte's distance in an i32 local, in three constructs of the body. */
  readonly found: (distance: number) => void
}
/** Answers that the host is to do the call if the ranges may not be read at once; behind it the search has come to its limit. */
function search(code: LeafCode, { starts, limit, mark, found }: Search): void {
  const distance = code.local(I32)
  const marks = code.local(I64)
  const words = starts.map(() => code.local(I64))
  for (const start of starts) code.slow(start, false).unlikely().if().i32(0).br(1).end()
  code.loop()
  for (const [i, start] of starts.entries()) at(code, start, distance).mem(W.i64load).set(words[i])
  mark(words, distance)
  code.tee(marks).op(W.i64eqz, W.i32eqz).if()
  code.get(distance).get(marks).op(W.i64ctz, W.i32wrap).i32(3).op(W.i32shru, W.i32add).set(distance)
  found(distance)
  code.br(2).end()
  code.get(distance).i32(8).op(W.i32add).tee(distance).get(limit).op(W.i32ltu).brIf(0).end()
}
/** Pushes an address of memory: an i64 local that has no upper half, and a distance. */
const at = (code: LeafCode, start: number, distance: number) => code.get(start).op(W.i32wrap).get(distance).op(W.i32add)

/** As far as can be looked at once: what ends the search is in every string. */
function upToNul(code: LeafCode, starts: readonly number[], { mark, found }: Pick<Search, 'mark' | 'found'>): void {
  const limit = code.local(I32)
  code.i32(REACH).set(limit)
  search(code, { starts, limit, mark, found })
  code.i32(0)
}
/** Of as many bytes as the third argument says; the answer is 0 where none of them ends the search. */
function upToSize(code: LeafCode, starts: readonly number[], mark: Search['mark'], found: (distance: number, size: number) => void): void {
  const size = code.local(I64)
  const limit = code.local(I32)
  code.register(Gpr.rdx).tee(size).op(W.i64eqz).if().i64(0n).answer().i32(1).br(1).end()
  code.get(size).i64(BigInt(REACH)).get(size).i64(BigInt(REACH)).op(W.i64ltu, W.select, W.i32wrap).set(limit)
  search(code, { starts, limit, mark, found: (distance) => found(distance, size) })
  // Not among the bytes that could be looked at, which may be all.
  code.get(size).i64(BigInt(REACH)).op(W.i64leu).if(I32).i64(0n).answer().i32(1).else().i32(0).end()
}
/** Answers the i64 on the stack if the distance is within the size, else 0. */
const within = (code: LeafCode, distance: number, size: number) =>
  code.i64(0n).get(distance).op(W.i64extendU).get(size).op(W.i64ltu, W.select).answer().i32(1)
/** Pushes an argument's address at a distance, as i64. */
const placeOf = (code: LeafCode, start: number, distance: number) => code.get(start).get(distance).op(W.i64extendU, W.i64add)

/** strlen */
export const measure: LeafBody = (code) => {
  const start = code.local(I64)
  code.register(Gpr.rdi).set(start)
  upToNul(code, [start], {
    mark: ([word]) => zeros(code, word),
    found: (distance) => code.get(distance).op(W.i64extendU).answer().i32(1),
  })
}

/** memchr */
export const find: LeafBody = (code) => {
  const [start, pattern, other] = [code.local(I64), code.local(I64), code.local(I64)]
  code.register(Gpr.rdi).set(start)
  repeated(code).set(pattern)
  const mark: Search['mark'] = ([word]) => {
    code.get(word).get(pattern).op(W.i64xor).set(other)
    zeros(code, other)
  }
  upToSize(code, [start], mark, (distance, size) => {
    placeOf(code, start, distance)
    within(code, distance, size)
  })
}

/** strchrnul, and strchr, where an end without the byte `isNone`. */
const firstOf =
  (isNone: boolean): LeafBody =>
  (code) => {
    const [start, pattern, other] = [code.local(I64), code.local(I64), code.local(I64)]
    code.register(Gpr.rdi).set(start)
    repeated(code).set(pattern)
    upToNul(code, [start], {
      mark: ([word]) => {
        code.get(word).get(pattern).op(W.i64xor).set(other)
        zeros(code, word)
        zeros(code, other).op(W.i64or)
      },
      found: (distance) => {
        placeOf(code, start, distance)
        if (isNone) {
          code.i64(0n)
          at(code, start, distance).mem(W.i64load8u).get(pattern).i64(0xffn).op(W.i64and, W.i64eq, W.select)
        }
        code.answer().i32(1)
      },
    })
  }
export const findByte = firstOf(true)
export const findByteOrEnd = firstOf(false)

/** strrchr */
export const findLast: LeafBody = (code) => {
  const [start, pattern, other, ends] = Array.from({ length: 4 }, () => code.local(I64))
  const last = code.local(I32)
  code.register(Gpr.rdi).set(start).i32(-1).set(last)
  repeated(code).set(pattern)
  upToNul(code, [start], {
    mark: ([word], distance) => {
      everyZero(code, word).set(ends)
      code.get(word).get(pattern).op(W.i64xor).set(other)
      // Those behind the first NUL are none of the string's.
      everyZero(code, other).get(ends).get(ends).i64(1n).op(W.i64sub, W.i64xor, W.i64and)
      code.tee(other).op(W.i64eqz, W.i32eqz).if()
      code.get(distance).i32(7).op(W.i32add).get(other).op(W.i64clz, W.i32wrap).i32(3).op(W.i32shru, W.i32sub).set(last).end()
      code.get(ends)
    },
    found: () => {
      placeOf(code, start, last).i64(0n)
      code.get(last).i32(0).op(W.i32ges, W.select).answer().i32(1)
    },
  })
}

/** Ends where two strings differ or end. */
const markDifference =
  (code: LeafCode): Search['mark'] =>
  ([a, b]) => {
    code.get(a).get(b).op(W.i64xor)
    zeros(code, a).op(W.i64or)
  }
/** Pushes the difference of the bytes at a distance, as i64. */
function pushDifference(code: LeafCode, starts: readonly number[], distance: number): LeafCode {
  for (const start of starts) at(code, start, distance).mem(W.i64load8u)
  return code.op(W.i64sub)
}
/** Locals with the first two arguments. */
function two(code: LeafCode): readonly [first: number, second: number] {
  const starts = [code.local(I64), code.local(I64)] as const
  code.register(Gpr.rdi).set(starts[0]).register(Gpr.rsi).set(starts[1])
  return starts
}

/** strcmp */
export const order: LeafBody = (code) => {
  const starts = two(code)
  upToNul(code, starts, {
    mark: markDifference(code),
    found: (distance) => pushDifference(code, starts, distance).answer().i32(1),
  })
}

/** strncmp */
export const orderWithin: LeafBody = (code) => {
  const starts = two(code)
  upToSize(code, starts, markDifference(code), (distance, size) => {
    pushDifference(code, starts, distance)
    within(code, distance, size)
  })
}

/** stpcpy, and strcpy, which answers where the copy begins. */
const copied =
  (toEnd: boolean): LeafBody =>
  (code) => {
    const [to, from] = two(code)
    const size = code.local(I32)
    upToNul(code, [from], {
      mark: ([word]) => zeros(code, word),
      found: (distance) => {
        code.get(distance).i32(1).op(W.i32add).set(size)
        code.barred(to, size, true).if().i32(0).br(3).end()
        code
          .get(to)
          .op(W.i32wrap)
          .get(from)
          .op(W.i32wrap)
          .get(size)
          .op(...MEMORY_COPY)
        code.get(to)
        if (toEnd) code.get(distance).op(W.i64extendU, W.i64add)
        code.answer().i32(1)
      },
    })
  }
export const copy = copied(false)
export const copyToEnd = copied(true)
