/**
 * Inverse circular and hyperbolic functions of complex numbers: Hull, Fairgrieve and Tang, "Implementing the complex arcsine and arccosine
 * functions using exception handling" (1997), with the special values of C17 Annex G.
 */
import { acos, asin, atan, atan2 } from '../math/circular.ts'
import { hypot, log } from '../math/elementary.ts'
import { copysign } from '../math/rounding.ts'
import { type Complex, pastOne, turned } from './functions.ts'

const { NaN: NOT, POSITIVE_INFINITY: INF, EPSILON } = Number
const { abs, log1p, sqrt, PI, LN2 } = Math
const HUGE = 2 ** 500
const SMALL = 2 ** -500
/** Where the arcsine is taken of b, not of what is far from 1 with it; and where a is near 1. */
const B_MAX = 0.6417
const A_MAX = 1.5
const finite = Number.isFinite

interface Parts {
  readonly sine: number
  readonly cosine: number
  /** The other part, of both. */
  readonly grown: number
}

/** For x and y that are finite and not negative. */
function parts(x: number, y: number): Parts {
  if (x > HUGE || y > HUGE) return { sine: atan2(x, y), cosine: atan2(y, x), grown: log(hypot(x / 4, y / 4)) + 3 * LN2 }
  if (y < SMALL && x === 1) return { sine: PI / 2, cosine: sqrt(y), grown: sqrt(y) }
  if (y < SMALL && x < 1) return { sine: asin(x), cosine: acos(x), grown: y / sqrt((1 - x) * (1 + x)) }
  if (y < SMALL) return { sine: PI / 2, cosine: y / sqrt((x - 1) * (x + 1)), grown: log1p(x - 1 + sqrt((x - 1) * (x + 1))) }
  const [r, s] = [hypot(x + 1, y), hypot(x - 1, y)]
  const a = (r + s) / 2
  const b = x / a
  const [beyond, square] = [s + abs(x - 1), y * y]
  const past = x < 1 ? (square / (r + x + 1) + square / beyond) / 2 : (square / (r + x + 1) + beyond) / 2
  const grown = a <= A_MAX ? log1p(past + sqrt(past * (a + 1))) : log(a + sqrt(a * a - 1))
  if (b <= B_MAX) return { sine: asin(b), cosine: acos(b), grown }
  const rest = x <= 1 ? sqrt(0.5 * (a + x) * (square / (r + x + 1) + beyond)) : y * sqrt(0.5 * ((a + x) / (r + x + 1) + (a + x) / beyond))
  return { sine: atan(x / rest), cosine: atan(rest / x), grown }
}

export function casinh([x, y]: Complex): Complex {
  if (abs(y) === INF) return [copysign(INF, x), Number.isNaN(x) ? NOT : copysign(finite(x) ? PI / 2 : PI / 4, y)]
  if (abs(x) === INF) return [x, Number.isNaN(y) ? NOT : copysign(0, y)]
  if (Number.isNaN(x)) return [NOT, y === 0 ? y : NOT]
  if (Number.isNaN(y)) return [NOT, NOT]
  if (x === 0 && y === 0) return [x, y]
  const { sine, grown } = parts(abs(y), abs(x))
  return [copysign(grown, x), copysign(sine, y)]
}

export function casin([x, y]: Complex): Complex {
  if (!Number.isNaN(x) && !Number.isNaN(y)) return turned(casinh)([x, y])
  if (x === 0) return [x, y]
  return [NOT, abs(x) === INF || abs(y) === INF ? copysign(INF, y) : NOT]
}

export function cacos([x, y]: Complex): Complex {
  if (!finite(x) || !finite(y) || (x === 0 && y === 0)) {
    const [a, b] = casin([x, y])
    return [PI / 2 - a === 0 ? 0 : PI / 2 - a, -b]
  }
  const { cosine, grown } = parts(abs(x), abs(y))
  return [x < 0 ? PI - cosine : cosine, -copysign(grown, y)]
}

export function cacosh([x, y]: Complex): Complex {
  if (abs(y) === INF) return [INF, Number.isNaN(x) ? NOT : copysign(finite(x) ? PI / 2 : x < 0 ? PI - PI / 4 : PI / 4, y)]
  if (abs(x) === INF) return [INF, Number.isNaN(y) ? NOT : copysign(x < 0 ? PI : 0, y)]
  if (Number.isNaN(x) || Number.isNaN(y)) return [NOT, x === 0 ? PI / 2 : NOT]
  if (x === 0 && y === 0) return [0, copysign(PI / 2, y)]
  const [a, b] = cacos([x, y])
  return [abs(b), copysign(a, y)]
}

export function catanh([x, y]: Complex): Complex {
  if (abs(y) === INF) return [copysign(0, x), copysign(PI / 2, y)]
  if (abs(x) === INF || (x === 0 && Number.isNaN(y))) return [copysign(0, x), Number.isNaN(y) ? NOT : copysign(PI / 2, y)]
  if (Number.isNaN(x) || Number.isNaN(y)) return [NOT, NOT]
  if (x === 0 && y === 0) return [x, y]
  if (abs(x) >= 16 / EPSILON || abs(y) >= 16 / EPSILON) {
    const half = hypot(x / 2, y / 2)
    const real = abs(y) <= 1 ? 1 / x : abs(x) <= 1 ? x / y / y : x / half / half / 4
    return [real, copysign(PI / 2, y)]
  }
  if (abs(x) === 1 && abs(y) < EPSILON * EPSILON) return [copysign(0.5, x) * (LN2 - log(abs(y))), 0.5 * atan2(2 * y, 0 - pastOne(x, y))]
  const below = (1 - abs(x)) * (1 - abs(x)) + y * y
  return [copysign(0.25 * log1p((4 * abs(x)) / below), x), 0.5 * atan2(2 * y, 0 - pastOne(x, y))]
}

/** The zero beside an infinity and a NaN has the NaN's sign, which is positive here. */
export const catan = (z: Complex): Complex => (abs(z[0]) === INF && Number.isNaN(z[1]) ? [copysign(PI / 2, z[0]), 0] : turned(catanh)(z))
