/** Long double: exact operations over integers, elementary functions in pairs, rounded to 64 bits. */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type LeafFn, leaf, type SymbolRow } from '../../registry/define.ts'
import { directionOf, FE, raise } from '../fenv/rounding.ts'
import { bitLength, type Direction, F80, f80Of, type Real, realOfF64, realOfF80, roundTo } from '../stdlib/real.ts'
import { angle, sinCos } from './circular.ts'
import { add, divide, LN2, LN10, multiply, ONE, type Pair, pair, scale } from './double-double.ts'
import { checked } from './errors.ts'
import { expPair, logPair, type Scaled } from './exponential.ts'

/** The ten bytes of a long double. */
export type F80Bytes = Uint8Array
/** The processor's own NaN of an invalid operation. */
export const NAN = f80Of(true, 'nan', 0n, 0)
export const infinity = (negative: boolean): F80Bytes => f80Of(negative, 'infinite', 0n, 0)
export const zero = (negative: boolean): F80Bytes => f80Of(negative, 'finite', 0n, 0)
export const isZero = (x: Real): boolean => x.kind === 'finite' && x.mantissa === 0n

/** ± mantissa · 2^exponent, rounded once. */
export function rounded(negative: boolean, mantissa: bigint, exponent: number, to?: Direction): F80Bytes {
  if (mantissa === 0n) return zero(negative)
  const at = Math.max(Math.min(exponent, 40_000), -40_000)
  const made = at >= 0 ? roundTo(mantissa << BigInt(at), 1n, F80, to) : roundTo(mantissa, 1n << BigInt(-at), F80, to)
  return made.range === 'overflow' ? infinity(negative) : f80Of(negative, 'finite', made.mantissa, made.exponent)
}

/** An integer-valued function of the size: how much of what lies behind the point counts. */
const toWhole =
  (up: (negative: boolean, whole: bigint, twiceRest: bigint, one: bigint) => boolean) =>
  (x: F80Bytes): F80Bytes => {
    const r = realOfF80(x)
    if (r.kind !== 'finite' || r.exponent >= 0 || r.mantissa === 0n) return x
    const shift = BigInt(Math.min(-r.exponent, 80))
    const whole = r.mantissa >> shift
    const rest = r.mantissa - (whole << shift)
    const result = rest !== 0n && up(r.negative, whole, rest * 2n, 1n << shift) ? whole + 1n : whole
    return rounded(r.negative, result, 0)
  }

/** A finite number in [1, 2) as a pair, and its exponent. */
export function parts(x: Real): { readonly value: Pair; readonly power: number } {
  const length = x.mantissa.toString(2).length
  const top = x.mantissa >> 11n
  const hi = Number(top << 11n) * 2 ** (1 - length)
  const lo = Number(x.mantissa & 0x7ffn) * 2 ** (1 - length)
  return { value: add(pair(hi), pair(lo)), power: x.exponent + length - 1 }
}

/** A pair times a power of two as a long double. */
export function made({ value, power }: Scaled): F80Bytes {
  if (value.hi === 0) return zero(false)
  const [a, b] = [realOfF64(value.hi), realOfF64(value.lo)]
  const least = b.mantissa === 0n ? a.exponent : Math.min(a.exponent, b.exponent)
  const part = (r: Real): bigint => (r.mantissa === 0n ? 0n : (r.negative ? -r.mantissa : r.mantissa) << BigInt(r.exponent - least))
  const sum = part(a) + part(b)
  return rounded(sum < 0n, sum < 0n ? -sum : sum, least + power)
}

/** A number that a double's range holds, as a pair. */
export const plain = (x: Real): Pair => {
  const { value, power } = parts(x)
  return scale(x.negative ? scale(value, -1) : value, 2 ** power)
}

function logarithm(base: Pair | undefined) {
  return (x: F80Bytes): F80Bytes => {
    const r = realOfF80(x)
    if (isZero(r)) return infinity(true)
    if (r.kind === 'nan') return x
    if (r.negative) return NAN
    if (r.kind === 'infinite') return x
    const { value, power } = parts(r)
    const high = value.hi > Math.SQRT2
    const natural = logPair({ value: high ? scale(value, 0.5) : value, power: high ? power + 1 : power })
    return made({ value: base === undefined ? natural : divide(natural, base), power: 0 })
  }
}

/** base^x; beyond ±12000 binary orders of magnitude everything over- or underflows. */
function exponential(base: Pair | undefined) {
  return (x: F80Bytes): F80Bytes => {
    const r = realOfF80(x)
    if (r.kind === 'nan') return x
    if (r.kind === 'infinite') return r.negative ? zero(false) : x
    if (isZero(r)) return made({ value: ONE, power: 0 })
    if (parts(r).power > 15) return r.negative ? zero(false) : infinity(false)
    if (parts(r).power < -70) return made({ value: ONE, power: 0 })
    const argument = plain(r)
    return made(expPair(base === undefined ? argument : multiply(argument, base)))
  }
}

/** A function of an angle that a double's range holds. */
function circular(of: (s: Pair, c: Pair) => Pair, small: 'same' | 'one') {
  return (x: F80Bytes): F80Bytes => {
    const r = realOfF80(x)
    if (r.kind === 'nan') return x
    if (r.kind === 'infinite') return NAN
    const { power } = isZero(r) ? { power: -9999 } : parts(r)
    if (power < -40) return small === 'same' ? x : made({ value: ONE, power: 0 })
    if (power > 900) return NAN
    const whole = plain(r)
    const { sine, cosine } = sinCos(whole.hi)
    // What the double leaves of the argument turns the angle by itself, as its square is below the last bit.
    const rest = pair(whole.lo)
    return made({ value: of(add(sine, multiply(cosine, rest)), add(cosine, scale(multiply(sine, rest), -1))), power: 0 })
  }
}

function atan2l(y: F80Bytes, x: F80Bytes): F80Bytes {
  const [a, b] = [realOfF80(y), realOfF80(x)]
  if (a.kind === 'nan') return y
  if (b.kind === 'nan') return x
  if (a.kind === 'infinite' || b.kind === 'infinite' || isZero(a) || isZero(b)) {
    const size = (r: Real): number => (r.kind === 'infinite' ? Number.POSITIVE_INFINITY : isZero(r) ? 0 : 1) * (r.negative ? -1 : 1)
    const exact = Math.atan2(size(a), size(b))
    const quarters = Math.round(exact / (Math.PI / 4))
    if (quarters === 0) return zero(a.negative)
    return made({ value: multiply(scale({ hi: Math.PI, lo: 1.2246467991473532e-16 }, 0.25), pair(quarters)), power: 0 })
  }
  const [p, q] = [parts(a), parts(b)]
  const distance = p.power - q.power
  if (distance < -500 && !b.negative)
    return made({ value: a.negative ? scale(divide(p.value, q.value), -1) : divide(p.value, q.value), power: distance })
  const near = Math.max(Math.min(distance, 200), -200)
  const [u, v] = [scale(p.value, a.negative ? -(2 ** near) : 2 ** near), scale(q.value, b.negative ? -1 : 1)]
  return made({ value: angle(u, v, Math.atan2(u.hi, v.hi)), power: 0 })
}

function powl(x: F80Bytes, y: F80Bytes): F80Bytes {
  const [a, b] = [realOfF80(x), realOfF80(y)]
  const one = made({ value: ONE, power: 0 })
  const wide = (r: Real): number =>
    r.kind === 'nan'
      ? Number.NaN
      : r.kind === 'infinite'
        ? (r.negative ? -1 : 1) * Number.POSITIVE_INFINITY
        : isZero(r)
          ? r.negative
            ? -0
            : 0
          : 0
  if (isZero(b)) return one
  const whole = b.kind === 'finite' && (b.exponent >= 0 || b.mantissa % (1n << BigInt(Math.min(-b.exponent, 80))) === 0n)
  const odd = whole && b.exponent <= 0 && ((b.mantissa >> BigInt(Math.min(-b.exponent, 80))) & 1n) === 1n
  if (a.kind !== 'finite' || b.kind !== 'finite' || isZero(a)) {
    const [u, v] = [
      a.kind === 'finite' && !isZero(a) ? Number(plainOrClamp(a)) : wide(a),
      b.kind === 'finite' ? (odd ? (b.negative ? -3 : 3) : b.negative ? -2.5 : 2.5) : wide(b),
    ]
    const result = (u === 1 || (u === -1 && !Number.isNaN(v))) && b.kind !== 'finite' ? 1 : u ** v
    if (a.kind === 'nan' && Number.isNaN(result)) return x
    if (b.kind === 'nan' && Number.isNaN(result)) return y
    return Number.isNaN(result) ? NAN : Number.isFinite(result) ? (result === 0 ? zero(Object.is(result, -0)) : one) : infinity(result < 0)
  }
  if (a.negative && !whole) return NAN
  const negative = a.negative && odd
  const { value, power } = parts(a)
  const high = value.hi > Math.SQRT2
  const natural = logPair({ value: high ? scale(value, 0.5) : value, power: high ? power + 1 : power })
  if (natural.hi === 0) return negative ? made({ value: pair(-1), power: 0 }) : one
  const size = parts(b).power + Math.log2(Math.abs(natural.hi))
  if (size > 15) return natural.hi > 0 === !b.negative ? infinity(negative) : zero(negative)
  if (size < -80) return negative ? made({ value: pair(-1), power: 0 }) : one
  const raised = expPair(multiply(plain(b), natural))
  return made({ value: negative ? scale(raised.value, -1) : raised.value, power: raised.power })
}

/** The double at or inside the range's ends: only whether it is above, at or below 1 matters. */
const plainOrClamp = (r: Real): number => {
  const { power } = parts(r)
  const value = power > 1000 ? 2 ** 1000 : power < -1000 ? 2 ** -1000 : plain({ ...r, negative: false }).hi
  return r.negative ? -value : value
}

function sqrtl(x: F80Bytes, c: LibcCall): F80Bytes {
  const r = realOfF80(x)
  if (r.kind === 'nan' || isZero(r)) return x
  if (r.negative) return NAN
  if (r.kind === 'infinite') return x
  return root(r.mantissa, r.exponent, directionOf(c, false))
}

/** √(n · 2^exponent), rounded once. */
export function root(n: bigint, exponent: number, to?: Direction): F80Bytes {
  if (n === 0n) return zero(false)
  const shift = (exponent & 1) + 140
  const wide = n << BigInt(shift)
  let guess = 1n << BigInt((bitLength(wide) + 1) >> 1)
  for (let next = (guess + wide / guess) >> 1n; next < guess; next = (guess + wide / guess) >> 1n) guess = next
  // A last bit that stands for what the root leaves.
  const sticky = guess * guess === wide ? guess << 1n : (guess << 1n) | 1n
  return rounded(false, sticky, (exponent - shift) / 2 - 1, to)
}

function fmodl(x: F80Bytes, y: F80Bytes): F80Bytes {
  const [a, b] = [realOfF80(x), realOfF80(y)]
  if (a.kind === 'nan') return x
  if (b.kind === 'nan') return y
  if (a.kind !== 'finite' || isZero(b)) return NAN
  if (b.kind === 'infinite' || isZero(a)) return x
  const least = Math.min(a.exponent, b.exponent)
  return rounded(a.negative, (a.mantissa << BigInt(a.exponent - least)) % (b.mantissa << BigInt(b.exponent - least)), least)
}

function scaled(x: F80Bytes, n: number): F80Bytes {
  const r = realOfF80(x)
  return r.kind === 'finite' ? rounded(r.negative, r.mantissa, r.exponent + n) : x
}

function frexpl(c: LibcCall, x: F80Bytes, out: number): F80Bytes {
  const r = realOfF80(x)
  const finite = r.kind === 'finite' && r.mantissa !== 0n
  const power = finite ? parts(r).power + 1 : 0
  if (writable(c, out, 4)) c.memory.setI32(out, power)
  return finite ? scaled(x, -power) : x
}

function modfl(c: LibcCall, x: F80Bytes, out: number): F80Bytes {
  const r = realOfF80(x)
  const whole = truncl(x)
  if (writable(c, out, 16)) c.memory.u8.set(whole, out)
  if (r.kind !== 'finite') return r.kind === 'nan' ? x : zero(r.negative)
  if (r.exponent >= 0) return zero(r.negative)
  return rounded(r.negative, r.mantissa & ((1n << BigInt(Math.min(-r.exponent, 80))) - 1n), r.exponent)
}

const withSign = (x: F80Bytes, negative: boolean): F80Bytes => {
  const out = x.slice(0, 10)
  out[9] = (out[9] & 0x7f) | (negative ? 0x80 : 0)
  return out
}

export const order = (a: Real, b: Real): number => {
  const value = (r: Real): bigint =>
    (r.kind === 'infinite' ? 1n << 33_000n : r.mantissa << BigInt(r.exponent + 16_445)) * (r.negative ? -1n : 1n)
  const [x, y] = [value(a), value(b)]
  return x < y ? -1 : x > y ? 1 : 0
}
const choose =
  (larger: boolean) =>
  (x: F80Bytes, y: F80Bytes): F80Bytes => {
    const [a, b] = [realOfF80(x), realOfF80(y)]
    if (a.kind === 'nan') return y
    if (b.kind === 'nan') return x
    return order(a, b) > 0 === larger ? x : y
  }

const truncl = toWhole(() => false)
export const NEAREST = toWhole((_, whole, twice, one) => twice > one || (twice === one && (whole & 1n) === 1n))
const AWAY = toWhole(() => true)
/** To an integer in the current direction. */
function nearbyintl(x: F80Bytes, c: LibcCall): F80Bytes {
  const to = directionOf(c, realOfF80(x).negative)
  return to === 'nearest' ? NEAREST(x) : to === 'away' ? AWAY(x) : truncl(x)
}
function rintl(x: F80Bytes, c: LibcCall): F80Bytes {
  const result = nearbyintl(x, c)
  const [a, b] = [realOfF80(x), realOfF80(result)]
  if (a.kind === 'finite' && order(a, b) !== 0) raise(c, FE.inexact)
  return result
}
const roundl = toWhole((_, __, twice, one) => twice >= one)

/** The result class f80 takes ten bytes, which the row type does not name. */
export const row = (name: string, signature: string, fn: (c: LibcCall, ...args: never[]) => F80Bytes): SymbolRow =>
  leaf(name, signature, fn as unknown as LeafFn)
export const unary = (name: string, fn: (x: F80Bytes, c: LibcCall) => F80Bytes): SymbolRow =>
  row(name, 'f80(f80)', (c: LibcCall, x: F80Bytes) => {
    const result = fn(x, c)
    const [a, b] = [realOfF80(x).kind, realOfF80(result).kind]
    const asNumber = (kind: Real['kind']): number => (kind === 'nan' ? Number.NaN : kind === 'infinite' ? Number.POSITIVE_INFINITY : 1)
    checked(c, asNumber(b), [asNumber(a)])
    return result
  })
export const binary = (name: string, fn: (x: F80Bytes, y: F80Bytes) => F80Bytes): SymbolRow =>
  row(name, 'f80(f80, f80)', (_: LibcCall, x: F80Bytes, y: F80Bytes) => fn(x, y))
const whole = (name: string, fn: (x: F80Bytes, c: LibcCall) => F80Bytes): SymbolRow =>
  leaf(name, 'i64(f80)', (c, x: F80Bytes) => {
    const least = -(1n << 63n)
    const flags = c.state.mxcsr
    const r = realOfF80(fn(x, c))
    const size = r.exponent >= 0 ? r.mantissa << BigInt(Math.min(r.exponent, 80)) : r.mantissa >> BigInt(Math.min(-r.exponent, 80))
    const value = r.negative ? -size : size
    if (r.kind === 'finite' && value < -least && value >= least) return value
    c.state.mxcsr = flags
    raise(c, FE.invalid)
    return least
  })

export const extendedRows: readonly SymbolRow[] = [
  unary('fabsl', (x) => withSign(x, false)),
  unary('truncl', truncl),
  unary(
    'floorl',
    toWhole((negative) => negative),
  ),
  unary(
    'ceill',
    toWhole((negative) => !negative),
  ),
  unary('rintl', rintl),
  unary('nearbyintl', nearbyintl),
  unary('roundl', roundl),
  unary('sqrtl', sqrtl),
  unary('logl', logarithm(undefined)),
  unary('log2l', logarithm(LN2)),
  unary('log10l', logarithm(LN10)),
  unary('expl', exponential(undefined)),
  unary('exp2l', exponential(LN2)),
  unary('exp10l', exponential(LN10)),
  unary(
    'sinl',
    circular((s) => s, 'same'),
  ),
  unary(
    'cosl',
    circular((_, c) => c, 'one'),
  ),
  unary(
    'tanl',
    circular((s, c) => divide(s, c), 'same'),
  ),
  unary('atanl', (x) => atan2l(x, made({ value: ONE, power: 0 }))),
  binary('atan2l', atan2l),
  binary('powl', powl),
  binary('fmodl', fmodl),
  binary('copysignl', (x, y) => withSign(x, realOfF80(y).negative)),
  binary('fmaxl', choose(true)),
  binary('fminl', choose(false)),
  row('ldexpl', 'f80(f80, int)', (_: LibcCall, x: F80Bytes, n: number) => scaled(x, n)),
  alias('scalbnl', 'ldexpl'),
  row('scalblnl', 'f80(f80, long)', (_: LibcCall, x: F80Bytes, n: number) => scaled(x, n)),
  row('frexpl', 'f80(f80, ptr)', frexpl),
  row('modfl', 'f80(f80, ptr)', modfl),
  whole('lrintl', rintl),
  alias('llrintl', 'lrintl'),
  whole('lroundl', roundl),
  alias('llroundl', 'lroundl'),
  leaf('__signbitl', 'int(f80)', (_, x: F80Bytes) => (realOfF80(x).negative ? 1 : 0)),
  leaf('__isnanl', 'int(f80)', (_, x: F80Bytes) => (realOfF80(x).kind === 'nan' ? 1 : 0)),
  alias('isnanl', '__isnanl'),
  leaf('__isinfl', 'int(f80)', (_, x: F80Bytes) => (realOfF80(x).kind !== 'infinite' ? 0 : realOfF80(x).negative ? -1 : 1)),
  alias('isinfl', '__isinfl'),
  leaf('__finitel', 'int(f80)', (_, x: F80Bytes) => (realOfF80(x).kind === 'finite' ? 1 : 0)),
  alias('finitel', '__finitel'),
  leaf('__fpclassifyl', 'int(f80)', (_, x: F80Bytes) => {
    const r = realOfF80(x)
    return r.kind === 'nan' ? 0 : r.kind === 'infinite' ? 1 : r.mantissa === 0n ? 2 : r.mantissa >> 63n === 0n ? 3 : 4
  }),
]
