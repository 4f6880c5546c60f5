/** Decoded code: runs of op records in engine memory, found by guest address. */
import { decode, type Instruction } from '../decode/decoder.ts'
import { isKnown } from '../isa/table.ts'
import { ENGINE_BASE, type GuestMemory, Perm } from '../memory/guest-memory.ts'
import { ENTER_HANDLER } from './base-module.ts'
import type { Fault } from './exit.ts'
import type { Handlers } from './handlers.ts'
import { ENTRY_CACHE, ENTRY_SLOTS, Op, RECORDS, RECORDS_END } from './op-record.ts'
import { Slot, type SlotMap } from './slots.ts'
import { gpr, State } from './state-block.ts'

/** Instructions in one run of records, at most. */
const RUN = 64
/** Instructions that nothing is decoded behind. */
const ENDS = new Set(
  'jmp ret call syscall gate ud2 unsupported int3 hlt cpuid rdtsc sahf lahf pushf popf enter maskmovdqu fxsave fxrstor x87'.split(' '),
)
const FIELDS = [Op.a, Op.b, Op.c]
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
  readonly #known = new Map<number, number>()
  /** Runs of one instruction, whatever is translated at its address. */
  readonly #single = new Map<number, number>()
  /** Slots of translations by the addresses where they are entered. */
  readonly #entries = new Map<number, number>()
  /** Pages that hold decoded code. */
  readonly #pages = new Set<number>()
  #free = RECORDS
  /** How often all records were forgotten. */
  generation = 0
  /** Why code could not be fetched. */
  fault: Fault | undefined

  constructor(memory: GuestMemory, handlers: Handlers, slots: SlotMap) {
    this.#memory = memory
    this.#handlers = handlers
    this.#slots = slots
  }
  get size(): number {
    return this.#known.size
  }
  has(address: number): boolean {
    return this.#known.has(address)
  }

  /** The record for rip, decoding if need be; 0 = the code cannot be fetched, and `fault` says why. */
  find(rip: bigint): number {
    const at = Number(rip)
    const record = (at < ENGINE_BASE ? this.#known.get(at) : undefined) ?? this.#decodeRun(rip)
    if (record !== 0) {
      const slot = ENTRY_CACHE + (at & (ENTRY_SLOTS - 1)) * 8
      this.#memory.setU32(slot, at)
      this.#memory.setU32(slot + 4, record)
    }
    return record
  }

  /** A run of the one instruction at rip, which then stops (`stop`) or goes on in line; 0 as `find`. */
  single(rip: bigint, stop: boolean): number {
    const key = Number(rip) * 2 + (stop ? 1 : 0)
    const known = this.#single.get(key)
    if (known !== undefined) return known
    this.#makeRoom()
    const insn = rip < BigInt(ENGINE_BASE) ? this.#decodeAt(Number(rip)) : undefined
    if (insn === undefined) return 0
    const record = this.#free
    this.#single.set(key, record)
    this.#pages.add(insn.rip >>> 12).add((insn.rip + insn.length - 1) >>> 12)
    this.#append(isKnown(insn.name) ? insn : { ...insn, name: 'unsupported', operands: [] })
    this.#append(plain(stop ? 'halt' : 'goto', insn.rip + insn.length))
    this.#handlers.flush()
    return record
  }

  /** From now on `slot` is entered where control comes to `address` by the interpreter. */
  translate(address: number, slot: number): void {
    this.#entries.set(address, slot)
    const record = this.#known.get(address)
    if (record !== undefined) this.#enterAt(record, slot)
  }
  /** The translation at the address is gone; the caller forgets all records. */
  untranslate(address: number): void {
    this.#entries.delete(address)
  }
  #enterAt(record: number, slot: number): void {
    this.#memory.setU16(record + Op.handler, ENTER_HANDLER)
    this.#memory.setU32(record + Op.displacement, slot)
  }
  cool(record: number, heat: number): void {
    this.#memory.setU16(record + Op.heat, heat)
  }

  holds(address: number, length: number): boolean {
    const last = Math.floor((address + length - 1) / 4096)
    for (let page = Math.floor(address / 4096); page <= last; page++) if (this.#pages.has(page)) return true
    return false
  }
  /** Records link to one another, so all go together. */
  forget(): void {
    this.#pages.clear()
    this.generation++
    this.#known.clear()
    this.#single.clear()
    this.#free = RECORDS
    this.#memory.bytes(ENTRY_CACHE, ENTRY_SLOTS * 8).fill(0)
    this.#memory.setU32(State.from, 0)
  }

  #makeRoom(): void {
    if (this.#free + (RUN + 1) * Op.size > RECORDS_END) this.forget()
    if (this.#handlers.room < RUN + 1) {
      this.forget()
      this.#handlers.clear()
    }
  }
  #decodeRun(rip: bigint): number {
    this.#makeRoom()
    const first = this.#free
    let at = Number(rip)
    for (let count = 0; ; count++) {
      const insn = rip < BigInt(ENGINE_BASE) ? this.#decodeAt(at) : undefined
      if (insn === undefined && count === 0) return 0
      if (insn === undefined || count === RUN || (count > 0 && this.#known.has(at))) {
        this.#append(plain('goto', at))
        break
      }
      const record = this.#free
      this.#known.set(at, record)
      this.#pages.add(at >>> 12).add((at + insn.length - 1) >>> 12)
      this.#append(isKnown(insn.name) ? insn : { ...insn, name: 'unsupported', operands: [] })
      const slot = this.#entries.get(at)
      if (slot !== undefined) this.#enterAt(record, slot)
      // A call of a gate goes to the host at once from now on.
      if (insn.name === 'gate' && this.#slots.get(at) === Slot.interpret) this.#slots.set(at, Slot.gate)
      at += insn.length
      if (ENDS.has(insn.name) || !isKnown(insn.name)) break
    }
    this.#handlers.flush()
    this.#memory.setU32(State.from, 0)
    return first
  }

  /** Decodes with the page permissions checked; undefined leaves the fetch fault in `fault`. */
  #decodeAt(at: number): Instruction | undefined {
    const memory = this.#memory
    let length = 0
    while (length < 15 && memory.permissions[(at + length) >>> 12] & Perm.exec)
      length = Math.min(15, 4096 - ((at + length) & 4095) + length)
    const insn = length === 0 ? undefined : decode(memory.bytes(at, length), at)
    if (insn) return insn
    const missing = at + length
    const mapped = (memory.permissions[missing >>> 12] & Perm.mapped) !== 0
    this.fault = { vector: 14, address: BigInt(missing), code: (mapped ? 1 : 0) | 0x14, rip: BigInt(at) }
    return undefined
  }

  #append(insn: Instruction): void {
    const memory = this.#memory
    const at = this.#free
    this.#free += Op.size
    memory.u8.fill(0, at, at + Op.size)
    memory.setU16(at + Op.handler, this.#handlers.slot(insn))
    memory.setU32(at + Op.rip, insn.rip)
    memory.setU32(at + Op.next, insn.rip + insn.length)
    memory.setU32(at + Op.target, insn.target)
    for (const [i, operand] of insn.operands.entries()) {
      if (operand.kind === 'r') memory.setU16(at + FIELDS[i], gpr(operand.index) + (operand.high ? 1 : 0))
      else if (operand.kind === 'x') memory.setU16(at + FIELDS[i], State.xmm + operand.index * 16)
      else if (operand.kind === 'i') memory.setU64(at + Op.immediate, BigInt.asUintN(64, operand.value))
      else {
        memory.setU16(at + Op.base, operand.base < 0 ? State.zero : gpr(operand.base))
        memory.setU16(at + Op.index, operand.index < 0 ? State.zero : gpr(operand.index))
        memory.setU8(at + Op.scale, operand.scale)
        memory.setU64(at + Op.displacement, BigInt.asUintN(64, operand.displacement))
      }
    }
  }
}
