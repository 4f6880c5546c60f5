/** The interpreter over one address space: decodes on demand, runs records, turns what ends a slice into an `Exit`. */
import { decode, type Instruction } from '../decode/decoder.ts'
import { Special } from '../isa/special.ts'
import { ENGINE_BASE, type GuestMemory, Perm, STATE_BASE } from '../memory/guest-memory.ts'
import type { CodeModule, Cpu, CpuOptions, CpuPorts, SavedState } from './cpu.ts'
import { divide, mulHigh } from './divide.ts'
import { type Exit, type Fault, Gpr, Hosted } from './exit.ts'
import { FX_SIZE, restoreImage, saveImage } from './fx-image.ts'
import { Handlers, isKnown } from './handlers.ts'
import { LiveState } from './live-state.ts'
import { ENTRY_CACHE, ENTRY_SLOTS, Op, RECORDS, RECORDS_END } from './op-record.ts'
import { gpr, STATE_SIZE, State } from './state-block.ts'
import { X87 } from './x87.ts'

/** Instructions in one run of records, at most. */
const RUN = 64
/** Fuel that a hosted call is charged. */
const HOSTED_FUEL = 1
const ENDS = new Set([
  'jmp',
  'ret',
  'call',
  'syscall',
  'gate',
  'ud2',
  'unsupported',
  'int3',
  'hlt',
  'cpuid',
  'rdtsc',
  'sahf',
  'lahf',
  'pushf',
  'popf',
  'enter',
  'maskmovdqu',
  'fxsave',
  'fxrstor',
  'x87',
])

export class Interpreter implements Cpu {
  readonly memory: GuestMemory
  readonly state: LiveState
  readonly #ports: CpuPorts
  readonly #x87: X87
  readonly #handlers: Handlers
  readonly #records = new Map<number, number>()
  #free = RECORDS
  #used = 0
  #granted = 0
  /** Pages that hold decoded code. */
  readonly #pages = new Set<number>()
  /** How often all records were forgotten. */
  #generation = 0
  #event = 0
  #record = 0
  #fault: Fault | undefined
  #interrupted = false
  readonly instructions = 0n

  constructor(memory: GuestMemory, ports: CpuPorts, _options: CpuOptions = {}) {
    this.memory = memory
    this.#ports = ports
    this.state = new LiveState(memory)
    this.#x87 = new X87(memory, this.state)
    this.#handlers = new Handlers(memory.memory, {
      access: (low, high, size, write) => this.#access(low >>> 0, high >>> 0, size, write !== 0),
      divide: (divisor, width, signed) => divide(this.state, divisor, width, signed !== 0),
      mulHigh,
      special: (what, record) => {
        this.#event = what
        this.#record = record >>> 0
      },
    })
    this.reset()
  }

  get fuelUsed(): number {
    return this.#used
  }
  charge(fuel: number): void {
    this.#used += fuel
  }

  run(fuel: number): Exit {
    const { memory } = this
    memory.setI32(State.fuel, fuel)
    this.#granted = fuel
    // rip may have been moved since the last slice: its last branch must not be linked to what runs now.
    memory.setU32(State.from, 0)
    try {
      return this.#slice()
    } finally {
      this.#used += fuel - memory.getI32(State.fuel)
      this.#granted = 0
      memory.setI32(State.fuel, 0)
    }
  }

  #slice(): Exit {
    const { memory, state } = this
    for (;;) {
      if (this.#interrupted) {
        this.#interrupted = false
        return { kind: 'interrupt' }
      }
      if (memory.getI32(State.fuel) < 0) return { kind: 'fuel' }
      const from = memory.getU32(State.from)
      memory.setU32(State.from, 0)
      const generation = this.#generation
      const record = this.#find()
      if (record === 0) return { kind: 'fault', fault: this.#fault! }
      if (from !== 0 && generation === this.#generation) memory.setU32(from + Op.link, record)
      this.#event = 0
      this.#fault = undefined
      this.#handlers.loop(record)
      if (this.#fault) return { kind: 'fault', fault: { ...(this.#fault as Fault), rip: state.rip } }
      if (this.#event !== 0) {
        const exit = this.#special(this.#event, this.#record)
        if (exit) return exit
      }
    }
  }

  /** What a handler left to the host. undefined = go on. */
  #special(what: number, record: number): Exit | undefined {
    const { state, memory } = this
    const fault = (vector: number): Exit => ({ kind: 'fault', fault: { vector, address: 0n, code: 0, rip: state.rip } })
    const goOn = () => {
      state.rip = BigInt(memory.getU32(record + Op.next))
    }
    switch (what) {
      case Special.syscall:
        goOn()
        state.set(Gpr.rcx, state.rip)
        state.set(Gpr.r11, BigInt(state.rflags))
        return { kind: 'syscall', int80: false }
      case Special.gate: {
        if (!((memory.permissions[Number(state.rip) >>> 12] ?? 0) & Perm.gate)) return fault(6)
        const id = Number(memory.getU64(record + Op.immediate))
        memory.setI32(State.fuel, memory.getI32(State.fuel) - HOSTED_FUEL)
        const outcome = this.#ports.hosted(id)
        if (outcome === Hosted.leave) return { kind: 'hosted', id }
        if (outcome === Hosted.jumped) return undefined
        const rsp = state.low(Gpr.rsp)
        if (state.high(Gpr.rsp) !== 0 || !memory.accessible(rsp, 8, Perm.read)) {
          return { kind: 'fault', fault: { vector: 14, address: state.get(Gpr.rsp), code: 0, rip: state.rip } }
        }
        state.rip = memory.getU64(rsp)
        state.setNumber(Gpr.rsp, rsp + 8)
        return undefined
      }
      case Special.cpuid:
        this.#cpuid()
        goOn()
        return undefined
      case Special.rdtsc: {
        const now = this.#used + this.#granted - memory.getI32(State.fuel)
        state.setNumber(Gpr.rax, now >>> 0)
        state.setNumber(Gpr.rdx, 0)
        goOn()
        return undefined
      }
      case Special.sahf:
        state.rflags = (state.rflags & ~0xd5) | ((state.low(Gpr.rax) >> 8) & 0xd5)
        goOn()
        return undefined
      case Special.lahf:
        state.set(Gpr.rax, (state.get(Gpr.rax) & ~0xff00n) | BigInt((state.rflags & 0xff) << 8))
        goOn()
        return undefined
      case Special.pushf:
      case Special.popf:
      case Special.pushf16:
      case Special.popf16: {
        const store = what === Special.pushf || what === Special.pushf16
        const size = what === Special.pushf || what === Special.popf ? 8 : 2
        const rsp = state.get(Gpr.rsp) - (store ? BigInt(size) : 0n)
        const low = this.#reach(rsp, size, store)
        if (low < 0) return this.#faulted()
        if (!store) state.rflags = memory.getU16(low)
        else if (size === 8) memory.setU64(low, BigInt(state.rflags))
        else memory.setU16(low, state.rflags)
        state.set(Gpr.rsp, store ? rsp : rsp + BigInt(size))
        goOn()
        return undefined
      }
      case Special.enter: {
        if (!this.#enter(Number(memory.getU64(record + Op.immediate)))) return this.#faulted()
        goOn()
        return undefined
      }
      case Special.maskmovdqu:
        if (!this.#storeMasked(memory.getU16(record + Op.a), memory.getU16(record + Op.b))) return this.#faulted()
        goOn()
        return undefined
      case Special.fxsave:
      case Special.fxrstor: {
        const store = what === Special.fxsave
        const address = memory.getU64(State.operand)
        if (address & 15n) return fault(13)
        const at = this.#reach(address, FX_SIZE, store)
        if (at < 0) return this.#faulted()
        if (store) saveImage(memory, at)
        else if (!restoreImage(memory, at)) return fault(13)
        goOn()
        return undefined
      }
      case Special.x87: {
        const code = memory.getU32(record + Op.immediate)
        const reach = (size: number, write: boolean) => this.#reach(memory.getU64(State.operand), size, write)
        const outcome = this.#x87.execute((code >> 8) & 7, code & 0xff, (code & 0x800) !== 0, reach)
        if (outcome === 'fault') return this.#faulted()
        if (outcome === 'pending') return fault(16)
        if (outcome === 'done') {
          goOn()
          return undefined
        }
        if (outcome === 'unsupported') this.#ports.unsupported?.(this.#describe(Number(state.rip)))
        return fault(6)
      }
      case Special.breakpoint:
        goOn()
        return fault(3)
      case Special.unsupported:
        this.#ports.unsupported?.(this.#describe(Number(state.rip)))
        return fault(6)
      case Special.privileged:
        return fault(13)
      case Special.divideError:
        return fault(0)
      default:
        return fault(6)
    }
  }

  /** enter: saves rbp, copies the outer frames' pointers for nesting levels, makes room. false = a fault, and only stack below rsp was written. */
  #enter(operand: number): boolean {
    const { state, memory } = this
    const level = (operand >> 16) & 31
    let rsp = state.get(Gpr.rsp) - 8n
    const frame = rsp
    const push = (value: bigint): boolean => {
      const at = this.#reach(rsp, 8, true)
      if (at >= 0) memory.setU64(at, BigInt.asUintN(64, value))
      return at >= 0
    }
    if (!push(state.get(Gpr.rbp))) return false
    for (let i = 1; i <= level; i++) {
      rsp -= 8n
      const from = i < level ? this.#reach(state.get(Gpr.rbp) - BigInt(8 * i), 8, false) : 0
      if (from < 0 || !push(i < level ? memory.getU64(from) : frame)) return false
    }
    rsp -= BigInt(operand & 0xffff)
    state.set(Gpr.rbp, frame)
    state.set(Gpr.rsp, rsp)
    return true
  }

  /** maskmovdqu: bytes of one xmm whose mask byte is negative go to (rdi). false = a fault, and nothing was written. */
  #storeMasked(value: number, mask: number): boolean {
    const { state, memory } = this
    const chosen = Array.from({ length: 16 }, (_, i) => i).filter((i) => memory.getU8(mask + i) & 0x80)
    const places = chosen.map((i) => this.#reach(state.get(Gpr.rdi) + BigInt(i), 1, true))
    if (places.some((at) => at < 0)) return false
    for (const [k, i] of chosen.entries()) memory.setU8(places[k], memory.getU8(value + i))
    return true
  }

  /** The guest address as a number if it may be accessed, else -1 with the fault recorded. */
  #reach(address: bigint, size: number, write: boolean): number {
    const whole = BigInt.asUintN(64, address)
    const low = Number(whole & 0xffff_ffffn)
    return this.#access(low, Number(whole >> 32n), size, write) ? low : -1
  }
  #faulted(): Exit {
    return { kind: 'fault', fault: { ...(this.#fault as Fault), rip: this.state.rip } }
  }

  /** What an instruction that this engine lacks looks like: its name if decoded, bytes and address. */
  #describe(at: number): string {
    let length = 1
    while (length < 15 && (this.memory.permissions[(at + length) >>> 12] ?? 0) & Perm.exec) length++
    const bytes = this.memory.bytes(at, length)
    const insn = decode(bytes, at)
    const known = insn !== undefined && insn.name !== 'unsupported'
    const shown = known ? bytes.subarray(0, insn.length) : bytes
    const hex = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    return `unsupported instruction ${known ? `${insn.name} ` : ''}[${hex}] at 0x${at.toString(16)}`
  }

  /** Leaves 0 and 1: a plain x86-64 with SSE2, cmov, cx8 and no more (SDM vol. 2, CPUID). */
  #cpuid(): void {
    const { state } = this
    const leaf = state.low(Gpr.rax)
    const [a, b, c, d] =
      leaf === 0
        ? [1, 0x6f6f_6274, 0x6870_6172, 0x6772_7467]
        : leaf === 1
          ? [0x0000_0f00, 0, 0x2000, 0x0780_8111]
          : leaf === 0x8000_0000
            ? [0x8000_0001, 0, 0, 0]
            : leaf === 0x8000_0001
              ? [0, 0, 1, 0x2000_0800]
              : [0, 0, 0, 0]
    state.setNumber(Gpr.rax, a)
    state.setNumber(Gpr.rbx, b)
    state.setNumber(Gpr.rcx, c)
    state.setNumber(Gpr.rdx, d)
  }

  /** The slow path of an access: exact by size. 1 = go on, 0 = the handler leaves with the fault recorded here. */
  #access(low: number, high: number, size: number, write: boolean): number {
    const { memory } = this
    const address = (BigInt(high) << 32n) | BigInt(low)
    const need = write ? Perm.write : Perm.read
    if (high === 0 && memory.accessible(low, size, need)) return 1
    const canonical = high < 0x8000 || high >= 0xffff_8000
    if (!canonical) {
      this.#fault = { vector: 13, address, code: 0, rip: 0n }
      return 0
    }
    // The first byte that may not be accessed is what the hardware reports.
    const edge = (Math.floor(low / 4096) + 1) * 4096
    const first = high === 0 && memory.accessible(low, 1, need) ? edge : low
    const at = high === 0 ? BigInt(first) : address
    const mapped = high === 0 && first < ENGINE_BASE && (memory.permissions[first >>> 12] & Perm.mapped) !== 0
    this.#fault = { vector: 14, address: at, code: (mapped ? 1 : 0) | (write ? 2 : 0) | 4, rip: 0n }
    return 0
  }

  /** The record for state.rip, decoding if need be; 0 = the code cannot be fetched, and the fault says why. */
  #find(): number {
    const rip = this.state.rip
    const at = Number(rip)
    const known = at < ENGINE_BASE ? this.#records.get(at) : undefined
    const record = known ?? this.#decodeRun(rip)
    if (record !== 0) {
      const slot = ENTRY_CACHE + (at & (ENTRY_SLOTS - 1)) * 8
      this.memory.setU32(slot, at)
      this.memory.setU32(slot + 4, record)
    }
    return record
  }

  #decodeRun(rip: bigint): number {
    const { memory } = this
    if (this.#free + (RUN + 1) * Op.size > RECORDS_END) this.#forget()
    if (this.#handlers.room < RUN + 1) {
      this.#forget()
      this.#handlers.clear()
    }
    const first = this.#free
    let at = Number(rip)
    for (let count = 0; ; count++) {
      const insn: Instruction | undefined = at < ENGINE_BASE ? this.#decodeAt(at) : this.#outOfReach(rip)
      if (insn === undefined && count === 0) return 0
      if (insn === undefined || count === RUN || (count > 0 && this.#records.has(at))) {
        this.#append({ name: 'goto', width: 4, operands: [], condition: -1, rip: at, length: 0, target: at, repeat: 0 })
        break
      }
      this.#records.set(at, this.#free)
      this.#pages.add(at >>> 12).add((at + insn.length - 1) >>> 12)
      this.#append(isKnown(insn.name) ? insn : { ...insn, name: 'unsupported', operands: [] })
      at += insn.length
      if (ENDS.has(insn.name) || !isKnown(insn.name)) break
    }
    this.#handlers.flush()
    memory.setU32(State.from, 0)
    return first
  }

  /** Decodes with the page permissions checked; undefined leaves the fetch fault in #fault. */
  #decodeAt(at: number): Instruction | undefined {
    const { memory } = this
    let length = 0
    while (length < 15 && memory.permissions[(at + length) >>> 12] & Perm.exec)
      length = Math.min(15, 4096 - ((at + length) & 4095) + length)
    const insn = length === 0 ? undefined : decode(memory.bytes(at, length), at)
    if (insn) return insn
    const missing = at + length
    const mapped = (memory.permissions[missing >>> 12] & Perm.mapped) !== 0
    this.#fault = { vector: 14, address: BigInt(missing), code: (mapped ? 1 : 0) | 0x14, rip: BigInt(at) }
    return undefined
  }

  /** Code above the guest's space: not canonical, or never mapped. */
  #outOfReach(rip: bigint): undefined {
    const canonical = BigInt.asUintN(64, BigInt.asIntN(48, rip)) === rip
    this.#fault = canonical ? { vector: 14, address: rip, code: 0x14, rip } : { vector: 13, address: rip, code: 0, rip }
    return undefined
  }

  #append(insn: Instruction): void {
    const { memory } = this
    const at = this.#free
    this.#free += Op.size
    memory.bytes(at, Op.size).fill(0)
    memory.setU16(at + Op.handler, this.#handlers.slot(insn))
    memory.setU32(at + Op.rip, insn.rip)
    memory.setU32(at + Op.next, insn.rip + insn.length)
    memory.setU32(at + Op.target, insn.target)
    for (const [i, operand] of insn.operands.entries()) {
      if (operand.kind === 'r') memory.setU16(at + [Op.a, Op.b, Op.c][i], gpr(operand.index) + (operand.high ? 1 : 0))
      else if (operand.kind === 'x') memory.setU16(at + [Op.a, Op.b, Op.c][i], State.xmm + operand.index * 16)
      else if (operand.kind === 'i') memory.setU64(at + Op.immediate, BigInt.asUintN(64, operand.value))
      else {
        memory.setU16(at + Op.base, operand.base < 0 ? State.zero : gpr(operand.base))
        memory.setU16(at + Op.index, operand.index < 0 ? State.zero : gpr(operand.index))
        memory.setU8(at + Op.scale, operand.scale)
        memory.setU64(at + Op.displacement, BigInt.asUintN(64, operand.displacement))
      }
    }
  }

  save(): SavedState {
    return this.memory.bytes(STATE_BASE, STATE_SIZE).slice()
  }
  restore(saved: SavedState): void {
    const fuel = this.memory.getI32(State.fuel)
    this.memory.bytes(STATE_BASE, STATE_SIZE).set(saved)
    this.memory.setI32(State.fuel, fuel)
  }
  reset(): void {
    this.memory.bytes(STATE_BASE, STATE_SIZE).fill(0)
    this.memory.setU64(State.zf, 1n)
    this.memory.setU8(State.pf, 1)
    this.memory.setU32(State.mxcsr, 0x1f80)
    this.memory.setU16(State.x87Control, 0x37f)
  }
  codeChanged(address: number, length: number): void {
    const last = Math.floor((address + length - 1) / 4096)
    for (let page = Math.floor(address / 4096); page <= last; page++) {
      if (this.#pages.has(page)) {
        this.#forget()
        return
      }
    }
  }
  /** Records link to one another, so all go together. */
  #forget(): void {
    this.#pages.clear()
    this.#generation++
    this.#records.clear()
    this.#free = RECORDS
    this.memory.bytes(ENTRY_CACHE, ENTRY_SLOTS * 8).fill(0)
    this.memory.setU32(State.from, 0)
  }
  moduleLoaded(_module: CodeModule): void {}
  interrupt(): void {
    this.#interrupted = true
  }
  flushCache(): void {}
  counters(): { readonly [name: string]: number } {
    return { decodedInstructions: this.#records.size, handlerShapes: this.#handlers.shapes, handlerTables: this.#handlers.generation }
  }
}

/** An engine over one address space. */
export function createCpu(memory: GuestMemory, ports: CpuPorts, options: CpuOptions = {}): Cpu {
  return new Interpreter(memory, ports, options)
}
