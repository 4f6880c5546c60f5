/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/math.h.html
 *
 * Rounding, remainders, scaling and square roots are exact. Transcendental functions are the host engine's fdlibm,
 * within one unit in the last place; those of single precision are rounded once from them.
 */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type FunctionRow, type HeaderTable, leaf, type SymbolRow } from '../../registry/define.ts'
import { F64, f64Of, realOfF64, roundTo } from '../stdlib/real.ts'

const ULP = 'within one unit in the last place of glibc; errno is left alone'

const exact = (name: string, fn: (x: number) => number): readonly FunctionRow[] => [
  leaf(name, 'f64(f64)', (_, x: number) => fn(x)),
  leaf(`${name}f`, 'f32(f32)', (_, x: number) => fn(x)),
]
const close = (name: string, fn: (x: number) => number): readonly FunctionRow[] => [
  leaf(name, 'f64(f64)', (_, x: number) => fn(x), 'partial', ULP),
  leaf(`${name}f`, 'f32(f32)', (_, x: number) => fn(x), 'partial', ULP),
]

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

/** C's pow, where 1 to any power and -1 to an infinite one are 1. */
export const pow = (x: number, y: number): number => (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y)

function frexp(c: LibcCall, x: number, out: number): number {
  const finite = Number.isFinite(x) && x !== 0
  const power = finite ? logb(x) + 1 : 0
  if (writable(c, out, 4)) c.memory.setU32(out, power)
  return finite ? ldexp(x, -power) : x
}

function modf(c: LibcCall, x: number, out: number): number {
  const whole = Math.trunc(x)
  if (writable(c, out, 8)) c.memory.setF64(out, whole)
  const rest = Number.isFinite(x) ? x - whole : Number.isNaN(x) ? x : 0
  return x < 0 || Object.is(x, -0) ? -Math.abs(rest) : rest
}

function sincos(c: LibcCall, x: number, sine: number, cosine: number): void {
  if (writable(c, sine, 8)) c.memory.setF64(sine, Math.sin(x))
  if (writable(c, cosine, 8)) c.memory.setF64(cosine, Math.cos(x))
}

const absent = (names: string): readonly SymbolRow[] =>
  names.split(' ').map((name) => leaf(name, 'long()', (c) => c.fail(38), 'missing', 'not written yet'))

export const math: HeaderTable = {
  name: 'math',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/math.h.html',
  rows: [
    ...exact('ceil', Math.ceil),
    ...exact('fabs', Math.abs),
    ...exact('floor', Math.floor),
    ...exact('rint', rint),
    ...exact('nearbyint', rint),
    ...exact('round', round),
    ...exact('sqrt', Math.sqrt),
    ...exact('trunc', Math.trunc),
    ...exact('logb', logb),
    leaf('fmod', 'f64(f64, f64)', (_, x: number, y: number) => x % y),
    leaf('fmodf', 'f32(f32, f32)', (_, x: number, y: number) => x % y),
    leaf('frexp', 'f64(f64, ptr)', frexp),
    leaf('isinf', 'int(f64)', (_, x: number) => (Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) : 0)),
    leaf('isnan', 'int(f64)', (_, x: number) => (Number.isNaN(x) ? 1 : 0)),
    leaf('ldexp', 'f64(f64, int)', (_, x: number, n: number) => ldexp(x, n)),
    alias('scalbn', 'ldexp'),
    leaf('modf', 'f64(f64, ptr)', modf),
    leaf('nextafter', 'f64(f64, f64)', (_, x: number, y: number) => nextafter(x, y, 64)),
    leaf('nextafterf', 'f32(f32, f32)', (_, x: number, y: number) => nextafter(x, y, 32)),
    ...close('acos', Math.acos),
    ...close('asin', Math.asin),
    ...close('atan', Math.atan),
    ...close('cos', Math.cos),
    ...close('cosh', Math.cosh),
    ...close('exp', Math.exp),
    ...close('exp2', (x) => 2 ** x),
    ...close('log', Math.log),
    ...close('log10', Math.log10),
    ...close('log1p', Math.log1p),
    ...close('log2', Math.log2),
    ...close('sin', Math.sin),
    ...close('sinh', Math.sinh),
    ...close('tan', Math.tan),
    ...close('tanh', Math.tanh),
    leaf('atan2', 'f64(f64, f64)', (_, y: number, x: number) => Math.atan2(y, x), 'partial', ULP),
    leaf('pow', 'f64(f64, f64)', (_, x: number, y: number) => pow(x, y), 'partial', ULP),
    leaf('powf', 'f32(f32, f32)', (_, x: number, y: number) => pow(x, y), 'partial', ULP),
    leaf('sincos', 'void(f64, ptr, ptr)', sincos, 'partial', ULP),
    ...absent('erf frexpl logl'),
  ],
}
