import { expect, test } from 'vitest'
import { type OpenUnit, timeLeft } from './time-left.ts'

const NOW = Date.parse('2026-01-01T00:00:10Z')
const unit = (id: string, more: Partial<OpenUnit> = {}): OpenUnit => ({
  id,
  needs: [],
  expected: 1000,
  since: null,
  shortest: null,
  longest: null,
  ...more,
})
const recorded = { shortest: 800, longest: 1200 }

test('without recorded durations, or with those of less than a fifth of the work, there is no estimate', () => {
  const open = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((id) => unit(id))
  expect(timeLeft(open, 0, 2, NOW)).toBeUndefined()
  expect(timeLeft(open, 1000, 2, NOW)).toBeUndefined()
  expect(timeLeft([unit('a', recorded), ...open.slice(1)], 0, 2, NOW)).toBeUndefined()
  expect(timeLeft([unit('a', recorded), ...open.slice(1)], 1000, 2, NOW)).toBeDefined()
  expect(timeLeft([], 0, 2, NOW)).toBeUndefined()
})

test('without a worker there is no estimate', () => {
  expect(timeLeft([unit('a', recorded)], 0, 0, NOW)).toBeUndefined()
})

test('an estimate reaches from the shortest durations well packed to the longest badly packed', () => {
  const chain = [unit('a', recorded), unit('b', { needs: ['a'], ...recorded }), unit('c', recorded)]
  expect(timeLeft(chain, 0, 2, NOW)).toEqual({ least: 1600, most: 1800 + 1200 })
  expect(timeLeft(chain, 0, 1, NOW)).toEqual({ least: 2400, most: 3600 })
})

test('what nobody recorded widens it, what runs has used some of its time', () => {
  expect(timeLeft([unit('a')], 1000, 1, NOW)).toEqual({ least: 500, most: 2000 })
  expect(timeLeft([unit('a', { since: '2026-01-01T00:00:09Z', shortest: 900, longest: 5000 })], 0, 1, NOW)).toEqual({
    least: 0,
    most: 4000,
  })
})
