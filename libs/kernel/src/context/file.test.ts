import fc from 'fast-check'
import { expect, test } from 'vitest'
import { E } from '../abi/error.ts'
import { NullHandle } from '../scheme/device.ts'
import { Description, FileTable, MAX_FILES } from './file.ts'
import { MemoryBudget } from './memory-budget.ts'

const budget = () => new MemoryBudget(1 << 30)

test('any sequence of open, dup2 and close gives the lowest free number and closes each description once', () => {
  const step = fc.record({
    op: fc.constantFrom('add', 'set', 'close'),
    fd: fc.integer({ min: 0, max: 12 }),
    from: fc.integer({ min: 0, max: 12 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const closed = new Set<Description>()
      const table = new FileTable(budget(), (description) => {
        expect(closed.has(description)).toBe(false)
        closed.add(description)
      })
      const model = new Map<number, Description>()
      const made = new Set<Description>()
      for (const { op, fd, from } of steps) {
        if (op === 'add') {
          const description = new Description(new NullHandle(), 0)
          made.add(description)
          let lowest = 0
          while (model.has(lowest)) lowest++
          expect(table.add(description)).toBe(lowest)
          model.set(lowest, description)
        } else if (op === 'close') {
          expect(table.close(fd)).toBe(model.has(fd) ? 0 : -E.BADF)
          model.delete(fd)
        } else if (model.has(from) && from !== fd) {
          expect(table.set(fd, model.get(from)!)).toBe(fd)
          model.set(fd, model.get(from)!)
        }
        const live = new Set(model.values())
        expect([...table.numbers()]).toEqual([...model.keys()].sort((a, b) => a - b))
        for (const description of made) expect(closed.has(description)).toBe(!live.has(description))
      }
    }),
    { seed: 4, numRuns: 200 },
  )
})

test('the table is full at its limit', () => {
  const table = new FileTable(budget(), () => {})
  const description = new Description(new NullHandle(), 0)
  for (let fd = 0; fd < MAX_FILES; fd++) expect(table.add(description)).toBe(fd)
  expect(table.add(description)).toBe(-E.MFILE)
  expect(table.close(9)).toBe(0)
  expect(table.add(description)).toBe(9)
})
