/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/locale.h.html and langinfo.h: the locales C and C.UTF-8. */
import { Thread } from '../../platform/thread-block.ts'
import { EFAULT, path } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { variable } from '../process/index.ts'
import { TextState, textState } from '../stdio/stream.ts'
import { CATEGORIES, categoryAt, isUtf8, KIND, KINDS, kindOf, LC_ALL } from './current.ts'
import { DAYS, MONTHS } from './names.ts'

const ENOENT = 2
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
const CODESET = 14
const OTHER_ITEMS: Readonly<Record<number, string>> = { 65536: '.', 327680: '^[yY]', 327681: '^[nN]' }

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

/** The object of a locale, made at its first use. */
function objectOf(c: LibcCall, kind: number): number {
  const state = textState(c)
  if (state === 0) return 0
  const at = state + TextState.locale + kind * 4096
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
  for (let i = 0; i < 13; i++) memory.setSize(at + Locale.names + i * 8, constant(c, KINDS[kind]))
  memory.setU32(at + KIND, kind)
  memory.setSize(at + Locale.classes, classes + 256)
  return at
}

/** A name of setlocale: empty means what the environment says. */
function kindNamed(c: LibcCall, category: number, name: string): number | undefined {
  if (name !== '') return kindOf(name)
  const said = ['LC_ALL', CATEGORIES[category], 'LANG']
    .map((each) => variable(c, each))
    .find((value) => value !== undefined && value !== '')
  return said === undefined ? 0 : kindOf(said)
}

const ALL = CATEGORIES.map((_, category) => category).filter((category) => category !== LC_ALL)

/** What setlocale answers: one name, or one for each category. */
function nameOf(c: LibcCall, category: number): string {
  const of = (each: number): string => KINDS[c.memory.getU8(categoryAt(c, each))]
  if (category !== LC_ALL) return of(category)
  const first = of(0)
  return ALL.every((each) => of(each) === first) ? first : ALL.map((each) => `${CATEGORIES[each]}=${of(each)}`).join(';')
}

function setlocale(c: LibcCall, category: number, name: number): number {
  if (category < 0 || category > 12 || textState(c) === 0) return 0
  if (name === 0) return constant(c, nameOf(c, category))
  const wanted = path(c, name)
  if (wanted === undefined) return 0
  const parts = new Map(wanted.includes(';') ? wanted.split(';').map((part) => part.split('=') as [string, string]) : [])
  const chosen = (category === LC_ALL ? ALL : [category]).map((each) => ({
    each,
    kind: kindNamed(c, each, parts.size > 0 ? (parts.get(CATEGORIES[each]) ?? '?') : wanted),
  }))
  if (chosen.some(({ kind }) => kind === undefined)) return 0
  for (const { each, kind } of chosen) c.memory.setU8(categoryAt(c, each), kind!)
  return constant(c, nameOf(c, category))
}

/** LC_CTYPE decides what an object is: the other categories of the locales are the same. */
function newlocale(c: LibcCall, mask: number, name: number, base: number): number {
  const wanted = path(c, name)
  if (wanted === undefined) return c.fail(EFAULT) + 1
  const kind = kindNamed(c, 0, wanted)
  if (kind === undefined) return c.fail(ENOENT) + 1
  return (mask & 1) === 0 && base !== 0 && base !== GLOBAL ? base : objectOf(c, kind)
}

/** LC_GLOBAL_LOCALE is -1. */
const GLOBAL = 2 ** 64 - 1

function uselocale(c: LibcCall, object: number): number | bigint {
  const slot = c.cx.threadPointer + Thread.locale
  const before = c.memory.getSize(slot)
  if (object !== 0) c.memory.setSize(slot, object >= GLOBAL ? 0 : object)
  return before === 0 ? 0xffff_ffff_ffff_ffffn : before
}

const duplocale = (c: LibcCall, object: number): number => (object >= GLOBAL ? objectOf(c, c.memory.getU8(categoryAt(c, 0))) : object)

function localeconv(c: LibcCall): number {
  const state = textState(c)
  if (state === 0) return 0
  const at = state + TextState.lconv
  for (let offset = 0; offset < 80; offset += 8) c.memory.setSize(at + offset, constant(c, offset === 0 ? '.' : ''))
  c.memory.bytes(at + 80, 14).fill(127)
  return at
}

const langinfo = (c: LibcCall, item: number): number =>
  constant(c, item === CODESET ? (isUtf8(c) ? 'UTF-8' : 'ANSI_X3.4-1968') : (OTHER_ITEMS[item] ?? TIME_ITEMS[item - 0x2_0000] ?? ''))
const TWO = 'the locales C and C.UTF-8'

export const locale: HeaderTable = {
  name: 'locale',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/locale.h.html',
  rows: [
    leaf('duplocale', 'ptr(ptr)', duplocale),
    alias('__duplocale', 'duplocale'),
    leaf('freelocale', 'void(ptr)', () => {}),
    alias('__freelocale', 'freelocale'),
    leaf('localeconv', 'ptr()', localeconv),
    leaf('newlocale', 'ptr(int, ptr, ptr)', newlocale, 'partial', TWO),
    alias('__newlocale', 'newlocale'),
    leaf('nl_langinfo', 'ptr(int)', langinfo),
    leaf('nl_langinfo_l', 'ptr(int, ptr)', langinfo),
    alias('__nl_langinfo_l', 'nl_langinfo_l'),
    leaf('setlocale', 'ptr(int, ptr)', setlocale, 'partial', TWO),
    leaf('uselocale', 'ptr(ptr)', uselocale),
    alias('__uselocale', 'uselocale'),
    leaf('__ctype_get_mb_cur_max', 'size()', (c) => (isUtf8(c) ? 6 : 1)),
  ],
}
