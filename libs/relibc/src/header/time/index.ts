/** The calendar half of https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/time.h.html; the local zone is UTC. */
import { EFAULT, path, putString, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { TextState, textState } from '../stdio/stream.ts'
import { type Calendar, calendarOf, secondsOf } from './calendar.ts'
import { strftime } from './strftime.ts'

const EOVERFLOW = 75
/** struct tm: nine ints, then tm_gmtoff and tm_zone. */
const TM_SIZE = 56
const FIELDS = ['second', 'minute', 'hour', 'day', 'month', 'year', 'weekday', 'yearday'] as const
const YEARS_MAX = 2 ** 31
const UTC = 'the local zone is UTC: zone files are not read'

function write(c: LibcCall, at: number, t: Calendar): void {
  const { memory } = c
  for (const [i, field] of FIELDS.entries()) memory.setI32(at + i * 4, t[field])
  memory.setI32(at + 32, 0)
  memory.setU32(at + 36, 0)
  memory.setSize(at + 40, 0)
  const zone = textState(c) + TextState.zone
  c.memory.u8.set([71, 77, 84, 0], zone)
  memory.setSize(at + 48, zone)
}

function read(c: LibcCall, at: number): Calendar {
  const [second, minute, hour, day, month, year, weekday, yearday] = FIELDS.map((_, i) => c.memory.getI32(at + i * 4))
  return { second, minute, hour, day, month, year, weekday, yearday }
}

function gmtimeR(c: LibcCall, time: number, out: number): number {
  if (textState(c) === 0 || !readable(c, time, 8) || !writable(c, out, TM_SIZE)) return c.fail(EFAULT) + 1
  const seconds = Number(BigInt.asIntN(64, c.memory.getU64(time)))
  if (Math.abs(seconds) / 31_556_952 >= YEARS_MAX) return c.fail(EOVERFLOW) + 1
  write(c, out, calendarOf(seconds))
  return out
}

function mktime(c: LibcCall, at: number): number {
  if (textState(c) === 0 || !writable(c, at, TM_SIZE)) return c.fail(EFAULT)
  const seconds = secondsOf(read(c, at))
  write(c, at, calendarOf(seconds))
  return seconds
}

function format(c: LibcCall, out: number, size: number, pattern: number, at: number): number {
  const text = path(c, pattern)
  if (text === undefined || !readable(c, at, TM_SIZE)) return c.fail(EFAULT) + 1
  const made = strftime(text, read(c, at))
  if (!writable(c, out, Math.min(size, new TextEncoder().encode(made).length + 1))) return c.fail(EFAULT) + 1
  return Math.max(putString(c, out, size, made), 0)
}

export const timeHeader: HeaderTable = {
  name: 'time (calendar)',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/time.h.html',
  rows: [
    leaf('difftime', 'f64(long, long)', (_, a: number, b: number) => a - b),
    leaf('gmtime', 'ptr(ptr)', (c, time: number) => gmtimeR(c, time, textState(c) + TextState.tm)),
    leaf('gmtime_r', 'ptr(ptr, ptr)', gmtimeR),
    leaf('localtime', 'ptr(ptr)', (c, time: number) => gmtimeR(c, time, textState(c) + TextState.tm), 'partial', UTC),
    leaf('localtime_r', 'ptr(ptr, ptr)', gmtimeR, 'partial', UTC),
    leaf('mktime', 'long(ptr)', mktime, 'partial', UTC),
    leaf('timegm', 'long(ptr)', mktime),
    leaf('strftime', 'size(ptr, size, ptr, ptr)', format),
    leaf('__strftime_l', 'size(ptr, size, ptr, ptr, ptr)', format),
    alias('strftime_l', '__strftime_l'),
    leaf('time', 'long(ptr)', (c, out: number) => {
      const seconds = Number(c.kernel.clock(c.cx, 'realtime') / 1_000_000_000n)
      if (out !== 0 && !writable(c, out, 8)) return c.fail(EFAULT)
      if (out !== 0) c.memory.setSize(out, seconds)
      return seconds
    }),
    object('timezone', 8, 8),
    alias('__timezone', 'timezone'),
    object('tzname', 16, 8),
    alias('__tzname', 'tzname'),
    leaf('tzset', 'void()', () => {}, 'partial', UTC),
  ],
}
