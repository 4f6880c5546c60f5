/** Shifts and rotates by a count (Intel SDM vol. 2: SHL, SHR, SAR, ROL, ROR, SHLD, SHRD): a count of 0 changes neither value nor flags. */
import { W } from '../wasm/code.ts'
import type { Emitter, Push } from './emitter.ts'
import type { Semantics } from './integer.ts'

/** Bit `8 * width - 1` of the i64 on the stack, as i32. */
export const topBit = (e: Emitter): void => {
  e.code
    .i64(e.bits - 1n)
    .op(W.i64shru, W.i32wrap)
    .i32(1)
    .op(W.i32and)
}

type Shift = 'shl' | 'shr' | 'sar' | 'rol' | 'ror'

/** The value in `a` shifted by a count (pushed as i64, 1 .. 63), with its flags. */
function shifted(e: Emitter, name: Shift, a: number, count: Push): number {
  const { code, bits } = e
  if (name === 'rol' || name === 'ror') {
    count()
    code.i64(bits - 1n).op(W.i64and)
    const by = e.keep()
    const result = rotated(e, name, a, by)
    const cf = () => {
      code.get(result)
      if (name === 'ror') topBit(e)
      else code.op(W.i32wrap).i32(1).op(W.i32and)
    }
    const of = () => {
      code.get(result)
      if (name === 'ror') code.get(result).i64(1n).op(W.i64shl, W.i64xor)
      topBit(e)
      if (name === 'rol') {
        cf()
        code.op(W.i32xor)
      }
    }
    e.setFlags({ cf, of })
    return result
  }
  code.get(a)
  if (name === 'sar') e.signExtend()
  const source = e.keep()
  const op = { shl: W.i64shl, shr: W.i64shru, sar: W.i64shrs }[name]
  code.get(source)
  count()
  code.op(op)
  const result = e.masked(e.keep())
  const cf = () => {
    code.get(source)
    count()
    code.i64(1n).op(W.i64sub, op)
    if (name === 'shl') topBit(e)
    else code.op(W.i32wrap).i32(1).op(W.i32and)
  }
  const of = () => {
    code.get(name === 'shl' ? result : a)
    topBit(e)
    if (name === 'shl') {
      cf()
      code.op(W.i32xor)
    }
  }
  e.setFlags({ cf, of: name === 'sar' ? 0 : of, af: 0, result: () => code.get(result) })
  return result
}

/** The value in `a` rotated by the count in `by`, which is less than its bits. */
function rotated(e: Emitter, name: 'rol' | 'ror', a: number, by: number): number {
  const { code, width } = e
  const left = name === 'rol'
  code.get(a)
  if (width === 8) {
    code.get(by).op(left ? W.i64rotl : W.i64rotr)
    return e.keep()
  }
  if (width === 4) {
    code
      .op(W.i32wrap)
      .get(by)
      .op(W.i32wrap, left ? W.i32rotl : W.i32rotr, W.i64extendU)
    return e.keep()
  }
  code.get(by).op(left ? W.i64shl : W.i64shru)
  code.get(a).i64(e.bits).get(by).op(W.i64sub)
  code.op(left ? W.i64shru : W.i64shl, W.i64or)
  return e.masked(e.keep())
}

/**
 * Runs `shift` with operand `n` cut to a count, unless that is 0: then neither value nor flags change, but a 32-bit register is
 * still written.
 */
function byCount(e: Emitter, n: number, shift: (count: Push) => void): void {
  const { code } = e
  const limit = e.width === 8 ? 63 : 31
  const keepsValue = () => {
    if (e.width === 4 && e.insn.operands[0].kind === 'r') e.write(0, e.operand(0))
  }
  const fixed = e.constant(n)
  if (fixed !== undefined) {
    const by = BigInt(fixed & limit)
    if (by === 0n) keepsValue()
    else shift(() => code.i64(by))
    return
  }
  e.read(n)
  code.i64(BigInt(limit)).op(W.i64and)
  const count = e.keep()
  code.get(count).op(W.i64eqz, W.i32eqz).if()
  shift(() => code.get(count))
  code.else()
  keepsValue()
  code.end()
}

export const shift =
  (name: Shift): Semantics =>
  (e) => {
    e.prepare(true)
    byCount(e, 1, (count) => e.write(0, shifted(e, name, e.operand(0), count)))
    e.fallThrough()
  }

/** shld and shrd: bits of the second operand come in where the first one's leave. */
export const doubleShift =
  (left: boolean): Semantics =>
  (e) => {
    const { code, bits } = e
    e.prepare(true)
    byCount(e, 2, (count) => {
      const a = e.operand(0)
      const b = e.operand(1)
      const rest = () => {
        code.i64(bits)
        count()
        code.op(W.i64sub)
      }
      code.get(a)
      count()
      code.op(left ? W.i64shl : W.i64shru).get(b)
      rest()
      code.op(left ? W.i64shru : W.i64shl, W.i64or)
      const result = e.masked(e.keep())
      e.setFlags({
        cf: () => {
          code.get(a)
          if (left) rest()
          else {
            count()
            code.i64(1n).op(W.i64sub)
          }
          code.op(W.i64shru, W.i32wrap).i32(1).op(W.i32and)
        },
        of: () => {
          code.get(result).get(a).op(W.i64xor)
          topBit(e)
        },
        af: 0,
        result: () => code.get(result),
      })
      e.write(0, result)
    })
    e.fallThrough()
  }
