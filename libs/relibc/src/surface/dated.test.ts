import { expect, test } from 'vitest'
import recorded from '../../data/surface.json' with { type: 'json' }
import { closesAt, historyOf, statusOf, surfaceAt } from './dated.ts'

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

test('a gap closes after the surfaces that lack the symbol, whatever was there before them', () => {
  expect(historyOf('iswctype').map(({ status }) => status)).toEqual(['stub', 'absent', 'implemented'])
  expect(closesAt('iswctype', ['2019-11-27'])).toBe('2021-09-30')
  expect(closesAt('iswctype', ['2019-11-27', 'mine', '2018-03-31'])).toBe('2021-09-30')
  expect(closesAt('iswctype', ['2021-09-30'])).toBeUndefined()
  // A function that was there, became a stub and came back.
  expect(closesAt('dlclose', ['2020-06-30'])).toBe('2020-09-30')
  expect(closesAt('no_such_function', [])).toBeUndefined()
})

test('what relibc exports while ld.so cannot do it is a stub', () => {
  const early = surfaceAt('2019-11-27')!
  expect(early.symbols.get('dlopen')?.status).toBe('implemented')
  expect(statusOf('dlopen', early)).toBe('stub')
  expect(statusOf('dlopen', surfaceAt('latest')!)).toBe('implemented')
  expect(statusOf('lchown', early)).toBe('absent')
  expect(historyOf('dlopen')).toEqual([
    { date: '2019-03-31', status: 'stub' },
    { date: '2020-09-30', status: 'implemented' },
  ])
})
