/** Binary floating-point values as exact integers: ±mantissa · 2^exponent (IEEE 754-2019 §3, Intel SDM vol. 1 §4.2.2). */

export interface Real {
  readonly negative: boolean
  readonly kind: 'finite' | 'infinite' | 'nan'
  readonly mantissa: bigint
  readonly exponent: number
  /** Bits of a normal mantissa: 53, or 64 of a long double. */
  readonly precision: number
}

/** A format: bits of precision, exponents of the last bit of the smallest and the largest numbers. */
export interface Format {
  readonly precision: number
  readonly least: number
  readonly most: number
}
export const F32: Format = { precision: 24, least: -149, most: 104 }
export const F64: Format = { precision: 53, least: -1074, most: 971 }
export const F80: Format = { precision: 64, least: -16445, most: 16320 }

const scratch = new DataView(new ArrayBuffer(16))

export function realOfF64(value: number): Real {
  scratch.setFloat64(0, value)
  return realOfBits(scratch.getBigUint64(0))
}

/** `bits`: a double as it lies in memory. */
export function realOfBits(bits: bigint): Real {
  const field = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xf_ffff_ffff_ffffn
  const kind = field !== 0x7ff ? 'finite' : fraction === 0n ? 'infinite' : 'nan'
  const mantissa = field === 0 ? fraction : fraction | (1n << 52n)
  return { negative: bits >> 63n !== 0n, kind, mantissa, exponent: Math.max(field, 1) - 1075, precision: 53 }
}

/** `bytes`: the ten bytes of a long double. */
export function realOfF80(bytes: Uint8Array): Real {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 10)
  const mantissa = view.getBigUint64(0, true)
  const field = view.getUint16(8, true) & 0x7fff
  const kind = field !== 0x7fff ? 'finite' : mantissa << 1n === 1n << 64n ? 'infinite' : 'nan'
  return { negative: (view.getUint16(8, true) & 0x8000) !== 0, kind, mantissa, exponent: Math.max(field, 1) - 16446, precision: 64 }
}

export const bitLength = (value: bigint): number =>
  value === 0n ? 0 : value.toString(16).length * 4 - Math.clz32(Number.parseInt(value.toString(16)[0], 16)) + 28

/** Where a magnitude is rounded to. */
export type Direction = 'nearest' | 'away' | 'zero'

/** a / b to the nearest integer, ties to even, or away from or towards zero. */
export function divideRounded(a: bigint, b: bigint, to: Direction = 'nearest'): bigint {
  const quotient = a / b
  if (to !== 'nearest') return to === 'away' && a % b !== 0n ? quotient + 1n : quotient
  const twice = (a % b) * 2n
  return twice > b || (twice === b && (quotient & 1n) === 1n) ? quotient + 1n : quotient
}

export interface Rounded {
  readonly mantissa: bigint
  readonly exponent: number
  readonly range: 'ok' | 'overflow' | 'underflow'
}

export const largest = ({ precision, most }: Format): { mantissa: bigint; exponent: number } => ({
  mantissa: (1n << BigInt(precision)) - 1n,
  exponent: most,
})

/** numerator / denominator as a number of a format: the nearest, or the next one in a direction. An overflow towards zero is the largest number. */
export function roundTo(numerator: bigint, denominator: bigint, format: Format, to: Direction = 'nearest'): Rounded {
  if (numerator === 0n) return { mantissa: 0n, exponent: format.least, range: 'ok' }
  const guess = bitLength(numerator) - bitLength(denominator) - format.precision
  let exponent = Math.max(guess, format.least)
  const at = (e: number): [bigint, bigint] => (e >= 0 ? [numerator, denominator << BigInt(e)] : [numerator << BigInt(-e), denominator])
  let [a, b] = at(exponent)
  if (bitLength(a / b) > format.precision) [a, b] = at(++exponent)
  let mantissa = divideRounded(a, b, to)
  if (bitLength(mantissa) > format.precision) {
    mantissa >>= 1n
    exponent++
  }
  if (exponent > format.most && to === 'zero') return { ...largest(format), range: 'overflow' }
  if (exponent > format.most) return { mantissa, exponent, range: 'overflow' }
  const tiny = bitLength(mantissa) < format.precision
  return { mantissa, exponent, range: tiny && a % b !== 0n ? 'underflow' : 'ok' }
}

/** Exact while the value fits a double. */
export function f64Of(mantissa: bigint, exponent: number): number {
  const half = Math.trunc(exponent / 2)
  return Number(mantissa) * 2 ** half * 2 ** (exponent - half)
}

/** The ten bytes of a long double. */
export function f80Of(negative: boolean, kind: Real['kind'], mantissa: bigint, exponent: number): Uint8Array {
  const bytes = new Uint8Array(10)
  const view = new DataView(bytes.buffer)
  const normal = mantissa >> 63n !== 0n
  const finite = mantissa === 0n || !normal ? 0 : exponent + 16446
  view.setBigUint64(0, kind === 'finite' ? mantissa : kind === 'infinite' ? 1n << 63n : 3n << 62n, true)
  view.setUint16(8, (kind === 'finite' ? finite : 0x7fff) | (negative ? 0x8000 : 0), true)
  return bytes
}
