import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Content } from './content.ts'

const PAGE = 4096
const SIZE = 40 * PAGE

test('any sequence of writing, holding, punching and cutting has the bytes and the pages of a plain array', () => {
  const place = fc.integer({ min: 0, max: SIZE })
  const step = fc.record({
    op: fc.constantFrom('write', 'hold', 'punch', 'cut'),
    a: place,
    b: place,
    byte: fc.integer({ min: 1, max: 255 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const content = new Content()
      const bytes = new Uint8Array(SIZE)
      const pages = new Set<number>()
      for (const { op, a, b, byte } of steps) {
        const [from, to] = op === 'cut' ? [a, SIZE] : [Math.min(a, b), Math.max(a, b)]
        const holds = op === 'write' || op === 'hold'
        const before = content.kept
        const missing = content.missing(from, to)
        if (op === 'write') content.write(new Uint8Array(to - from).fill(byte), from)
        else if (op === 'hold') content.hold(from, to)
        else content.punch(from, op === 'cut' ? Number.POSITIVE_INFINITY : to)
        if (op !== 'hold') bytes.fill(op === 'write' ? byte : 0, from, to)
        for (let at = 0; at < SIZE; at += PAGE) {
          if (holds && at < to && at + PAGE > from && from < to) pages.add(at)
          if (!holds && at >= from && at + PAGE <= to) pages.delete(at)
        }
        if (holds) expect(content.kept - before).toBe(missing)
        expect(content.kept).toBeGreaterThanOrEqual(content.held)
        expect(content.held).toBe(pages.size)
        const into = new Uint8Array(SIZE).fill(7)
        content.read(into, 0)
        expect(Buffer.compare(into, bytes)).toBe(0)
      }
      for (let at = 0; at < SIZE; at += PAGE) {
        const held = pages.has(at)
        expect(content.next(at + 5, SIZE, !held)).toBe(at + 5)
        const other = [...Array(40).keys()].map((page) => page * PAGE).find((page) => page > at && pages.has(page) !== held)
        expect(content.next(at, SIZE, held)).toBe(other ?? SIZE)
      }
    }),
    { numRuns: 60 },
  )
})
