/** Long double: neighbours, roots, remainders and sums that are exact before they are rounded once; and what follows from e^x in pairs. */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, type SymbolRow } from '../../registry/define.ts'
import { bitLength, F80, f80Of, type Real, realOfF64, realOfF80 } from '../stdlib/real.ts'
import { add, divide, ONE, type Pair, scale, subtract } from './double-double.ts'
import { expm1Small, expPair, logPair } from './exponential.ts'
import {
  binary,
  type F80Bytes,
  infinity,
  isZero,
  made,
  NAN,
  NEAREST,
  order,
  parts,
  plain,
  root,
  rounded,
  row,
  unary,
  zero,
} from './extended.ts'
import { nearestRest, nextafter } from './rounding.ts'

const TOP = 1n << 64n
const signed = ({ negative, mantissa }: Real): bigint => (negative ? -mantissa : mantissa)
const size = (n: bigint): bigint => (n < 0n ? -n : n)

/** The next number in the direction of another. */
function nextafterl(x: F80Bytes, y: F80Bytes): F80Bytes {
  const [a, b] = [realOfF80(x), realOfF80(y)]
  if (a.kind === 'nan') return x
  const way = b.kind === 'nan' ? 0 : order(a, b)
  if (way === 0) return y
  if (isZero(a)) return f80Of(b.negative, 'finite', 1n, F80.least)
  if (a.kind === 'infinite') return f80Of(a.negative, 'finite', TOP - 1n, F80.most)
  const outward = way < 0 !== a.negative
  const mantissa = a.mantissa + (outward ? 1n : -1n)
  if (mantissa === TOP) return a.exponent === F80.most ? infinity(a.negative) : f80Of(a.negative, 'finite', TOP >> 1n, a.exponent + 1)
  const left = mantissa < TOP >> 1n && a.mantissa >= TOP >> 1n && a.exponent > F80.least
  return left ? f80Of(a.negative, 'finite', TOP - 1n, a.exponent - 1) : f80Of(a.negative, 'finite', mantissa, a.exponent)
}

function nexttoward(bits: 32 | 64) {
  return (_: LibcCall, x: number, y: F80Bytes): number => {
    const b = realOfF80(y)
    if (Number.isNaN(x) || b.kind === 'nan') return Number.NaN
    const way = order(realOfF64(x), b)
    if (way === 0) return x === 0 ? (b.negative ? -0 : 0) : x
    return nextafter(x, way < 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY, bits)
  }
}

/** The cube root, with a last bit that stands for what it leaves. */
function cbrtl(x: F80Bytes): F80Bytes {
  const r = realOfF80(x)
  if (r.kind !== 'finite' || isZero(r)) return x
  const shift = 150 + ((((r.exponent - 150) % 3) + 3) % 3)
  const wide = r.mantissa << BigInt(shift)
  let guess = 1n << BigInt(Math.ceil(bitLength(wide) / 3))
  for (let next = (2n * guess + wide / (guess * guess)) / 3n; next < guess; next = (2n * guess + wide / (guess * guess)) / 3n) guess = next
  const sticky = guess ** 3n === wide ? guess << 1n : (guess << 1n) | 1n
  return rounded(r.negative, sticky, (r.exponent - shift) / 3 - 1)
}

function hypotl(x: F80Bytes, y: F80Bytes): F80Bytes {
  const [a, b] = [realOfF80(x), realOfF80(y)]
  if (a.kind === 'infinite' || b.kind === 'infinite') return infinity(false)
  if (a.kind === 'nan') return x
  if (b.kind === 'nan') return y
  const least = Math.min(a.exponent, b.exponent)
  const square = (r: Real): bigint => (r.mantissa << BigInt(r.exponent - least)) ** 2n
  return root(square(a) + square(b), 2 * least)
}

/** x − n·y for the integer n nearest to x / y, and the last bits of n with its sign. */
function remainderOf(x: F80Bytes, y: F80Bytes): { readonly rest: F80Bytes; readonly bits: number } {
  const [a, b] = [realOfF80(x), realOfF80(y)]
  const nothing = (rest: F80Bytes) => ({ rest, bits: 0 })
  if (a.kind === 'nan') return nothing(x)
  if (b.kind === 'nan') return nothing(y)
  if (a.kind === 'infinite' || isZero(b)) return nothing(NAN)
  if (b.kind === 'infinite' || isZero(a)) return nothing(x)
  const least = Math.min(a.exponent, b.exponent)
  const { rest, bits } = nearestRest(a.mantissa << BigInt(a.exponent - least), b.mantissa << BigInt(b.exponent - least))
  return { rest: rounded(a.negative !== rest < 0n, size(rest), least), bits: a.negative !== b.negative ? -bits : bits }
}

function remquol(c: LibcCall, x: F80Bytes, y: F80Bytes, out: number): F80Bytes {
  const { rest, bits } = remainderOf(x, y)
  if (writable(c, out, 4)) c.memory.setI32(out, bits)
  return rest
}

/** The sum of finite numbers, rounded once; `zeroSign` where it is nothing. */
function sum(parts: readonly Real[], zeroSign: boolean): F80Bytes {
  const least = Math.min(...parts.map(({ exponent }) => exponent))
  const total = parts.reduce((all, part) => all + (signed(part) << BigInt(part.exponent - least)), 0n)
  return total === 0n ? zero(zeroSign) : rounded(total < 0n, size(total), least)
}

function fdiml(x: F80Bytes, y: F80Bytes): F80Bytes {
  const [a, b] = [realOfF80(x), realOfF80(y)]
  if (a.kind === 'nan') return x
  if (b.kind === 'nan') return y
  if (order(a, b) <= 0) return zero(false)
  if (a.kind === 'infinite' || b.kind === 'infinite') return infinity(false)
  return sum([a, { ...b, negative: !b.negative }], false)
}

function fmal(_: LibcCall, x: F80Bytes, y: F80Bytes, z: F80Bytes): F80Bytes {
  const [a, b, d] = [realOfF80(x), realOfF80(y), realOfF80(z)]
  for (const [bytes, { kind }] of [
    [x, a],
    [y, b],
    [z, d],
  ] as const)
    if (kind === 'nan') return bytes
  const negative = a.negative !== b.negative
  if (a.kind === 'infinite' || b.kind === 'infinite') {
    if (isZero(a) || isZero(b) || (d.kind === 'infinite' && d.negative !== negative)) return NAN
    return infinity(negative)
  }
  if (d.kind === 'infinite') return z
  const product: Real = { ...a, negative, mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent }
  return sum([product, d], isZero(product) && isZero(d) && negative && d.negative)
}

/** The exponent, as if subnormals were normal. */
const exponentOf = (r: Real): number => r.exponent + bitLength(r.mantissa) - 1
function logbl(x: F80Bytes): F80Bytes {
  const r = realOfF80(x)
  if (r.kind === 'nan') return x
  if (r.kind === 'infinite') return infinity(false)
  if (isZero(r)) return infinity(true)
  const power = exponentOf(r)
  return rounded(power < 0, BigInt(Math.abs(power)), 0)
}

/** e^x − 1 as a number times a power of two, whose digits do not cancel. */
function expm1Pair(x: Pair): Pair {
  if (Math.abs(x.hi) < 0.35) return expm1Small(x)
  const { value, power } = expPair(x)
  return subtract(scale(value, 2 ** power), ONE)
}

/** Of a finite number that is not zero, below `wide` in size; others by what they are near. */
function fromExponential(fn: (x: Pair) => Pair, wide: number, beyond: (x: F80Bytes, r: Real) => F80Bytes) {
  return (x: F80Bytes): F80Bytes => {
    const r = realOfF80(x)
    if (r.kind === 'nan' || isZero(r)) return x
    const { power } = r.kind === 'finite' ? parts(r) : { power: 99 }
    // Below, the next term of the series is less than half a unit in the last place.
    if (power < -70) return x
    return power >= 15 || Math.abs(plain(r).hi) >= wide ? beyond(x, r) : made({ value: fn(plain(r)), power: 0 })
  }
}

const tanhPair = (x: Pair): Pair => {
  const twice = expm1Pair(scale(x, 2))
  return divide(twice, add(twice, { hi: 2, lo: 0 }))
}

/** log(1 + x); 1 + x is a sum of three doubles whose third does not count. */
function log1pl(x: F80Bytes): F80Bytes {
  const r = realOfF80(x)
  if (r.kind === 'nan' || isZero(r) || (r.kind === 'infinite' && !r.negative)) return x
  const way = order(r, realOfF64(-1))
  if (way <= 0) return way < 0 ? NAN : infinity(true)
  const { power } = parts(r)
  if (power < -66) return x
  if (power > 900) return NAN
  const whole = add(ONE, plain(r))
  const shift = Math.floor(Math.log2(whole.hi) + 0.5)
  return made({ value: logPair({ value: scale(whole, 2 ** -shift), power: shift }), power: 0 })
}

const one = (negative: boolean): F80Bytes => rounded(negative, 1n, 0)

export const exactExtendedRows: readonly SymbolRow[] = [
  binary('nextafterl', nextafterl),
  alias('nexttowardl', 'nextafterl'),
  leaf('nexttoward', 'f64(f64, f80)', nexttoward(64)),
  leaf('nexttowardf', 'f32(f32, f80)', nexttoward(32)),
  unary('cbrtl', cbrtl),
  binary('hypotl', hypotl),
  binary('remainderl', (x, y) => remainderOf(x, y).rest),
  alias('dreml', 'remainderl'),
  row('remquol', 'f80(f80, f80, ptr)', remquol),
  binary('fdiml', fdiml),
  row('fmal', 'f80(f80, f80, f80)', fmal),
  unary('roundevenl', NEAREST),
  unary('logbl', logbl),
  leaf('ilogbl', 'int(f80)', (c, x: F80Bytes) => {
    const r = realOfF80(x)
    if (r.kind === 'nan' || isZero(r)) return c.fail(33) - 0x7fff_ffff
    return r.kind === 'infinite' ? 0x7fff_ffff : exponentOf(r)
  }),
  unary(
    'expm1l',
    fromExponential(expm1Pair, 700, (x, r) => (r.negative ? one(true) : r.kind === 'infinite' ? x : NAN)),
  ),
  unary(
    'tanhl',
    fromExponential(tanhPair, 40, (_, r) => one(r.negative)),
  ),
  unary('log1pl', log1pl),
]
