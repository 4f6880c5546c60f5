import { expect, test } from 'vitest'
import { statusAt } from './status-at.ts'

test('a status holds from its change until the next, whatever the order of the list', () => {
  const history = [
    { date: '2020-09-30', status: 'implemented' },
    { date: '2019-06-01', status: 'stub' },
  ]
  expect(['2018-01-01', '2019-06-01', '2020-09-29', '2020-09-30', '2026-08-21'].map((date) => statusAt(history, date))).toEqual([
    'absent',
    'stub',
    'stub',
    'implemented',
    'implemented',
  ])
})
