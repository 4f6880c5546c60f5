import { GuestMemory, NEAR_BASE, NEAR_END, PAGE, Perm } from '@bootgraph/cpu'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { E } from '../abi/error.ts'
import { AddressSpace, type Mappable, MMAP_BASE } from './memory.ts'
import { MemoryBudget } from './memory-budget.ts'
import { SharedMemory } from './shared-memory.ts'

const RW = Perm.read | Perm.write
const guest = new GuestMemory()

/** A space over the one guest memory of this file; `done` unmaps all. */
function fresh(limit = 1 << 30) {
  const budget = new MemoryBudget(limit)
  const space = new AddressSpace(guest, budget)
  const done = () => {
    for (const { start, end } of [...space.grants]) space.unmap(start, end - start)
  }
  return { space, budget, done }
}

function file(bytes: Uint8Array): Mappable & { bytes: Uint8Array } {
  return {
    bytes,
    mappers: new Set(),
    holders: new Set(),
    size: () => bytes.length,
    read: (into, offset) => {
      const part = bytes.subarray(offset, offset + into.length)
      into.set(part)
      return part.length
    },
    write: (from, offset) => {
      bytes.set(from, offset)
      return from.length
    },
  }
}

describe('mmap', () => {
  test('places first fit upward and reuses a hole, whose pages are zero again', () => {
    const { space, done } = fresh()
    expect(space.map(0, 3 * PAGE, RW)).toBe(MMAP_BASE)
    expect(space.map(0, PAGE, RW)).toBe(MMAP_BASE + 3 * PAGE)
    guest.u8.fill(7, MMAP_BASE, MMAP_BASE + 3 * PAGE)
    space.unmap(MMAP_BASE + PAGE, PAGE)
    expect(guest.accessible(MMAP_BASE + PAGE, 1, Perm.read)).toBe(false)
    expect(space.map(0, PAGE, RW)).toBe(MMAP_BASE + PAGE)
    expect(guest.getU8(MMAP_BASE + PAGE)).toBe(0)
    expect(guest.getU8(MMAP_BASE)).toBe(7)
    done()
  })

  test('what the engine has within the space is not mapped', () => {
    const { space, done } = fresh()
    expect(space.map(NEAR_BASE + PAGE, PAGE, RW, { fixed: 'replace' })).toBe(-E.NOMEM)
    expect(space.map(NEAR_BASE - PAGE, 2 * PAGE, RW, { fixed: 'noreplace' })).toBe(-E.INVAL)
    expect(space.map(NEAR_END - PAGE, 2 * PAGE, RW)).toBe(MMAP_BASE)
    expect(space.map(NEAR_BASE - PAGE, PAGE, RW)).toBe(NEAR_BASE - PAGE)
    expect(space.remap(NEAR_BASE - PAGE, PAGE, 2 * PAGE, false)).toBe(-E.NOMEM)
    done()
  })

  test('fixed without replacing answers EEXIST, nothing fits answers ENOMEM', () => {
    const { space, budget, done } = fresh(4 * PAGE)
    expect(space.map(0x50_0000, 2 * PAGE, RW, { fixed: 'noreplace' })).toBe(0x50_0000)
    expect(space.map(0x50_1000, PAGE, RW, { fixed: 'noreplace' })).toBe(-E.EXIST)
    expect(space.map(0, 3 * PAGE, RW)).toBe(-E.NOMEM)
    expect(space.map(0, 300 * PAGE, 0)).toBe(MMAP_BASE)
    expect(space.protect(MMAP_BASE, 3 * PAGE, RW)).toBe(-E.NOMEM)
    done()
    expect(budget.used).toBe(0)
  })

  test('a private file mapping is a copy; a shared one is written back', () => {
    const { space, done } = fresh()
    const content = file(new Uint8Array(100).fill(1))
    const copy = space.map(0, PAGE, RW, { file: content })
    const shared = space.map(0, PAGE, RW, { file: content, shared: true })
    expect([guest.getU8(copy), guest.getU8(copy + 99), guest.getU8(copy + 100)]).toEqual([1, 1, 0])
    guest.setU8(copy, 5)
    guest.setU8(shared + 1, 6)
    space.sync(shared, PAGE)
    expect([...content.bytes.subarray(0, 3)]).toEqual([1, 6, 1])
    done()
  })

  test('a file that cannot change is read page by page when touched, and its mappings behave like copies', () => {
    const { space, done } = fresh()
    const bytes = Uint8Array.from({ length: 9 * PAGE + 100 }, (_, i) => (i * 7 + (i >>> 12)) & 0xff)
    const asked: number[] = []
    const later = () => (offset: number, into: Uint8Array) => {
      asked.push(into.length)
      into.set(bytes.subarray(offset, offset + into.length))
    }
    const lasting = { ...file(bytes), later }
    const at = space.map(0, 10 * PAGE, RW, { file: lasting, offset: PAGE })
    expect(asked).toEqual([])
    expect(guest.accessible(at, 2, Perm.read) && guest.getU8(at + 1)).toBe(bytes[PAGE + 1])
    expect(asked.length).toBe(1)
    expect(guest.accessible(at + 8 * PAGE, PAGE, Perm.write)).toBe(true)
    expect([guest.getU8(at + 8 * PAGE + 99), guest.getU8(at + 8 * PAGE + 100)]).toEqual([bytes[9 * PAGE + 99], 0])
    guest.setU8(at + 8 * PAGE, 0xee)
    const moved = space.remap(at, 10 * PAGE, 9 * PAGE, true, at + 100 * PAGE)
    expect([guest.getU8(moved + 8 * PAGE), guest.getU8(moved + 2 * PAGE)]).toEqual([0xee, bytes[3 * PAGE]])
    const again = space.map(0, PAGE, RW)
    expect([again, guest.accessible(again, PAGE, RW) && guest.getU8(again + 1)]).toEqual([at, 0])
    done()
  })

  test('a shared mapping of a file that cannot change has what is written to the file, and writes back only its own', () => {
    const { space, done } = fresh()
    const content = { ...file(new Uint8Array(3 * PAGE).fill(1)), later: () => (_: number, into: Uint8Array) => void into.fill(1) }
    const at = space.map(0, 3 * PAGE, Perm.read, { file: content, shared: true })
    content.write(Uint8Array.of(2, 3), PAGE)
    space.refresh(content, PAGE, 2)
    expect(guest.accessible(at, 3 * PAGE, Perm.read)).toBe(true)
    expect([guest.getU8(at), guest.getU8(at + PAGE), guest.getU8(at + PAGE + 1), guest.getU8(at + PAGE + 2)]).toEqual([1, 2, 3, 1])
    const other = space.map(0, 3 * PAGE, Perm.read, { file: content, shared: true })
    space.protect(other, 3 * PAGE, RW)
    space.unmap(other, 3 * PAGE)
    expect(content.bytes.every((byte) => byte !== 0)).toBe(true)
    done()
  })

  test('mremap moves what cannot grow and keeps the bytes', () => {
    const { space, done } = fresh()
    const at = space.map(0, PAGE, RW)
    space.map(at + PAGE, PAGE, RW, { fixed: 'noreplace' })
    guest.setU32(at, 0xabcd)
    expect(space.remap(at, PAGE, 3 * PAGE, false)).toBe(-E.NOMEM)
    const moved = space.remap(at, PAGE, 3 * PAGE, true)
    expect(guest.getU32(moved)).toBe(0xabcd)
    expect(space.find(at)).toBeUndefined()
    done()
  })
})

test('memory that two spaces share is one, whoever of them has its turn, until one ends; private memory is not', () => {
  const one = fresh()
  const memory = new GuestMemory()
  const other = new AddressSpace(memory, one.budget)
  const shared = one.space.map(0, 40 * PAGE, RW, { shared: true, file: new SharedMemory(40 * PAGE, one.budget) })
  const own = one.space.map(0, PAGE, RW)
  expect(guest.accessible(shared + PAGE, 4, RW)).toBe(true)
  guest.setU32(shared + PAGE, 1)
  guest.setU32(own, 1)
  one.space.copyTo(other)
  const random = fc.sample(fc.record({ first: fc.boolean(), page: fc.nat(39), offset: fc.nat(1023), value: fc.nat() }), 300)
  const model = new Map([[PAGE, 1]])
  const word = (view: GuestMemory, at: number) => (view.accessible(at, 4, RW) ? view.getU32(at) : undefined)
  for (const { first, page, offset, value } of random) {
    const [space, view] = first ? [one.space, guest] : [other, memory]
    for (const [at, expected] of model) expect(word(view, shared + at)).toBe(expected)
    const at = page * PAGE + offset * 4
    expect(word(view, shared + at)).toBe(model.get(at) ?? 0)
    view.setU32(shared + at, value)
    view.setU32(own, value)
    model.set(at, value)
    space.publish()
  }
  memory.setU32(own, 7)
  expect(word(memory, shared)).toBe(model.get(0) ?? 0)
  memory.setU32(shared, 9)
  other.release()
  expect(word(guest, shared)).toBe(9)
  expect(guest.getU32(own)).not.toBe(7)
  one.done()
})

test('any sequence of map, unmap and protect agrees with a page map', () => {
  const page = fc.integer({ min: 0, max: 15 })
  const step = fc.record({
    op: fc.constantFrom('map', 'unmap', 'protect'),
    first: page,
    count: fc.integer({ min: 1, max: 6 }),
    perm: fc.constantFrom(0, Perm.read, RW, Perm.read | Perm.exec),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { space, budget, done } = fresh()
      const model = new Map<number, number>()
      const base = 0x60_0000
      for (const { op, first, count, perm } of steps) {
        const numbers = Array.from({ length: count }, (_, i) => first + i)
        const at = base + first * PAGE
        if (op === 'map') {
          expect(space.map(at, count * PAGE, perm, { fixed: 'replace' })).toBe(at)
          for (const n of numbers) model.set(n, perm)
        } else if (op === 'unmap') {
          expect(space.unmap(at, count * PAGE)).toBe(0)
          for (const n of numbers) model.delete(n)
        } else {
          const whole = numbers.every((n) => model.has(n))
          expect(space.protect(at, count * PAGE, perm)).toBe(whole ? 0 : -E.NOMEM)
          if (whole) for (const n of numbers) model.set(n, perm)
        }
      }
      for (let n = 0; n < 22; n++) {
        const bits = guest.permissions[(base >> 12) + n] & (7 | Perm.mapped)
        expect(bits).toBe(model.has(n) ? model.get(n)! | Perm.mapped : 0)
      }
      expect(budget.used).toBe([...model.values()].filter(Boolean).length * PAGE)
      done()
    }),
    { seed: 4, numRuns: 200 },
  )
})
