/** Error function and gamma function of long double, in pairs and rounded to 64 bits. */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import type { SymbolRow } from '../../registry/define.ts'
import { type Real, realOfF80 } from '../stdlib/real.ts'
import { divide, multiply, negate, ONE, pair, scale, subtract } from './double-double.ts'
import { checked } from './errors.ts'
import { expPair, logPair } from './exponential.ts'
import { type F80Bytes, infinity, isZero, made, NAN, parts, plain, row, unary, zero } from './extended.ts'
import { erfcFraction, erfSeries, logGammaAny } from './special.ts'

const TWO_OVER_ROOT_PI = { hi: 1.1283791670955126, lo: 1.533545961316588e-17 }
/** Powers of two of what is too small for another term, and of what is an integer. */
const TINY = -80
const LARGE = 62

const power = (x: Real): number => parts(x).power
const whole = (x: Real): boolean => x.exponent >= 0 || x.mantissa % (1n << BigInt(Math.min(-x.exponent, 80))) === 0n
const one = (negative: boolean): F80Bytes => made({ value: pair(negative ? -1 : 1), power: 0 })

function erfl(x: F80Bytes): F80Bytes {
  const r = realOfF80(x)
  if (r.kind === 'nan' || (r.kind === 'finite' && isZero(r))) return x
  if (r.kind === 'infinite' || power(r) >= 3) return one(r.negative)
  if (power(r) < TINY) {
    const { value, power: at } = parts(r)
    return made({ value: multiply(r.negative ? negate(value) : value, TWO_OVER_ROOT_PI), power: at })
  }
  return made({ value: erfSeries(plain(r)), power: 0 })
}

function erfcl(x: F80Bytes): F80Bytes {
  const r = realOfF80(x)
  if (r.kind === 'nan') return x
  if (r.kind === 'finite' && (isZero(r) || power(r) < TINY)) return one(false)
  if (r.kind === 'infinite' || power(r) >= 3) {
    if (r.negative) return made({ value: ONE, power: 1 })
    if (r.kind === 'infinite' || power(r) >= 7) return zero(false)
  }
  const at = plain(r)
  return made(at.hi < 3 ? { value: subtract(ONE, erfSeries(at)), power: 0 } : erfcFraction(at))
}

const lost = (x: Real): boolean => x.negative && (isZero(x) || whole(x))
const signOf = (x: Real): boolean => {
  if (!x.negative || x.kind !== 'finite') return false
  if (isZero(x)) return true
  return !whole(x) && (x.mantissa >> BigInt(Math.min(-x.exponent, 80))) % 2n === 0n
}

function lgammal(x: F80Bytes): F80Bytes {
  const r = realOfF80(x)
  if (r.kind === 'nan') return x
  if (r.kind === 'infinite' || isZero(r) || lost(r)) return infinity(false)
  const { value, power: at } = parts(r)
  if (at < TINY) return made({ value: negate(logPair({ value: scale(value, 0.5), power: at + 1 })), power: 0 })
  if (!r.negative && at >= LARGE)
    return made({ value: multiply(value, subtract(logPair({ value: scale(value, 0.5), power: at + 1 }), ONE)), power: at })
  if (!r.negative && value.hi === 1 && value.lo === 0 && (at === 0 || at === 1)) return zero(false)
  return made({ value: logGammaAny(plain(r)), power: 0 })
}

function tgammal(x: F80Bytes): F80Bytes {
  const r = realOfF80(x)
  if (r.kind === 'nan') return x
  if (r.kind === 'infinite') return r.negative ? NAN : x
  if (isZero(r)) return infinity(r.negative)
  if (lost(r)) return NAN
  if (power(r) >= 11) return r.negative ? zero(signOf(r)) : infinity(false)
  if (power(r) < TINY) {
    const { value, power: at } = parts(r)
    const inverse = divide(ONE, value)
    return made({ value: r.negative ? negate(inverse) : inverse, power: -at })
  }
  const { value, power: at } = expPair(logGammaAny(plain(r)))
  return made({ value: signOf(r) ? negate(value) : value, power: at })
}

function withSign(c: LibcCall, x: F80Bytes, out: number): F80Bytes {
  const r = realOfF80(x)
  if (writable(c, out, 4)) c.memory.setI32(out, signOf(r) ? -1 : 1)
  const result = lgammal(x)
  if (r.kind === 'finite' && realOfF80(result).kind === 'infinite') checked(c, Number.POSITIVE_INFINITY, [1])
  return result
}

export const specialExtendedRows: readonly SymbolRow[] = [
  unary('erfl', erfl),
  unary('erfcl', erfcl),
  unary('tgammal', tgammal),
  row('lgammal', 'f80(f80)', (c: LibcCall, x: F80Bytes) => withSign(c, x, c.object('signgam'))),
  row('lgammal_r', 'f80(f80, ptr)', withSign),
]
