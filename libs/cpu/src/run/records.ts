/** Decoded code: runs of op records in engine memory, found by guest address. */
import { decode, type Instruction } from '../decode/decoder.ts'
import { isKnown } from '../isa/table.ts'
import { ENGINE_BASE, type GuestMemory, Perm } from '../memory/guest-memory.ts'
import { type BaseExports, ENTER_HANDLER } from './base-module.ts'
import { CodeMap } from './code-map.ts'
import { asExact } from './exact-floats.ts'
import type { Fault } from './exit.ts'
import { takesConstant } from './handler-book.ts'
import type { Handlers } from './handlers.ts'
import { DECODER, Op, RECORDS } from './op-record.ts'
import { ENDS as ENDING } from './patterns.ts'
import { DECODER_WORDS, Decoder, LAST_RUN, LONGEST, PatternTable, prepare, REACH, RUN, RUN_CHUNKS } from './quick-decoder.ts'
import { Slot, type SlotMap } from './slots.ts'
import { gpr, State } from './state-block.ts'

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
  readonly #known: CodeMap
  readonly #patterns: PatternTable
  /** How much of the book's patterns the engine has. */
  #learned = 0
  #base: Pick<BaseExports, 'decode' | 'fill'> | undefined
  /** The engine's memory by words. */
  readonly #words: Uint32Array
  /** Runs of one instruction, whatever is translated at its address. */
  readonly #single = new Map<number, number>()
  /** Slots of translations by the addresses where they are entered. */
  readonly #entries = new Map<number, number>()
  /** How often all records were forgotten. */
  generation = 0
  #exactFloats = false
  /** Why code could not be fetched. */
  fault: Fault | undefined

  /** `asks`: nothing is decoded but by `find`. */
  constructor(memory: GuestMemory, handlers: Handlers, slots: SlotMap, asks: boolean) {
    this.#memory = memory
    this.#handlers = handlers
    this.#slots = slots
    this.#words = new Uint32Array(memory.memory.buffer)
    this.#known = new CodeMap(memory)
    this.#patterns = new PatternTable(memory)
    prepare(memory)
    memory.setU32(Decoder.asks, asks ? 1 : 0)
  }
  connect(base: Pick<BaseExports, 'decode' | 'fill'>): void {
    this.#base = base
  }
  get size(): number {
    return this.#memory.getU32(Decoder.size)
  }
  /** Float arithmetic is the host's; who sets it forgets all records. */
  get exactFloats(): boolean {
    return this.#exactFloats
  }
  set exactFloats(exact: boolean) {
    this.#exactFloats = exact
    this.#memory.setU32(Decoder.careful, exact ? 1 : 0)
  }
  has(address: number): boolean {
    return this.#known.get(address) !== 0
  }

  /** The record for rip, decoding if need be; 0 = the code cannot be fetched, and `fault` says why. */
  find(rip: bigint): number {
    if (rip >= BigInt(ENGINE_BASE)) return this.#outOfReach(rip) ?? 0
    const at = Number(rip)
    const known = this.#known.get(at)
    if (known !== 0) return known
    this.#makeRoom()
    this.#learned = this.#handlers.patterns.bring(this.#patterns, this.#learned)
    if (this.#memory.getU32(Decoder.goto) === 0) this.#memory.setU32(Decoder.goto, this.#handlers.slot(plain('goto', at)))
    this.#handlers.flush()
    return this.#base!.decode(at) >>> 0
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
    this.#known.mark(at)
    this.#known.mark(at + insn.length - 1)
    this.#append(asKnown(insn))
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
    else this.#addEntry(address, slot)
  }
  /** There are hardly ever so many entries; those beyond are left to the interpreter. */
  #addEntry(address: number, slot: number): void {
    if (this.#known.isHalfFull || this.#free > LAST_RUN) return
    const record = this.#free
    this.#free = record + Op.size
    this.#words.fill(0, record >>> 2, (record + Op.size) >>> 2)
    this.#memory.setU32(record + Op.rip, address)
    this.#enterAt(record, slot)
    this.#known.set(address, record)
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

  /** True if code within a range may have been decoded. */
  holds(address: number, length: number): boolean {
    if (this.#known.holds(address, length)) return true
    // The last instruction before it may reach into it.
    for (let at = Math.max(address - LONGEST, 0); at < address; at++) if (this.#known.get(at) !== 0) return true
    return false
  }
  /** Records link to one another, so all go together. Translations are entered as before. */
  forget(): void {
    this.generation++
    this.#known.clear()
    this.#single.clear()
    this.#free = RECORDS
    this.#memory.setU32(Decoder.size, 0)
    this.#memory.setU32(State.from, 0)
    for (const [address, slot] of this.#entries) this.#addEntry(address, slot)
  }

  /** Makes the memory that it has used blank again, but for records, which are never read before they are written. */
  clear(): void {
    this.#entries.clear()
    this.forget()
    this.#patterns.clear()
    this.#memory.bytes(DECODER, DECODER_WORDS).fill(0)
  }

  get #free(): number {
    return this.#memory.getU32(Decoder.free)
  }
  set #free(record: number) {
    this.#memory.setU32(Decoder.free, record)
  }
  get #hasRoom(): boolean {
    return this.#free <= LAST_RUN && this.#known.hasRoom(RUN_CHUNKS)
  }
  #makeRoom(): void {
    if (!this.#hasRoom) this.forget()
    if (this.#handlers.makeRoom(RUN + 2)) return
    this.#patterns.clear()
    this.#learned = 0
    this.#memory.setU32(Decoder.goto, 0)
    this.forget()
  }
  /** Writes the record of an instruction that no pattern knows; its length, with `ENDING`, or 0: it cannot be fetched, or the run is to end before it. */
  hard(at: number): number {
    if (!this.#handlers.areReady) return 0
    // A page that had to be brought first is all that most lack.
    const reachable = !this.#exactFloats && at < ENGINE_BASE && this.#memory.fetchable(at, REACH) === REACH
    const quick = reachable ? this.#base!.fill(at, this.#free) : 0
    if (quick !== 0) return quick
    const insn = at < ENGINE_BASE ? this.#decodeAt(at) : this.#outOfReach(BigInt(at))
    if (insn === undefined) return 0
    const ends = ENDS.has(insn.name) || !isKnown(insn.name)
    const record = this.#free
    this.#append(asKnown(insn))
    this.#free = record
    if (reachable && !takesConstant(insn.name)) this.#learn(insn, record, ends)
    // A call of a gate goes to the host at once from now on.
    if (insn.name === 'gate' && this.#slots.get(at) === Slot.interpret) this.#slots.set(at, Slot.gate)
    return ends ? insn.length | ENDING : insn.length
  }
  settle(): void {
    this.#handlers.flush()
  }
  #learn(insn: Instruction, record: number, ends: boolean): void {
    const patterns = this.#handlers.patterns
    this.#learned = patterns.bring(this.#patterns, this.#learned)
    const trial = record + Op.size
    const length = ends ? insn.length | ENDING : insn.length
    const write = () => this.#base!.fill(insn.rip, trial)
    // Another engine may have known it.
    if (write() !== 0) return
    const agrees = () => write() === length && this.#isSame(record, trial)
    patterns.learn(this.#patterns, this.#memory.getU32(Decoder.key), insn, this.#memory.getU16(record + Op.handler), ends, agrees)
    this.#learned = patterns.version
  }
  #isSame(record: number, other: number): boolean {
    for (let i = 0; i < Op.size; i += 4) if (this.#memory.getU32(record + i) !== this.#memory.getU32(other + i)) return false
    return true
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
  #append(insn: Instruction): void {
    const words = this.#words
    const record = this.#free
    const at = record >>> 2
    this.#free = record + Op.size
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

const asKnown = (insn: Instruction): Instruction => (isKnown(insn.name) ? insn : { ...insn, name: 'unsupported', operands: [] })
