/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/strftime.html in the C locale and UTC. */
import { DAYS, MONTHS } from '../locale/index.ts'
import { type Calendar, secondsOf } from './calendar.ts'

const two = (n: number, fill = '0'): string => String(n).padStart(2, fill)

/** ISO 8601 week and the year that it belongs to. */
function isoWeek(t: Calendar): { week: number; year: number } {
  const year = t.year + 1900
  const leap = (y: number): boolean => (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
  const week = Math.floor((t.yearday - ((t.weekday + 6) % 7) + 10) / 7)
  const weeksOf = (y: number, firstDay: number): number => (firstDay === 4 || (firstDay === 3 && leap(y)) ? 53 : 52)
  const first = (((t.weekday - t.yearday) % 7) + 371) % 7
  if (week < 1) return { week: weeksOf(year - 1, (first + 7 - (leap(year - 1) ? 2 : 1)) % 7), year: year - 1 }
  return week > weeksOf(year, first) ? { week: 1, year: year + 1 } : { week, year }
}

const FIELDS: Readonly<Record<string, (t: Calendar) => string>> = {
  a: (t) => DAYS[t.weekday]?.slice(0, 3) ?? '?',
  A: (t) => DAYS[t.weekday] ?? '?',
  b: (t) => MONTHS[t.month]?.slice(0, 3) ?? '?',
  B: (t) => MONTHS[t.month] ?? '?',
  c: (t) => strftime('%a %b %e %H:%M:%S %Y', t),
  C: (t) => two(Math.floor((t.year + 1900) / 100)),
  d: (t) => two(t.day),
  D: (t) => strftime('%m/%d/%y', t),
  e: (t) => two(t.day, ' '),
  F: (t) => strftime('%Y-%m-%d', t),
  g: (t) => two(isoWeek(t).year % 100),
  G: (t) => String(isoWeek(t).year),
  h: (t) => FIELDS.b(t),
  H: (t) => two(t.hour),
  I: (t) => two(t.hour % 12 || 12),
  j: (t) => String(t.yearday + 1).padStart(3, '0'),
  k: (t) => two(t.hour, ' '),
  l: (t) => two(t.hour % 12 || 12, ' '),
  m: (t) => two(t.month + 1),
  M: (t) => two(t.minute),
  n: () => '\n',
  p: (t) => (t.hour < 12 ? 'AM' : 'PM'),
  P: (t) => (t.hour < 12 ? 'am' : 'pm'),
  r: (t) => strftime('%I:%M:%S %p', t),
  R: (t) => strftime('%H:%M', t),
  s: (t) => String(secondsOf(t)),
  S: (t) => two(t.second),
  t: () => '\t',
  T: (t) => strftime('%H:%M:%S', t),
  u: (t) => String(t.weekday || 7),
  U: (t) => two(Math.floor((t.yearday + 7 - t.weekday) / 7)),
  V: (t) => two(isoWeek(t).week),
  w: (t) => String(t.weekday),
  W: (t) => two(Math.floor((t.yearday + 7 - ((t.weekday + 6) % 7)) / 7)),
  x: (t) => strftime('%m/%d/%y', t),
  X: (t) => strftime('%H:%M:%S', t),
  y: (t) => two((((t.year % 100) + 100) % 100) | 0),
  Y: (t) => String(t.year + 1900),
  z: () => '+0000',
  Z: () => 'GMT',
  '%': () => '%',
}

export function strftime(format: string, t: Calendar): string {
  return format.replace(/%[EO]?([A-Za-z%])/g, (whole, letter: string) => (Object.hasOwn(FIELDS, letter) ? FIELDS[letter](t) : whole))
}
