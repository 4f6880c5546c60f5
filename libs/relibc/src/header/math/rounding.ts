/** Exact operations on doubles: rounding, scaling, taking apart, neighbours, remainders. */
import { type Direction, F64, f64Of, realOfF64, roundTo } from '../stdlib/real.ts'

/** To the nearest integer, ties to even; the sign of zero stays. */
export function rint(x: number): number {
  const size = Math.abs(x)
  if (!(size < 2 ** 52)) return x
  const rounded = size + 2 ** 52 - 2 ** 52
  return x < 0 || Object.is(x, -0) ? -rounded : rounded
}

/** To the nearest integer, ties away from zero. */
export function round(x: number): number {
  const whole = Math.trunc(x)
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole
}

/** x · 2^n, rounded once. */
export function ldexp(x: number, n: number): number {
  if (!Number.isFinite(x) || x === 0) return x
  const { negative, mantissa, exponent } = realOfF64(x)
  const at = exponent + Math.max(-5000, Math.min(5000, n))
  const made = at >= 0 ? roundTo(mantissa << BigInt(at), 1n, F64) : roundTo(mantissa, 1n << BigInt(-at), F64)
  const size = made.range === 'overflow' ? Number.POSITIVE_INFINITY : f64Of(made.mantissa, made.exponent)
  return negative ? -size : size
}

/** The exponent of x as if subnormals were normal. */
export function logb(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (!Number.isFinite(x)) return Math.abs(x)
  const { mantissa, exponent } = realOfF64(x)
  return mantissa.toString(2).length - 1 + exponent
}

const scratch = new DataView(new ArrayBuffer(8))

/** The neighbour of x towards y in a format of 64 or 32 bits. */
export function nextafter(x: number, y: number, bits: 32 | 64): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  if (x === y) return y
  if (x === 0) return (y > 0 ? 1 : -1) * (bits === 64 ? 2 ** -1074 : 2 ** -149)
  const outward = x < y === x > 0
  if (bits === 64) {
    scratch.setFloat64(0, x)
    scratch.setBigUint64(0, scratch.getBigUint64(0) + (outward ? 1n : -1n))
    return scratch.getFloat64(0)
  }
  scratch.setFloat32(0, x)
  scratch.setUint32(0, scratch.getUint32(0) + (outward ? 1 : -1))
  return scratch.getFloat32(0)
}

/**
 * n − q·d for the integer q nearest to n / d, even on a tie; and the last three bits of q, out of which what rounding adds may carry, as in glibc.
 * Neither n nor d is negative.
 */
export function nearestRest(n: bigint, d: bigint): { readonly rest: bigint; readonly bits: number } {
  const quotient = n / d
  const rest = n - quotient * d
  const up = 2n * rest > d || (2n * rest === d && (quotient & 1n) === 1n)
  return { rest: up ? rest - d : rest, bits: Number(quotient & 7n) + (up ? 1 : 0) }
}

/** x − n·y for the integer n nearest to x / y, even on a tie; and the last bits of n with its sign. */
export function remquo(x: number, y: number): { readonly rest: number; readonly quotient: number } {
  if (Number.isNaN(x) || Number.isNaN(y) || !Number.isFinite(x) || y === 0) return { rest: Number.NaN, quotient: 0 }
  if (!Number.isFinite(y) || x === 0) return { rest: x, quotient: 0 }
  const [a, b] = [realOfF64(x), realOfF64(y)]
  const least = Math.min(a.exponent, b.exponent)
  const { rest, bits } = nearestRest(a.mantissa << BigInt(a.exponent - least), b.mantissa << BigInt(b.exponent - least))
  // At most half of a double away from one, so that it is exact.
  const size = rest < 0n ? -rest : rest
  const made = least >= 0 ? roundTo(size << BigInt(least), 1n, F64) : roundTo(size, 1n << BigInt(-least), F64)
  const value = f64Of(made.mantissa, made.exponent)
  const negative = x < 0 !== rest < 0n
  return { rest: negative ? -value : value, quotient: x < 0 !== y < 0 ? -bits : bits }
}

/** The square root in a format of 64 or 32 bits: exactly rounded to the nearest, or the next in a direction. */
export function sqrt(x: number, to: Direction = 'nearest', bits: 32 | 64 = 64): number {
  const root = bits === 64 ? Math.sqrt(x) : Math.fround(Math.sqrt(x))
  if (to === 'nearest' || !(x > 0) || x === Number.POSITIVE_INFINITY) return root
  // Far enough from the smallest numbers, so that what the square leaves is one.
  const off = x < 2 ** -900 ? fma(root * 2 ** 100, root * 2 ** 100, -x * 2 ** 200) : fma(root, root, -x)
  if (to === 'away') return off < 0 ? nextafter(root, Number.POSITIVE_INFINITY, bits) : root
  return off > 0 ? nextafter(root, 0, bits) : root
}

/** x·y + z rounded once to the format; `towards` says where the magnitude of a result of that sign is rounded to. */
export function fma(x: number, y: number, z: number, format = F64, towards: (negative: boolean) => Direction = () => 'nearest'): number {
  const plain = x * y + z
  if (!Number.isFinite(x) || !Number.isFinite(y) || !Number.isFinite(z) || x === 0 || y === 0) return plain
  const [a, b, c] = [realOfF64(x), realOfF64(y), realOfF64(z)]
  const exponent = a.exponent + b.exponent
  const least = c.mantissa === 0n ? exponent : Math.min(exponent, c.exponent)
  const signed = (negative: boolean, value: bigint): bigint => (negative ? -value : value)
  const product = signed(a.negative !== b.negative, a.mantissa * b.mantissa) << BigInt(exponent - least)
  const sum = product + (c.mantissa === 0n ? 0n : signed(c.negative, c.mantissa) << BigInt(c.exponent - least))
  if (sum === 0n) return c.mantissa === 0n ? (a.negative !== b.negative && c.negative ? -0 : x * y < 0 ? -0 : 0) : 0
  const size = sum < 0n ? -sum : sum
  const to = towards(sum < 0n)
  const made = least >= 0 ? roundTo(size << BigInt(least), 1n, format, to) : roundTo(size, 1n << BigInt(-least), format, to)
  const value = made.range === 'overflow' && to !== 'zero' ? Number.POSITIVE_INFINITY : f64Of(made.mantissa, made.exponent)
  return sum < 0n ? -value : value
}

/** A double as its halves, the upper one second: the sign of a NaN is to be had from nothing else. */
const DOUBLE = new Float64Array(1)
const HALVES = new Uint32Array(DOUBLE.buffer)
const SIGN = 0x8000_0000

export function isNegative(x: number): boolean {
  DOUBLE[0] = x
  return HALVES[1] >= SIGN
}
export function copysign(x: number, y: number): number {
  const negative = isNegative(y)
  DOUBLE[0] = x
  HALVES[1] = negative ? HALVES[1] | SIGN : HALVES[1] & ~SIGN
  return DOUBLE[0]
}
/** NaN is as if it were not there. */
export const fmax = (x: number, y: number): number => (Number.isNaN(x) ? y : Number.isNaN(y) || x > y ? x : y)
export const fmin = (x: number, y: number): number => (Number.isNaN(x) ? y : Number.isNaN(y) || x < y ? x : y)
export const fdim = (x: number, y: number): number => (Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : x > y ? x - y : 0)
