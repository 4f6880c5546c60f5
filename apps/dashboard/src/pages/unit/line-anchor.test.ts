import { expect, test } from 'vitest'
import { parseLines } from './line-anchor.ts'

test('an anchor names one line or a range, in either order; anything else names none', () => {
  expect(parseLines('L120')).toEqual({ from: 120, to: 120 })
  expect(parseLines('L140-L120')).toEqual({ from: 120, to: 140 })
  for (const hash of ['', 'L0', 'L12x', 'l3', 'L1-2', 'L1-L2-L3', 'L9999999999']) expect(parseLines(hash)).toBeUndefined()
})
