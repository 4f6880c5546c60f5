/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/strftime.html in the C locale, with glibc's flags and widths. */
import { DAYS, MONTHS } from '../locale/names.ts'
import { type Calendar, secondsOf } from './calendar.ts'

/** A broken-down time with its zone. */
export interface ZonedCalendar extends Calendar {
  /** Seconds east of Greenwich. */
  readonly offset: number
  readonly zone: string
}

/** The year as C's int has it. */
const yearOf = (t: Calendar): number => (t.year + 1900) | 0

/** ISO 8601 week and the year that it belongs to. */
function isoWeek(t: Calendar): { week: number; year: number } {
  const year = yearOf(t)
  const leap = (y: number): boolean => (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
  const week = Math.floor((t.yearday - ((t.weekday + 6) % 7) + 10) / 7)
  const weeksOf = (y: number, firstDay: number): number => (firstDay === 4 || (firstDay === 3 && leap(y)) ? 53 : 52)
  const first = (((t.weekday - t.yearday) % 7) + 371) % 7
  if (week < 1) return { week: weeksOf(year - 1, (first + 7 - (leap(year - 1) ? 2 : 1)) % 7), year: (year - 1) | 0 }
  return week > weeksOf(year, first) ? { week: 1, year: (year + 1) | 0 } : { week, year }
}

const zoneHours = (t: ZonedCalendar): string => {
  const minutes = Math.floor(Math.abs(t.offset) / 60)
  return `${t.offset < 0 ? '-' : '+'}${String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0')}`
}

/** A number with the digits and the padding that it has without a flag, or a text. */
type Field = { readonly number: number; readonly digits: number; readonly pad: '0' | ' ' } | string
const digits = (number: number, count = 2, pad: '0' | ' ' = '0'): Field => ({ number, digits: count, pad })
const inner =
  (format: string) =>
  (t: ZonedCalendar): Field =>
    strftime(format, t)
const mod = (n: number, by: number): number => ((n % by) + by) % by

const FIELDS: Readonly<Record<string, (t: ZonedCalendar) => Field>> = {
  a: (t) => DAYS[t.weekday]?.slice(0, 3) ?? '?',
  A: (t) => DAYS[t.weekday] ?? '?',
  b: (t) => MONTHS[t.month]?.slice(0, 3) ?? '?',
  B: (t) => MONTHS[t.month] ?? '?',
  c: inner('%a %b %e %H:%M:%S %Y'),
  C: (t) => digits(Math.floor(yearOf(t) / 100), 1),
  d: (t) => digits(t.day),
  D: inner('%m/%d/%y'),
  e: (t) => digits(t.day, 2, ' '),
  F: inner('%Y-%m-%d'),
  g: (t) => digits(mod(isoWeek(t).year, 100)),
  G: (t) => digits(isoWeek(t).year, 1),
  h: (t) => FIELDS.b(t),
  H: (t) => digits(t.hour),
  I: (t) => digits(t.hour % 12 || 12),
  j: (t) => digits(t.yearday + 1, 3),
  k: (t) => digits(t.hour, 2, ' '),
  l: (t) => digits(t.hour % 12 || 12, 2, ' '),
  m: (t) => digits(t.month + 1),
  M: (t) => digits(t.minute),
  n: () => '\n',
  p: (t) => (t.hour < 12 ? 'AM' : 'PM'),
  P: (t) => (t.hour < 12 ? 'am' : 'pm'),
  r: inner('%I:%M:%S %p'),
  R: inner('%H:%M'),
  s: (t) => digits(Number(secondsOf(t)) - t.offset, 1),
  S: (t) => digits(t.second),
  t: () => '\t',
  T: inner('%H:%M:%S'),
  u: (t) => digits(t.weekday || 7, 1),
  U: (t) => digits(Math.floor((t.yearday + 7 - t.weekday) / 7)),
  V: (t) => digits(isoWeek(t).week),
  w: (t) => digits(t.weekday, 1),
  W: (t) => digits(Math.floor((t.yearday + 7 - ((t.weekday + 6) % 7)) / 7)),
  x: inner('%m/%d/%y'),
  X: inner('%H:%M:%S'),
  y: (t) => digits(mod(t.year, 100)),
  Y: (t) => digits(yearOf(t), 1),
  z: zoneHours,
  Z: (t) => t.zone,
  '%': () => '%',
}

function padded(field: Field, flags: string, width: number): string {
  const flag = [...flags].findLast((each) => '_-0'.includes(each))
  if (typeof field === 'string') {
    const upper = flags.includes('^') ? field.toUpperCase() : field
    const text = flags.includes('#') ? (/[a-z]/.test(upper) && !/^[AP]M$/.test(field) ? upper.toUpperCase() : upper.toLowerCase()) : upper
    return text.padStart(width, flag === '0' ? '0' : ' ')
  }
  const fill = flag === '_' ? ' ' : flag === '0' ? '0' : field.pad
  const sign = field.number < 0 ? '-' : ''
  const shown = String(Math.abs(field.number))
  if (flag === '-') return (sign + shown).padStart(width, ' ')
  const room = Math.max(field.digits, width) - sign.length
  return fill === '0' ? sign + shown.padStart(room, '0') : (sign + shown).padStart(Math.max(field.digits, width), ' ')
}

export function strftime(format: string, t: ZonedCalendar): string {
  return format.replace(/%([_\-0^#]*)(\d*)[EO]?([A-Za-z%])/g, (whole, flags: string, width: string, letter: string) =>
    Object.hasOwn(FIELDS, letter) ? padded(FIELDS[letter](t), flags, Number(width)) : whole,
  )
}
