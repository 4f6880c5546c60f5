/**
 * Elementary functions of exact numbers, by series on integers: good for many more bits than a register has, so that rounding the
 * result rounds the function's true value. A result is exact, or odd in its last place so that it rounds as what it stands for.
 */
import { bitLength, exponentOf, finite, integerRoot, isZero, type Real } from './extended.ts'

/** ln 2 and π, times two to the 256. */
const LN2 = 0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2bn
const PI = 0x3243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89n
const CONSTANT = 256
/** π / 2 as the processor reduces angles by: 66 bits of π (SDM vol. 1, 8.3.8), times two to the 67. */
const HALF_PI = 0xc90f_daa2_2168_c234_cn
const HALF_PI_BITS = 67
/** Bits of a result that count, and then some. */
const BITS = 160

/** The fraction bits to work with on a number so small. */
const scaleOf = (x: Real): number => BITS + Math.max(0, -exponentOf(x))
/** `x` as an integer with so many fraction bits; more are cut off. */
function fixed(x: Real, bits: number): bigint {
  const shift = x.exp + bits
  const size = shift >= 0 ? x.sig << BigInt(shift) : x.sig >> BigInt(-shift)
  return x.negative ? -size : size
}
/** The number behind an integer with fraction bits, as an inexact one. */
const inexact = (value: bigint, bits: number): Real => finite(value < 0n, ((value < 0n ? -value : value) << 1n) | 1n, -bits - 1)
const scaled = (constant: bigint, bits: number): bigint =>
  bits >= CONSTANT ? constant << BigInt(bits - CONSTANT) : constant >> BigInt(CONSTANT - bits)

/** Σ of terms, each made from the one before, until they vanish. */
function series(
  first: bigint,
  next: (term: bigint, n: bigint) => bigint,
  weigh: (term: bigint, n: bigint) => bigint = (term) => term,
): bigint {
  let sum = 0n
  let term = first
  for (let n = 0n; term !== 0n && term !== -1n; n++) {
    sum += weigh(term, n)
    term = next(term, n)
  }
  return sum
}

/** 2^x - 1 for -1 < x < 1, x not 0. */
export function exp2m1(x: Real): Real {
  const bits = scaleOf(x)
  const by = BigInt(bits)
  const u = fixed({ ...x, sig: x.sig * LN2, exp: x.exp - CONSTANT }, bits)
  return inexact(
    series(u, (term, n) => ((term * u) >> by) / (n + 2n)),
    bits,
  )
}

/** log2 of (2 + x) / (2 - x)-like quotients: 2 atanh(a / b) / ln 2 with `bits` fraction bits. */
function log2OfQuotient(a: bigint, b: bigint, bits: number): bigint {
  const by = BigInt(bits)
  const z = (a << by) / b
  const square = (z * z) >> by
  const sum = series(
    z,
    (term) => (term * square) >> by,
    (term, n) => term / (2n * n + 1n),
  )
  return ((sum << 1n) << by) / scaled(LN2, bits)
}

/** log2 of a positive number; exact for powers of two. */
export function log2(x: Real): Real {
  let power = exponentOf(x)
  // The fraction lies about 1, so that nothing cancels.
  let length = bitLength(x.sig) - 1
  if (x.sig * x.sig > 1n << BigInt(2 * length + 1)) {
    power++
    length++
  }
  const one = 1n << BigInt(length)
  if (x.sig === one) return finite(power < 0, BigInt(Math.abs(power)), 0)
  const bits = BITS + length
  const fraction = log2OfQuotient(x.sig - one, x.sig + one, bits)
  return inexact((BigInt(power) << BigInt(bits)) + fraction, bits)
}
/** log2(1 + x) for x about 0 and not 0. */
export function log2p1(x: Real): Real {
  const bits = scaleOf(x)
  const exp = Math.min(x.exp, 0)
  const sig = (x.negative ? -x.sig : x.sig) << BigInt(x.exp - exp)
  return inexact(log2OfQuotient(sig, sig + (1n << BigInt(1 - exp)), bits), bits)
}

/** Sine and cosine of an angle that is not 0, below 2^63 in size. */
export function sineAndCosine(x: Real): { readonly sine: Real; readonly cosine: Real } {
  const exp = Math.min(x.exp, -HALF_PI_BITS)
  const size = x.sig << BigInt(x.exp - exp)
  const half = HALF_PI << BigInt(-HALF_PI_BITS - exp)
  const quarters = (2n * size + half) / (2n * half)
  const rest = size - quarters * half
  const bits = rest === 0n ? BITS : scaleOf(finite(false, rest < 0n ? -rest : rest, exp))
  const by = BigInt(bits)
  const r = fixed(finite(rest < 0n, rest < 0n ? -rest : rest, exp), bits)
  const square = (r * r) >> by
  const alternating = (first: bigint, offset: bigint) =>
    series(first, (term, n) => -((term * square) >> by) / ((2n * n + 1n + offset) * (2n * n + 2n + offset)))
  // Of an angle that is small the cosine is just below 1.
  const one = 1n << by
  const near = alternating(one, 0n)
  const [sine, cosine] = [alternating(r, 1n), near === one ? one - 1n : near]
  const [s, c] = [
    [sine, cosine],
    [cosine, -sine],
    [-sine, -cosine],
    [-cosine, sine],
  ][Number(quarters & 3n)]
  return { sine: inexact(x.negative ? -s : s, bits), cosine: inexact(c, bits) }
}

/** a / b with enough bits, inexact. */
export function quotient(a: Real, b: Real): Real {
  const more = Math.max(0, BITS + bitLength(b.sig) - bitLength(a.sig))
  return finite(a.negative !== b.negative, (((a.sig << BigInt(more)) / b.sig) << 1n) | 1n, a.exp - b.exp - more - 1)
}

/** The angle of the point (x, y), 0 .. π, for `y` > 0 and any `x`, neither of them 0. */
export function arcTangent(y: Real, x: Real): Real {
  const t = quotient({ ...y, negative: false }, { ...x, negative: false })
  const small = exponentOf(t) < -BITS / 2
  // t - t³/3 … is just below t.
  if (small && !x.negative) return finite(false, (t.sig << BigInt(BITS)) - 1n, t.exp - BITS)
  const steep = exponentOf(t) >= 0
  const slope = steep ? quotient({ ...x, negative: false }, { ...y, negative: false }) : t
  const bits = steep || x.negative ? 2 * BITS : scaleOf(t)
  const by = BigInt(bits)
  const one = 1n << by
  let z = fixed(slope, bits)
  // Half the angle, three times.
  for (let i = 0; i < 3; i++) z = (z << by) / (one + integerRoot((one + ((z * z) >> by)) << by))
  const square = (z * z) >> by
  const angle =
    8n *
    series(
      z,
      (term) => -((term * square) >> by),
      (term, n) => term / (2n * n + 1n),
    )
  const first = steep ? (scaled(PI, bits) >> 1n) - angle : angle
  return inexact(x.negative ? scaled(PI, bits) - first : first, bits)
}
/** π times a fraction of quarters. */
export const quartersOfPi = (n: bigint): Real => (isZero(finite(false, n, 0)) ? finite(false, 0n, 0) : finite(false, PI * n, -CONSTANT - 2))
