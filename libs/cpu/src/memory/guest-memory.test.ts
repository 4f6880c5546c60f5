import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assemble, DATA, machine } from '../../test/run-flat.ts'
import { Gpr } from '../index.ts'
import { ENGINE_BASE, GuestMemory, PAGE, Perm } from './guest-memory.ts'

const AT = 0x100_0000
const PAGES = 40
/** The byte that a deferred range has at an offset. */
const content = (offset: number): number => (offset * 7 + (offset >>> 12)) & 0xff
const fill = (offset: number, into: Uint8Array): void => {
  for (let i = 0; i < into.length; i++) into[i] = content(offset + i)
}
function deferred(perm: number = Perm.read | Perm.write): GuestMemory {
  const memory = new GuestMemory()
  memory.protect(AT, PAGES * 4096, perm)
  memory.defer(AT, PAGES * 4096, fill)
  return memory
}

describe('deferred pages', () => {
  test('every range that is accessible has its bytes, whatever was touched or protected before', () => {
    const range = fc.record({ at: fc.nat(PAGES * 4096 - 1), length: fc.integer({ min: 1, max: 9000 }), protects: fc.boolean() })
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
        const memory = deferred()
        for (const { at, length, protects } of ranges) {
          const end = Math.min(at + length, PAGES * 4096)
          if (protects) memory.protect(AT + Math.floor(at / 4096) * 4096, 4096, Perm.read)
          expect(memory.accessible(AT + at, end - at, Perm.read)).toBe(true)
          expect(memory.bytes(AT + at, end - at).every((byte, i) => byte === content(at + i))).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('what was written before the rest came is kept', () => {
    const memory = deferred()
    expect(memory.accessible(AT + 5000, 1, Perm.write)).toBe(true)
    memory.setU8(AT + 5000, 0xee)
    memory.settle(AT, PAGES * 4096)
    expect([memory.getU8(AT + 5000), memory.getU8(AT + 5001), memory.getU8(AT + 4999)]).toEqual([0xee, content(5001), content(4999)])
  })

  test('what is cleared is zero, whether it had come or not, and the rest comes', () => {
    const memory = deferred()
    memory.accessible(AT + 3 * 4096, 4 * 4096, Perm.read)
    memory.clear(AT + 2 * 4096, 8 * 4096)
    expect(memory.accessible(AT, PAGES * 4096, Perm.read)).toBe(true)
    const expected = (offset: number) => (offset >= 2 * 4096 && offset < 10 * 4096 ? 0 : content(offset))
    expect(memory.bytes(AT, PAGES * 4096).every((byte, i) => byte === expected(i))).toBe(true)
    memory.clear(AT, PAGES * 4096)
    memory.defer(AT, 4096, (_, into) => into.fill(9))
    expect(memory.accessible(AT, 1, Perm.read) && memory.getU8(AT)).toBe(9)
  })

  test('each page comes from what was deferred last over it, whatever is asked for around it', () => {
    const range = fc.record({ first: fc.nat(PAGES - 1), count: fc.integer({ min: 1, max: 12 }), asks: fc.boolean(), settles: fc.boolean() })
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
        const memory = deferred()
        const from = new Uint8Array(PAGES)
        for (const [i, { first, count, asks, settles }] of ranges.entries()) {
          const pages = Math.min(count, PAGES - first)
          const [at, length] = [AT + first * PAGE, pages * PAGE]
          if (asks && settles) memory.settle(at, length)
          else if (asks) memory.accessible(at, 1, Perm.read)
          else {
            memory.clear(at, length)
            memory.defer(at, length, (offset, into) => into.fill(100 + i).set([offset / PAGE]))
            from.fill(100 + i, first, first + pages)
          }
        }
        memory.settle(AT, PAGES * PAGE)
        for (let page = 0; page < PAGES; page++) expect(memory.getU8(AT + page * PAGE + 1)).toBe(from[page] || content(page * PAGE + 1))
      }),
      { numRuns: 60 },
    )
  })

  test('what is settled comes in one piece', () => {
    const memory = new GuestMemory()
    const pieces: number[] = []
    memory.protect(AT, PAGES * PAGE, Perm.read)
    memory.defer(AT, PAGES * PAGE, (_, into) => pieces.push(into.length))
    memory.settle(AT + 2 * PAGE, 30 * PAGE)
    expect(pieces).toEqual([30 * PAGE])
  })

  test('a copy has what the original had, and what is absent comes to each alone', () => {
    const memory = deferred()
    memory.accessible(AT, 1, Perm.write)
    memory.setU8(AT, 0xee)
    const copy = new GuestMemory()
    memory.copyTo(copy, AT, AT + PAGES * 4096)
    copy.protect(AT, PAGES * 4096, Perm.read | Perm.write)
    copy.accessible(AT + 0x8000, 1, Perm.write)
    copy.setU8(AT + 0x8000, 0xdd)
    memory.settle(AT, PAGES * 4096)
    copy.settle(AT, PAGES * 4096)
    expect([memory.getU8(AT), memory.getU8(AT + 0x8000)]).toEqual([0xee, content(0x8000)])
    expect([copy.getU8(AT), copy.getU8(AT + 0x8000)]).toEqual([0xee, 0xdd])
  })

  test('pages that are unmapped and mapped anew are zero', () => {
    const memory = deferred()
    memory.protect(AT, 4096, 0)
    memory.protect(AT, 4096, Perm.read)
    expect(memory.accessible(AT, 4096, Perm.read)).toBe(true)
    expect(memory.bytes(AT, 4096).every((byte) => byte === 0)).toBe(true)
  })

  for (const engine of ['interpreter', 'translator'] as const)
    test(`code and its data come when they are first used: ${engine}`, () => {
      const program = assemble(
        `mov $${DATA}, %ebx\n xor %eax, %eax\n mov $20, %ecx\n 1: add (%rbx), %rax\n add $4096, %rbx\n dec %ecx\n jnz 1b\n syscall`,
      )
      const cpu = machine(new Uint8Array(0), undefined, undefined, {
        engine,
        promotion: { heat: engine === 'translator' ? 1 : 0, batch: 1 },
      })
      const { memory } = cpu
      memory.protect(AT, 4096, Perm.read | Perm.exec)
      memory.defer(AT, 4096, (offset, into) => into.set(program.subarray(offset, offset + into.length)))
      memory.protect(DATA, 20 * 4096, Perm.read)
      memory.defer(DATA, 20 * 4096, (offset, into) => {
        for (let at = 0; at < into.length; at += 4096) into[at] = (offset + at) >>> 12
      })
      cpu.state.rip = BigInt(AT)
      expect(cpu.run(1000).kind).toBe('syscall')
      expect(cpu.state.get(Gpr.rax)).toBe(190n)
    })
})

test('a page that may be written and executed is turned by whoever asks for the other, and the first write after a fetch is told', () => {
  const memory = new GuestMemory()
  const told: number[] = []
  memory.rewritable = (address) => told.push(address)
  memory.protect(AT, 3 * 4096, Perm.read | Perm.write | Perm.exec)
  expect(memory.accessible(AT, 3 * 4096, Perm.write)).toBe(true)
  expect(memory.fetchable(AT + 4096, 15)).toBe(15)
  expect(memory.accessible(AT, 3 * 4096, Perm.read)).toBe(true)
  expect(told).toEqual([])
  expect(memory.permissions[(AT >>> 12) + 1] & (Perm.write | Perm.slowWrite)).toBe(Perm.slowWrite)
  expect(memory.permissions[AT >>> 12] & Perm.slowWrite).toBe(Perm.slowWrite)
  expect(memory.accessible(AT, 3 * 4096, Perm.write)).toBe(true)
  expect(told).toEqual([AT + 4096])
  expect(memory.permissions[AT >>> 12] & Perm.slowWrite).toBe(0)
  memory.fetchable(AT, 1)
  memory.protect(AT, 4096, Perm.read | Perm.exec)
  expect(memory.accessible(AT, 1, Perm.write)).toBe(false)
  memory.protect(AT, 4096, Perm.read | Perm.write)
  expect(memory.fetchable(AT, 1)).toBe(0)
})

test('what may be written around an address ends where a page may not, or is absent', () => {
  const memory = new GuestMemory()
  const at = 0x40_0000
  memory.protect(at, 8 * PAGE, Perm.read | Perm.write)
  memory.protect(at + PAGE, PAGE, Perm.read)
  memory.defer(at + 6 * PAGE, PAGE, () => {})
  const around = (address: number, low = 0, high = ENGINE_BASE) => memory.writableAround(address, low, high)
  expect(around(at + 3 * PAGE + 17)).toEqual({ start: at + 2 * PAGE, end: at + 6 * PAGE })
  expect(around(at + 3 * PAGE, at + 3 * PAGE - 1, at + 4 * PAGE)).toEqual({ start: at + 2 * PAGE, end: at + 4 * PAGE })
  expect(around(at + 5)).toEqual({ start: at, end: at + PAGE })
  for (const address of [at - 1, at + PAGE, at + 6 * PAGE + 100]) {
    const { start, end } = around(address)
    expect(end - start).toBe(0)
  }
})
