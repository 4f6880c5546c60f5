/** e^x and log x to about 100 bits, so that rounding them once gives the nearest double nearly always. */
import { F64, f64Of, realOfF64, roundTo } from '../stdlib/real.ts'
import { add, divide, LN2, multiply, ONE, type Pair, pair, polynomial, productOf, scale, subtract } from './double-double.ts'

/** The first 32 bits of ln 2, whose product with an exponent is exact, and what they leave. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = subtract(LN2, pair(LN2_HIGH))
const HALVINGS = 8
const inverseFactorials: readonly Pair[] = (() => {
  const out = [ONE]
  for (let n = 2; n <= 10; n++) out.push(divide(out[out.length - 1], pair(n)))
  return out
})()

/** A number `value · 2^power`, whose value lies near 1. */
export interface Scaled {
  readonly value: Pair
  readonly power: number
}

/** e^x − 1 for |x| ≤ 0.35: of x / 256 by its series, then squared eight times as (1 + m)² − 1 = 2m + m². */
export function expm1Small(x: Pair): Pair {
  const small = scale(x, 2 ** -HALVINGS)
  let m = multiply(small, polynomial(small, inverseFactorials))
  for (let i = 0; i < HALVINGS; i++) m = add(scale(m, 2), multiply(m, m))
  return m
}

export function expPair(x: Pair): Scaled {
  const power = Math.round(x.hi / LN2.hi)
  const reduced = subtract(x, multiplyLn2(power))
  return { value: add(ONE, expm1Small(reduced)), power }
}

/** n · ln 2 for an integer of less than 20 bits. */
export function multiplyLn2(n: number): Pair {
  const low = productOf(n, LN2_LOW.hi)
  return add(pair(n * LN2_HIGH), add(low, pair(n * LN2_LOW.lo)))
}

const RADIX = 2 ** 600

/** value · 2^power as the nearest double, subnormal ones and overflow included. */
export function nearest({ value, power }: Scaled): number {
  if (value.hi === 0 || !Number.isFinite(value.hi)) return value.hi
  if (power > 2000) return value.hi * Number.POSITIVE_INFINITY
  if (power < -2200) return value.hi * 0
  if (Math.abs(power) < 900) {
    const plain = value.hi * 2 ** power
    if (Math.abs(plain) > 2 ** -1000) return plain
  }
  // hi + lo as one integer, so that it is rounded once.
  const [a, b] = [realOfF64(value.hi), realOfF64(value.lo * RADIX)]
  const lowExponent = b.exponent - 600
  const least = b.mantissa === 0n ? a.exponent : Math.min(a.exponent, lowExponent)
  const part = (negative: boolean, mantissa: bigint, exponent: number): bigint =>
    (negative ? -mantissa : mantissa) << BigInt(mantissa === 0n ? 0 : exponent - least)
  const sum = part(a.negative, a.mantissa, a.exponent) + part(b.negative, b.mantissa, lowExponent)
  const exponent = least + power
  const size = sum < 0n ? -sum : sum
  const made = exponent >= 0 ? roundTo(size << BigInt(exponent), 1n, F64) : roundTo(size, 1n << BigInt(-exponent), F64)
  const result = made.range === 'overflow' ? Number.POSITIVE_INFINITY : f64Of(made.mantissa, made.exponent)
  return sum < 0n ? -result : result
}

/** 2·artanh s = 2(s + s³/3 + …), for small s. */
function twiceArtanh(s: Pair, terms: number): Pair {
  const square = multiply(s, s)
  let sum = divide(ONE, pair(2 * terms + 1))
  for (let n = terms - 1; n >= 0; n--) sum = add(multiply(sum, square), divide(ONE, pair(2 * n + 1)))
  return scale(multiply(s, sum), 2)
}

/** log of value · 2^power, for a positive value in [0.5, 2]. */
export function logPair({ value, power }: Scaled): Pair {
  if (Math.abs(value.hi - 1) < 0.06 && power === 0) return twiceArtanh(divide(subtract(value, ONE), add(value, ONE)), 11)
  // One step of Newton's iteration: log v = y + log(v·e^−y), and the last one is tiny.
  const guess = Math.log(value.hi)
  const inverse = expPair(pair(-guess))
  const off = subtract(scale(multiply(value, inverse.value), 2 ** inverse.power), ONE)
  const correction = subtract(off, scale(multiply(off, off), 0.5))
  return add(add(pair(guess), correction), multiplyLn2(power))
}

/** A positive double as value · 2^power with the value in [0.7, 1.42). */
export function split(x: number): Scaled {
  const big = x < 2 ** -1022 ? x * 2 ** 54 : x
  let power = Math.floor(Math.log2(big))
  let value = big / 2 ** Math.trunc(power / 2) / 2 ** (power - Math.trunc(power / 2))
  if (value >= 2) {
    value /= 2
    power++
  } else if (value < 1) {
    value *= 2
    power--
  }
  if (value > Math.SQRT2) {
    value /= 2
    power++
  }
  return { value: pair(value), power: big === x ? power : power - 54 }
}
