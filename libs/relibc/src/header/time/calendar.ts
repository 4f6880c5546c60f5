/** The proleptic Gregorian calendar in UTC: seconds since 1970 to days and back, without leap seconds (POSIX 4.16). */

export interface Calendar {
  second: number
  minute: number
  hour: number
  day: number
  /** 0 … 11. */
  month: number
  /** Years since 1900. */
  year: number
  weekday: number
  yearday: number
}

const DAY = 86_400

/** Days since 1970-01-01 of a date; the month may lie outside 0 … 11. */
export function daysOf(year: number, month: number, day: number): number {
  const y = year + Math.floor(month / 12)
  const m = ((month % 12) + 12) % 12
  // Years from March, so that the leap day is the last of a year.
  const shifted = m < 2 ? y - 1 : y
  const fromMarch = (m + 10) % 12
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return 365 * shifted + leaps + Math.floor((153 * fromMarch + 2) / 5) + day - 719_469
}

/** `seconds` as a bigint where a double may not hold it: from the year 285,428,751 on. */
export function calendarOf(seconds: number | bigint): Calendar {
  const rest = (Number(BigInt(seconds) % BigInt(DAY)) + DAY) % DAY
  const days = Number((BigInt(seconds) - BigInt(rest)) / BigInt(DAY))
  let year = Math.floor(1970 + days / 365.2425)
  while (daysOf(year, 0, 1) > days) year--
  while (daysOf(year + 1, 0, 1) <= days) year++
  const yearday = days - daysOf(year, 0, 1)
  let month = 11
  while (daysOf(year, month, 1) > days) month--
  const day = days - daysOf(year, month, 1) + 1
  const weekday = (((days + 4) % 7) + 7) % 7
  const hour = Math.floor(rest / 3600)
  return { second: rest % 60, minute: Math.floor(rest / 60) % 60, hour, day, month, year: year - 1900, weekday, yearday }
}

/** Fields may lie outside their ranges. */
export const secondsOf = (t: Calendar): bigint =>
  BigInt(daysOf(t.year + 1900, t.month, 1) + t.day - 1) * BigInt(DAY) + BigInt(t.hour * 3600 + t.minute * 60 + t.second)

/** Whether the year fits the int that a struct tm has for it. */
export const yearFits = ({ year }: Calendar): boolean => year === (year | 0)
