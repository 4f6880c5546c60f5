/** Exponentials, logarithms and powers of doubles, rounded to the nearest. */
import { F64, f64Of, realOfF64, roundTo } from '../stdlib/real.ts'
import { add, divide, LN2, LN10, multiply, type Pair, pair, productOf, subtract } from './double-double.ts'
import { expPair, logPair, nearest, split } from './exponential.ts'

const { POSITIVE_INFINITY, NaN: NOT } = Number

/** e^x of a pair, whatever its size. */
const raised = (x: Pair): number => (x.hi > 720 ? POSITIVE_INFINITY : x.hi < -760 ? 0 : nearest(expPair(x)))

export const exp = (x: number): number => (Number.isNaN(x) ? x : raised(pair(x)))

export function exp2(x: number): number {
  if (Number.isNaN(x)) return x
  if (x >= 1024) return POSITIVE_INFINITY
  if (x < -1080) return 0
  const whole = Math.round(x)
  const part = expPair(multiply(pair(x - whole), LN2))
  return nearest({ value: part.value, power: part.power + whole })
}

/** ln 10 to 24 bits behind the point, and what that leaves. */
const LN10_HIGH = Math.floor(LN10.hi * 2 ** 24) / 2 ** 24
const LN10_LOW = LN10.hi - LN10_HIGH + LN10.lo
const scratch = new DataView(new ArrayBuffer(8))

/** 10^x as the C libraries of 2023 make it: e^a · e^b with a exact, good to one unit in the last place and not always the nearest. */
export function exp10(x: number): number {
  if (!(Math.abs(x) < 400)) return Number.isNaN(x) ? x : x > 0 ? POSITIVE_INFINITY : 0
  scratch.setFloat64(0, x)
  scratch.setUint32(4, scratch.getUint32(4) & 0xf800_0000)
  const high = scratch.getFloat64(0)
  return exp(high * LN10_HIGH) * exp(high * LN10_LOW + (x - high) * LN10.hi)
}

/** The cube root: one step of Newton's iteration from a near guess. */
export function cbrt(x: number): number {
  const guess = Math.cbrt(x)
  if (x === 0 || !Number.isFinite(guess) || Math.abs(x) < 2 ** -900) return guess
  const square = productOf(guess, guess)
  const off = subtract(pair(x), multiply(square, pair(guess)))
  return add(pair(guess), pair(off.hi / (3 * square.hi))).hi
}

/** log x divided by the log of a base. */
function logarithm(x: number, base: Pair | undefined): number {
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (!(x > 0)) return NOT
  if (x === POSITIVE_INFINITY) return x
  const natural = logPair(split(x))
  return (base === undefined ? natural : divide(natural, base)).hi
}

export const log = (x: number): number => logarithm(x, undefined)
export function log2(x: number): number {
  const { value, power } = x > 0 && x < POSITIVE_INFINITY ? split(x) : { value: pair(0), power: 0 }
  if (value.hi === 1) return power
  return logarithm(x, LN2)
}

/** x^y exactly where y is a small integer and x has few bits: the only powers that may lie halfway between two doubles. */
function exactPower(x: number, y: number): number | undefined {
  if (!Number.isInteger(y) || y < 2 || y > 64) return undefined
  const { mantissa, exponent } = realOfF64(x)
  if (mantissa === 0n) return undefined
  let odd = mantissa
  let shift = exponent
  while ((odd & 1n) === 0n) {
    odd >>= 1n
    shift++
  }
  if (odd.toString(2).length * y > 200) return undefined
  const size = odd ** BigInt(y)
  const at = shift * y
  if (Math.abs(at) > 4000) return undefined
  const made = at >= 0 ? roundTo(size << BigInt(at), 1n, F64) : roundTo(size, 1n << BigInt(-at), F64)
  return made.range === 'overflow' ? POSITIVE_INFINITY : f64Of(made.mantissa, made.exponent)
}

/** C's pow: where 1 to any power, and -1 to an infinite one, are 1. */
export function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === POSITIVE_INFINITY)) return 1
  const plain = x ** y
  if (y === 0 || y === 1 || x === 0 || !Number.isFinite(x) || !Number.isFinite(y) || Number.isNaN(plain)) return plain
  const negative = x < 0 && Math.abs(y) % 2 === 1
  const size = Math.abs(x)
  const exact = exactPower(size, y)
  if (exact !== undefined) return negative ? -exact : exact
  const natural = logPair(split(size))
  const exponent = y * natural.hi
  if (exponent > 720 || exponent < -760) return plain
  const small = Math.abs(y) < 2 ** -900 || Math.abs(natural.hi) < 2 ** -900
  const result = small ? plain : raised(multiply(pair(y), natural))
  return negative ? -Math.abs(result) : Math.abs(result)
}

/** √(x² + y²), rounded once. */
export function hypot(x: number, y: number): number {
  const [a, b] = [Math.max(Math.abs(x), Math.abs(y)), Math.min(Math.abs(x), Math.abs(y))]
  if (Math.abs(x) === POSITIVE_INFINITY || Math.abs(y) === POSITIVE_INFINITY) return POSITIVE_INFINITY
  if (Number.isNaN(x) || Number.isNaN(y)) return NOT
  if (b === 0 || b < a * 2 ** -60) return a + b
  const factor = a > 2 ** 400 ? 2 ** -600 : b < 2 ** -400 ? 2 ** 600 : 1
  const [p, q] = [productOf(a * factor, a * factor), productOf(b * factor, b * factor)]
  const [u, v] = [BigIntOf(p), BigIntOf(q)]
  const least = Math.min(u.exponent, v.exponent)
  const sum = (u.mantissa << BigInt(u.exponent - least)) + (v.mantissa << BigInt(v.exponent - least))
  return nearestRoot(sum, least) / factor
}

/** A positive pair as an integer times a power of two. */
function BigIntOf(x: Pair): { mantissa: bigint; exponent: number } {
  const [a, b] = [realOfF64(x.hi), realOfF64(x.lo)]
  const least = b.mantissa === 0n ? a.exponent : Math.min(a.exponent, b.exponent)
  const low = b.mantissa === 0n ? 0n : b.mantissa << BigInt(b.exponent - least)
  return { mantissa: (a.mantissa << BigInt(a.exponent - least)) + (b.negative ? -low : low), exponent: least }
}

/** √(n · 2^exponent) to the nearest double. */
function nearestRoot(n: bigint, exponent: number): number {
  const shift = exponent % 2 === 0 ? 0 : 1
  const even = exponent - shift
  const wide = n << BigInt(shift + 140)
  let root = BigInt(Math.floor(Math.sqrt(Number(wide))))
  for (;;) {
    const next = (root + wide / root) >> 1n
    if (next >= root && next - root <= 1n) break
    if (next === root) break
    root = next
    if (root * root <= wide && (root + 1n) * (root + 1n) > wide) break
  }
  while (root * root > wide) root--
  while ((root + 1n) * (root + 1n) <= wide) root++
  // A last bit that stands for what the root leaves, so that no tie is taken where there is none.
  const sticky = root * root === wide ? root << 1n : (root << 1n) | 1n
  const at = (even - 140) / 2 - 1
  const made = at >= 0 ? roundTo(sticky << BigInt(at), 1n, F64) : roundTo(sticky, 1n << BigInt(-at), F64)
  return made.range === 'overflow' ? POSITIVE_INFINITY : f64Of(made.mantissa, made.exponent)
}
