/** %e %f %g %a of exact binary values, rounded to nearest, ties to even, or as `to` says. The sign is the caller's. */
import { bitLength, type Direction, divideRounded, type Real } from '../stdlib/real.ts'

/** value · 10^power to the nearest integer. */
function scaled({ mantissa, exponent }: Real, power: number, to: Direction): bigint {
  let a = mantissa
  let b = 1n
  if (exponent >= 0) a <<= BigInt(exponent)
  else b <<= BigInt(-exponent)
  if (power >= 0) a *= 10n ** BigInt(power)
  else b *= 10n ** BigInt(-power)
  return divideRounded(a, b, to)
}

const withPoint = (integer: string, fraction: string, alternate: boolean): string =>
  fraction === '' && !alternate ? integer : `${integer}.${fraction}`

export function fixed(value: Real, precision: number, alternate: boolean, to: Direction): string {
  const digits = scaled(value, precision, to)
    .toString()
    .padStart(precision + 1, '0')
  const cut = digits.length - precision
  return withPoint(digits.slice(0, cut), digits.slice(cut), alternate)
}

/** `precision` + 1 significant digits and the power of ten of the first. */
function significant(value: Real, precision: number, to: Direction): { digits: string; power: number } {
  if (value.mantissa === 0n) return { digits: '0'.repeat(precision + 1), power: 0 }
  let power = Math.floor((bitLength(value.mantissa) - 1 + value.exponent) * Math.LOG10E * Math.LN2)
  for (;;) {
    const digits = scaled(value, precision - power, to).toString()
    if (digits.length === precision + 1) return { digits, power }
    if (digits.length < precision + 1) power--
    else power++
  }
}

const powerText = (power: number): string => `e${power < 0 ? '-' : '+'}${Math.abs(power).toString().padStart(2, '0')}`

export function scientific(value: Real, precision: number, alternate: boolean, to: Direction): string {
  const { digits, power } = significant(value, precision, to)
  return withPoint(digits[0], digits.slice(1), alternate) + powerText(power)
}

export function general(value: Real, precision: number, alternate: boolean, to: Direction): string {
  const wanted = Math.max(precision, 1)
  const { digits, power } = significant(value, wanted - 1, to)
  if (power < -4 || power >= wanted) {
    const fraction = alternate ? digits.slice(1) : digits.slice(1).replace(/0+$/, '')
    return withPoint(digits[0], fraction, alternate) + powerText(power)
  }
  const text = fixed(value, wanted - 1 - power, alternate, to)
  return alternate || !text.includes('.') ? text : text.replace(/\.?0+$/, '')
}

/** glibc's: a double starts with its hidden bit, a long double with its top four bits. */
export function hexadecimal(value: Real, precision: number | undefined, alternate: boolean, to: Direction): string {
  const places = value.precision === 53 ? 13 : 15
  const bits = BigInt(places * 4)
  let { mantissa } = value
  let power = mantissa === 0n ? 0 : value.exponent + places * 4
  const kept = precision ?? places
  if (kept < places) {
    const dropped = BigInt((places - kept) * 4)
    mantissa = divideRounded(mantissa, 1n << dropped, to) << dropped
    if (mantissa >> bits === 16n) {
      mantissa >>= 4n
      power += 4
    }
  }
  const fraction = (mantissa & ((1n << bits) - 1n)).toString(16).padStart(places, '0')
  const shown = precision === undefined ? fraction.replace(/0+$/, '') : fraction.slice(0, kept).padEnd(kept, '0')
  return `0x${withPoint((mantissa >> bits).toString(16), shown, alternate)}p${power < 0 ? '-' : '+'}${Math.abs(power)}`
}
