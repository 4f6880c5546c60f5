/** Bessel functions in pairs: Abramowitz and Stegun 9.1.10 to 9.1.13, 9.1.27, 9.2.5 to 9.2.10. */
import { sinCos } from './circular.ts'
import { add, divide, LN2, multiply, negate, ONE, type Pair, PI, pair, productOf, scale, squareRoot, subtract } from './double-double.ts'
import { logPair, split } from './exponential.ts'
import { isNegative, ldexp } from './rounding.ts'

const EULER: Pair = { hi: 0.5772156649015329, lo: -4.942915152430649e-18 }
const ZERO = pair(0)
const LEAST = 2 ** -110
/** From here on the asymptotic series is exact enough; below, the power series cancels no more than it may. */
const FAR = 25

const logHalf = (x: number): Pair => subtract(logPair(split(x)), LN2)

/** Σ (−x²/4)^k / (k!(k+n)!) with weights, without the factor (x/2)^n. */
function series(n: 0 | 1, x: number, weight: (k: number, harmonic: Pair) => Pair): Pair {
  const quarter = negate(scale(productOf(x, x), 0.25))
  let [term, sum, harmonic]: Pair[] = [ONE, ZERO, ZERO]
  let most = 0
  for (let k = 0; ; k++) {
    const part = multiply(term, weight(k, harmonic))
    sum = add(sum, part)
    most = Math.max(most, Math.abs(sum.hi))
    if (k > x / 2 && Math.abs(part.hi) <= most * LEAST) return sum
    harmonic = add(harmonic, divide(ONE, pair(k + 1)))
    term = divide(multiply(term, quarter), pair((k + 1) * (k + 1 + n)))
  }
}

/** J and Y of order 0 or 1 far out, by Hankel's series. */
function far(n: 0 | 1, x: number): { readonly j: Pair; readonly y: Pair } {
  const eighth = divide(ONE, scale(pair(x), 8))
  let [term, p, q]: Pair[] = [ONE, ONE, ZERO]
  for (let k = 1; Math.abs(term.hi) > LEAST && k < 2 * x; k++) {
    term = divide(multiply(multiply(term, pair(4 * n - (2 * k - 1) ** 2)), eighth), pair(k))
    const signed = k & 2 ? negate(term) : term
    if (k & 1) q = add(q, signed)
    else p = add(p, signed)
  }
  const { sine, cosine } = sinCos(x)
  const [sum, difference] = [add(sine, cosine), subtract(sine, cosine)]
  const root = multiply(squareRoot(PI), squareRoot(pair(x)))
  const [c, s] = n === 0 ? [sum, difference] : [difference, negate(sum)]
  return {
    j: divide(subtract(multiply(p, c), multiply(q, s)), root),
    y: divide(add(multiply(p, s), multiply(q, c)), root),
  }
}

/** For a positive finite x. */
function jPair(n: 0 | 1, x: number): Pair {
  if (x >= FAR) return far(n, x).j
  const sum = series(n, x, () => ONE)
  return n === 0 ? sum : multiply(sum, pair(x / 2))
}

function yPair(n: 0 | 1, x: number): Pair {
  if (x >= FAR) return far(n, x).y
  const main = multiply(scale(logHalf(x), 2), jPair(n, x))
  if (n === 0) {
    const rest = series(0, x, (_, harmonic) => scale(subtract(EULER, harmonic), 2))
    return divide(add(main, rest), PI)
  }
  const rest = series(1, x, (k, harmonic) => add(scale(subtract(harmonic, EULER), 2), divide(ONE, pair(k + 1))))
  return divide(subtract(subtract(main, divide(pair(2), pair(x))), multiply(rest, pair(x / 2))), PI)
}

const odd = (n: number): boolean => n % 2 !== 0

/** Up from the orders 0 and 1: f(k+1) = 2k/x · f(k) − f(k−1), kept below where pairs overflow. */
function upwards(n: number, x: number, zero: Pair, one: Pair): number {
  let [before, now] = [zero, one]
  let power = 0
  for (let k = 1; k < n && power < 2000; k++) {
    const next = subtract(multiply(divide(pair(2 * k), pair(x)), now), before)
    ;[before, now] = [now, next]
    if (Math.abs(now.hi) > 2 ** 400) {
      ;[before, now] = [scale(before, 2 ** -400), scale(now, 2 ** -400)]
      power += 400
    }
  }
  return ldexp(now.hi, power)
}

/** Down from an order so high that what is there does not count (Miller), measured by J₀ or J₁. */
function downwards(n: number, x: number): number {
  if (x < 2 ** -20 && n > 60) return 0
  let [above, now]: Pair[] = [ZERO, pair(2 ** -600)]
  let found: Pair | undefined
  const begin = n + Math.ceil(Math.sqrt(200 * n)) + 60
  for (let k = begin; k > 0; k--) {
    const next = subtract(multiply(divide(pair(2 * k), pair(x)), now), above)
    ;[above, now] = [now, next]
    if (k - 1 === n) found = now
    if (Math.abs(now.hi) > 2 ** 300) {
      const small = 2 ** -500
      ;[above, now] = [scale(above, small), scale(now, small)]
      found = found && scale(found, small)
    }
  }
  const [zero, one] = [jPair(0, x), jPair(1, x)]
  const ratio = Math.abs(zero.hi) > Math.abs(one.hi) ? divide(zero, now) : divide(one, above)
  return multiply(found!, ratio).hi
}

/** (x/2)^n / n! · (1 − …), where x is small. */
function leading(n: number, x: number): number {
  let term = pair(1)
  for (let k = 1; k <= n && term.hi !== 0; k++) term = divide(multiply(term, pair(x / 2)), pair(k))
  const square = productOf(x / 2, x / 2)
  let [part, sum] = [ONE, ONE]
  for (let k = 1; Math.abs(part.hi) > LEAST; k++) {
    part = divide(negate(multiply(part, square)), multiply(pair(k), pair(n + k)))
    sum = add(sum, part)
  }
  return multiply(term, sum).hi
}

export function jn(n: number, x: number): number {
  if (Number.isNaN(x)) return x
  const flipped = odd(n) && n < 0 !== isNegative(x)
  const [order, size] = [Math.abs(n), Math.abs(x)]
  const sign = flipped ? -1 : 1
  if (size === Number.POSITIVE_INFINITY || (size === 0 && order > 0)) return sign * 0
  if (size === 0) return 1
  if (order <= 1) return sign * (size < 2 ** -60 ? (order === 0 ? 1 : size / 2) : jPair(order as 0 | 1, size).hi)
  if (order < size) return sign * upwards(order, size, jPair(0, size), jPair(1, size))
  return sign * (size < 2 ? leading(order, size) : downwards(order, size))
}

export function yn(n: number, x: number): number {
  if (Number.isNaN(x)) return x
  const order = Math.abs(n)
  const sign = odd(n) && n < 0 ? -1 : 1
  if (x === 0) return sign * Number.NEGATIVE_INFINITY
  if (x < 0) return Number.NaN
  if (x === Number.POSITIVE_INFINITY) return n === -1 ? -0 : 0
  if (order === 1 && x < 2 ** -500) return sign * (-2 / Math.PI / x)
  if (order <= 1) return sign * yPair(order as 0 | 1, x).hi
  if (x < 2 ** -500) return sign * Number.NEGATIVE_INFINITY
  return sign * upwards(order, x, yPair(0, x), yPair(1, x))
}
export const j0 = (x: number): number => jn(0, x)
export const j1 = (x: number): number => jn(1, x)
export const y0 = (x: number): number => yn(0, x)
export const y1 = (x: number): number => yn(1, x)
