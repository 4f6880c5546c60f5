import { expect, test } from 'vitest'
import { Random } from '../../test/native/random.ts'
import { decode } from '../decode/decoder.ts'
import { GuestMemory, Perm } from '../memory/guest-memory.ts'
import { functionTable } from '../wasm/function-table.ts'
import { makeBase } from './base-module.ts'
import { asExact } from './exact-floats.ts'
import { HandlerBook } from './handler-book.ts'
import { Handlers } from './handlers.ts'
import { Op } from './op-record.ts'
import { Decoder } from './quick-decoder.ts'
import { Records } from './records.ts'
import { SLOTS, SlotMap } from './slots.ts'

const CODE = 0x40_0000
/** Room for an instruction of each case. */
const CASES = 60_000
const SPACE = 32
const PAGES = Math.ceil((CASES * SPACE) / 4096)
const RET = 0xc3
const PREFIXES = [0x66, 0xf2, 0xf3, 0x64, 0x65, 0x67, 0x2e, 0xf0]

/** An interpreter's decoder alone. */
function decoder() {
  const memory = new GuestMemory()
  memory.protect(CODE, PAGES * 4096, Perm.read | Perm.exec)
  const book = new HandlerBook()
  const handlers = new Handlers(memory.memory, book)
  handlers.connect({ access: () => 0, divide: () => 0, mulHigh: () => 0n, special: () => {} })
  const records = new Records(memory, handlers, new SlotMap(memory), false)
  const base = makeBase(book.base, memory.memory, handlers.table, functionTable(SLOTS), {
    resume: () => 0,
    hard: (at) => records.hard(at >>> 0),
    settle: () => records.settle(),
    warm: () => 0,
  })
  records.connect(base)
  return { memory, records, base, book }
}

/** Bytes that begin with prefixes, REX and an opcode, each now and then. */
function anyInstruction(random: Random): number[] {
  const bytes: number[] = []
  while (random.below(3) === 0 && bytes.length < 5) bytes.push(PREFIXES[random.below(PREFIXES.length)])
  if (random.below(2) === 0) bytes.push(0x40 | random.below(16))
  if (random.below(3) === 0) bytes.push(0x0f)
  while (bytes.length < 24) bytes.push(random.below(256))
  return bytes
}

test('what was learned from one instruction gives the decoder’s record for every other like it', () => {
  const random = new Random(20261130)
  const { memory, records, base, book } = decoder()
  const kinds = new Set<number>()
  let compared = 0
  for (let n = 0; n < CASES; n++) {
    const at = CODE + n * SPACE
    memory.bytes(at, SPACE).fill(RET).set(anyInstruction(random))
    const free = memory.getU32(Decoder.free)
    const other = free + Op.size
    const length = base.fill(at, other)
    if (length === 0) {
      records.find(BigInt(at))
      continue
    }
    const insn = decode(memory.u8, at, at, 15)
    if (insn === undefined || asExact(insn) !== insn) continue
    records.exactFloats = true
    expect(records.hard(at)).toBe(length)
    records.exactFloats = false
    const [quick, known] = [other, free].map((from) => Buffer.from(memory.bytes(from, Op.size)))
    if (!quick.equals(known)) expect(quick, `${insn.name}: ${memory.bytes(at, 15)}`).toEqual(known)
    kinds.add(memory.getU32(Decoder.key))
    compared++
  }
  expect(book.patterns.version).toBeGreaterThan(1000)
  expect([kinds.size > 1000, compared > 20_000]).toEqual([true, true])
})

test('every address of a run has its record, and the run goes on where another begins', () => {
  const { memory, records, base } = decoder()
  memory.bytes(CODE, PAGES * 4096).fill(0x90)
  const second = records.find(BigInt(CODE + 20))
  const first = records.find(BigInt(CODE))
  for (let i = 0; i < 20; i++) expect(records.find(BigInt(CODE + i))).toBe(first + i * Op.size)
  const goto = first + 20 * Op.size
  expect([memory.getU16(goto), memory.getU32(goto + Op.target)]).toEqual([memory.getU32(Decoder.goto), CODE + 20])
  expect(records.find(BigInt(CODE + 21))).toBe(second + Op.size)
  expect(base.decode(CODE + 0x1000) >>> 0).toBe(goto + Op.size)
  expect([records.holds(CODE + 4096, 1), records.holds(CODE + 8192, 4096), records.holds(CODE + 4096 + 64, 1)]).toEqual([true, false, true])
  records.forget()
  expect([records.size, records.has(CODE), records.holds(CODE, PAGES * 4096)]).toEqual([0, false, false])
})

test('code that cannot be fetched ends a run before it; alone it is the fault', () => {
  const { memory, records } = decoder()
  const end = CODE + PAGES * 4096
  memory.bytes(end - 2, 2).fill(0x90)
  const record = records.find(BigInt(end - 2))
  expect(memory.getU32(record + 2 * Op.size + Op.target)).toBe(end)
  expect(records.find(BigInt(end))).toBe(0)
  expect(records.fault).toMatchObject({ vector: 14, address: BigInt(end), rip: BigInt(end) })
})
