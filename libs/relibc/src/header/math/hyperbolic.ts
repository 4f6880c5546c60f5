/** Hyperbolic functions by their defining formulas over exp, expm1, log and log1p, each where it loses least. */
import { exp, log } from './elementary.ts'

const LOG_MAX = 709.782712893384
const { abs, expm1, log1p, sqrt } = Math

/** e^x / 2 where e^x itself would overflow. */
const halfExp = (x: number): number => {
  if (x <= LOG_MAX) return 0.5 * exp(x)
  const root = exp(0.5 * x)
  return 0.5 * root * root
}

export function sinh(x: number): number {
  const size = abs(x)
  if (!(size < Number.POSITIVE_INFINITY) || size < 2 ** -28) return x
  const half = x < 0 ? -0.5 : 0.5
  if (size >= 22) return 2 * half * halfExp(size)
  const t = expm1(size)
  return size < 1 ? half * (2 * t - (t * t) / (t + 1)) : half * (t + t / (t + 1))
}

export function cosh(x: number): number {
  const size = abs(x)
  if (size < 0.5 * Math.LN2) {
    const t = expm1(size)
    return size < 2 ** -55 ? 1 : 1 + (t * t) / (2 * (1 + t))
  }
  if (size < 22) {
    const t = exp(size)
    return 0.5 * t + 0.5 / t
  }
  return Number.isNaN(x) ? x : halfExp(size)
}

export function asinh(x: number): number {
  const size = abs(x)
  if (!(size < Number.POSITIVE_INFINITY) || size < 2 ** -28) return x
  const square = size * size
  const made =
    size > 2 ** 28
      ? log(size) + Math.LN2
      : size > 2
        ? log(2 * size + 1 / (sqrt(square + 1) + size))
        : log1p(size + square / (1 + sqrt(1 + square)))
  return x < 0 ? -made : made
}

export function acosh(x: number): number {
  if (!(x >= 1)) return Number.NaN
  if (x > 2 ** 28) return x === Number.POSITIVE_INFINITY ? x : log(x) + Math.LN2
  if (x > 2) return log(2 * x - 1 / (x + sqrt(x * x - 1)))
  const t = x - 1
  return log1p(t + sqrt(2 * t + t * t))
}
