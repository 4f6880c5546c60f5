import { expect, test } from 'vitest'
import { calendarOf, secondsOf } from './calendar.ts'
import { strftime } from './strftime.ts'

test('dates agree with the host’s calendar and come back to their second', () => {
  for (let i = -3000; i < 3000; i++) {
    const seconds = i * 12_345_679 + i
    const t = calendarOf(seconds)
    const host = new Date(seconds * 1000)
    const day = [t.year + 1900, t.month, t.day, t.hour, t.minute, t.second, t.weekday]
    expect(day).toEqual([
      host.getUTCFullYear(),
      host.getUTCMonth(),
      host.getUTCDate(),
      host.getUTCHours(),
      host.getUTCMinutes(),
      host.getUTCSeconds(),
      host.getUTCDay(),
    ])
    expect(secondsOf(t)).toBe(BigInt(seconds))
  }
})

test('weeks by ISO 8601 at the turn of years', () => {
  const week = (y: number, m: number, d: number) =>
    strftime('%G-%V-%u', { ...calendarOf(Date.UTC(y, m - 1, d) / 1000), offset: 0, zone: 'UTC' })
  expect([week(2021, 1, 3), week(2020, 12, 31), week(2018, 12, 31), week(2016, 1, 1)]).toEqual([
    '2020-53-7',
    '2020-53-4',
    '2019-01-1',
    '2015-53-5',
  ])
})
