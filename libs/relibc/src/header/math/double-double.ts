/** Numbers as unevaluated sums of two doubles, about 106 bits: Dekker (1971), Knuth TAOCP 4.2.2. `lo` is at most half a unit of `hi`. */

export interface Pair {
  readonly hi: number
  readonly lo: number
}

export const pair = (hi: number, lo = 0): Pair => ({ hi, lo })

/** a + b exactly, where |a| ≥ |b| or a is 0. */
function quickSum(a: number, b: number): Pair {
  const hi = a + b
  return { hi, lo: b - (hi - a) }
}

/** a + b exactly. */
export function sumOf(a: number, b: number): Pair {
  const hi = a + b
  const part = hi - a
  return { hi, lo: a - (hi - part) + (b - part) }
}

const SPLITTER = 2 ** 27 + 1

/** a · b exactly, while neither overflows (|a|, |b| < 2^970) nor the product is below 2^-960. */
export function productOf(a: number, b: number): Pair {
  const hi = a * b
  const [wideA, wideB] = [SPLITTER * a, SPLITTER * b]
  const [topA, topB] = [wideA - (wideA - a), wideB - (wideB - b)]
  const [lowA, lowB] = [a - topA, b - topB]
  return { hi, lo: topA * topB - hi + topA * lowB + lowA * topB + lowA * lowB }
}

export function add(a: Pair, b: Pair): Pair {
  const high = sumOf(a.hi, b.hi)
  const low = sumOf(a.lo, b.lo)
  const first = quickSum(high.hi, high.lo + low.hi)
  return quickSum(first.hi, first.lo + low.lo)
}
export const negate = (a: Pair): Pair => ({ hi: -a.hi, lo: -a.lo })
export const subtract = (a: Pair, b: Pair): Pair => add(a, negate(b))

export function multiply(a: Pair, b: Pair): Pair {
  const high = productOf(a.hi, b.hi)
  return quickSum(high.hi, high.lo + (a.hi * b.lo + a.lo * b.hi))
}

export function divide(a: Pair, b: Pair): Pair {
  const first = a.hi / b.hi
  const rest = subtract(a, multiply(b, pair(first)))
  const second = rest.hi / b.hi
  const last = subtract(rest, multiply(b, pair(second)))
  const quotient = quickSum(first, second)
  return add(quotient, pair(last.hi / b.hi))
}

export function squareRoot(a: Pair): Pair {
  if (a.hi === 0) return a
  const root = Math.sqrt(a.hi)
  const rest = subtract(a, productOf(root, root))
  return quickSum(root, rest.hi / (2 * root))
}

/** Multiplied by a power of two that neither over- nor underflows. */
export const scale = (a: Pair, factor: number): Pair => ({ hi: a.hi * factor, lo: a.lo * factor })

/** c₀ + x·(c₁ + x·(c₂ + …)). */
export function polynomial(x: Pair, coefficients: readonly Pair[]): Pair {
  let sum = coefficients[coefficients.length - 1]
  for (let i = coefficients.length - 2; i >= 0; i--) sum = add(multiply(sum, x), coefficients[i])
  return sum
}

export const ONE = pair(1)
export const LN2: Pair = { hi: Math.LN2, lo: 2.3190468138462996e-17 }
export const LN10: Pair = { hi: Math.LN10, lo: -2.1707562233822494e-16 }
export const PI: Pair = { hi: Math.PI, lo: 1.2246467991473532e-16 }
export const HALF_PI = scale(PI, 0.5)
