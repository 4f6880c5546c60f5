/** Sine, cosine and their inverses to about 100 bits. */
import { realOfF64 } from '../stdlib/real.ts'
import { add, divide, HALF_PI, multiply, negate, ONE, type Pair, PI, pair, scale, squareRoot, subtract } from './double-double.ts'

/** π/2 · 2^1200, by Machin's formula. */
const HALF_PI_BITS = 1200
const halfPi: bigint = (() => {
  const guard = 64n
  const one = 1n << (BigInt(HALF_PI_BITS) + guard)
  const arctan = (inverse: bigint): bigint => {
    let term = one / inverse
    let sum = term
    for (let n = 3n; term !== 0n; n += 2n) {
      term = -term / (inverse * inverse)
      sum += term / n
    }
    return sum
  }
  return (2n * (4n * arctan(5n) - arctan(239n))) >> guard
})()

/** A fixed-point number of `bits` fraction bits as a pair. */
function pairOf(value: bigint, bits: number): Pair {
  const negative = value < 0n
  const size = negative ? -value : value
  const length = size.toString(2).length
  const drop = Math.max(length - 53, 0)
  const top = (size >> BigInt(drop)) << BigInt(drop)
  const real = (n: bigint): number => {
    const extra = Math.max(n.toString(2).length - 60, 0)
    return (Number(n >> BigInt(extra)) * 2 ** (extra - bits + 600)) / 2 ** 600
  }
  const result = add(pair(real(top)), pair(real(size - top)))
  return negative ? negate(result) : result
}

/** x − quadrant · π/2 with |result| ≤ π/4, and the quadrant mod 4. */
export function reduce(x: number): { readonly rest: Pair; readonly quadrant: number } {
  if (Math.abs(x) <= Math.PI / 4) return { rest: pair(x), quadrant: 0 }
  const { negative, mantissa, exponent } = realOfF64(x)
  // The error of π/2 grows with the number of turns: some 150 bits are left at 2^53, and at the largest double.
  const bits = exponent > 0 ? HALF_PI_BITS : 256
  const period = halfPi >> BigInt(HALF_PI_BITS - bits)
  const fixed = mantissa << BigInt(bits + exponent)
  let turns = fixed / period
  let rest = fixed - turns * period
  if (2n * rest > period) {
    rest -= period
    turns++
  }
  const quadrant = Number(turns & 3n)
  const small = pairOf(rest, bits)
  return negative ? { rest: negate(small), quadrant: (4 - quadrant) & 3 } : { rest: small, quadrant }
}

const TERMS = 14
const sineTerms: Pair[] = [ONE]
const cosineTerms: Pair[] = [ONE]
for (let n = 1; n < TERMS; n++) {
  sineTerms.push(divide(sineTerms[n - 1], pair(-2 * n * (2 * n + 1))))
  cosineTerms.push(divide(cosineTerms[n - 1], pair(-2 * n * (2 * n - 1))))
}

function series(x: Pair, terms: readonly Pair[]): Pair {
  const square = multiply(x, x)
  let sum = terms[TERMS - 1]
  for (let n = TERMS - 2; n >= 0; n--) sum = add(multiply(sum, square), terms[n])
  return sum
}
const sineSmall = (x: Pair): Pair => multiply(x, series(x, sineTerms))
const cosineSmall = (x: Pair): Pair => series(x, cosineTerms)

export function sinCos(x: number): { readonly sine: Pair; readonly cosine: Pair } {
  const { rest, quadrant } = reduce(x)
  const [s, c] = [sineSmall(rest), cosineSmall(rest)]
  const [sine, cosine] = quadrant & 1 ? [c, negate(s)] : [s, c]
  return quadrant & 2 ? { sine: negate(sine), cosine: negate(cosine) } : { sine, cosine }
}

/** Below this sin x, tan x and their inverses round to x: the next term is under half a unit in the last place. */
const TINY = 2 ** -27

export const sin = (x: number): number => (Math.abs(x) < TINY ? x : Number.isFinite(x) ? sinCos(x).sine.hi : Number.NaN)
export const cos = (x: number): number => (Number.isFinite(x) ? sinCos(x).cosine.hi : Number.NaN)
export function tan(x: number): number {
  if (Math.abs(x) < TINY) return x
  if (!Number.isFinite(x)) return Number.NaN
  const { sine, cosine } = sinCos(x)
  return divide(sine, cosine).hi
}

/** The angle of a point, from a near guess: what is left is turned back and is its own arc tangent. */
export function angle(y: Pair, x: Pair, guess: number): Pair {
  const { sine, cosine } = sinCos(guess)
  const across = subtract(multiply(y, cosine), multiply(x, sine))
  const along = add(multiply(x, cosine), multiply(y, sine))
  return add(pair(guess), divide(across, along))
}

export function atan(x: number): number {
  if (Math.abs(x) < TINY || Number.isNaN(x)) return x
  if (Math.abs(x) > 2 ** 60) return Math.sign(x) * HALF_PI.hi
  return angle(pair(x), ONE, Math.atan(x)).hi
}

export function atan2(y: number, x: number): number {
  const plain = Math.atan2(y, x)
  const [a, b] = [Math.abs(y), Math.abs(x)]
  if (!Number.isFinite(a) || !Number.isFinite(b) || a === 0 || b === 0) return plain
  if (a > b * 2 ** 60 || (x > 0 && b > a * 2 ** 500) || (x < 0 && b > a * 2 ** 60)) return plain
  const factor = Math.max(a, b) > 2 ** 400 ? 2 ** -600 : Math.max(a, b) < 2 ** -400 ? 2 ** 600 : 1
  return angle(pair(y * factor), pair(x * factor), plain).hi
}

/** arcsin of a pair in [0, 0.8]. */
function arcsine(x: Pair): Pair {
  return angle(x, squareRoot(subtract(ONE, multiply(x, x))), Math.asin(x.hi))
}

/** arccos of 0.5 … 1 is twice the arcsine of the half angle. */
const arccosine = (x: number): Pair => scale(arcsine(squareRoot(scale(subtract(ONE, pair(x)), 0.5))), 2)

export function asin(x: number): number {
  const size = Math.abs(x)
  if (size < TINY || !(size <= 1)) return size > 1 ? Number.NaN : x
  const result = size > 0.5 ? subtract(HALF_PI, arccosine(size)) : arcsine(pair(size))
  return x < 0 ? -result.hi : result.hi
}

export function acos(x: number): number {
  if (!(Math.abs(x) <= 1)) return Number.NaN
  if (x > 0.5) return arccosine(x).hi
  if (x < -0.5) return subtract(PI, arccosine(-x)).hi
  return x < 0 ? add(HALF_PI, arcsine(pair(-x))).hi : subtract(HALF_PI, arcsine(pair(x))).hi
}
