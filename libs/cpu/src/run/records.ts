/** Decoded code: runs of op records in engine memory, found by guest address. */
import { decode, type Instruction } from '../decode/decoder.ts'
import { isKnown } from '../isa/table.ts'
import { ENGINE_BASE, type GuestMemory, Perm } from '../memory/guest-memory.ts'
import { AddressMap } from './address-map.ts'
import { ENTER_HANDLER } from './base-module.ts'
import { asExact } from './exact-floats.ts'
import type { Fault } from './exit.ts'
import { takesConstant } from './handler-book.ts'
import type { Handlers } from './handlers.ts'
import { ENTRY_CACHE, ENTRY_SLOTS, Op, RECORDS, RECORDS_END } from './op-record.ts'
import { ENDS as ENDING, REACH } from './patterns.ts'
import { Slot, type SlotMap } from './slots.ts'
import { gpr, State } from './state-block.ts'

/** Instructions in one run of records, at most. */
const RUN = 64
/** Instructions that nothing is decoded behind. */
const ENDS = new Set(
  'jmp ret call syscall gate ud2 unsupported int3 hlt cpuid rdtsc sahf lahf pushf popf enter maskmovdqu fxsave fxrstor ldmxcsr stmxcsr float x87 implied int fwait'.split(
    ' ',
  ),
)
const plain = (name: string, at: number): Instruction => ({
  name,
  width: 4,
  operands: [],
  condition: -1,
  rip: at,
  length: 0,
  target: at,
  repeat: 0,
})

export class Records {
  readonly #memory: GuestMemory
  readonly #handlers: Handlers
  readonly #slots: SlotMap
  readonly #known = new AddressMap()
  /** The records' area by words. */
  readonly #words: Uint32Array
  /** Runs of one instruction, whatever is translated at its address. */
  readonly #single = new Map<number, number>()
  /** Slots of translations by the addresses where they are entered. */
  readonly #entries = new Map<number, number>()
  /** Pages that hold decoded code. */
  readonly #pages = new Set<number>()
  #free = RECORDS
  /** How often all records were forgotten. */
  generation = 0
  /** Float arithmetic is the host's; who sets it forgets all records. */
  exactFloats = false
  /** Why code could not be fetched. */
  fault: Fault | undefined

  constructor(memory: GuestMemory, handlers: Handlers, slots: SlotMap) {
    this.#memory = memory
    this.#handlers = handlers
    this.#slots = slots
    this.#words = new Uint32Array(memory.memory.buffer, RECORDS, (RECORDS_END - RECORDS) / 4)
  }
  get size(): number {
    return this.#known.size
  }
  has(address: number): boolean {
    return this.#known.get(address) !== 0
  }

  /** The record of an address that was decoded before, or 0. */
  known(at: number): number {
    const record = this.#known.get(at)
    if (record !== 0) this.#cacheEntry(at, record)
    return record
  }
  #cacheEntry(at: number, record: number): void {
    const slot = ENTRY_CACHE + (at & (ENTRY_SLOTS - 1)) * 8
    this.#memory.setU32(slot, at)
    this.#memory.setU32(slot + 4, record)
  }
  /** The record for rip, decoding if need be; 0 = the code cannot be fetched, and `fault` says why. */
  find(rip: bigint): number {
    const at = Number(rip)
    const record = (at < ENGINE_BASE ? this.#known.get(at) : 0) || this.#decodeRun(rip)
    if (record !== 0) this.#cacheEntry(at, record)
    return record
  }

  /** A run of the one instruction at rip, which then stops (`stop`) or goes on in line; 0 as `find`. */
  single(rip: bigint, stop: boolean): number {
    const key = Number(rip) * 2 + (stop ? 1 : 0)
    const known = this.#single.get(key)
    if (known !== undefined) return known
    this.#makeRoom()
    const at = Number(rip)
    const insn = at < ENGINE_BASE ? this.#decodeAt(at) : this.#outOfReach(rip)
    if (insn === undefined) return 0
    const record = this.#free
    this.#single.set(key, record)
    this.#touch(at, insn.length)
    this.#append(isKnown(insn.name) ? insn : { ...insn, name: 'unsupported', operands: [] })
    this.#append(plain(stop ? 'halt' : 'goto', insn.rip + insn.length))
    this.#handlers.flush()
    return record
  }

  /** Where the direct branch or call at an address goes. */
  targetOf(at: number): number {
    return this.#decodeAt(at)!.target
  }
  /** From now on `slot` is entered where control comes to `address` by the interpreter. */
  translate(address: number, slot: number): void {
    this.#entries.set(address, slot)
    const record = this.#known.get(address)
    if (record !== 0) this.#enterAt(record, slot)
  }
  /** The translation at the address is gone; the caller forgets all records. */
  untranslate(address: number): void {
    this.#entries.delete(address)
  }
  #enterAt(record: number, slot: number): void {
    this.#memory.setU16(record + Op.handler, ENTER_HANDLER)
    this.#memory.setU32(record + Op.displacement, slot)
  }
  cool(record: number): void {
    this.#memory.setU16(record + Op.heat, 0)
  }

  holds(address: number, length: number): boolean {
    const last = Math.floor((address + length - 1) / 4096)
    for (let page = Math.floor(address / 4096); page <= last; page++) if (this.#pages.has(page)) return true
    return false
  }
  /** Records link to one another, so all go together. */
  forget(): void {
    this.#pages.clear()
    this.#lastPage = 0
    this.generation++
    this.#known.clear()
    this.#single.clear()
    this.#free = RECORDS
    this.#memory.bytes(ENTRY_CACHE, ENTRY_SLOTS * 8).fill(0)
    this.#memory.setU32(State.from, 0)
  }

  #makeRoom(): void {
    if (this.#free + (RUN + 1) * Op.size > RECORDS_END) this.forget()
    if (!this.#handlers.makeRoom(RUN + 1)) this.forget()
  }
  #decodeRun(rip: bigint): number {
    this.#makeRoom()
    const first = this.#free
    let at = Number(rip)
    for (let count = 0; ; count++) {
      if (count === RUN || (count > 0 && at < ENGINE_BASE && this.#known.get(at) !== 0)) {
        this.#append(plain('goto', at))
        break
      }
      const quick = this.#byPattern(at)
      if (quick !== 0) {
        at += quick & ~ENDING
        if (quick & ENDING) break
        continue
      }
      const insn = at < ENGINE_BASE ? this.#decodeAt(at) : this.#outOfReach(rip)
      if (insn === undefined && count === 0) return 0
      if (insn === undefined) {
        this.#append(plain('goto', at))
        break
      }
      const record = this.#free
      const ends = ENDS.has(insn.name) || !isKnown(insn.name)
      this.#append(isKnown(insn.name) ? insn : { ...insn, name: 'unsupported', operands: [] })
      if (!this.exactFloats && within(at) && !takesConstant(insn.name))
        this.#handlers.patterns.learn(this.#memory.u8, insn, this.#words, (record - RECORDS) >>> 2, ends)
      this.#keep(at, record, insn.length)
      // A call of a gate goes to the host at once from now on.
      if (insn.name === 'gate' && this.#slots.get(at) === Slot.interpret) this.#slots.set(at, Slot.gate)
      at += insn.length
      if (ends) break
    }
    this.#handlers.flush()
    this.#memory.setU32(State.from, 0)
    return first
  }

  /** The record of an instruction like one before: its length, with `ENDING`; 0 = the decoder is to be asked. */
  #byPattern(at: number): number {
    if (this.exactFloats || at >= ENGINE_BASE || !within(at)) return 0
    if ((this.#memory.permissions[at >>> 12] & (Perm.exec | Perm.absent)) !== Perm.exec) return 0
    const record = this.#free
    const length = this.#handlers.patterns.write(this.#memory.u8, at, this.#words, (record - RECORDS) >>> 2)
    if (length === 0) return 0
    this.#free += Op.size
    this.#keep(at, record, length & ~ENDING)
    return length
  }
  #keep(at: number, record: number, length: number): void {
    this.#known.set(at, record)
    this.#touch(at, length)
    if (this.#entries.size === 0) return
    const slot = this.#entries.get(at)
    if (slot !== undefined) this.#enterAt(record, slot)
  }

  /** Decodes with the page permissions checked; undefined leaves the fetch fault in `fault`. */
  #decodeAt(at: number): Instruction | undefined {
    const memory = this.#memory
    const length = memory.fetchable(at, 15)
    const insn = length === 0 ? undefined : decode(memory.u8, at, at, length)
    if (insn) return this.exactFloats ? asExact(insn) : insn
    const missing = at + length
    const mapped = (memory.permissions[missing >>> 12] & Perm.mapped) !== 0
    this.fault = { vector: 14, address: BigInt(missing), code: (mapped ? 1 : 0) | 0x14, rip: BigInt(at) }
    return undefined
  }

  /** Code above the guest's space: not canonical, or never mapped. */
  #outOfReach(rip: bigint): undefined {
    const canonical = BigInt.asUintN(64, BigInt.asIntN(48, rip)) === rip
    this.fault = canonical ? { vector: 14, address: rip, code: 0x14, rip } : { vector: 13, address: rip, code: 0, rip }
    return undefined
  }
  #lastPage = 0
  #touch(address: number, length: number): void {
    const page = (address + length - 1) >>> 12
    if (page === this.#lastPage && address >>> 12 === page) return
    this.#lastPage = page
    this.#pages.add(address >>> 12).add(page)
  }

  #append(insn: Instruction): void {
    const words = this.#words
    const at = (this.#free - RECORDS) >>> 2
    this.#free += Op.size
    let a = 0
    let bc = 0
    let address = 0
    let scale = 0
    for (let i = 6; i >= 4; i -= 2) words[at + i] = words[at + i + 1] = 0
    const { operands } = insn
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i]
      if (operand.kind === 'r' || operand.kind === 'x') {
        const place = operand.kind === 'r' ? gpr(operand.index) + (operand.high ? 1 : 0) : State.xmm + operand.index * 16
        if (i === 0) a = place
        else bc |= place << (i === 1 ? 0 : 16)
      } else if (operand.kind === 'i') this.#wide(at + (Op.immediate >> 2), operand.value)
      else {
        const base = operand.base < 0 ? State.zero : gpr(operand.base)
        const index = operand.index < 0 ? State.zero : gpr(operand.index)
        address = base | (index << 16)
        scale = operand.scale
        this.#wide(at + (Op.displacement >> 2), operand.displacement)
      }
    }
    words[at] = this.#handlers.slot(insn) | (a << 16)
    words[at + 1] = bc
    words[at + 2] = address
    words[at + 3] = scale
    words[at + 8] = insn.rip
    words[at + 9] = insn.rip + insn.length
    words[at + 10] = insn.target
    words[at + 11] = 0
  }
  #wide(word: number, value: bigint): void {
    const short = Number(value)
    const small = short >= -0x8000_0000 && short < 0x8000_0000
    this.#words[word] = small ? short : Number(value & 0xffff_ffffn)
    this.#words[word + 1] = small ? (short < 0 ? -1 : 0) : Number((value >> 32n) & 0xffff_ffffn)
  }
}

/** All that a pattern may look at lies in the page. */
const within = (at: number): boolean => (at & 4095) <= 4096 - REACH
