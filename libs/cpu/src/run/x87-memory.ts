/** What x87 loads from memory and stores there: singles, doubles, extended, integers, packed decimals (SDM vol. 1, section 8.2). */
import type { GuestMemory } from '../memory/guest-memory.ts'
import * as real from './extended.ts'
import { image, type Source, Status } from './x87-stack.ts'

const { SINGLE, DOUBLE, EXTENDED, Raised } = real
/** A float format, the bytes of an integer, or packed decimal. */
export type Layout = real.Format | number | 'decimal'
export const sizeOf = (layout: Layout): number => (typeof layout === 'number' ? layout : layout === SINGLE ? 4 : layout === DOUBLE ? 8 : 10)
const DIGITS = 18

export function loadNumber(memory: GuestMemory, at: number, layout: Layout): Source {
  if (layout === 'decimal') return { value: decimalAt(memory, at), raised: 0 }
  if (typeof layout === 'number') {
    const bits = layout === 2 ? BigInt(memory.getU16(at)) : layout === 4 ? BigInt(memory.getU32(at)) : memory.getU64(at)
    return { value: real.fromInteger(BigInt.asIntN(layout * 8, bits)), raised: 0 }
  }
  const bits = layout === SINGLE ? BigInt(memory.getU32(at)) : memory.getU64(at)
  const value = real.fromBits(bits, layout)
  const exponent = Number(bits >> BigInt(layout.fraction)) & (2 * layout.greatest + 1)
  return { value, raised: exponent === 0 && !real.isZero(value) ? Status.denormal : 0 }
}

/** What is to be stored: little-endian bytes, the exceptions, whether the magnitude was rounded up. */
export interface Stored {
  readonly bytes: Uint8Array
  readonly raised: number
  readonly up: boolean
}

const littleEndian = (bits: bigint, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => Number((bits >> BigInt(8 * i)) & 0xffn))

/** `control` decides which of overflow and underflow keep the value from being stored. */
export function storeNumber(from: Source, layout: Exclude<Layout, 'decimal'>, mode: number): Stored {
  const hard = from.raised & Status.stackFault
  if (typeof layout === 'number') {
    const bits = layout * 8
    const whole = hard ? undefined : real.toInteger(from.value, mode)
    if (whole === undefined || BigInt.asIntN(bits, whole) !== whole)
      return { bytes: littleEndian(1n << BigInt(bits - 1), layout), raised: hard || Raised.invalid, up: false }
    const { raised, up } = rounding(from.value, whole)
    return { bytes: littleEndian(BigInt.asUintN(bits, whole), layout), raised, up }
  }
  if (layout === EXTENDED) return { bytes: image(from.value), raised: hard, up: false }
  const size = layout === SINGLE ? 4 : 8
  const { value } = from
  if (hard) return { bytes: littleEndian(real.toBits(real.INDEFINITE, layout), size), raised: hard, up: false }
  if (value.kind === 'nan')
    return {
      bytes: littleEndian(real.toBits(real.quiet(value), layout), size),
      raised: real.isSignaling(value) ? Raised.invalid : 0,
      up: false,
    }
  const rounded = real.round(value, layout, mode)
  return {
    bytes: littleEndian(real.toBits(rounded.value, layout), size),
    raised: rounded.raised | (rounded.tiny ? TINY : 0),
    up: rounded.up,
  }
}
/** Marks a stored value below the normal numbers, exact or not: underflow, if that is not masked. */
export const TINY = 0x1_0000

/** Exceptions and direction of rounding a value to the integer `whole`. */
export function rounding(value: real.Real, whole: bigint): { raised: number; up: boolean } {
  const order = real.compare({ ...value, negative: false }, real.fromInteger(whole < 0n ? -whole : whole))
  return { raised: order === 0 ? 0 : Raised.inexact, up: order !== undefined && order < 0 }
}

function decimalAt(memory: GuestMemory, at: number): real.Real {
  let value = 0n
  for (let i = DIGITS / 2 - 1; i >= 0; i--) {
    const byte = memory.getU8(at + i)
    value = value * 100n + BigInt((byte >> 4) * 10 + (byte & 15))
  }
  return real.finite((memory.getU8(at + 9) & 0x80) !== 0, value, 0)
}

export function storeDecimal(from: Source, mode: number): Stored {
  const indefinite = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff])
  const hard = from.raised & Status.stackFault
  const whole = hard ? undefined : real.toInteger(from.value, mode)
  const size = whole === undefined ? 0n : whole < 0n ? -whole : whole
  if (whole === undefined || size >= 10n ** BigInt(DIGITS)) return { bytes: indefinite, raised: hard || Raised.invalid, up: false }
  const digits = size.toString().padStart(DIGITS, '0')
  const bytes = new Uint8Array(10)
  for (let i = 0; i < DIGITS / 2; i++) bytes[i] = Number.parseInt(digits.slice(DIGITS - 2 - 2 * i, DIGITS - 2 * i), 16)
  bytes[9] = from.value.negative ? 0x80 : 0
  return { bytes, ...rounding(from.value, whole) }
}
