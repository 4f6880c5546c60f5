/** Error function and gamma function in pairs: Abramowitz and Stegun 7.1.6, 7.1.14, 6.1.17, 6.1.41. */
import { sinCos } from './circular.ts'
import { add, divide, multiply, negate, ONE, type Pair, PI, pair, scale, squareRoot, subtract } from './double-double.ts'
import { expPair, logPair, nearest, type Scaled, split } from './exponential.ts'

const ROOT_PI = squareRoot(PI)
const TWO_OVER_ROOT_PI = divide(pair(2), ROOT_PI)
const times = (a: Scaled, b: Pair): Scaled => ({ value: multiply(a.value, b), power: a.power })

/** 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, all terms positive. */
export function erfSeries(x: Pair): Pair {
  const square = multiply(x, x)
  let term = x
  let sum = term
  for (let n = 1; Math.abs(term.hi) > Math.abs(sum.hi) * 2 ** -110; n++) {
    term = divide(multiply(term, scale(square, 2)), pair(2 * n + 1))
    sum = add(sum, term)
  }
  const { value, power } = times(expPair(negate(square)), multiply(sum, TWO_OVER_ROOT_PI))
  return scale(value, 2 ** power)
}

/** e^(−x²) / √π · 1/(x + ½/(x + 1/(x + 1½/(x + …)))). */
export function erfcFraction(x: Pair): Scaled {
  let below = x
  for (let n = 160; n >= 1; n--) below = add(x, divide(pair(n / 2), below))
  return times(expPair(negate(multiply(x, x))), divide(ONE, multiply(below, ROOT_PI)))
}

export function erf(x: number): number {
  if (Number.isNaN(x)) return x
  if (Math.abs(x) > 6) return Math.sign(x)
  if (Math.abs(x) < 2 ** -500) return x * TWO_OVER_ROOT_PI.hi
  return erfSeries(pair(x)).hi
}

export function erfc(x: number): number {
  if (Number.isNaN(x)) return x
  if (x < -6) return 2
  if (x > 28) return 0
  if (Math.abs(x) < 2 ** -60) return 1
  return x < 3 ? subtract(ONE, erfSeries(pair(x))).hi : nearest(erfcFraction(pair(x)))
}

/** B₂ₖ / (2k(2k−1)) of Stirling's series. */
const STIRLING = (
  [
    [1, 6],
    [-1, 30],
    [1, 42],
    [-1, 30],
    [5, 66],
    [-691, 2730],
    [7, 6],
    [-3617, 510],
    [43867, 798],
    [-174611, 330],
    [854513, 138],
    [-236364091, 2730],
    [8553103, 6],
  ] as const
).map(([n, d], i) => divide(pair(n), pair(d * (2 * i + 2) * (2 * i + 1))))
const HALF_LOG_TWO_PI = scale(logPair({ value: scale(PI, 0.5), power: 2 }), 0.5)
const SHIFTED = 32

const logOf = (x: Pair): Pair => {
  const { value, power } = split(x.hi)
  const exact = power > 900 || power < -900 ? value : scale(x, 2 ** -power)
  return logPair({ value: exact, power })
}

/** log Γ of a positive number: shifted up, then Stirling's series. */
function logGammaPair(x: Pair): Pair {
  if (x.hi > 2 ** 60) return multiply(x, subtract(logOf(x), ONE))
  let product = ONE
  let at = x
  for (; at.hi < SHIFTED; at = add(at, ONE)) product = multiply(product, at)
  const inverse = divide(ONE, at)
  const square = multiply(inverse, inverse)
  let tail = STIRLING[STIRLING.length - 1]
  for (let k = STIRLING.length - 2; k >= 0; k--) tail = add(multiply(tail, square), STIRLING[k])
  const main = subtract(multiply(subtract(at, pair(0.5)), logOf(at)), at)
  const high = add(add(main, HALF_LOG_TWO_PI), multiply(tail, inverse))
  return x.hi >= SHIFTED ? high : subtract(high, logOf(product))
}

/** sin πx for a number that is no integer, with its sign. */
function sinePi(x: Pair): Pair {
  const rest = add(pair(x.hi - 2 * Math.round(x.hi / 2)), pair(x.lo))
  const folded = rest.hi > 0.5 ? subtract(ONE, rest) : rest.hi < -0.5 ? subtract(pair(-1), rest) : rest
  const argument = multiply(folded, PI)
  const { sine, cosine } = sinCos(argument.hi)
  return add(sine, multiply(cosine, pair(argument.lo)))
}

const isPole = (x: number): boolean => x <= 0 && Number.isInteger(x)

/** 1 or −1: the sign of Γ. */
export const gammaSign = (x: number): number => (x < 0 && !Number.isInteger(x) && Math.floor(x) % 2 !== 0 ? -1 : Object.is(x, -0) ? -1 : 1)

/** log |Γ| as a pair: by reflection, Γ(x)Γ(−x) = −π / (x sin πx), for negative numbers. */
export function logGammaAny(x: Pair): Pair {
  if (x.hi > 0) return logGammaPair(x)
  const below = multiply(x, sinePi(x))
  return subtract(logOf(divide(PI, below.hi < 0 ? negate(below) : below)), logGammaPair(negate(x)))
}

export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x
  if (!Number.isFinite(x) || isPole(x)) return Number.POSITIVE_INFINITY
  if (x === 1 || x === 2) return 0
  if (Math.abs(x) < 2 ** -70) return -logOf(pair(Math.abs(x))).hi
  return logGammaAny(pair(x)).hi
}

export function tgamma(x: number): number {
  if (x === 0) return 1 / x
  if (Number.isNaN(x) || x === Number.NEGATIVE_INFINITY || isPole(x)) return Number.NaN
  if (x > 172) return Number.POSITIVE_INFINITY
  if (x < -190) return gammaSign(x) * 0
  if (Math.abs(x) < 2 ** -70) return 1 / x
  if (Number.isInteger(x) && x < 24) {
    let product = 1
    for (let n = 2; n < x; n++) product *= n
    return product
  }
  return gammaSign(x) * nearest(expPair(logGammaAny(pair(x))))
}
