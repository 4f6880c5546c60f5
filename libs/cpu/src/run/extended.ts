/** Exact binary floating point for x87 and SSE (SDM vol. 1, chapters 4, 8, 11): values as integers times powers of two, rounded once. */

/** `sig * 2^exp`; a NaN's `sig` is its 64-bit significand. */
export interface Real {
  readonly kind: 'finite' | 'infinite' | 'nan'
  readonly negative: boolean
  readonly sig: bigint
  readonly exp: number
}
/** Significant bits; least and greatest exponent of normal numbers; bits of the stored significand below its point. */
export interface Format {
  readonly precision: number
  readonly least: number
  readonly greatest: number
  readonly fraction: number
}
export const SINGLE: Format = { precision: 24, least: -126, greatest: 127, fraction: 23 }
export const DOUBLE: Format = { precision: 53, least: -1022, greatest: 1023, fraction: 52 }
export const EXTENDED: Format = { precision: 64, least: -16382, greatest: 16383, fraction: 63 }

/** Exception bits, placed as in the x87 status word and in MXCSR. */
export const Raised = { invalid: 1, denormal: 2, zeroDivide: 4, overflow: 8, underflow: 16, inexact: 32 } as const

const QUIET = 1n << 62n
export const INDEFINITE: Real = { kind: 'nan', negative: true, sig: 3n << 62n, exp: 0 }
export const finite = (negative: boolean, sig: bigint, exp: number): Real => ({ kind: 'finite', negative, sig, exp })
export const infinite = (negative: boolean): Real => ({ kind: 'infinite', negative, sig: 0n, exp: 0 })
export const isZero = (a: Real): boolean => a.kind === 'finite' && a.sig === 0n
export const isSignaling = (a: Real): boolean => a.kind === 'nan' && (a.sig & QUIET) === 0n
export const quiet = (a: Real): Real => ({ ...a, sig: a.sig | QUIET })
export const fromInteger = (value: bigint): Real => finite(value < 0n, value < 0n ? -value : value, 0)

export function bitLength(value: bigint): number {
  const digits = value.toString(16)
  return value === 0n ? 0 : digits.length * 4 - Math.clz32(Number.parseInt(digits[0], 16)) + 28
}

/** `value / 2^shift` as an integer by rounding mode 0 nearest even, 1 down, 2 up, 3 toward zero; `shift` > 0. */
export function shiftRounded(value: bigint, shift: number, negative: boolean, mode: number): bigint {
  const by = BigInt(shift)
  const kept = value >> by
  const rest = value - (kept << by)
  if (rest === 0n) return kept
  const half = 1n << (by - 1n)
  const up = mode === 0 ? rest > half || (rest === half && (kept & 1n) === 1n) : mode === 1 ? negative : mode === 2 && !negative
  return up ? kept + 1n : kept
}

export interface Rounded {
  readonly value: Real
  /** Overflow and underflow as masked ones are reported, inexact. */
  readonly raised: number
  /** The magnitude grew. */
  readonly up: boolean
  /** Below the normal numbers after rounding, exact or not: what an unmasked underflow looks at. */
  readonly tiny: boolean
}
const exactly = (value: Real): Rounded => ({ value, raised: 0, up: false, tiny: false })

/** The nearest value of a format in the rounding mode, and the exceptions on the way. */
export function round(a: Real, format: Format, mode: number): Rounded {
  if (a.kind !== 'finite' || a.sig === 0n) return exactly(a)
  const { precision, least, greatest } = format
  const exponent = exponentOf(a)
  const lowest = Math.max(exponent, least) - precision + 1
  const shift = lowest - a.exp
  const sig = shift <= 0 ? a.sig << BigInt(-shift) : shiftRounded(a.sig, shift, a.negative, mode)
  if (lowest + bitLength(sig) - 1 > greatest) {
    const away = mode === 0 || (mode === 1 ? a.negative : mode === 2 && !a.negative)
    const value = away ? infinite(a.negative) : finite(a.negative, (1n << BigInt(precision)) - 1n, greatest - precision + 1)
    return { value, raised: Raised.overflow | Raised.inexact, up: away, tiny: false }
  }
  const exact = shift <= 0 || sig << BigInt(shift) === a.sig
  const tiny = exponent < least && exponentOf(unbounded(a, precision, mode)) < least
  const raised = exact ? 0 : Raised.inexact | (tiny ? Raised.underflow : 0)
  return { value: finite(a.negative, sig, lowest), raised, up: !exact && sig << BigInt(shift) > a.sig, tiny }
}

/** Exponent of the leading bit of a finite value that is not 0. */
export const exponentOf = (a: Real): number => a.exp + bitLength(a.sig) - 1

/** Rounded to so many bits with no bound on the exponent. */
export function unbounded(a: Real, precision: number, mode: number): Real {
  const shift = bitLength(a.sig) - precision
  return shift <= 0 ? a : finite(a.negative, shiftRounded(a.sig, shift, a.negative, mode), a.exp + shift)
}

/** Sign, biased exponent and significand (with its integer bit) of a value that fits the format. */
export function encode(a: Real, format: Format): { exponent: bigint; sig: bigint } {
  const { least, greatest, fraction } = format
  const special = BigInt(2 * greatest + 1)
  if (a.kind === 'nan') return { exponent: special, sig: a.sig >> BigInt(63 - fraction) }
  if (a.kind === 'infinite') return { exponent: special, sig: 1n << BigInt(fraction) }
  if (a.sig === 0n) return { exponent: 0n, sig: 0n }
  const exponent = exponentOf(a)
  const shift = a.exp - (Math.max(exponent, least) - fraction)
  const sig = shift >= 0 ? a.sig << BigInt(shift) : a.sig >> BigInt(-shift)
  return { exponent: exponent < least ? 0n : BigInt(exponent + greatest), sig }
}

/** The inverse of `encode`. */
export function decodeReal(negative: boolean, exponent: number, sig: bigint, format: Format): Real {
  const { least, greatest, fraction } = format
  const one = 1n << BigInt(fraction)
  if (exponent === 2 * greatest + 1) {
    if ((sig & (one - 1n)) === 0n) return infinite(negative)
    return { kind: 'nan', negative, sig: (sig | one) << BigInt(63 - fraction), exp: 0 }
  }
  return exponent === 0 ? finite(negative, sig, least - fraction) : finite(negative, sig, exponent - greatest - fraction)
}

/** Which NaN comes out of two operands, of which one at least is a NaN: a quiet one over a signaling one, else the greater significand. */
export function pickNan(a: Real, b: Real): Real {
  if (a.kind !== 'nan') return quiet(b)
  if (b.kind !== 'nan') return quiet(a)
  if (isSignaling(a) !== isSignaling(b)) return isSignaling(a) ? b : a
  if (a.sig === b.sig) return quiet(a.negative ? b : a)
  return quiet(a.sig > b.sig ? a : b)
}

const invalid = { value: INDEFINITE, raised: Raised.invalid }

function sum(a: Real, b: Real, mode: number): { value: Real; raised: number } {
  if (a.kind === 'infinite' && b.kind === 'infinite') return a.negative === b.negative ? { value: a, raised: 0 } : invalid
  if (a.kind === 'infinite') return { value: a, raised: 0 }
  if (b.kind === 'infinite') return { value: b, raised: 0 }
  const exp = Math.min(a.exp, b.exp)
  const signed = (each: Real) => (each.negative ? -each.sig : each.sig) << BigInt(each.exp - exp)
  const total = signed(a) + signed(b)
  if (total === 0n) return { value: finite(a.negative === b.negative && isZero(a) ? a.negative : mode === 1, 0n, 0), raised: 0 }
  return { value: finite(total < 0n, total < 0n ? -total : total, exp), raised: 0 }
}

/** The exact result, or for a quotient one with enough bits and a sticky last one, before rounding. */
export function calculate(op: 'add' | 'sub' | 'mul' | 'div', a: Real, b: Real, mode: number): { value: Real; raised: number } {
  if (a.kind === 'nan' || b.kind === 'nan') return { value: pickNan(a, b), raised: isSignaling(a) || isSignaling(b) ? Raised.invalid : 0 }
  if (op === 'add') return sum(a, b, mode)
  if (op === 'sub') return sum(a, { ...b, negative: !b.negative }, mode)
  const negative = a.negative !== b.negative
  if (op === 'mul') {
    if ((a.kind === 'infinite' && isZero(b)) || (b.kind === 'infinite' && isZero(a))) return invalid
    if (a.kind === 'infinite' || b.kind === 'infinite') return { value: infinite(negative), raised: 0 }
    return { value: finite(negative, a.sig * b.sig, a.exp + b.exp), raised: 0 }
  }
  if ((a.kind === 'infinite' && b.kind === 'infinite') || (isZero(a) && isZero(b))) return invalid
  if (a.kind === 'infinite') return { value: infinite(negative), raised: 0 }
  if (b.kind === 'infinite' || isZero(a)) return { value: finite(negative, 0n, 0), raised: 0 }
  if (isZero(b)) return { value: infinite(negative), raised: Raised.zeroDivide }
  const more = Math.max(0, 68 + bitLength(b.sig) - bitLength(a.sig))
  const dividend = a.sig << BigInt(more)
  const quotient = dividend / b.sig
  const sticky = quotient * b.sig === dividend ? 0n : 1n
  return { value: finite(negative, (quotient << 1n) | sticky, a.exp - b.exp - more - 1), raised: 0 }
}

/** Root of a finite positive value: enough bits and a sticky last one, before rounding. */
export function squareRoot(a: Real): Real {
  const more = Math.max(0, 140 - bitLength(a.sig))
  const even = more + ((a.exp - more) & 1)
  const radicand = a.sig << BigInt(even)
  const root = integerRoot(radicand)
  return finite(false, (root << 1n) | (root * root === radicand ? 0n : 1n), (a.exp - even) / 2 - 1)
}

export function integerRoot(n: bigint): bigint {
  let x = 1n << BigInt((bitLength(n) + 1) >> 1)
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

/** -1, 0, 1, or undefined where a NaN leaves them unordered. */
export function compare(a: Real, b: Real): number | undefined {
  if (a.kind === 'nan' || b.kind === 'nan') return undefined
  const rank = (each: Real) => (each.kind === 'infinite' ? (each.negative ? -1 : 1) : 0)
  if (rank(a) !== 0 || rank(b) !== 0) return Math.sign(rank(a) - rank(b))
  const exp = Math.min(a.exp, b.exp)
  const signed = (each: Real) => (each.negative ? -each.sig : each.sig) << BigInt(each.exp - exp)
  const [x, y] = [signed(a), signed(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

/** The integer by rounding mode; undefined for what is not finite. */
export function toInteger(a: Real, mode: number): bigint | undefined {
  if (a.kind !== 'finite') return undefined
  const whole = a.exp >= 0 ? a.sig << BigInt(a.exp) : shiftRounded(a.sig, -a.exp, a.negative, mode)
  return a.negative ? -whole : whole
}

/** The bits of a single or a double as a value. */
export function fromBits(bits: bigint, format: Format): Real {
  const fraction = BigInt(format.fraction)
  const exponent = Number(bits >> fraction) & (2 * format.greatest + 1)
  const low = bits & ((1n << fraction) - 1n)
  const negative = bits >> BigInt(format === SINGLE ? 31 : 63) === 1n
  return decodeReal(negative, exponent, exponent === 0 ? low : low | (1n << fraction), format)
}

/** The inverse, for a value that fits. */
export function toBits(value: Real, format: Format): bigint {
  const { exponent, sig } = encode(value, format)
  const fraction = BigInt(format.fraction)
  const sign = value.negative ? 1n << BigInt(format === SINGLE ? 31 : 63) : 0n
  return sign | (exponent << fraction) | (sig & ((1n << fraction) - 1n))
}
