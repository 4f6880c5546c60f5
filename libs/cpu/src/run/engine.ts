/** The engine over one address space: interpreter and translations by turns, and what ends a slice as an `Exit`. */
import { Special } from '../isa/special.ts'
import { ENGINE_BASE, type GuestMemory, Perm, STATE_BASE } from '../memory/guest-memory.ts'
import { type BaseExports, makeBase } from './base-module.ts'
import type { CodeModule, Cpu, CpuOptions, CpuPorts, SavedState } from './cpu.ts'
import { divide } from './divide.ts'
import { isPlain } from './exact-floats.ts'
import { type Exit, Gpr } from './exit.ts'
import { HandlerBook } from './handler-book.ts'
import { Handlers } from './handlers.ts'
import { HostInstructions } from './host-instructions.ts'
import { type LeafSet, leafWords } from './leaf-set.ts'
import { LiveState } from './live-state.ts'
import { Op } from './op-record.ts'
import { Records } from './records.ts'
import { Slot, SlotMap } from './slots.ts'
import { gpr, STACK_MARGIN, STATE_SIZE, Stack, State } from './state-block.ts'
import { Translator } from './translator.ts'

/**
 * Calls and back edges to an address that make its function worth a translation, functions translated together, and the fuel of a run that
 * translates nothing, however warm: a short run is over before translations have paid for their compilation by the host. What has run for long
 * is likely to run for long: the heat falls as the fuel used rises, from `heat` to `least`.
 */
const ENGINES = {
  mixed: { heat: 5000, least: 1000, batch: 128, after: 20_000_000 },
  translator: { heat: 1, least: 1, batch: 64, after: 0 },
  interpreter: { heat: 0, least: 0, batch: 0, after: 0 },
} as const
/** Fuel from where on a run looks for what is warm, if the cache has machine code: shorter ones are over before that could be brought in. */
const EARLY = 500_000
/** Fuel of a run that is long enough for later ones to profit from what it learns. */
const WORTHY = 20_000_000
/** Visits of an address that count as a promotion, at most. */
const PROMOTION = 400
/** Bytes of guest stack that translated calls may use before they start afresh on an empty host stack; a frame takes at least 16. */
const STACK_SPAN = 0x8000
/** Bytes above the stack pointer that are looked at for what functions that return to there need of the stack. */
const STACK_ABOVE = 0x4_0000
/** More visits than a record counts. */
const NEVER = 0x2_0000
const FOREVER = 0xffff_ffff_ffff_ffffn

class Engine implements Cpu {
  readonly memory: GuestMemory
  readonly state: LiveState
  /** The state block, the part of it that is the engine's and no context's, and where that is put while a context's is brought in. */
  readonly #block: Uint8Array
  readonly #own: Uint8Array
  readonly #aside: Uint8Array
  readonly #host: HostInstructions
  readonly #book: HandlerBook
  readonly #handlers: Handlers
  readonly #records: Records
  readonly #translator: Translator
  readonly #slots: SlotMap
  readonly #base: BaseExports
  readonly #eager: boolean
  readonly #span: number
  /** Where the stack may be written, as it was seen with so many losses and looked for between `low` and `high`. */
  #stack = { losses: -1, low: 0, high: 0, start: 0, end: 0 }
  readonly #promotion: { readonly heat: number; readonly least: number; readonly after: number }
  /** Visits of an address that count as a promotion in this engine. */
  readonly #visits: number
  #used = 0
  #granted = 0
  #event = 0
  #record = 0
  #exit: Exit | undefined
  #interrupted = false
  #ended = false
  #losses = 0
  /** The one instruction that runs has no other behind it. */
  #alone = false
  /** The instruction at rip is to be begun anew, alone. */
  #anew = false
  /** Leaves by gate id: place in their set, slot, and the address of the gate once it is known. */
  readonly #leaves = new Map<number, { readonly place: number; readonly slot: number; at: number }>()
  #leafFunctions: readonly unknown[] | undefined

  constructor(memory: GuestMemory, ports: CpuPorts, options: CpuOptions) {
    const counts = options.count === true
    const engine = counts ? 'interpreter' : (options.engine ?? 'mixed')
    const { promotion } = options
    const { heat, least, batch, after } = promotion && !counts ? { ...promotion, least: promotion.heat, after: 0 } : ENGINES[engine]
    this.#promotion = { heat, least, after }
    this.#visits = Math.min(heat, PROMOTION)
    this.memory = memory
    this.state = new LiveState(memory)
    this.#block = memory.bytes(STATE_BASE, STATE_SIZE)
    this.#own = memory.bytes(State.limit, State.xmm - State.limit)
    this.#aside = this.#own.slice()
    this.#eager = engine === 'translator'
    this.#span = options.stackSpan ?? STACK_SPAN
    this.#host = new HostInstructions(memory, this.state, ports, () => this.#used + this.#granted - memory.getI32(State.fuel))
    this.#book = options.handlers ?? new HandlerBook(undefined, counts)
    if (this.#book.counts !== counts) throw new Error('an engine counts instructions if and only if its handlers do')
    const { measure } = options
    this.#handlers = new Handlers(memory.memory, this.#book, measure)
    this.#slots = new SlotMap(memory)
    this.#records = new Records(memory, this.#handlers, this.#slots, this.#eager)
    const divides = (divisor: bigint, width: number, signed: number) => divide(this.state, divisor, width, signed !== 0)
    const imports: Record<string, WebAssembly.ExportValue> = {}
    this.#translator = new Translator(memory, this.#records, this.#slots, imports, {
      batch,
      cache: heat > 0 ? options.cache : undefined,
      measure,
    })
    this.#base = makeBase(this.#book.base, memory.memory, this.#handlers.table, this.#translator.table, {
      resume: () => this.#resume(),
      hard: (address) => this.#records.hard(address >>> 0),
      settle: () => this.#records.settle(),
      warm: (record) => this.#warm(record >>> 0),
    })
    this.#records.connect(this.#base)
    const { interpret, guard, mulHigh } = this.#base
    this.#handlers.connect({
      access: (low, high, size, write) => this.#access(low >>> 0, high >>> 0, size, write !== 0),
      divide: divides,
      mulHigh,
      special: (what, record) => {
        this.#event = what
        this.#record = record >>> 0
      },
    })
    Object.assign(imports, { interpret, guard, mulHigh, divide: divides, step: (rip: number) => this.#step(rip >>> 0) })
    this.#translator.connect(interpret, (pc) => this.#gate(pc >>> 0))
    memory.rewritable = (address, length) => this.codeChanged(address, length)
    this.reset()
  }

  get fuelUsed(): number {
    return this.#used
  }
  get counts(): boolean {
    return this.#book.counts
  }
  get instructions(): bigint {
    return this.memory.getU64(State.instructions)
  }
  charge(fuel: number): void {
    this.#used += fuel
  }

  run(fuel: number): Exit {
    const { memory } = this
    this.#minds()
    memory.setI32(State.fuel, fuel)
    this.#granted = fuel
    // rip may have been moved since the last slice: its last branch must not be linked to what runs now.
    memory.setU32(State.from, 0)
    memory.setU64(State.floor, FOREVER)
    memory.setU32(State.returned, 0)
    memory.setU32(State.force, 0)
    memory.setU32(State.landing, 0)
    memory.setU32(State.heat, this.#heat())
    this.#losses = memory.losses
    this.#exit = undefined
    try {
      return this.#slice()
    } finally {
      this.#used += fuel - memory.getI32(State.fuel)
      this.#granted = 0
      memory.setI32(State.fuel, 0)
    }
  }

  #slice(): Exit {
    const { memory } = this
    for (;;) {
      const rsp = memory.getSize(gpr(Gpr.rsp))
      const limit = Math.max(rsp - this.#span, 0)
      memory.setSize(State.limit, limit)
      this.#vouch(rsp, limit)
      memory.setU32(State.deep, 0)
      const record = this.#resume()
      if (this.#exit) return this.#exit
      if (record !== 0) this.#base.go(record)
    }
  }

  /** Finds the stack that functions need not check when they are entered; what was found last holds until a page loses a permission. */
  #vouch(rsp: number, limit: number): void {
    const { memory } = this
    const { losses, start, end, low, high } = this.#stack
    const ends = (start > low || rsp - start > this.#span / 2) && (end < high || rsp < end - STACK_MARGIN)
    if (losses !== memory.losses || rsp < start || rsp >= end || !ends) this.#look(rsp, limit)
    const first = Math.max(limit, this.#stack.start + STACK_MARGIN)
    memory.setSize(Stack.low, first)
    memory.setSize(Stack.size, Math.max(this.#stack.end - STACK_MARGIN - first, 0))
  }
  #look(rsp: number, limit: number): void {
    const { memory } = this
    const { losses } = memory
    const low = Math.max(limit - STACK_MARGIN, 0)
    const high = Math.min(rsp + STACK_ABOVE, ENGINE_BASE)
    const around = rsp < ENGINE_BASE ? memory.writableAround(rsp, low, high) : { start: 0, end: 0 }
    this.#stack = { losses, low, high, ...around }
  }

  /** The record to go on with. 0 = the slice is over (`#exit`), the host stack is to be left, or the function has returned (State.returned). */
  #resume(): number {
    const { memory } = this
    if (memory.getU32(State.landing) !== 0) this.#land()
    if (this.#exit || memory.getU32(State.deep) !== 0) return 0
    if (this.#host.fault) return this.#end(this.#host.faulted())
    if (this.#anew) {
      this.#anew = false
      this.#step(Number(this.state.rip))
      if (this.#exit || memory.getU32(State.deep) !== 0) return 0
    }
    const from = memory.getU32(State.from)
    memory.setU32(State.from, 0)
    if (this.#event !== 0) {
      const what = this.#event
      this.#event = 0
      if (what === Special.promote) this.#promote(this.#record)
      else {
        const exit = this.#host.execute(what, this.#record)
        if (this.#book.counts && isDone(exit)) memory.setU64(State.instructions, this.instructions + 1n)
        if (exit) return this.#end(exit)
        if (what === Special.gate) this.#meet(memory.getU32(this.#record + Op.rip))
        if (this.#minds(what === Special.stmxcsr) || this.#lost()) return 0
        if (what === Special.gate && memory.getSize(gpr(Gpr.rsp)) > memory.getSize(State.floor) && memory.getI32(State.fuel) >= 0) {
          memory.setU32(State.returned, 1)
          return 0
        }
      }
    }
    if (this.#interrupted) {
      this.#interrupted = false
      return this.#end({ kind: 'interrupt' })
    }
    if (memory.getI32(State.fuel) < 0) return this.#end({ kind: 'fuel' })
    const rip = memory.getSize(State.rip)
    const force = memory.getU32(State.force)
    memory.setU32(State.force, 0)
    const { generation } = this.#records
    const record = force !== 0 && force === rip ? this.#records.single(BigInt(rip), false) : this.#find(rip)
    if (record === 0) return this.#end({ kind: 'fault', fault: this.#records.fault! })
    if (this.#lost()) return 0
    if (from !== 0 && generation === this.#records.generation) memory.setU32(from + Op.link, record)
    return record
  }
  /** An access that a handler could not decide upon. 0 = it leaves: a fault, or code has changed and records that it would go on to are stale. */
  #access(low: number, high: number, size: number, write: boolean): number {
    const { losses } = this.memory
    const may = this.#host.access(low, high, size, write)
    if (may === 0 || this.memory.losses === losses || this.#alone) return may
    this.#anew = true
    return 0
  }
  /** Goes to exact floats where MXCSR or its reader wants them. true = just now: every translation on the host's stack is to be left. */
  #minds(asked = false): boolean {
    const { memory } = this
    if (this.#records.exactFloats) return false
    if (!asked && memory.getU8(State.exactFloats) === 0 && isPlain(memory.getU32(State.mxcsr))) return false
    memory.setU8(State.exactFloats, 1)
    this.#setExactFloats(true)
    memory.setU32(State.deep, 1)
    return true
  }
  /** True if a page has lost a permission: translations under way rely on earlier checks, so they are left. */
  #lost(): boolean {
    const { losses } = this.memory
    if (losses === this.#losses) return false
    this.#losses = losses
    this.memory.setU32(State.deep, 1)
    return true
  }
  #setExactFloats(exact: boolean): void {
    this.#records.exactFloats = exact
    this.#translator.setExactFloats(exact)
    this.#records.forget()
  }
  #end(exit: Exit): 0 {
    this.#host.fault = undefined
    this.#exit = exit
    return 0
  }
  #find(rip: number): number {
    if (rip >= 0x1_0000_0000) return this.#records.find(this.state.rip)
    if (this.#eager && !this.#records.has(rip)) this.#translator.promote(rip, 1)
    return this.#records.find(BigInt(rip))
  }
  /** Visits of an address in this slice after which the translator is told. */
  #heat(): number {
    const { heat, after } = this.#promotion
    if (heat === 0 || this.#used < (this.#translator.provident ? Math.min(after, EARLY) : after)) return NEVER
    return this.#visits
  }
  #promote(record: number): void {
    this.#translator.promote(this.memory.getU32(record + Op.rip), this.#enough(), this.#visits)
    this.#records.cool(record)
  }
  /** The same for what a translation has called; the record to go on with. */
  #warm(record: number): number {
    this.#promote(record)
    return this.#lost() ? 0 : this.#find(this.memory.getSize(State.rip))
  }
  /** Promotions that make a translation worth while in this run. */
  #enough(): number {
    const { heat, least, after } = this.#promotion
    if (this.#used < after) return Number.POSITIVE_INFINITY
    return (after === 0 ? heat : Math.max(least, (heat * after) / this.#used)) / this.#visits
  }

  /** A translation was left in its middle: what its locals held goes where it belongs. */
  #land(): void {
    const { memory } = this
    const { rip, group } = this.#translator.landing(memory.getU32(State.landing), memory.getU32(State.site))
    memory.setU32(State.landing, 0)
    this.state.land(group)
    const target = group.goes === 'target' ? this.#records.targetOf(rip) : rip
    memory.setSize(State.rip, target)
    if (group.goes === 'here') memory.setU32(State.force, target)
  }
  /** One instruction for a translation that has brought its state to memory. 1 = go on behind it. */
  #step(rip: number): number {
    const { memory, state } = this
    state.rip = BigInt(rip)
    memory.setU32(State.from, 0)
    const record = this.#records.single(state.rip, true)
    if (record === 0) {
      this.#end({ kind: 'fault', fault: this.#records.fault! })
      return 0
    }
    const next = memory.getU32(record + Op.next)
    this.#alone = true
    this.#base.loop(record)
    this.#alone = false
    if (this.#host.fault) {
      this.#end(this.#host.faulted())
      return 0
    }
    const what = this.#event
    this.#event = 0
    if (what !== Special.halt) {
      const exit = this.#host.execute(what, this.#record)
      if (exit) {
        this.#end(exit)
        return 0
      }
      if (this.#minds(what === Special.stmxcsr)) return 0
    }
    if (this.#lost()) return 0
    return Number(state.rip) === next ? 1 : 0
  }

  /** A hosted function called by a translation: the state is in memory, the return address on the stack. */
  #gate(pc: number): number {
    const { memory } = this
    const rsp = memory.getSize(gpr(Gpr.rsp))
    memory.setSize(State.rip, pc)
    if (!(memory.permissions[pc >>> 12] & Perm.gate) || memory.getU16(pc) !== 0x3f0f) return this.#base.interpret(pc)
    const exit = this.#host.gate(memory.getU32(pc + 2))
    if (exit) return this.#end(exit)
    this.#meet(pc)
    if (this.#minds() || this.#lost()) return 0
    if (memory.getI32(State.fuel) < 0 || this.#interrupted || memory.getSize(gpr(Gpr.rsp)) <= rsp) return 0
    return memory.getU32(State.rip + 4) === 0 ? memory.getU32(State.rip) : 0
  }

  serve(set: LeafSet, id: number): void {
    const place = set.place(id)
    if (place === undefined || this.#book.counts) return
    const gate = (pc: number) => this.#gate(pc >>> 0)
    this.#leafFunctions ??= set.instantiate({ memory: this.memory.memory, gate, guard: this.#base.guard })
    this.#leaves.set(id, { place, slot: this.#translator.occupy(this.#leafFunctions[place]), at: 0 })
  }
  answered(set: LeafSet, id: number): number {
    return !this.#ended && this.#leaves.has(id) ? this.memory.getU32(leafWords(set.place(id)!).answered) : 0
  }
  /** The gate at an address was called by way of the host: if it has a leaf, that is entered from now on. */
  #meet(pc: number): void {
    if (this.#leaves.size === 0) return
    const leaf = this.#leaves.get(this.memory.getU32(pc + 2))
    if (leaf === undefined || leaf.at === pc) return
    leaf.at = pc
    this.memory.setU32(leafWords(leaf.place).address, pc)
    this.#slots.set(pc, leaf.slot)
    this.#records.translate(pc, leaf.slot)
  }
  /** Gates of leaves in a range are not there any more. True if there were any. */
  #leave(address: number, length: number): boolean {
    let any = false
    for (const leaf of this.#leaves.values()) {
      if (leaf.at < address || leaf.at >= address + length) continue
      this.#slots.set(leaf.at, Slot.interpret)
      this.#records.untranslate(leaf.at)
      leaf.at = 0
      any = true
    }
    return any
  }

  save(into: SavedState = new Uint8Array(STATE_SIZE)): SavedState {
    into.set(this.#block)
    return into
  }
  restore(saved: SavedState): void {
    const { memory } = this
    const fuel = memory.getI32(State.fuel)
    const exact = memory.getU8(State.exactFloats)
    this.#aside.set(this.#own)
    this.#block.set(saved)
    this.#own.set(this.#aside)
    memory.setI32(State.fuel, fuel)
    if (exact) memory.setU8(State.exactFloats, 1)
  }
  reset(): void {
    const { instructions } = this
    this.memory.bytes(STATE_BASE, STATE_SIZE).fill(0)
    this.memory.setU64(State.instructions, instructions)
    this.memory.setU64(State.zf, 1n)
    this.memory.setU8(State.pf, 1)
    this.memory.setU32(State.mxcsr, 0x1f80)
    this.memory.setU16(State.x87Control, 0x37f)
    if (this.#records.exactFloats) this.#setExactFloats(false)
  }
  keepFloatFlags(): void {
    this.memory.setU8(State.exactFloats, 1)
  }
  codeChanged(address: number, length: number): void {
    const translated = this.#translator.codeChanged(address, length)
    const left = this.#leave(address, length)
    if (translated || left || this.#records.holds(address, length)) this.#records.forget()
  }
  moduleLoaded(module: CodeModule): void {
    this.#translator.moduleLoaded(module)
  }
  interrupt(): void {
    this.#interrupted = true
  }
  flushCache(): void {
    if (this.#ended) return
    this.#book.store(this.memory.memory)
    this.#translator.store(this.#used >= WORTHY)
  }
  end(): boolean {
    if (this.#granted !== 0) return false
    if (this.#ended) return true
    this.#ended = true
    this.memory.rewritable = () => {}
    this.#records.clear()
    this.#slots.clear()
    return true
  }
  counters(): { readonly [name: string]: number } {
    if (this.#ended) return {}
    return {
      decodedInstructions: this.#records.size,
      handlerShapes: this.#handlers.shapes,
      handlerTables: this.#handlers.generation,
      translatedFunctions: this.#translator.functions,
      cachedFunctions: this.#translator.cached,
      compiledFunctions: this.#translator.compiled,
      translatedModules: this.#translator.instances,
      translatedBytes: this.#translator.bytes,
    }
  }
}

/** Whether an instruction that was left to the host has been executed: traps come behind theirs, other faults before. */
const isDone = (exit: Exit | undefined): boolean => exit?.kind !== 'fault' || exit.fault.vector === 3 || exit.fault.vector === 4

/** An engine over one address space. */
export function createCpu(memory: GuestMemory, ports: CpuPorts, options: CpuOptions = {}): Cpu {
  return new Engine(memory, ports, options)
}
