import { expect, test } from 'vitest'
import recorded from '../../data/surface.json' with { type: 'json' }
import { historyOf, surfaceAt } from './dated.ts'

test('each snapshot has as many symbols and stubs as were counted when it was recorded', () => {
  for (const { date, exported, stubs } of recorded.snapshots) {
    const symbols = [...(surfaceAt(date)?.symbols.values() ?? [])]
    expect([date, symbols.length, symbols.filter((s) => s.status === 'stub').length]).toEqual([date, exported, stubs])
  }
})

test('a date stands for the newest snapshot before it', () => {
  expect(surfaceAt('2019-11-28')?.date).toBe('2019-11-27')
  expect(surfaceAt('latest')?.date).toBe('2026-08-21')
  expect(surfaceAt('2017-01-01')).toBeUndefined()
  expect(historyOf('constructor')).toEqual([])
  expect(historyOf('dlopen')[0]?.date).toBe('2019-03-31')
})
