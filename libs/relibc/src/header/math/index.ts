/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/math.h.html
 *
 * Rounding, remainders, scaling and square roots are exact. Elementary functions are computed to about 100 bits and rounded once;
 * hyperbolic ones by their formulas. How often each equals glibc's result: data/libm.json.
 */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf, object, type SymbolRow } from '../../registry/define.ts'
import { directionOf, FE, raise, rounded } from '../fenv/rounding.ts'
import { F32, F64 } from '../stdlib/real.ts'
import { j0, j1, jn, y0, y1, yn } from './bessel.ts'
import { acos, asin, atan, atan2, cos, sin, tan } from './circular.ts'
import { cbrt, exp, exp2, exp10, hypot, log, log2, pow } from './elementary.ts'
import { checked } from './errors.ts'
import { extendedRows } from './extended.ts'
import { exactExtendedRows } from './extended-exact.ts'
import { specialExtendedRows } from './extended-special.ts'
import { acosh, asinh, cosh, sinh } from './hyperbolic.ts'
import { copysign, fdim, fma, fmax, fmin, isNegative, ldexp, logb, nextafter, remquo, rint, round, sqrt } from './rounding.ts'
import { erf, erfc, gammaSign, lgamma, tgamma } from './special.ts'

const F64_OUT = 8
const F32_OUT = 4

/** A row for double and one for float of an exact function. */
const exact = (name: string, fn: (x: number) => number): readonly SymbolRow[] => [
  leaf(name, 'f64(f64)', (_, x: number) => fn(x)),
  leaf(`${name}f`, 'f32(f32)', (_, x: number) => fn(x)),
]
/** To an integer in the direction of fesetround; `tells` if the value is another one then. */
const current = (name: string, tells: boolean): readonly SymbolRow[] => {
  const of = (c: LibcCall, x: number): number => {
    const value = rounded(c, x)
    if (tells && value !== x && !Number.isNaN(x)) raise(c, FE.inexact)
    return value
  }
  return [leaf(name, 'f64(f64)', of), leaf(`${name}f`, 'f32(f32)', of)]
}
const unary = (name: string, fn: (x: number) => number, vanishes = false): readonly SymbolRow[] => [
  leaf(name, 'f64(f64)', (c, x: number) => checked(c, fn(x), [x], vanishes)),
  leaf(`${name}f`, 'f32(f32)', (c, x: number) => checked(c, Math.fround(fn(x)), [x], vanishes)),
]
const binary = (name: string, fn: (x: number, y: number) => number, vanishes = false): readonly SymbolRow[] => [
  leaf(name, 'f64(f64, f64)', (c, x: number, y: number) => checked(c, fn(x, y), [x, y], vanishes)),
  leaf(`${name}f`, 'f32(f32, f32)', (c, x: number, y: number) => checked(c, Math.fround(fn(x, y)), [x, y])),
]
const BESSEL = 'equals glibc in 11 digits, of float in 4, but for arguments near a zero'
const bessel = (name: string, fn: (x: number) => number, vanishes = false): readonly SymbolRow[] => [
  leaf(name, 'f64(f64)', (c, x: number) => checked(c, fn(x), [x], vanishes), 'partial', BESSEL),
  leaf(`${name}f`, 'f32(f32)', (c, x: number) => checked(c, Math.fround(fn(x)), [x], vanishes), 'partial', BESSEL),
]
/** The same of an order. */
const ordered = (name: string, fn: (n: number, x: number) => number, vanishes = false): readonly SymbolRow[] => [
  leaf(name, 'f64(int, f64)', (c, n: number, x: number) => checked(c, fn(n, x), [x], vanishes), 'partial', BESSEL),
  leaf(`${name}f`, 'f32(int, f32)', (c, n: number, x: number) => checked(c, Math.fround(fn(n, x)), [x], vanishes), 'partial', BESSEL),
]
/** To a 64-bit integer; what does not fit is the most negative one, as the processor answers. `tells` if the value is another one then. */
const integer = (name: string, fn: (c: LibcCall, x: number) => number, tells = false): readonly SymbolRow[] => {
  const least = -(1n << 63n)
  const of = (c: LibcCall, x: number): bigint => {
    const value = fn(c, x)
    const fits = value >= -(2 ** 63) && value < 2 ** 63
    if (!fits || (tells && value !== x)) raise(c, fits ? FE.inexact : FE.invalid)
    return fits ? BigInt(value) : least
  }
  return [leaf(name, 'i64(f64)', of), leaf(`${name}f`, 'i64(f32)', of), alias(`l${name}`, name), alias(`l${name}f`, `${name}f`)]
}

const put = (c: LibcCall, at: number, size: number, value: number): void => {
  if (!writable(c, at, size)) return
  if (size === F64_OUT) c.memory.setF64(at, value)
  else c.memory.view.setFloat32(at, value, true)
}

function frexp(c: LibcCall, x: number, out: number): number {
  const finite = Number.isFinite(x) && x !== 0
  const power = finite ? logb(x) + 1 : 0
  if (writable(c, out, 4)) c.memory.setI32(out, power)
  return finite ? ldexp(x, -power) : x
}

const modf = (size: number) => (c: LibcCall, x: number, out: number) => {
  put(c, out, size, Math.trunc(x))
  const rest = Number.isFinite(x) ? x - Math.trunc(x) : Number.isNaN(x) ? x : 0
  return isNegative(x) ? -Math.abs(rest) : rest
}

const sincos = (size: number) => (c: LibcCall, x: number, sine: number, cosine: number) => {
  put(c, sine, size, checked(c, sin(x), [x]))
  put(c, cosine, size, cos(x))
}

const quotient = (c: LibcCall, x: number, y: number, out: number): number => {
  const { rest, quotient: bits } = remquo(x, y)
  if (writable(c, out, 4)) c.memory.setI32(out, bits)
  return checked(c, rest, [x, y])
}

function withSignOut(c: LibcCall, x: number, out: number): number {
  if (writable(c, out, 4)) c.memory.setI32(out, gammaSign(x))
  return checked(c, lgamma(x), [x])
}

/** FP_NAN 0, FP_INFINITE 1, FP_ZERO 2, FP_SUBNORMAL 3, FP_NORMAL 4. */
const classify = (least: number) => (_: LibcCall, x: number) =>
  Number.isNaN(x) ? 0 : !Number.isFinite(x) ? 1 : x === 0 ? 2 : Math.abs(x) < least ? 3 : 4

/** x · 2^y where y is an integer. */
function scalb(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  if (!Number.isFinite(y)) return y > 0 ? x * y : x / -y
  return Number.isInteger(y) ? ldexp(x, y) : Number.NaN
}

/** The mantissa of x, from 1 to 2. */
const significand = (x: number): number => (Number.isFinite(x) && x !== 0 ? ldexp(x, -logb(x)) : x)

function ilogb(c: LibcCall, x: number): number {
  if (x === 0 || Number.isNaN(x)) return c.fail(33) - 0x7fff_ffff
  return Number.isFinite(x) ? logb(x) : 0x7fff_ffff
}

const tests = (name: string, fn: (x: number) => number): readonly SymbolRow[] => [
  leaf(name, 'int(f64)', (_, x: number) => fn(x)),
  alias(`__${name}`, name),
  leaf(`${name}f`, 'int(f32)', (_, x: number) => fn(x)),
  alias(`__${name}f`, `${name}f`),
]

export const math: HeaderTable = {
  name: 'math',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/math.h.html',
  rows: [
    ...exact('ceil', Math.ceil),
    leaf('fabs', 'f64nan(f64)', (_, x: number) => copysign(x, 1)),
    leaf('fabsf', 'f32nan(f32)', (_, x: number) => copysign(x, 1)),
    ...exact('floor', Math.floor),
    ...current('rint', true),
    ...current('nearbyint', false),
    ...exact('round', round),
    ...exact('roundeven', rint),
    ...exact('trunc', Math.trunc),
    ...exact('logb', logb),
    leaf('sqrt', 'f64(f64)', (c, x: number) => checked(c, sqrt(x, directionOf(c, false)), [x])),
    leaf('sqrtf', 'f32(f32)', (c, x: number) => checked(c, sqrt(x, directionOf(c, false), 32), [x])),
    ...integer('lrint', rounded, true),
    ...integer('lround', (_, x) => round(x)),
    ...binary('fmod', (x, y) => x % y),
    ...binary('remainder', (x, y) => remquo(x, y).rest),
    alias('drem', 'remainder'),
    leaf('remquo', 'f64(f64, f64, ptr)', quotient),
    leaf('remquof', 'f32(f32, f32, ptr)', quotient),
    leaf('copysign', 'f64nan(f64, f64)', (_, x: number, y: number) => copysign(x, y)),
    leaf('copysignf', 'f32nan(f32, f32)', (_, x: number, y: number) => copysign(x, y)),
    ...binary('fdim', fdim),
    ...binary('fmax', fmax),
    ...binary('fmin', fmin),
    leaf('fma', 'f64(f64, f64, f64)', (c, x: number, y: number, z: number) => fma(x, y, z, F64, (negative) => directionOf(c, negative))),
    leaf('fmaf', 'f32(f32, f32, f32)', (c, x: number, y: number, z: number) => fma(x, y, z, F32, (negative) => directionOf(c, negative))),
    leaf('frexp', 'f64(f64, ptr)', frexp),
    leaf('frexpf', 'f32(f32, ptr)', frexp),
    leaf('ilogb', 'int(f64)', ilogb),
    leaf('ilogbf', 'int(f32)', ilogb),
    ...tests('isinf', (x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) : 0)),
    ...tests('isnan', (x) => (Number.isNaN(x) ? 1 : 0)),
    ...tests('finite', (x) => (Number.isFinite(x) ? 1 : 0)),
    leaf('__fpclassify', 'int(f64)', classify(2 ** -1022)),
    leaf('__fpclassifyf', 'int(f32)', classify(2 ** -126)),
    leaf('__signbit', 'int(f64)', (_, x: number) => (isNegative(x) ? 1 : 0)),
    leaf('__signbitf', 'int(f32)', (_, x: number) => (isNegative(x) ? 1 : 0)),
    leaf('ldexp', 'f64(f64, int)', (c, x: number, n: number) => checked(c, ldexp(x, n), [x], true)),
    leaf('ldexpf', 'f32(f32, int)', (c, x: number, n: number) => checked(c, Math.fround(ldexp(x, n)), [x], true)),
    alias('scalbn', 'ldexp'),
    ...binary('scalb', scalb, true),
    ...exact('significand', significand),
    alias('scalbnf', 'ldexpf'),
    leaf('scalbln', 'f64(f64, long)', (c, x: number, n: number) => checked(c, ldexp(x, n), [x], true)),
    leaf('scalblnf', 'f32(f32, long)', (c, x: number, n: number) => checked(c, Math.fround(ldexp(x, n)), [x], true)),
    leaf('modf', 'f64(f64, ptr)', modf(F64_OUT)),
    leaf('modff', 'f32(f32, ptr)', modf(F32_OUT)),
    leaf('nan', 'f64(ptr)', () => Number.NaN),
    leaf('nanf', 'f32(ptr)', () => Number.NaN),
    leaf('nextafter', 'f64(f64, f64)', (_, x: number, y: number) => nextafter(x, y, 64)),
    leaf('nextafterf', 'f32(f32, f32)', (_, x: number, y: number) => nextafter(x, y, 32)),
    ...unary('acos', acos),
    ...unary('acosh', acosh),
    ...unary('asin', asin),
    ...unary('asinh', asinh),
    ...unary('atan', atan),
    ...unary('atanh', Math.atanh),
    ...unary('cbrt', cbrt),
    ...unary('cos', cos),
    ...unary('cosh', cosh),
    ...unary('erf', erf),
    ...unary('erfc', erfc, true),
    ...unary('exp', exp, true),
    ...unary('exp10', exp10, true),
    alias('pow10', 'exp10'),
    ...unary('exp2', exp2, true),
    ...unary('expm1', Math.expm1),
    ...bessel('j0', j0, true),
    ...bessel('j1', j1, true),
    ...ordered('jn', jn, true),
    leaf('lgamma', 'f64(f64)', (c, x: number) => withSignOut(c, x, c.object('signgam'))),
    leaf('lgammaf', 'f32(f32)', (c, x: number) => withSignOut(c, x, c.object('signgam'))),
    alias('gamma', 'lgamma'),
    object('signgam', 4, 4),
    alias('__signgam', 'signgam'),
    leaf('lgamma_r', 'f64(f64, ptr)', withSignOut),
    leaf('lgammaf_r', 'f32(f32, ptr)', withSignOut),
    ...unary('log', log),
    ...unary('log10', Math.log10),
    ...unary('log1p', Math.log1p),
    ...unary('log2', log2),
    ...unary('sin', sin),
    ...unary('sinh', sinh),
    ...unary('tan', tan),
    ...unary('tanh', Math.tanh),
    ...unary('tgamma', tgamma),
    ...bessel('y0', y0),
    ...bessel('y1', y1),
    ...ordered('yn', yn),
    ...binary('atan2', atan2),
    ...binary('hypot', hypot),
    ...binary('pow', pow, true),
    leaf('sincos', 'void(f64, ptr, ptr)', sincos(F64_OUT)),
    leaf('sincosf', 'void(f32, ptr, ptr)', sincos(F32_OUT)),
    ...extendedRows,
    ...exactExtendedRows,
    ...specialExtendedRows,
  ],
}
