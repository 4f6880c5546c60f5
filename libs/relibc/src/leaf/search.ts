/** strlen and memchr in WebAssembly, eight bytes at a time, as far as one look at the first page's permissions reaches. The rows in `header/string` do the rest. */
import { Gpr, I32, I64, type LeafBody, type LeafCode, W } from '@bootgraph/cpu'

/** Bytes that are searched at most; what is read with the last of them is less than a page. */
const REACH = 4080
const ONES = 0x0101_0101_0101_0101n
const HIGH = 0x8080_8080_8080_8080n

/**
 * Looks for the first of the bytes from the first argument on that `mask` makes zero in its word of eight, on the stack. Where one is found,
 * `found` leaves the answer, with its distance in an i32 local. Answers that the host is to do the call if the range may not be read at once;
 * behind it nothing was found within `limit` bytes, an i32 local.
 */
function search(code: LeafCode, start: number, limit: number, mask: () => void, found: (distance: number) => void): void {
  const [at, distance] = [code.local(I32), code.local(I32)]
  const [word, zeros] = [code.local(I64), code.local(I64)]
  code.slow(start, false).if().i32(0).br(1).end()
  code.get(start).op(W.i32wrap).set(at)
  code.loop()
  code.get(at).get(distance).op(W.i32add).mem(W.i64load)
  mask()
  // The lowest bit that is set is the first zero's.
  code.tee(word).i64(ONES).op(W.i64sub).get(word).i64(-1n).op(W.i64xor, W.i64and).i64(HIGH).op(W.i64and)
  code.tee(zeros).op(W.i64eqz, W.i32eqz).if()
  code.get(distance).get(zeros).op(W.i64ctz, W.i32wrap).i32(3).op(W.i32shru, W.i32add).set(distance)
  found(distance)
  code.br(2).end()
  code.get(distance).i32(8).op(W.i32add).tee(distance).get(limit).op(W.i32ltu).brIf(0).end()
}

export const measure: LeafBody = (code) => {
  const start = code.local(I64)
  const limit = code.local(I32)
  code.register(Gpr.rdi).set(start).i32(REACH).set(limit)
  search(
    code,
    start,
    limit,
    () => {},
    (distance) => code.get(distance).op(W.i64extendU).answer().i32(1),
  )
  code.i32(0)
}

export const find: LeafBody = (code) => {
  const [start, size, pattern] = [code.local(I64), code.local(I64), code.local(I64)]
  const limit = code.local(I32)
  code.register(Gpr.rdx).tee(size).op(W.i64eqz).if().i64(0n).answer().i32(1).br(1).end()
  code.register(Gpr.rdi).set(start)
  code.register(Gpr.rsi).i64(0xffn).op(W.i64and).i64(ONES).op(W.i64mul).set(pattern)
  code.get(size).i64(BigInt(REACH)).get(size).i64(BigInt(REACH)).op(W.i64ltu, W.select, W.i32wrap).set(limit)
  search(
    code,
    start,
    limit,
    () => code.get(pattern).op(W.i64xor),
    (distance) => {
      code.get(start).get(distance).op(W.i64extendU, W.i64add).i64(0n)
      code.get(distance).op(W.i64extendU).get(size).op(W.i64ltu, W.select).answer().i32(1)
    },
  )
  // Not among the bytes that could be looked at, which may be all.
  code.get(size).i64(BigInt(REACH)).op(W.i64leu).if(I32).i64(0n).answer().i32(1).else().i32(0).end()
}
