/** SSE2 conversions to integers (SDM vol. 2), rounded to nearest or truncated; out of range and NaN give the integer indefinite. */
import { F64, W } from '../wasm/code.ts'
import type { Semantics } from './integer.ts'
import { binary } from './sse.ts'

const toInteger =
  (double: boolean, truncates: boolean): Semantics =>
  (e) => {
    const { code } = e
    const { width } = e.insn.operands[0]
    e.prepare(false)
    e.readV(1)
    code.simd(double ? 33 : 31, 0)
    if (!double) code.op(0xbb)
    const value = e.local(F64)
    code.set(value)
    if (!truncates) code.get(value).op(0x9e).set(value)
    const indefinite = width === 8 ? -(1n << 63n) : 0x8000_0000n
    code.get(value).op(0xfc, 6)
    code.i64(indefinite)
    // 2^31 and 2^63 as doubles; below -2^63 saturation gives the indefinite by itself.
    code
      .get(value)
      .i64(width === 8 ? 0x43e0_0000_0000_0000n : 0x41e0_0000_0000_0000n)
      .op(0xbf, 0x63)
    code
      .get(value)
      .i64(width === 8 ? -0x3c20_0000_0000_0000n : -0x3e1f_ffff_ffe0_0000n)
      .op(0xbf, width === 8 ? 0x66 : 0x64, W.i32and, W.select)
    e.write(0, e.keep())
    e.fallThrough()
  }

/** Four singles, or two doubles with zeros above. Saturation differs from the indefinite only upwards and for NaN. */
const toIntegers = (double: boolean, truncates: boolean): Semantics =>
  binary((e, _a, b) => {
    const { code } = e
    if (!truncates)
      code
        .get(b)
        .simd(double ? 148 : 106)
        .set(b)
    code.i32(0x8000_0000).simd(17)
    code.get(b).simd(double ? 252 : 248)
    code
      .get(b)
      .i64(double ? 0x41e0_0000_0000_0000n : 0x4f00_0000_4f00_0000n)
      .simd(18)
      .simd(double ? 73 : 67)
      .simd(77)
    // The doubles' mask goes to the lower lanes; the upper ones stay zero.
    if (double) {
      e.zeroV()
      code.simd(13, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23)
    }
    const bad = e.keepV()
    code.get(bad).simd(82)
  })

export const CONVERSIONS: Readonly<Record<string, Semantics>> = {
  cvttss2si: toInteger(false, true),
  cvttsd2si: toInteger(true, true),
  cvtss2si: toInteger(false, false),
  cvtsd2si: toInteger(true, false),
  cvttps2dq: toIntegers(false, true),
  cvttpd2dq: toIntegers(true, true),
  cvtps2dq: toIntegers(false, false),
  cvtpd2dq: toIntegers(true, false),
}
