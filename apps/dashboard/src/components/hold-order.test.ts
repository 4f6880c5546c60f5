import { expect, test } from 'vitest'
import { holdOrder } from './hold-order.ts'

const row = (key: string, n = 0) => ({ key, n })
const hold = (before: ReturnType<typeof row>[], now: ReturnType<typeof row>[]) => holdOrder(before, now, ({ key }) => key)

test('numbers change in place', () => {
  expect(hold([row('a', 1), row('b', 2)], [row('a', 5), row('b', 6)])).toEqual({ rows: [row('a', 5), row('b', 6)], pending: 0 })
})

test('rows keep their order and are not lost while held, and what waits is counted', () => {
  expect(hold([row('a'), row('b'), row('c')], [row('b', 1), row('a', 1), row('c', 1)])).toEqual({
    rows: [row('a', 1), row('b', 1), row('c', 1)],
    pending: 2,
  })
  expect(hold([row('a'), row('b')], [row('b', 1)])).toEqual({ rows: [row('a'), row('b', 1)], pending: 2 })
  expect(hold([row('a')], [row('new'), row('a')])).toEqual({ rows: [row('a')], pending: 2 })
})

test('what follows at the end moves nothing and is shown', () => {
  expect(hold([row('a')], [row('a'), row('b')])).toEqual({ rows: [row('a'), row('b')], pending: 0 })
})
