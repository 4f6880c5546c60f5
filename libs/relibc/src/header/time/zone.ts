/** Time zones as rules: TZ strings of POSIX (XBD 8.3) and the footers of zone files. */
import { daysOf } from './calendar.ts'

/** Local time at a moment: seconds east of Greenwich, whether it is summer time, and what it is called. */
export interface Local {
  readonly offset: number
  readonly summer: boolean
  readonly name: string
}

export interface Zone {
  /** `time`: seconds since 1970. */
  at(time: number): Local
  /** What tzset tells: names and standard offset. */
  readonly standard: Local
  readonly daylight: Local | undefined
}

/** When a rule's change happens: its local second of a year. */
type Change = (year: number) => number

const DAY = 86_400
const leap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const yearStart = (year: number): number => daysOf(year, 0, 1) * DAY

/** Takes pieces off the front of a text. */
class Reader {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }
  take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.text.slice(this.at))
    if (match === null || match.index !== 0) return undefined
    this.at += match[0].length
    return match
  }
  get done(): boolean {
    return this.at >= this.text.length
  }
}

/** Most that an offset and the time of a change may have, as glibc. */
const OFFSET_HOURS = 24
const CHANGE_HOURS = 167

/** [+-]hh[:mm[:ss]] in seconds, of at most so many hours. */
function clock(reader: Reader, hours: number): number | undefined {
  const match = reader.take(/^([+-]?)(\d{1,3})(?::(\d{1,2})(?::(\d{1,2}))?)?/)
  if (match === undefined) return undefined
  const seconds = Math.min(Number(match[2]), hours) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0)
  return match[1] === '-' ? -seconds : seconds
}

function name(reader: Reader): string | undefined {
  const match = reader.take(/^(?:<([A-Za-z0-9+-]{3,})>|([A-Za-z]{3,}))/)
  return match && (match[1] ?? match[2])
}

/** Mm.w.d, Jn or n, with /time. */
function change(reader: Reader): Change | undefined {
  const by = reader.take(/^,(?:M(\d{1,2})\.(\d)\.(\d)|(J?)(\d{1,3}))/)
  if (by === undefined) return undefined
  const time = reader.take(/^\//) === undefined ? 7200 : (clock(reader, CHANGE_HOURS) ?? 7200)
  if (by[1] !== undefined) {
    const [month, week, weekday] = [Number(by[1]) - 1, Number(by[2]), Number(by[3])]
    return (year) => {
      const first = daysOf(year, month, 1)
      const firstWeekday = (((first + 4) % 7) + 7) % 7
      let day = first + ((weekday - firstWeekday + 7) % 7) + (week - 1) * 7
      while (day >= daysOf(year, month + 1, 1)) day -= 7
      return day * DAY + time
    }
  }
  const day = Number(by[5])
  if (by[4] === 'J') return (year) => yearStart(year) + (day - 1 + (leap(year) && day >= 60 ? 1 : 0)) * DAY + time
  return (year) => yearStart(year) + day * DAY + time
}

/** Rules of the United States, which a TZ string without rules means. */
const DEFAULT_RULES = ',M3.2.0,M11.1.0'

export function fixed(local: Local): Zone {
  return { at: () => local, standard: local, daylight: undefined }
}

export const UTC: Zone = fixed({ offset: 0, summer: false, name: 'UTC' })

/** A TZ string as a zone; undefined if it is none. */
export function parseRules(text: string): Zone | undefined {
  const reader = new Reader(text)
  const standardName = name(reader)
  const west = standardName === undefined ? undefined : clock(reader, OFFSET_HOURS)
  if (standardName === undefined) return undefined
  if (west === undefined) return fixed({ offset: 0, summer: false, name: standardName })
  const standard: Local = { offset: -west, summer: false, name: standardName }
  const summerName = name(reader)
  if (summerName === undefined) return fixed(standard)
  const summerWest = clock(reader, OFFSET_HOURS) ?? west - 3600
  const daylight: Local = { offset: -summerWest, summer: true, name: summerName }
  const rules = reader.done ? new Reader(DEFAULT_RULES) : reader
  const [start, end] = [change(rules), change(rules)]
  if (start === undefined || end === undefined) return fixed(standard)
  const at = (time: number): Local => {
    const year = 1970 + Math.floor((time + standard.offset) / 31_556_952)
    // The year by its length on average may be off by one at its ends.
    const exact = time + standard.offset < yearStart(year) ? year - 1 : time + standard.offset >= yearStart(year + 1) ? year + 1 : year
    // As in glibc, what holds when 1970 begins held before it.
    const ruled = Math.max(exact, 1970)
    const [from, to] = [start(ruled) - standard.offset, end(ruled) - daylight.offset]
    const summer = from < to ? time >= from && time < to : time >= from || time < to
    return summer ? daylight : standard
  }
  return { at, standard, daylight }
}
