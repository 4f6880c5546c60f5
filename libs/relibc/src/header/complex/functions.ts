/** Complex functions of doubles by their parts, with the special values of C17 Annex G as glibc has them. */
import { atan2, cos, sin } from '../math/circular.ts'
import { add, type Pair, pair, productOf } from '../math/double-double.ts'
import { exp, hypot, log } from '../math/elementary.ts'
import { cosh, sinh } from '../math/hyperbolic.ts'
import { copysign, isNegative, ldexp } from '../math/rounding.ts'

export type Complex = readonly [real: number, imaginary: number]

const { NaN: NOT, POSITIVE_INFINITY: INF, EPSILON } = Number
const { abs, log1p, sqrt } = Math
const MIN = 2 ** -1022
const MAX = Number.MAX_VALUE
/** e to this power is finite. */
const EXP_MAX = 709
const finite = Number.isFinite

/** Sine and cosine of what may be too small for either to be rounded. */
const turn = (y: number): readonly [sine: number, cosine: number] => (abs(y) > MIN ? [sin(y), cos(y)] : [y, 1])

/** factor · e^x, where e^x alone may be too large. */
function grown(x: number, factor: number): number {
  let [rest, result] = [x, factor]
  for (let i = 0; i < 2 && rest > EXP_MAX; i++) {
    rest -= EXP_MAX
    result *= exp(EXP_MAX)
  }
  return rest > EXP_MAX ? result * MAX : result * exp(rest)
}

export function cexp([x, y]: Complex): Complex {
  if (Number.isNaN(x)) return [NOT, y === 0 ? y : NOT]
  if (!finite(y)) return x === INF ? [INF, NOT] : x === -INF ? [0, copysign(0, y)] : [NOT, NOT]
  const [s, c] = turn(y)
  if (finite(x)) return [grown(x, c), grown(x, s)]
  const size = x > 0 ? INF : 0
  return y === 0 ? [size, y] : [copysign(size, c), copysign(size, s)]
}

export function ccosh([x, y]: Complex): Complex {
  if (Number.isNaN(x)) return [NOT, y === 0 ? y : NOT]
  if (!finite(y)) return [finite(x) ? NOT : INF, x === 0 ? 0 : NOT]
  const [s, c] = turn(y)
  const sign = copysign(1, x)
  if (!finite(x)) return y === 0 ? [INF, y * sign] : [copysign(INF, c), copysign(INF, s) * sign]
  if (abs(x) > EXP_MAX) return [grown(abs(x), c / 2), grown(abs(x), (s * sign) / 2)]
  return [cosh(x) * c, sinh(x) * s]
}

export function csinh([x, y]: Complex): Complex {
  if (Number.isNaN(x)) return [NOT, y === 0 ? y : NOT]
  if (!finite(y)) return [x === 0 ? x : finite(x) ? NOT : INF, NOT]
  const [s, c] = turn(y)
  const sign = copysign(1, x)
  if (!finite(x)) return y === 0 ? [x, y] : [copysign(INF, c) * sign, copysign(INF, s)]
  if (abs(x) > EXP_MAX) return [grown(abs(x), (c * sign) / 2), grown(abs(x), s / 2)]
  return [sinh(x) * c, cosh(x) * s]
}

export function ctanh([x, y]: Complex): Complex {
  if (abs(x) === INF) return [copysign(1, x), finite(y) && abs(y) > 1 ? copysign(0, sin(y) * cos(y)) : copysign(0, y)]
  if (!finite(x) || !finite(y)) return y === 0 ? [x, y] : [x === 0 ? x : NOT, NOT]
  const [s, c] = turn(y)
  const half = EXP_MAX >> 1
  const rest = abs(x) - half
  if (rest > 0) return [copysign(1, x), (4 * s * c) / exp(2 * half) / exp(2 * Math.min(rest, half))]
  const [sh, ch] = abs(x) > MIN ? [sinh(x), cosh(x)] : [x, 1]
  const below = abs(sh) > abs(c) * EPSILON ? sh * sh + c * c : c * c
  return [(sh * ch) / below, (s * c) / below]
}

/** f(z) = −i · g(i·z), as circular functions are of hyperbolic ones. */
export const turned =
  (g: (z: Complex) => Complex) =>
  ([x, y]: Complex): Complex => {
    const [a, b] = g([-y, x])
    return [b, -a]
  }
/** Where neither part is finite, glibc's infinity is positive. */
export const csin = (z: Complex): Complex => (abs(z[1]) === INF && !finite(z[0]) ? [NOT, INF] : turned(csinh)(z))
export const ctan = turned(ctanh)
export const ccos = ([x, y]: Complex): Complex => ccosh([-y, x])

/** x² + y² − 1, whose digits do not cancel. */
export const pastOne = (x: number, y: number): number => [productOf(x, x), productOf(y, y)].reduce(add, pair(-1) as Pair).hi

/** log of the size, which lies nowhere near 1 or exactly so that no digit is lost. */
function logOfSize(x: number, y: number): number {
  const [a, b] = abs(x) < abs(y) ? [abs(y), abs(x)] : [abs(x), abs(y)]
  if (a === 1) return log1p(b * b) / 2
  const near = (a > 1 && a < 2 && b < 1) || (a < 1 && a >= 0.5 && a * a + b * b >= 0.5)
  if (near) return log1p(pastOne(a, b)) / 2
  const power = a > MAX / 2 ? 1 : a <= MIN ? -53 : 0
  if (power === 0) return log(hypot(a, b))
  return log(hypot(ldexp(a, -power), power > 0 && b < MIN * 2 ? 0 : ldexp(b, -power))) + power * Math.LN2
}

export const carg = ([x, y]: Complex): number => atan2(y, x)

export function clog([x, y]: Complex): Complex {
  if (x === 0 && y === 0) return [-INF, copysign(isNegative(x) ? Math.PI : 0, y)]
  if (abs(x) === INF || abs(y) === INF) return [INF, atan2(y, x)]
  return Number.isNaN(x) || Number.isNaN(y) ? [NOT, NOT] : [logOfSize(x, y), atan2(y, x)]
}

export function csqrt([x, y]: Complex): Complex {
  if (abs(y) === INF) return [INF, y]
  if (x === -INF) return [Number.isNaN(y) ? NOT : 0, copysign(INF, y)]
  if (x === INF) return [x, Number.isNaN(y) ? NOT : copysign(0, y)]
  if (Number.isNaN(x) || Number.isNaN(y)) return [NOT, NOT]
  if (y === 0) return x < 0 ? [0, copysign(sqrt(-x), y)] : [abs(sqrt(x)), copysign(0, y)]
  if (x === 0) {
    const half = abs(y) >= 2 * MIN ? sqrt(0.5 * abs(y)) : 0.5 * sqrt(2 * abs(y))
    return [half, copysign(half, y)]
  }
  const power = abs(x) > MAX / 4 || abs(y) > MAX / 4 ? 1 : abs(x) < 2 * MIN && abs(y) < 2 * MIN ? -27 : 0
  const [u, v] = [ldexp(x, -2 * power), ldexp(y, -2 * power)]
  const size = hypot(u, v)
  const whole = sqrt(0.5 * (u > 0 ? size + u : size - u))
  const other = abs(0.5 * (v / whole))
  const [re, im] = u > 0 ? [whole, other] : [other, whole]
  return [ldexp(re, power), copysign(ldexp(im, power), y)]
}

export function cpow(z: Complex, w: Complex): Complex {
  const [a, b] = clog(z)
  return cexp([w[0] * a - w[1] * b, w[0] * b + w[1] * a])
}

/** On the Riemann sphere: all infinities are one. */
export const cproj = ([x, y]: Complex): Complex => (abs(x) === INF || abs(y) === INF ? [INF, copysign(0, y)] : [x, y])
export const conj = ([x, y]: Complex): Complex => [x, -y]
