/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/strfmon.html: amounts as the locales C and C.UTF-8 write them, without a currency. */
import { EFAULT, path, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf } from '../../registry/define.ts'
import type { VaList } from '../../registry/va-list.ts'
import { directionOf } from '../fenv/rounding.ts'
import { fixed } from '../stdio/float-text.ts'
import { type Real, realOfBits, realOfF80 } from '../stdlib/real.ts'

const EINVAL = 22
const E2BIG = 7
/** Decimals where the locale says nothing. */
const DECIMALS = 2

interface Conversion {
  readonly fill: string
  readonly parentheses: boolean
  readonly left: boolean
  readonly width: number
  /** Digits before the point, which are filled up. */
  readonly digits: number | undefined
  readonly decimals: number
}

/** The number without its sign, filled up to the digits that were asked for; infinity and NaN are filled by spaces. */
function number(c: LibcCall, value: Real, { fill, digits, decimals }: Conversion): string {
  const total = (digits ?? 0) + (decimals > 0 ? decimals + 1 : 0)
  if (value.kind !== 'finite') return (value.kind === 'nan' ? (value.negative ? '-nan' : 'nan') : 'inf').padStart(total)
  const text = fixed(value, decimals, false, directionOf(c, value.negative))
  // A negative zero is no negative amount: its sign is part of the number.
  if (!value.negative || value.mantissa !== 0n) return text.padStart(total, fill)
  return fill === '0' ? `-${text.padStart(total - 1, fill)}` : `-${text}`.padStart(total, fill)
}

function amount(c: LibcCall, value: Real, conversion: Conversion): string {
  const negative = value.negative && (value.kind === 'infinite' || (value.kind === 'finite' && value.mantissa !== 0n))
  const [before, behind] = !negative ? [conversion.digits === undefined ? '' : ' ', ''] : conversion.parentheses ? ['(', ')'] : ['-', '']
  const text = before + number(c, value, conversion) + behind
  return conversion.left ? text.padEnd(conversion.width) : text.padStart(conversion.width)
}

/** Flags, width, precisions, and the conversion: `%=f^+(!-w#n.pLi`. */
const PATTERN = /^%((?:=.|[\^+(!-])*)(\d*)(?:#(\d+))?(?:\.(\d+))?(L?)([in])/s

function strfmon(c: LibcCall, into: number, room: number, format: number, list: VaList): number {
  const pattern = path(c, format)
  if (pattern === undefined || !writable(c, into, Math.min(room, 1))) return c.fail(EFAULT)
  let out = ''
  for (let rest = pattern; rest !== ''; ) {
    if (rest[0] !== '%' || rest[1] === '%') {
      out += rest[0]
      rest = rest.slice(rest[0] === '%' ? 2 : 1)
      continue
    }
    const found = PATTERN.exec(rest)
    const flags = found?.[1].replace(/=./gs, '') ?? ''
    if (found === null || (flags.match(/[+(]/g)?.length ?? 0) > 1) return c.fail(EINVAL)
    const [all, , width, digits, decimals, long] = found
    const value = long === 'L' ? realOfF80(list.f80()) : realOfBits(list.f64Bits())
    out += amount(c, value, {
      fill: [...found[1].matchAll(/=(.)/gs)].at(-1)?.[1] ?? ' ',
      parentheses: flags.includes('('),
      left: flags.includes('-'),
      width: Number(width),
      digits: digits === undefined ? undefined : Number(digits),
      decimals: decimals === undefined ? DECIMALS : Number(decimals),
    })
    rest = rest.slice(all.length)
  }
  const bytes = new TextEncoder().encode(out)
  if (bytes.length >= room) return c.fail(E2BIG)
  if (!writable(c, into, bytes.length + 1)) return c.fail(EFAULT)
  c.memory.u8.set(bytes, into)
  c.memory.setU8(into + bytes.length, 0)
  return bytes.length
}

export const monetary: HeaderTable = {
  name: 'monetary',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/monetary.h.html',
  rows: [
    leaf('strfmon', 'long(ptr, size, ptr, ...)', strfmon),
    leaf('strfmon_l', 'long(ptr, size, ptr, ptr, ...)', (c, into: number, room: number, _locale: number, format: number, list: VaList) =>
      strfmon(c, into, room, format, list),
    ),
    alias('__strfmon_l', 'strfmon_l'),
  ],
}
