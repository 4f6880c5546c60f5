/** Digits of a double without their point: https://pubs.opengroup.org/onlinepubs/009695399/functions/ecvt.html and the GNU C library's _r forms. */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, object, type SymbolRow } from '../../registry/define.ts'
import { fixed, general } from '../stdio/float-text.ts'
import { storage } from '../storage.ts'
import { realOfF64 } from './real.ts'

const EINVAL = 22
/** Digits that tell any two doubles apart; more are not given. */
const DIGITS_MAX = 17
/** Below this, the power of ten that makes one of a number overflows. */
const LEAST_NORMAL = 1e-307
/** Bytes of the answer of fcvt and ecvt: the longest is 309 digits in front of the point and 17 behind. */
const ROOM = 328

interface Digits {
  readonly text: string
  /** Where the point is: behind so many digits, or in front of zeros where negative. */
  readonly point: number
  readonly negative: boolean
  /** Characters that the number has with its point, for which the _r forms want room. */
  readonly printed: number
}

/** The text of a double that is not negative, not finite ones as printf has them. */
function textOf(size: number, places: number): string {
  return Number.isFinite(size) ? fixed(realOfF64(size), places, false, 'nearest') : Number.isNaN(size) ? 'nan' : 'inf'
}

/** `places` behind the point; in front of it, where negative, as many are zeros. */
function fcvt(value: number, places: number): Digits {
  if (!Number.isFinite(value)) {
    const text = (value < 0 ? '-' : '') + textOf(Math.abs(value), 0)
    return { text, point: 0, negative: false, printed: text.length }
  }
  const negative = value < 0 || Object.is(value, -0)
  let size = Math.abs(value)
  let [left, wanted] = [0, Math.min(places, DIGITS_MAX)]
  while (wanted < 0) {
    const next = size * 0.1
    if (next < 1) wanted = 0
    else {
      size = next
      left++
      wanted++
    }
  }
  const shown = textOf(size, wanted)
  const printed = shown.length
  const [whole, fraction = ''] = shown.split('.')
  if (whole !== '0' || size === 0 || fraction === '')
    return { text: whole + fraction + '0'.repeat(left), point: whole.length + left, negative, printed }
  const text = fraction.replace(/^0+/, '')
  return { text, point: text.length - fraction.length, negative, printed }
}

/** So many digits, of the number scaled to one in front of the point, as glibc does: the last ones are those of the scaled double. */
function ecvt(value: number, count: number): Digits {
  let [scaled, exponent] = [value, 0]
  if (Number.isFinite(value) && value !== 0) {
    if (Math.abs(scaled) < LEAST_NORMAL) {
      scaled /= LEAST_NORMAL
      exponent -= 307
    }
    const size = Math.abs(scaled)
    let factor = 1
    if (size < 1) {
      do {
        factor *= 10
        exponent--
      } while (size * factor < 1)
      scaled *= factor
    } else if (size >= 10) {
      do {
        factor *= 10
        exponent++
      } while (size >= factor * 10)
      scaled /= factor
    }
  }
  if (count <= 0)
    return { text: '', point: 1 + exponent, negative: Number.isFinite(value) && (value < 0 || Object.is(value, -0)), printed: 0 }
  const digits = fcvt(scaled, Math.min(count, DIGITS_MAX) - 1)
  return { ...digits, point: digits.point + exponent }
}

/** Writes digits, where their point is and the sign; -1 where there is no room. */
function give(
  c: LibcCall,
  { text, point, negative, printed }: Digits,
  pointAt: number,
  signAt: number,
  into: number,
  room: number,
): number {
  if (into === 0 || !writable(c, pointAt, 4) || !writable(c, signAt, 4)) return c.fail(EINVAL)
  if (printed >= room || !writable(c, into, text.length + 1)) return -1
  c.memory.setI32(pointAt, point)
  c.memory.setI32(signAt, negative ? 1 : 0)
  c.memory.u8.set(new TextEncoder().encode(`${text}\0`), into)
  return 0
}

/** The form with static storage and the one into the program's room. */
function forms(name: string, digits: (value: number, count: number) => Digits): SymbolRow[] {
  return [
    leaf(name, 'ptr(f64, int, ptr, ptr)', (c, value: number, count: number, point: number, sign: number) => {
      const into = storage(c, '__libc_cvt')
      return give(c, digits(value, count), point, sign, into, ROOM) < 0 ? 0 : into
    }),
    leaf(
      `${name}_r`,
      'int(f64, int, ptr, ptr, ptr, size)',
      (c, value: number, count: number, point: number, sign: number, into: number, room: number) =>
        give(c, digits(value, count), point, sign, into, room),
    ),
  ]
}

function gcvt(c: LibcCall, value: number, count: number, into: number): number {
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  const text = Number.isFinite(value) ? general(realOfF64(size), Math.min(count, DIGITS_MAX), false, 'nearest') : textOf(size, 0)
  const bytes = new TextEncoder().encode(`${sign}${text}\0`)
  if (writable(c, into, bytes.length)) c.memory.u8.set(bytes, into)
  return into
}

export const cvtRows: readonly SymbolRow[] = [
  object('__libc_cvt', ROOM, 8),
  ...forms('ecvt', ecvt),
  ...forms('fcvt', fcvt),
  leaf('gcvt', 'ptr(f64, int, ptr)', gcvt),
]
