/** What handlers leave to the host: system calls, gates, rare instructions, accesses that the fast check does not decide. */
import { decode, type Instruction } from '../decode/decoder.ts'
import { Special } from '../isa/special.ts'
import { ENGINE_BASE, type GuestMemory, Perm } from '../memory/guest-memory.ts'
import type { CpuPorts } from './cpu.ts'
import { executeFloat } from './exact-floats.ts'
import { type Exit, type Fault, Gpr, Hosted } from './exit.ts'
import { FX_SIZE, restoreImage, saveImage } from './fx-image.ts'
import { executeImplied } from './implied.ts'
import type { LiveState } from './live-state.ts'
import { Op } from './op-record.ts'
import { bySegment } from './stack-segment.ts'
import { State } from './state-block.ts'
import { X87 } from './x87.ts'

/** Fuel that a hosted call is charged. */
const HOSTED_FUEL = 1

/** Exceptions that wait and are not masked. */
const unmasked = (raised: number, masks: number): number => raised & ~masks & 0x3f

export class HostInstructions {
  readonly memory: GuestMemory
  readonly state: LiveState
  readonly #ports: CpuPorts
  readonly #x87: X87
  readonly #clock: () => number
  /** Recorded by a failed access or fetch. */
  fault: Fault | undefined

  /** `clock`: fuel used so far, the only time that the engine knows. */
  constructor(memory: GuestMemory, state: LiveState, ports: CpuPorts, clock: () => number) {
    this.memory = memory
    this.state = state
    this.#ports = ports
    this.#x87 = new X87(memory, state)
    this.#clock = clock
  }

  /** What a handler left to the host. undefined = go on. */
  execute(what: number, record: number): Exit | undefined {
    const { state, memory } = this
    // Gates are most of what comes here: nothing is made for them.
    if (what === Special.gate && memory.permissions[memory.getU32(State.rip) >>> 12] & Perm.gate)
      return this.gate(memory.getU32(record + Op.immediate))
    const fault = (vector: number, code = 0): Exit => ({ kind: 'fault', fault: { vector, address: 0n, code, rip: state.rip } })
    const goOn = () => {
      state.rip = BigInt(memory.getU32(record + Op.next))
    }
    switch (what) {
      case Special.syscall:
        goOn()
        state.set(Gpr.rcx, state.rip)
        state.set(Gpr.r11, BigInt(state.rflags))
        return { kind: 'syscall', int80: false }
      case Special.gate:
        return fault(6)
      case Special.cpuid:
        this.#cpuid()
        goOn()
        return undefined
      case Special.rdtsc: {
        const now = this.#clock()
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
        if (low < 0) return this.faulted()
        if (!store) state.rflags = memory.getU16(low)
        else if (size === 8) memory.setU64(low, BigInt(state.rflags))
        else memory.setU16(low, state.rflags)
        state.set(Gpr.rsp, store ? rsp : rsp + BigInt(size))
        goOn()
        return undefined
      }
      case Special.enter: {
        if (!this.#enter(Number(memory.getU64(record + Op.immediate)))) return this.faulted()
        goOn()
        return undefined
      }
      case Special.maskmovdqu:
        if (!this.#storeMasked(memory.getU16(record + Op.a), memory.getU16(record + Op.b))) return this.faulted()
        goOn()
        return undefined
      case Special.fxsave:
      case Special.fxrstor: {
        const store = what === Special.fxsave
        const address = memory.getU64(State.operand)
        const at = this.#reach(address, FX_SIZE, store)
        if (address & 15n && (at >= 0 || this.fault?.vector === 14)) return fault(13)
        if (at < 0) return this.faulted()
        if (store) saveImage(memory, at)
        else if (!restoreImage(memory, at)) return fault(13)
        goOn()
        return undefined
      }
      case Special.ldmxcsr:
      case Special.stmxcsr: {
        const store = what === Special.stmxcsr
        const at = this.#reach(memory.getU64(State.operand), 4, store)
        if (at < 0) return this.faulted()
        if (store) memory.setU32(at, state.mxcsr)
        else if (memory.getU32(at) >>> 16 !== 0) return fault(13)
        else state.mxcsr = memory.getU32(at)
        goOn()
        return undefined
      }
      case Special.float: {
        const insn = this.#decodeAt(Number(state.rip))!
        const outcome = executeFloat(insn, memory, memory.getU32(State.operand))
        if (outcome === 'exception') return fault(19, unmasked(state.mxcsr, state.mxcsr >> 7))
        if (outcome !== 'done') state.rflags = (state.rflags & ~0x8d5) | outcome.flags
        goOn()
        return undefined
      }
      case Special.x87: {
        const code = memory.getU32(record + Op.immediate)
        const reach = (size: number, write: boolean) => this.#reach(memory.getU64(State.operand), size, write)
        const outcome = this.#x87.execute((code >> 8) & 7, code & 0xff, (code & 0x800) !== 0, reach)
        if (outcome === 'fault') return this.faulted()
        if (outcome === 'pending') return fault(16, unmasked(state.x87Status, state.x87Control))
        if (outcome === 'done') {
          goOn()
          return undefined
        }
        return fault(6)
      }
      case Special.implied: {
        const insn = this.#decodeAt(Number(state.rip))!
        const code = Number(memory.getU64(record + Op.immediate))
        const outcome = executeImplied({ code, width: insn.width }, memory, state, (...access) => this.#reach(...access))
        if (outcome === 'fault') return this.faulted()
        if (outcome === 'done') goOn()
        else {
          if (insn.target <= insn.rip) memory.setI32(State.fuel, memory.getI32(State.fuel) - 1)
          state.rip = BigInt(insn.target)
        }
        return undefined
      }
      case Special.interrupt: {
        // The gates of #BP, #OF and the system call are open to programs.
        const vector = Number(memory.getU64(record + Op.immediate) & 0xffn)
        if (vector !== 3 && vector !== 4 && vector !== 0x80) return fault(13)
        goOn()
        return vector === 0x80 ? { kind: 'syscall', int80: true } : fault(vector)
      }
      case Special.fwait:
        if (this.#x87.isPending) return fault(16, unmasked(state.x87Status, state.x87Control))
        goOn()
        return undefined
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

  /** A hosted call: the handler has the state; when it is done the return address is popped. */
  gate(id: number): Exit | undefined {
    const { state, memory } = this
    memory.setI32(State.fuel, memory.getI32(State.fuel) - HOSTED_FUEL)
    const outcome = this.#ports.hosted(id)
    if (outcome === Hosted.leave) return { kind: 'hosted', id }
    if (outcome === Hosted.jumped) return undefined
    const rsp = state.low(Gpr.rsp)
    if (state.high(Gpr.rsp) !== 0 || !memory.accessible(rsp, 8, Perm.read)) {
      return { kind: 'fault', fault: { vector: 14, address: state.get(Gpr.rsp), code: 0, rip: state.rip } }
    }
    memory.setU32(State.rip, memory.getU32(rsp))
    memory.setU32(State.rip + 4, memory.getU32(rsp + 4))
    state.setNumber(Gpr.rsp, rsp + 8)
    return undefined
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
    // The stack must be writable where it then ends.
    if (this.#reach(rsp, 8, true) < 0) return false
    state.set(Gpr.rbp, frame)
    state.set(Gpr.rsp, rsp)
    return true
  }

  /** maskmovdqu: bytes of one xmm whose mask byte is negative go to (rdi); all 16 must be writable. false = a fault, and nothing was written. */
  #storeMasked(value: number, mask: number): boolean {
    const { state, memory } = this
    const chosen = Array.from({ length: 16 }, (_, i) => i).filter((i) => memory.getU8(mask + i) & 0x80)
    const to = this.#reach(state.get(Gpr.rdi), 16, true)
    if (to < 0) return false
    for (const i of chosen) memory.setU8(to + i, memory.getU8(value + i))
    return true
  }

  /** The guest address as a number if it may be accessed, else -1 with the fault recorded. */
  #reach(address: bigint, size: number, write: boolean): number {
    const whole = BigInt.asUintN(64, address)
    const low = Number(whole & 0xffff_ffffn)
    return this.access(low, Number(whole >> 32n), size, write) ? low : -1
  }
  /** The exit for the recorded fault, at rip. */
  faulted(): Exit {
    const { rip } = this.state
    const recorded = { ...(this.fault as Fault), rip }
    return { kind: 'fault', fault: recorded.vector === 13 ? bySegment(recorded, this.#decodeAt(Number(rip)), this.state) : recorded }
  }

  /** What an instruction that this engine lacks looks like: its name if decoded, bytes and address. */
  #describe(at: number): string {
    const bytes = this.#bytesAt(at)
    const insn = decode(bytes, at)
    const known = insn !== undefined && insn.name !== 'unsupported'
    const shown = known ? bytes.subarray(0, insn.length) : bytes
    const hex = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    return `unsupported instruction ${known ? `${insn.name} ` : ''}[${hex}] at 0x${at.toString(16)}`
  }

  #decodeAt(at: number): Instruction | undefined {
    return decode(this.#bytesAt(at), at)
  }
  /** The executable bytes at an address, at most one instruction's. */
  #bytesAt(at: number): Uint8Array {
    return this.memory.bytes(at, this.memory.fetchable(at, 15))
  }

  /** Leaves 0 and 1: a plain x86-64 with SSE2, cmov, cx8 and no more (SDM vol. 2, CPUID). */
  #cpuid(): void {
    const { state } = this
    const leaf = state.low(Gpr.rax)
    const [a, b, c, d] =
      leaf === 0
        ? [1, 0x6f6f_6274, 0x6870_6172, 0x6772_7467]
        : leaf === 1
          ? [0x0000_0f00, 0, 0x2000, 0x0700_8111]
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

  /** The slow path of an access: exact by size. 1 = go on, 0 = the handler leaves with the fault recorded in `fault`. */
  access(low: number, high: number, size: number, write: boolean): number {
    const { memory } = this
    const address = (BigInt(high) << 32n) | BigInt(low)
    const need = write ? Perm.write : Perm.read
    if (high === 0 && memory.accessible(low, size, need)) return 1
    const canonical = high < 0x8000 || high >= 0xffff_8000
    if (!canonical) {
      this.fault = { vector: 13, address, code: 0, rip: 0n }
      return 0
    }
    // The first byte that may not be accessed is what the hardware reports.
    const edge = (Math.floor(low / 4096) + 1) * 4096
    const first = high === 0 && memory.accessible(low, 1, need) ? edge : low
    const at = high === 0 ? BigInt(first) : address
    const mapped = high === 0 && first < ENGINE_BASE && (memory.permissions[first >>> 12] & Perm.mapped) !== 0
    this.fault = { vector: 14, address: at, code: (mapped ? 1 : 0) | (write ? 2 : 0) | 4, rip: 0n }
    return 0
  }
}
