/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/locale.h.html and langinfo.h: one locale, C with UTF-8 text. */
import { EFAULT, path } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { TextState, textState } from '../stdio/stream.ts'

const ENOENT = 2
const NAMES = ['', 'C', 'POSIX', 'C.UTF-8', 'C.utf8']
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
export const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const short = (name: string): string => name.slice(0, 3)
/** LC_TIME's items from 0x20000 in the order of glibc's nl_types. */
const TIME_ITEMS = [
  ...DAYS.map(short),
  ...DAYS,
  ...MONTHS.map(short),
  ...MONTHS,
  'AM',
  'PM',
  '%a %b %e %H:%M:%S %Y',
  '%m/%d/%y',
  '%H:%M:%S',
  '%I:%M:%S %p',
]
const OTHER_ITEMS: Readonly<Record<number, string>> = { 14: 'UTF-8', 65536: '.', 327680: '^[yY]', 327681: '^[nN]' }

/** Classes of an ASCII byte as glibc's <ctype.h> bits on a little-endian machine. */
function classBits(byte: number): number {
  const character = String.fromCharCode(byte)
  const is = (pattern: RegExp, bit: number): number => (byte < 128 && pattern.test(character) ? bit : 0)
  return (
    is(/[A-Z]/, 0x100) |
    is(/[a-z]/, 0x200) |
    is(/[A-Za-z]/, 0x400) |
    is(/\d/, 0x800) |
    is(/[\da-fA-F]/, 0x1000) |
    is(/[\t-\r ]/, 0x2000) |
    is(/[ -~]/, 0x4000) |
    is(/[!-~]/, 0x8000) |
    is(/[\t ]/, 1) |
    (byte < 32 || byte === 127 ? 2 : 0) |
    is(/[!-/:-@[-`{-~]/, 4) |
    is(/[\dA-Za-z]/, 8)
  )
}

/** Offsets in the locale object; a program's inlined <ctype.h> reads the three tables (glibc's struct __locale_struct). */
const Locale = { classes: 104, lower: 112, upper: 120, names: 128, tables: 256 } as const

function localeObject(c: LibcCall): number {
  const state = textState(c)
  if (state === 0) return 0
  const at = state + TextState.locale
  const { memory } = c
  if (memory.getSize(at + Locale.classes) !== 0) return at
  const [classes, lower, upper] = [at + Locale.tables, at + Locale.tables + 768, at + Locale.tables + 768 + 1536]
  for (let i = -128; i < 256; i++) {
    const byte = i < 0 && i !== -1 ? i + 256 : i
    memory.setU16(classes + (i + 128) * 2, i < 0 ? 0 : classBits(i))
    memory.setU32(lower + (i + 128) * 4, byte >= 65 && byte <= 90 ? byte + 32 : byte)
    memory.setU32(upper + (i + 128) * 4, byte >= 97 && byte <= 122 ? byte - 32 : byte)
  }
  memory.setSize(at + Locale.lower, lower + 512)
  memory.setSize(at + Locale.upper, upper + 512)
  for (let i = 0; i < 13; i++) memory.setSize(at + Locale.names + i * 8, constant(c, 'C'))
  memory.setSize(at + Locale.classes, classes + 256)
  return at
}

function setlocale(c: LibcCall, category: number, name: number): number {
  if (category < 0 || category > 12) return 0
  if (name === 0) return constant(c, 'C')
  const wanted = path(c, name)
  return wanted !== undefined && NAMES.includes(wanted) ? constant(c, wanted === '' || wanted === 'POSIX' ? 'C' : wanted) : 0
}

function newlocale(c: LibcCall, _mask: number, name: number): number {
  const wanted = path(c, name)
  if (wanted === undefined) return c.fail(EFAULT) + 1
  return NAMES.includes(wanted) ? localeObject(c) : c.fail(ENOENT) + 1
}

function localeconv(c: LibcCall): number {
  const state = textState(c)
  if (state === 0) return 0
  const at = state + TextState.lconv
  for (let offset = 0; offset < 80; offset += 8) c.memory.setSize(at + offset, constant(c, offset === 0 ? '.' : ''))
  c.memory.bytes(at + 80, 14).fill(127)
  return at
}

const langinfo = (c: LibcCall, item: number): number => constant(c, OTHER_ITEMS[item] ?? TIME_ITEMS[item - 0x2_0000] ?? '')
const ONE = 'one locale: C with UTF-8 text'

export const locale: HeaderTable = {
  name: 'locale',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/locale.h.html',
  rows: [
    leaf('duplocale', 'ptr(ptr)', localeObject),
    alias('__duplocale', 'duplocale'),
    leaf('freelocale', 'void(ptr)', () => {}),
    alias('__freelocale', 'freelocale'),
    leaf('localeconv', 'ptr()', localeconv),
    leaf('newlocale', 'ptr(int, ptr, ptr)', newlocale, 'partial', ONE),
    alias('__newlocale', 'newlocale'),
    leaf('nl_langinfo', 'ptr(int)', langinfo),
    leaf('nl_langinfo_l', 'ptr(int, ptr)', langinfo),
    alias('__nl_langinfo_l', 'nl_langinfo_l'),
    leaf('setlocale', 'ptr(int, ptr)', setlocale, 'partial', ONE),
    leaf('uselocale', 'ptr(ptr)', localeObject, 'partial', ONE),
    alias('__uselocale', 'uselocale'),
    leaf('__ctype_get_mb_cur_max', 'size()', () => 6),
  ],
}
