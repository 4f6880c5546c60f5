import { expect, test } from 'vitest'
import { arrange } from './layout.ts'

/** Units one behind the other, and two at the end. */
const around = (width: number) =>
  arrange({
    width,
    nodes: ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ id, width: 240, height: 32 })),
    edges: [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
      ['d', 'e'],
      ['d', 'f'],
    ],
  })

test('a picture goes from left to right where that fits, else from top to bottom', () => {
  expect(around(1500)).toMatchObject({ direction: 'right', scale: 1 })
  for (const width of [1045, 560]) {
    const { direction, scale, width: drawn } = around(width)
    expect([direction, scale]).toEqual(['down', 1])
    expect(drawn).toBeLessThanOrEqual(width)
  }
})

test('what is a little too wide is made smaller, but never so that it cannot be hit', () => {
  const { direction, scale, width } = around(400)
  expect(direction).toBe('down')
  expect(width * scale).toBeLessThanOrEqual(400)
  expect(around(100).scale * 32).toBeGreaterThanOrEqual(24)
})
