/** The calendar half of https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/time.h.html. */
import type { Co } from '@bootgraph/kernel'
import { EFAULT, path, putString, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { TextState, textState } from '../stdio/stream.ts'
import { storage } from '../storage.ts'
import { type Calendar, calendarOf, secondsOf, yearFits } from './calendar.ts'
import { type Moment, momentOf, tzset } from './local.ts'
import { strftime, type ZonedCalendar } from './strftime.ts'
import { strptime } from './strptime.ts'
import type { Local, Zone } from './zone.ts'

const EOVERFLOW = 75
/** struct tm: nine ints, then tm_gmtoff and tm_zone. */
export const TM_SIZE = 56
const ISDST = 32
const FIELDS = ['second', 'minute', 'hour', 'day', 'month', 'year', 'weekday', 'yearday'] as const
const GMT: Local = { offset: 0, summer: false, name: 'GMT' }

function write(c: LibcCall, at: number, t: Calendar, local: Local): void {
  const { memory } = c
  for (const [i, field] of FIELDS.entries()) memory.setI32(at + i * 4, t[field])
  memory.setI32(at + ISDST, local.summer ? 1 : 0)
  memory.setU32(at + 36, 0)
  memory.setU64(at + 40, BigInt.asUintN(64, BigInt(local.offset)))
  memory.setSize(at + 48, constant(c, local.name))
}

function read(c: LibcCall, at: number): Calendar {
  const [second, minute, hour, day, month, year, weekday, yearday] = FIELDS.map((_, i) => c.memory.getI32(at + i * 4))
  return { second, minute, hour, day, month, year, weekday, yearday }
}

function readZoned(c: LibcCall, at: number): ZonedCalendar {
  const zone = c.memory.getSize(at + 48)
  return {
    ...read(c, at),
    offset: Number(BigInt.asIntN(64, c.memory.getU64(at + 40))),
    zone: readable(c, zone, 1) ? c.string(zone) : 'GMT',
  }
}

/** The time at `from` in the zone that `local` tells, to the program's struct. */
function broken(c: LibcCall, from: number, out: number, local: (seconds: number) => Local): number {
  if (textState(c) === 0 || !readable(c, from, 8) || !writable(c, out, TM_SIZE)) return c.fail(EFAULT) + 1
  const seconds = BigInt.asIntN(64, c.memory.getU64(from))
  const there = local(Number(seconds))
  const fields = calendarOf(seconds + BigInt(there.offset))
  if (!yearFits(fields)) return c.fail(EOVERFLOW) + 1
  write(c, out, fields, there)
  return out
}

const gmtimeR = (c: LibcCall, time: number, out: number): number => broken(c, time, out, () => GMT)
const result = (c: LibcCall): number => textState(c) + TextState.tm

function* localtimeR(c: LibcCall, time: number, out: number): Co<number> {
  const zone = yield* tzset(c)
  return broken(c, time, out, (seconds) => zone.at(seconds))
}

/** The moment that a struct means, found from where the last one was. */
function momentAt(c: LibcCall, zone: Zone, at: number): Moment | undefined {
  const last = storage(c, '__libc_mktime_offset')
  const found = momentOf(zone, read(c, at), c.memory.getI32(at + ISDST), c.memory.getI32(last))
  if (found !== undefined) c.memory.setI32(last, found.offset)
  return found
}

/** Puts the moment's fields in their ranges. */
function normalised(c: LibcCall, at: number, seconds: bigint, there: Local): bigint | number {
  const fields = calendarOf(seconds + BigInt(there.offset))
  if (!yearFits(fields)) return c.fail(EOVERFLOW)
  write(c, at, fields, there)
  return seconds
}

function* mktime(c: LibcCall, at: number): Co<bigint | number> {
  if (textState(c) === 0 || !writable(c, at, TM_SIZE)) return c.fail(EFAULT)
  const zone = yield* tzset(c)
  const found = momentAt(c, zone, at)
  return found === undefined ? c.fail(EOVERFLOW) : normalised(c, at, found.seconds, zone.at(Number(found.seconds)))
}

function timegm(c: LibcCall, at: number): bigint | number {
  if (textState(c) === 0 || !writable(c, at, TM_SIZE)) return c.fail(EFAULT)
  return normalised(c, at, secondsOf(read(c, at)), GMT)
}

/** The text of a format for the struct at `at`. */
export function* formatTime(c: LibcCall, text: string, at: number): Co<string> {
  const zone = yield* tzset(c)
  const t = readZoned(c, at)
  // %s asks for what mktime would say.
  const epoch = momentAt(c, zone, at)?.seconds ?? -1
  return strftime(
    text.replace(/%%|%s/g, (each) => (each === '%s' ? String(epoch) : each)),
    t,
  )
}

function* format(c: LibcCall, out: number, size: number, pattern: number, at: number): Co<number> {
  const text = path(c, pattern)
  if (text === undefined || !readable(c, at, TM_SIZE)) return c.fail(EFAULT) + 1
  const made = yield* formatTime(c, text, at)
  if (!writable(c, out, Math.min(size, new TextEncoder().encode(made).length + 1))) return c.fail(EFAULT) + 1
  return Math.max(putString(c, out, size, made), 0)
}

const ASCTIME = '%a %b %e %H:%M:%S %Y\n'
const ASCTIME_SIZE = 64

function asctimeR(c: LibcCall, at: number, out: number): number {
  if (!readable(c, at, TM_SIZE) || !writable(c, out, 26)) return c.fail(EFAULT) + 1
  const text = strftime(ASCTIME, readZoned(c, at)).replaceAll('?', '???')
  return putString(c, out, ASCTIME_SIZE, text) < 0 ? c.fail(EOVERFLOW) + 1 : out
}

function* ctimeR(c: LibcCall, time: number, out: number): Co<number> {
  return (yield* localtimeR(c, time, result(c))) === 0 ? 0 : asctimeR(c, result(c), out)
}

/** Characters and bytes count alike up to what the format takes: both texts are read byte by byte. */
function parse(c: LibcCall, from: number, pattern: number, at: number): number {
  const end = c.memory.cstrEnd(from)
  const wanted = path(c, pattern)
  if (end < 0 || wanted === undefined || !writable(c, at, TM_SIZE)) return c.fail(EFAULT) + 1
  const text = Array.from(c.memory.bytes(from, end - from), (byte) => String.fromCharCode(byte)).join('')
  const found = strptime(text, wanted, { ...read(c, at), offset: Number(BigInt.asIntN(64, c.memory.getU64(at + 40))) })
  if (found === undefined) return 0
  for (const [i, field] of FIELDS.entries()) c.memory.setI32(at + i * 4, found.fields[field])
  c.memory.setU64(at + 40, BigInt.asUintN(64, BigInt(found.fields.offset)))
  return end - found.left
}

const textAt = (c: LibcCall): number => textState(c) + TextState.timeText

export const timeHeader: HeaderTable = {
  name: 'time (calendar)',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/time.h.html',
  rows: [
    leaf('asctime', 'ptr(ptr)', (c, at: number) => asctimeR(c, at, textAt(c))),
    leaf('asctime_r', 'ptr(ptr, ptr)', asctimeR),
    blocking('ctime', 'ptr(ptr)', (c, time: number) => ctimeR(c, time, textAt(c))),
    blocking('ctime_r', 'ptr(ptr, ptr)', ctimeR),
    leaf('difftime', 'f64(long, long)', (_, a: number, b: number) => a - b),
    leaf('gmtime', 'ptr(ptr)', (c, time: number) => gmtimeR(c, time, result(c))),
    leaf('gmtime_r', 'ptr(ptr, ptr)', gmtimeR),
    blocking('localtime', 'ptr(ptr)', (c, time: number) => localtimeR(c, time, result(c))),
    blocking('localtime_r', 'ptr(ptr, ptr)', localtimeR),
    blocking('mktime', 'i64(ptr)', mktime),
    alias('timelocal', 'mktime'),
    leaf('timegm', 'i64(ptr)', timegm),
    blocking('strftime', 'size(ptr, size, ptr, ptr)', format),
    alias('strftime_l', 'strftime'),
    alias('__strftime_l', 'strftime'),
    leaf('strptime', 'ptr(ptr, ptr, ptr)', parse),
    alias('strptime_l', 'strptime'),
    leaf('time', 'long(ptr)', (c, out: number) => {
      const seconds = Number(c.kernel.clock(c.cx, 'realtime') / 1_000_000_000n)
      if (out !== 0 && !writable(c, out, 8)) return c.fail(EFAULT)
      if (out !== 0) c.memory.setSize(out, seconds)
      return seconds
    }),
    object('__libc_mktime_offset', 4, 4),
    object('timezone', 8, 8),
    alias('__timezone', 'timezone'),
    object('daylight', 4, 4),
    alias('__daylight', 'daylight'),
    object('tzname', 16, 8),
    alias('__tzname', 'tzname'),
    blocking('tzset', 'void()', function* (c) {
      yield* tzset(c)
    }),
  ],
}
