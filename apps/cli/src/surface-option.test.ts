import { expect, test } from 'vitest'
import { CommandError } from './output.ts'
import { allSurfaces, surfaceOf } from './surface-option.ts'

test('every recorded surface is listed once, oldest first, and answers to its own date', () => {
  const dates = allSurfaces().map(({ date }) => date)
  expect(dates).toEqual([...new Set(dates)].sort())
  expect(dates.at(-1)).toBe(surfaceOf('latest').date)
  expect(dates).toContain('2019-11-27')
  for (const date of dates) expect(surfaceOf(date).date).toBe(date)
})

test('what is no date, or too early, is refused in one line', () => {
  for (const date of ['yesterday', '2019', '1999-01-01']) expect(() => surfaceOf(date)).toThrow(CommandError)
})
