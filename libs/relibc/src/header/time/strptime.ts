/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/strptime.html in the C locale. */
import { DAYS, MONTHS } from '../locale/names.ts'
import { type Calendar, calendarOf, daysOf } from './calendar.ts'

/** What was read so far; fields that no directive named keep what they were. */
export interface Parsed extends Calendar {
  /** Seconds east of UTC. */
  offset: number
}

interface State extends Parsed {
  century: number | undefined
  afternoon: boolean | undefined
  twelve: boolean
  /** Which of month, day and day of the year were named; whether the weekday was, or is to be found. */
  haveMonth: boolean
  haveDay: boolean
  haveYearday: boolean
  haveWeekday: boolean
  wantDays: boolean
}

const DAY = 86_400

const COMPOUND: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}

type Numeric = { readonly low: number; readonly high: number; readonly width: number; set(s: State, n: number): void }
const numeric = (low: number, high: number, width: number, set: (s: State, n: number) => void): Numeric => ({ low, high, width, set })
const NUMBERS: Readonly<Record<string, Numeric>> = {
  C: numeric(0, 99, 2, (s, n) => {
    s.century = n
    s.wantDays = true
  }),
  d: numeric(1, 31, 2, (s, n) => {
    s.day = n
    s.haveDay = true
    s.wantDays = true
  }),
  H: numeric(0, 23, 2, (s, n) => {
    s.hour = n
    s.twelve = false
  }),
  I: numeric(1, 12, 2, (s, n) => {
    s.hour = n % 12
    s.twelve = true
  }),
  j: numeric(1, 366, 3, (s, n) => {
    s.yearday = n - 1
    s.haveYearday = true
  }),
  m: numeric(1, 12, 2, (s, n) => {
    s.month = n - 1
    s.haveMonth = true
    s.wantDays = true
  }),
  M: numeric(0, 59, 2, (s, n) => (s.minute = n)),
  S: numeric(0, 61, 2, (s, n) => (s.second = n)),
  u: numeric(1, 7, 1, (s, n) => {
    s.weekday = n % 7
    s.haveWeekday = true
  }),
  w: numeric(0, 6, 1, (s, n) => {
    s.weekday = n
    s.haveWeekday = true
  }),
  y: numeric(0, 99, 2, (s, n) => {
    s.year = n < 69 ? n + 100 : n
    s.wantDays = true
  }),
  Y: numeric(0, 9999, 4, (s, n) => {
    s.year = n - 1900
    s.wantDays = true
  }),
}
const SAME: Readonly<Record<string, string>> = { e: 'd', k: 'H', l: 'I' }

/** Where a full or short name of a list begins the text: its index and length. */
function named(text: string, names: readonly string[]): { index: number; length: number } | undefined {
  const lower = text.toLowerCase()
  for (const [index, name] of names.entries()) {
    if (lower.startsWith(name.toLowerCase())) return { index, length: name.length }
  }
  for (const [index, name] of names.entries()) {
    if (lower.startsWith(name.slice(0, 3).toLowerCase())) return { index, length: 3 }
  }
  return undefined
}

function run(text: string, format: string, s: State): string | undefined {
  let rest = text
  for (let i = 0; i < format.length; i++) {
    const character = format[i]
    if (/\s/.test(character)) {
      rest = rest.trimStart()
      continue
    }
    if (character !== '%') {
      if (rest[0] !== character) return undefined
      rest = rest.slice(1)
      continue
    }
    let letter = format[++i] ?? '%'
    while (/[EO_\-0^#]/.test(letter)) letter = format[++i] ?? '%'
    const next = directive(rest, SAME[letter] ?? letter, s)
    if (next === undefined) return undefined
    rest = next
  }
  return rest
}

function directive(text: string, letter: string, s: State): string | undefined {
  const compound = COMPOUND[letter]
  if (compound !== undefined) return run(text, compound, s)
  const number = NUMBERS[letter]
  if (number !== undefined) {
    const match = new RegExp(`^ *(\\d{1,${number.width}})`).exec(text)
    if (match === null || Number(match[1]) < number.low || Number(match[1]) > number.high) return undefined
    number.set(s, Number(match[1]))
    return text.slice(match[0].length)
  }
  if (letter === 'a' || letter === 'A' || letter === 'b' || letter === 'B' || letter === 'h') {
    const days = letter === 'a' || letter === 'A'
    const found = named(text, days ? DAYS : MONTHS)
    if (found === undefined) return undefined
    if (days) {
      s.weekday = found.index
      s.haveWeekday = true
    } else {
      s.month = found.index
      s.haveMonth = true
      s.wantDays = true
    }
    return text.slice(found.length)
  }
  if (letter === 'p' || letter === 'P') {
    const match = /^([ap])m/i.exec(text)
    if (match === null) return undefined
    s.afternoon = match[1].toLowerCase() === 'p'
    return text.slice(2)
  }
  if (letter === 's') {
    const match = /^ *(-?\d+)/.exec(text)
    if (match === null) return undefined
    Object.assign(s, calendarOf(Number(match[1])))
    return text.slice(match[0].length)
  }
  if (letter === 'z') {
    const match = /^ *(?:Z|([+-])(\d{2}):?(\d{2})?)/.exec(text)
    if (match === null) return undefined
    const seconds = Number(match[2] ?? 0) * 3600 + Number(match[3] ?? 0) * 60
    s.offset = match[1] === '-' ? -seconds : seconds
    return text.slice(match[0].length)
  }
  if (letter === 'Z') return text.replace(/^[A-Za-z]+/, '')
  if (letter === 'n' || letter === 't') return text.trimStart()
  if (letter === '%') return text[0] === '%' ? text.slice(1) : undefined
  return undefined
}

/** The fields after reading `text`, and how many characters are left; undefined if it does not match. */
export function strptime(text: string, format: string, before: Parsed): { fields: Parsed; left: number } | undefined {
  const nothing = { haveMonth: false, haveDay: false, haveYearday: false, haveWeekday: false, wantDays: false }
  const s: State = { ...before, ...nothing, century: undefined, afternoon: undefined, twelve: false }
  const rest = run(text, format, s)
  if (rest === undefined) return undefined
  if (s.twelve && s.afternoon) s.hour += 12
  if (s.century !== undefined) s.year = s.century * 100 - 1900 + mod(s.year, 100)
  if (!s.wantDays) return { fields: s, left: rest.length }
  if (s.haveYearday && !(s.haveMonth && s.haveDay)) {
    const date = calendarOf(daysOf(s.year + 1900, 0, s.yearday + 1) * DAY)
    if (!s.haveMonth) s.month = date.month
    if (!s.haveDay) s.day = date.day
  }
  const days = daysOf(s.year + 1900, s.month, s.day)
  if (!s.haveWeekday) s.weekday = calendarOf(days * DAY).weekday
  if (!s.haveYearday) s.yearday = days - daysOf(s.year + 1900, 0, 1)
  return { fields: s, left: rest.length }
}

const mod = (n: number, by: number): number => ((n % by) + by) % by
