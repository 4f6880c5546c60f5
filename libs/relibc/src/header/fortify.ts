/**
 * What _FORTIFY_SOURCE makes of calls (bits/*2.h and bits/*-ldbl.h of glibc; LSB 5.0, "__*_chk"): the plain function behind a look at the
 * room of its target, which the compiler passes along; where that is too small the thread aborts.
 */
import type { LibcCall } from '../registry/call.ts'
import type { CoFn, FunctionRow, HeaderTable, LeafFn, SymbolRow } from '../registry/define.ts'
import { alias } from '../registry/define.ts'
import { abortCall } from './fault.ts'
import { wideLength } from './wchar/strings.ts'

/** Whether the call stays within its target, by the arguments of the fortified form. */
type Fits = (c: LibcCall, ...args: readonly number[]) => boolean

interface Fortified {
  readonly name: string
  readonly plain: string
  /** Classes of the arguments that it has more, by their places in its own signature, ascending. */
  readonly more: Readonly<Record<number, 'int' | 'size'>>
  readonly fits?: Fits
}

const row = (name: string, plain: string, more: Fortified['more'], fits?: Fits): Fortified => ({ name, plain, more, ...(fits && { fits }) })

/** The argument at `count` is a number of units of `unit` bytes of which the target, told at `room`, must have so many. */
const within =
  (count: number, room: number, unit = 1): Fits =>
  (_, ...args) =>
    args[count] * unit <= args[room]

/** `of`: the plain function whose first arguments are a count and an array of such units. */
const sized = (of: string, at: number, count: number, unit = 1): Fortified =>
  row(`__${of}_chk`, of, { [at]: 'size' }, within(count, at, unit))
const flagged = (of: string, at: number): Fortified => row(`__${of}_chk`, of, { [at]: 'int' })

/** Most bytes of a character of the locale, as MB_CUR_MAX says. */
const MOST = 6
const pathMax = 4096
const characterFits =
  (at: number): Fits =>
  (_, ...args) =>
    args[at] >= MOST
const copied: Fits = (c, _, from, room) => wideLength(c, from) < room
const appended: Fits = (c, to, from, room) => wideLength(c, to) + wideLength(c, from) < room
const appendedSome: Fits = (c, to, from, count, room) => wideLength(c, to) + wideLength(c, from, count) < room

const TABLE: readonly Fortified[] = [
  ...['printf', 'vprintf', 'wprintf', 'vwprintf'].map((of) => flagged(of, 0)),
  ...['fprintf', 'vfprintf', 'dprintf', 'vdprintf', 'asprintf', 'vasprintf', 'fwprintf', 'vfwprintf', 'syslog', 'vsyslog'].map((of) =>
    flagged(of, 1),
  ),
  ...['snprintf', 'vsnprintf', 'swprintf', 'vswprintf'].map((of) => row(`__${of}_chk`, of, { 2: 'int', 3: 'size' }, within(1, 3))),
  ...['fgets', 'fgetws'].flatMap((of) => [sized(of, 1, 2), row(`__${of}_unlocked_chk`, of, { 1: 'size' }, within(2, 1))]),
  row('__fread_chk', 'fread', { 1: 'size' }, (_, _into, room, size, count) => size * count <= room),
  sized('read', 3, 2),
  sized('pread', 4, 2),
  sized('recv', 3, 2),
  sized('recvfrom', 3, 2),
  sized('poll', 3, 1, 8),
  sized('ppoll', 4, 1, 8),
  sized('getcwd', 2, 1),
  sized('gethostname', 2, 1),
  sized('getdomainname', 2, 1),
  sized('getlogin_r', 2, 1),
  sized('ttyname_r', 3, 2),
  sized('readlink', 3, 2),
  sized('readlinkat', 4, 3),
  sized('confstr', 3, 2),
  sized('getgroups', 2, 0, 4),
  row('__realpath_chk', 'realpath', { 2: 'size' }, (_, _name, _into, room) => room >= pathMax),
  sized('stpncpy', 3, 2),
  sized('mbstowcs', 3, 2),
  sized('wcstombs', 3, 2),
  sized('mbsrtowcs', 4, 2),
  sized('wcsrtombs', 4, 2),
  sized('mbsnrtowcs', 5, 3),
  sized('wcsnrtombs', 5, 3),
  row('__wcrtomb_chk', 'wcrtomb', { 3: 'size' }, characterFits(3)),
  row('__wctomb_chk', 'wctomb', { 2: 'size' }, characterFits(2)),
  row('__wcscpy_chk', 'wcscpy', { 2: 'size' }, copied),
  row('__wcpcpy_chk', 'wcpcpy', { 2: 'size' }, copied),
  row('__wcscat_chk', 'wcscat', { 2: 'size' }, appended),
  row('__wcsncat_chk', 'wcsncat', { 3: 'size' }, appendedSome),
  ...['wcsncpy', 'wcpncpy', 'wmemcpy', 'wmemmove', 'wmempcpy', 'wmemset'].map((of) => sized(of, 3, 2)),
]

/** `int(ptr, ...)` with more arguments at their places. */
function signatureOf(plain: string, more: Fortified['more']): string {
  const [result, list] = plain.slice(0, -1).split('(')
  const classes = list.split(', ')
  for (const [at, kind] of Object.entries(more)) classes.splice(Number(at), 0, kind)
  return `${result}(${classes.join(', ')})`
}

function fortified({ name, more, fits }: Fortified, of: FunctionRow): FunctionRow {
  const places = Object.keys(more).map(Number)
  const less = (args: readonly number[]): readonly number[] => args.filter((_, at) => !places.includes(at))
  const { fn } = of
  const leaf: LeafFn = (c, ...args) => (fits && !fits(c, ...args) ? abortCall(c) : (fn as LeafFn)(c, ...less(args)))
  const waiting: CoFn = function* (c, ...args) {
    return fits && !fits(c, ...args) ? abortCall(c) : yield* (fn as CoFn)(c, ...less(args))
  }
  return { ...of, name, signature: signatureOf(of.signature, more), fn: of.flow === 'leaf' ? leaf : waiting }
}

/** The fortified forms of what `headers` have. */
export function fortify(headers: readonly HeaderTable[]): HeaderTable {
  const plain = new Map<string, FunctionRow>()
  for (const { rows } of headers) for (const each of rows) if (each.kind === 'function') plain.set(each.name, each)
  const rows = TABLE.map((each): SymbolRow => {
    const of = plain.get(each.plain)
    if (of === undefined) throw new Error(`'${each.name}' is a form of '${each.plain}', which has no row`)
    return fortified(each, of)
  })
  const aliases = [alias('__pread64_chk', '__pread_chk'), alias('__fread_unlocked_chk', '__fread_chk')]
  return {
    name: 'fortify',
    spec: 'https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/libcman.html',
    rows: [...rows, ...aliases],
  }
}
