/** Writes a row's semantics into a translated function: registers and flags are wasm locals, addresses and immediates are constants. */
import type { Instruction } from '../decode/decoder.ts'
import { Emitter, type FlagWrites, LOAD, type Place, type Push, STORE, type StatusFlag } from '../isa/emitter.ts'
import { Special } from '../isa/special.ts'
import { pushSlow } from '../memory/fast-check.ts'
import { gpr, Shadow, State } from '../run/state-block.ts'
import { Code, I32, I64, V128, W } from '../wasm/code.ts'
import { CONDITION_FLAGS, fused } from './condition.ts'
import { type Effects, Flag, writtenFlags } from './effects.ts'
import { Call, GUARD_WRITE, Signature, SLOT_TABLE, slotOf } from './imports.ts'
import { type LandingGroup, siteOf } from './landing.ts'
import type { Check } from './windows.ts'

const PC = 0
const RCX = 1
const RSP = 4
const FLAGS = ['cf', 'of', 'af', 'zf', 'sf', 'pf'] as const

/** Flags of the last instruction that wrote any, not computed yet. */
interface Pending {
  readonly insn: Instruction
  readonly writes: FlagWrites
  /** Those of its flags that may be read. */
  mask: number
  /** General registers whose locals the values are made from. */
  readonly registers: number
}

/** A way out of the function: what it stores of the locals on its way. */
interface Exit extends LandingGroup {
  readonly registers: number
}

/** What the emitter asks of the function that it writes for. */
export interface FunctionPorts {
  /** Function index of a guest function in the same module. */
  inModule(target: number): number | undefined
}

export class FunctionEmitter extends Emitter {
  readonly code = new Code(1)
  insn!: Instruction
  readonly #ports: FunctionPorts
  readonly #registers = new Int32Array(32).fill(-1)
  readonly #flags = new Int32Array(6).fill(-1)
  readonly #fuel: number
  readonly #free = new Map<number, number[]>()
  #taken: [type: number, local: number][] = []
  #held: [type: number, local: number][] = []
  #pending: Pending | undefined
  #operandRegisters = 0
  readonly #fn: { readonly start: number; readonly end: number }
  /** Ways out that leave the same registers to be stored, and the same to be told. */
  readonly #exits: Exit[] = []
  #checks: readonly Check[] = []
  #check = 0
  /** The memory operand as a register and an offset; -1 where `address` has it. */
  #base = -1
  #offset = 0
  #effects!: Effects
  /** Live registers and flags behind the running instruction, for its reload. */
  #liveAfter = 0
  #flagsAfter = 0
  /** Locals that hold the guest's value, and those of them that memory does not have. */
  valid = 0
  dirty = 0
  /** Flags whose locals hold the guest's value. */
  validFlags = 0
  /** What a terminator left for the writer of the structure: an i32 on the stack, or a local with an address. */
  ended: { readonly kind: 'branch'; readonly conditional: boolean } | { readonly kind: 'jump'; readonly target: number } | undefined

  /** `loops`: fuel is kept in a local. */
  constructor(ports: FunctionPorts, fn: { readonly start: number; readonly end: number }, loops: boolean) {
    super()
    this.#ports = ports
    this.#fn = fn
    this.#fuel = loops ? this.code.local(I32) : -1
  }

  // Locals

  local(type: number): number {
    const local = this.#free.get(type)?.pop() ?? this.code.local(type)
    this.#taken.push([type, local])
    return local
  }
  register(bit: number): number {
    let local = this.#registers[bit]
    if (local < 0) local = this.#registers[bit] = this.code.local(bit < 16 ? I64 : V128)
    return local
  }
  #flagLocal(index: number): number {
    let local = this.#flags[index]
    if (local < 0) local = this.#flags[index] = this.code.local(I32)
    return local
  }
  #release(list: [type: number, local: number][]): void {
    for (const [type, local] of list) {
      const free = this.#free.get(type)
      if (free) free.push(local)
      else this.#free.set(type, [local])
    }
  }

  // Blocks and instructions

  beginBlock(valid: number, dirty: number, flags: number): void {
    this.valid = valid
    this.dirty = dirty
    this.validFlags = flags
    this.#drop()
    this.ended = undefined
  }
  /** `live` and `flags` are what is read behind the instruction, `before` the flags that are read by it or behind it. */
  instruction(
    insn: Instruction,
    effects: Effects,
    checks: readonly Check[],
    live: number,
    flags: number,
    before: number,
    row: (e: Emitter) => void,
  ): void {
    this.insn = insn
    this.#effects = effects
    this.#checks = checks
    this.#check = 0
    this.#liveAfter = live
    this.#flagsAfter = flags
    this.#operandRegisters = 0
    this.#depth = this.code.depth
    this.address = -1
    this.#base = -1
    const exits = effects.raises || checks.some((each) => each !== 'covered')
    const conditional = effects.flagsUsed & effects.flagsDefined
    if (exits || conditional || effects.special || (this.#pending && this.#pending.registers & effects.defined)) this.settleFlags(before)
    if (effects.special) this.#step()
    else row(this)
    if (this.#pending?.insn === insn) {
      this.#held.push(...this.#taken)
    } else this.#release(this.#taken)
    this.#taken = []
  }
  #drop(): void {
    this.#pending = undefined
    this.#release(this.#held)
    this.#held = []
  }

  // Operands

  #memory() {
    const memory = this.insn.operands.find((each) => each.kind === 'm')
    if (memory?.kind !== 'm') throw new Error(`${this.insn.name} has no memory operand`)
    return memory
  }
  effectiveAddress(beyond?: Push): void {
    const { code } = this
    const { base, index, scale, displacement, short, segment } = this.#memory()
    let pushed = false
    const add = () => {
      if (pushed) code.op(W.i64add)
      pushed = true
    }
    if (base >= 0) {
      code.get(this.register(base))
      add()
    }
    if (index >= 0) {
      code.get(this.register(index))
      if (scale > 0) code.i64(BigInt(scale)).op(W.i64shl)
      add()
    }
    if (displacement !== 0n || !pushed) {
      code.i64(displacement)
      add()
    }
    if (beyond) {
      beyond()
      add()
    }
    if (short) this.cut(4)
    if (segment !== 'none' && this.insn.name !== 'lea') {
      code.i32(0).mem(W.i64load, segment === 'fs' ? State.fsBase : State.gsBase)
      add()
    }
  }
  override prepare(write: boolean, width?: number, aligned = false): void {
    const n = this.insn.operands.findIndex((each) => each.kind === 'm')
    const memory = this.insn.operands[n]
    if (memory?.kind !== 'm') return
    const { code } = this
    const { base, displacement } = memory
    const plain = base >= 0 && memory.index < 0 && memory.segment === 'none' && !memory.short
    if (!plain) {
      super.prepare(write, width, aligned)
      return
    }
    const check = this.#checks[this.#check]
    const near = displacement >= 0n && displacement < 0x1_0000n
    // The address is formed anew where it is used, unless the register may have changed by then.
    const direct = near && (n > 0 || !(this.#effects.defined & (1 << base))) && (width === undefined || width === memory.width)
    if (direct) {
      this.#base = base
      this.#offset = Number(displacement)
    } else {
      this.address = this.local(I32)
      code.get(this.register(base)).op(W.i32wrap)
      if (displacement !== 0n) code.i32(Number(displacement)).op(W.i32add)
      code.set(this.address)
    }
    if (aligned) {
      const offset = this.pushAddress()
      if (offset !== 0) code.i32(offset).op(W.i32add)
      code.i32(15).op(W.i32and).if()
      this.raise(Special.privileged)
      code.end()
    }
    this.#check++
    if (check !== 'covered') this.#guard(this.register(base), Number(displacement) + check.low, check.high - check.low, check.write)
  }
  override pushAddress(): number {
    if (this.#base < 0) return super.pushAddress()
    this.code.get(this.register(this.#base)).op(W.i32wrap)
    return this.#offset
  }
  check(local: number, _size: number, _write: boolean, _place?: Place | 'operand'): void {
    const check = this.#checks[this.#check++]
    if (check !== 'covered') this.#guard(local, check.low, check.high - check.low, check.write)
  }
  override covered(): boolean {
    if (this.#checks[this.#check] !== 'covered') return false
    this.#check++
    return true
  }
  override gpr(index: number): number {
    return this.register(index)
  }
  override assignGpr(index: number, push: Push): void {
    push()
    this.code.set(this.register(index))
    this.#touch(index)
  }
  /** `size` bytes from `low` behind the i64 local are checked: a look at their first page decides, or the engine. */
  #guard(local: number, low: number, size: number, write: boolean): void {
    const { code } = this
    let from = local
    if (low !== 0) {
      code.get(local).i64(BigInt(low)).op(W.i64add)
      from = this.keep()
    }
    pushSlow(code, from, write)
    code.unlikely().if()
    const exit = this.#site(this.insn.rip, 'here')
    code
      .get(from)
      .i32(size + (write ? GUARD_WRITE : 0))
      .call(Call.guard)
    this.#leaveIf(exit)
    code.end()
  }

  #readRegister(local: number, width: number, high = false): void {
    const { code } = this
    code.get(local)
    if (high) code.i64(8n).op(W.i64shru)
    this.cut(width)
  }
  #writeRegister(bit: number, value: number, width: number, high = false): void {
    const { code } = this
    const local = this.register(bit)
    if (width >= 4) {
      code.get(value)
      if (width === 4) this.cut(4)
    } else {
      const shift = high ? 8n : 0n
      code
        .get(local)
        .i64(~(this.mask(width) << shift))
        .op(W.i64and)
      code.get(value).i64(this.mask(width)).op(W.i64and)
      if (high) code.i64(8n).op(W.i64shl)
      code.op(W.i64or)
    }
    code.set(local)
    this.#touch(bit)
  }
  #touch(bit: number): void {
    this.valid |= 1 << bit
    this.dirty |= 1 << bit
  }
  read(n: number, width = this.insn.operands[n].width): void {
    const operand = this.insn.operands[n]
    const { code } = this
    if (operand.kind === 'r') this.#readRegister(this.register(operand.index), width, operand.high)
    else if (operand.kind === 'x') {
      code.get(this.register(operand.index + 16)).simd(29, 0)
      this.cut(width)
    } else if (operand.kind === 'm') code.mem(LOAD[width], this.pushAddress())
    else code.i64(BigInt.asUintN(this.width * 8, operand.value))
  }
  override operand(n: number, width?: number): number {
    const operand = this.insn.operands[n]
    // A whole register that keeps its value while it is needed is its own copy.
    if (operand.kind === 'r' && (width ?? operand.width) === 8 && !(this.#effects.defined & (1 << operand.index))) {
      this.#operandRegisters |= 1 << operand.index
      return this.register(operand.index)
    }
    return super.operand(n, width)
  }
  write(n: number, value: number, width = this.insn.operands[n].width): void {
    const operand = this.insn.operands[n]
    if (operand.kind === 'r') this.#writeRegister(operand.index, value, width, operand.high)
    else {
      const offset = this.pushAddress()
      this.code.get(value).mem(STORE[width], offset)
    }
  }
  override value(n: number): Push {
    const operand = this.insn.operands[n]
    const { width } = this
    if (operand.kind === 'i') return () => this.code.i64(BigInt.asUintN(width * 8, operand.value))
    if (operand.kind !== 'r' || this.#effects.defined & (1 << operand.index)) return super.value(n)
    this.#operandRegisters |= 1 << operand.index
    return () => this.#readRegister(this.register(operand.index), operand.width, operand.high)
  }
  override assign(n: number, push: Push): void {
    const operand = this.insn.operands[n]
    const { code } = this
    if (operand.kind === 'm') {
      const offset = this.pushAddress()
      push()
      code.mem(STORE[operand.width], offset)
    } else if (operand.kind === 'r' && operand.width >= 4) {
      push()
      if (operand.width === 4) this.cut(4)
      code.set(this.register(operand.index))
      this.#touch(operand.index)
    } else super.assign(n, push)
  }
  override assignResult(n: number, push: Push): Push {
    const operand = this.insn.operands[n]
    if (operand.kind !== 'r' || operand.width < 4) return super.assignResult(n, push)
    this.assign(n, push)
    this.#operandRegisters |= 1 << operand.index
    return () => this.code.get(this.register(operand.index))
  }
  override assignV(n: number, push: Push): void {
    const operand = this.insn.operands[n]
    const { code } = this
    if (operand.kind === 'm') {
      const offset = this.pushAddress()
      push()
      code.simd(11, 0).u32(offset)
    } else if (operand.kind === 'x') {
      push()
      code.set(this.register(operand.index + 16))
      this.#touch(operand.index + 16)
    }
  }
  override wants(mask: number): boolean {
    return (mask & this.#flagsAfter) !== 0
  }
  constant(n: number): number | undefined {
    const operand = this.insn.operands[n]
    return operand.kind === 'i' ? Number(BigInt.asIntN(32, operand.value)) : undefined
  }
  readV(n: number): void {
    const operand = this.insn.operands[n]
    if (operand.kind === 'm') {
      const offset = this.pushAddress()
      this.code.simd(operand.width === 16 ? 0 : operand.width === 8 ? 93 : 92, 0).u32(offset)
    } else if (operand.kind === 'x') this.code.get(this.register(operand.index + 16))
  }
  writeV(n: number, value: number): void {
    const operand = this.insn.operands[n]
    const { code } = this
    if (operand.kind === 'm') {
      const offset = this.pushAddress()
      code.get(value).simd(11, 0).u32(offset)
    } else if (operand.kind === 'x') {
      code.get(value).set(this.register(operand.index + 16))
      this.#touch(operand.index + 16)
    }
  }
  readGpr(index: number, width = 8): void {
    this.#readRegister(this.register(index), width)
  }
  writeGpr(index: number, value: number, width = 8): void {
    this.#writeRegister(index, value, width)
  }

  /** Left to the interpreter: targets that are not below 4 GiB, returns to 0, which has another meaning here, and what there is no fuel for. */
  override requireCanonical(target: number): void {
    const { code } = this
    const leaveIf = (condition: () => void) => {
      const exit = this.#site(this.insn.rip, 'here')
      condition()
      this.#leaveIf(exit)
    }
    leaveIf(() => {
      code.get(target).i64(32n).op(W.i64shru, W.i32wrap)
      if (this.insn.name === 'ret') code.get(target).op(W.i64eqz, W.i32or)
    })
    leaveIf(() => {
      if (this.#fuel >= 0) code.get(this.#fuel)
      else code.i32(0).mem(W.i32load, State.fuel)
      code.i32(1).op(W.i32lts)
    })
  }
  /** Takes the unit of fuel that `requireCanonical` saw. */
  spend(): void {
    const { code } = this
    if (this.#fuel >= 0) code.get(this.#fuel).i32(1).op(W.i32sub).set(this.#fuel)
    else code.i32(0).i32(0).mem(W.i32load, State.fuel).i32(1).op(W.i32sub).mem(W.i32store, State.fuel)
  }

  // Flags

  setFlags(flags: FlagWrites): void {
    const mask = writtenFlags(flags)
    if (this.code.depth > this.#depth) {
      this.#materialise(flags, mask & this.#flagsAfter)
      return
    }
    if (this.#pending) {
      const kept = this.#pending.mask & this.#flagsAfter & ~mask
      if (kept) this.settleFlags(kept)
      this.#drop()
    }
    this.validFlags &= ~mask
    const wanted = mask & this.#flagsAfter
    if (wanted) this.#pending = { insn: this.insn, writes: flags, mask: wanted, registers: this.#operandRegisters }
  }
  /** The row writes at this nesting of blocks; deeper is under a condition. */
  #depth = 0
  /** Brings those of the flags in `wanted` that are not computed yet to their locals. */
  settleFlags(wanted: number): void {
    const pending = this.#pending
    if (pending === undefined) return
    const now = pending.mask & wanted
    if (now) {
      const insn = this.insn
      this.insn = pending.insn
      this.#materialise(pending.writes, now)
      this.insn = insn
      pending.mask &= ~now
    }
    if (pending.mask === 0 && pending.insn !== this.insn) this.#drop()
  }
  #materialise(flags: FlagWrites, mask: number): void {
    for (const [index, name] of FLAGS.entries()) {
      if (!(mask & Flag[name])) continue
      this.#value(flags, name)
      this.code.set(this.#flagLocal(index))
    }
    this.validFlags |= mask
  }
  /** Pushes a flag as i32, 0 or 1. */
  #value(flags: FlagWrites, name: StatusFlag): void {
    const { code } = this
    if (name === 'zf') {
      if (flags.compare) {
        for (const push of flags.compare) push()
        code.op(W.i64eq)
        return
      }
      if (flags.zf) flags.zf()
      else flags.result!()
      code.op(W.i64eqz)
    } else if (name === 'sf') {
      if (flags.sf === 0) code.i32(0)
      else {
        flags.result!()
        this.signExtend()
        code.i64(0n).op(W.i64lts)
      }
    } else if (name === 'pf') {
      if (flags.pf) flags.pf()
      else {
        flags.result!()
        code.wrap()
      }
      code.i32(0xff).op(W.i32and, W.i32popcnt).i32(1).op(W.i32and, W.i32eqz)
    } else {
      const value = flags[name]
      if (typeof value === 'number') code.i32(value)
      else value?.()
    }
  }
  flag(flag: StatusFlag): void {
    const pending = this.#pending
    if (pending && pending.mask & Flag[flag]) {
      const insn = this.insn
      this.insn = pending.insn
      this.#value(pending.writes, flag)
      this.insn = insn
    } else this.code.get(this.#flagLocal(FLAGS.indexOf(flag)))
  }
  override condition(cc: number): void {
    const pending = this.#pending
    const needs = CONDITION_FLAGS[cc >> 1]
    if (pending && (pending.mask & needs) === needs) {
      const insn = this.insn
      this.insn = pending.insn
      const done = fused(this, pending.writes, cc)
      this.insn = insn
      if (done) return
    }
    super.condition(cc)
  }

  direction(): void {
    this.code.i64(1n).i64(-1n).i32(0).mem(W.i32load, State.df).op(W.i32eqz, W.select)
  }
  setDirection(down: 0 | 1): void {
    this.code.i32(0).i32(down).mem(W.i32store, State.df)
  }

  // State in memory

  storeRegisters(registers: number): void {
    const { code } = this
    for (let bit = 0; bit < 32; bit++) {
      if (!(registers & (1 << bit))) continue
      code.i32(0).get(this.register(bit))
      if (bit < 16) code.mem(W.i64store, gpr(bit))
      else code.simd(11, 0).u32(State.xmm + (bit - 16) * 16)
    }
  }
  #store(registers: number, flags: number): void {
    const { code } = this
    this.storeRegisters(registers)
    for (const [index, name] of FLAGS.entries()) {
      if (!(flags & Flag[name])) continue
      code.i32(0).get(this.#flagLocal(index))
      // The state block holds values that the flags are read from.
      if (name === 'zf') code.op(W.i32eqz, W.i64extendU).mem(W.i64store, State.zf)
      else if (name === 'sf') code.op(W.i64extendU).i64(63n).op(W.i64shl).mem(W.i64store, State.sf)
      else if (name === 'pf') code.op(W.i32eqz).mem(W.i32store8, State.pf)
      else code.mem(W.i32store, State[name])
    }
  }
  /** Takes registers and flags from memory; all else is unknown now. */
  reload(registers: number, flags: number): void {
    const { code } = this
    for (let bit = 0; bit < 32; bit++) {
      if (!(registers & (1 << bit))) continue
      code.i32(0)
      if (bit < 16) code.mem(W.i64load, gpr(bit))
      else code.simd(0, 0).u32(State.xmm + (bit - 16) * 16)
      code.set(this.register(bit))
    }
    for (const [index, name] of FLAGS.entries()) {
      if (!(flags & Flag[name])) continue
      code.i32(0)
      if (name === 'zf') code.mem(W.i64load, State.zf).op(W.i64eqz)
      else if (name === 'sf') code.mem(W.i64load, State.sf).i64(0n).op(W.i64lts)
      else if (name === 'pf') code.mem(W.i32load8u, State.pf).op(W.i32popcnt).i32(1).op(W.i32and, W.i32eqz)
      else code.mem(W.i32load, State[name])
      code.set(this.#flagLocal(index))
    }
    if (this.#fuel >= 0) code.i32(0).mem(W.i32load, State.fuel).set(this.#fuel)
    this.valid = registers
    this.dirty = 0
    this.validFlags = flags
  }
  /** Memory has everything now. */
  spill(): void {
    this.#store(this.dirty, this.validFlags)
    this.#storeFuel()
  }
  #storeFuel(): void {
    if (this.#fuel >= 0) this.code.i32(0).get(this.#fuel).mem(W.i32store, State.fuel)
  }

  // Ways out

  /** Pushes what tells the engine where the function was left; gives the way out for what its locals hold here. */
  #site(rip: number, goes: LandingGroup['goes']): number {
    const { dirty: registers, validFlags: flags } = this
    let exit = this.#exits.findIndex((each) => each.goes === goes && each.flags === flags && each.registers === registers)
    if (exit < 0) exit = this.#exits.push({ registers, flags, goes }) - 1
    this.code.i32(siteOf(this.#fn, exit, rip))
    return exit
  }
  /** The label of a way out; inside of them all is that of a call which has come back elsewhere, with PC set. */
  #labelOf(exit: number): number {
    return this.code.depth + 1 + exit
  }
  /** Pops a condition and what `#site` pushed. */
  #leaveIf(exit: number): void {
    this.code.unlikely().brIf(this.#labelOf(exit)).drop()
  }
  /** Leaves the function: the engine goes on at `rip`; with `force` the interpreter does at least that instruction. */
  exit(rip: number, force: boolean): void {
    const exit = this.#site(rip, force ? 'here' : 'on')
    this.code.br(this.#labelOf(exit))
  }

  /** The whole function: what was written, then the ways out. */
  finish(position: number): { readonly code: Code; readonly groups: readonly LandingGroup[] } {
    const whole = this.code
    const exits = this.#exits
    const { bytes, unlikely } = whole.take()
    whole.block()
    for (let i = 0; i < exits.length; i++) whole.block(I32)
    whole.block().append(bytes, unlikely).op(0x00).end().get(PC).return()
    for (const [i, { registers, flags }] of exits.entries()) {
      whole.end().set(PC)
      this.storeRegisters(registers)
      for (const [index, name] of FLAGS.entries())
        if (flags & Flag[name])
          whole
            .i32(0)
            .get(this.#flagLocal(index))
            .mem(W.i32store, Shadow.flags + index * 4)
      whole.br(exits.length - 1 - i)
    }
    whole.end()
    this.#storeFuel()
    whole.i32(0).get(PC).mem(W.i32store, State.site)
    whole.i32(0).globalGet(0).i32(position).op(W.i32add).mem(W.i32store, State.landing)
    whole.i32(0)
    return { code: whole, groups: exits.map(({ flags, goes }) => ({ flags, goes })) }
  }

  raise(_what: number): void {
    this.exit(this.insn.rip, true)
  }
  special(): void {
    throw new Error(`${this.insn.name}: the host's instructions are stepped over`)
  }
  specialAt(): void {
    this.special()
  }
  /** One instruction by the interpreter, through memory. */
  #step(): void {
    const { code } = this
    this.spill()
    code.i32(this.insn.rip).call(Call.step).op(W.i32eqz).unlikely().if().i32(0).return().end()
    this.reload(this.#liveAfter, this.#flagsAfter)
  }
  divideWide(divisor: number, signed: boolean): void {
    const { code } = this
    this.#store(5, 0)
    code
      .get(divisor)
      .i32(this.width)
      .i32(signed ? 1 : 0)
      .call(Call.divide)
    for (const bit of [0, 2]) {
      code.i32(0).mem(W.i64load, gpr(bit)).set(this.register(bit))
      this.#touch(bit)
    }
  }
  mulHigh(signed: boolean): void {
    this.code.i32(signed ? 1 : 0).call(Call.mulHigh)
  }
  repeat(element: () => void, stop?: Push): void {
    const { code } = this
    if (this.insn.repeat === 0) {
      element()
      return
    }
    code.block().loop()
    this.readGpr(RCX)
    code.op(W.i64eqz).brIf(1)
    element()
    this.readGpr(RCX)
    code.i64(1n).op(W.i64sub)
    this.writeGpr(RCX, this.keep())
    if (stop) {
      stop()
      code.brIf(1)
    }
    code.br(0).end().end()
  }

  // Control flow

  next(): void {
    this.code.i64(BigInt(this.insn.rip + this.insn.length))
  }
  fallThrough(): void {}
  branch(condition?: Push): void {
    condition?.()
    this.settleFlags(this.#flagsAfter)
    this.ended = { kind: 'branch', conditional: condition !== undefined }
  }
  jump(target: number): void {
    this.settleFlags(this.#flagsAfter)
    this.ended = { kind: 'jump', target }
  }
  /** Takes a unit of fuel for a branch or call by this instruction to its target; where it runs out the function is left there. */
  charge(): void {
    const { code } = this
    const exit = this.#site(this.insn.rip, 'target')
    if (this.#fuel >= 0) code.get(this.#fuel).i32(1).op(W.i32sub).tee(this.#fuel)
    else {
      const left = this.local(I32)
      code.i32(0).i32(0).mem(W.i32load, State.fuel).i32(1).op(W.i32sub).tee(left).mem(W.i32store, State.fuel).get(left)
    }
    code.i32(0).op(W.i32lts)
    this.#leaveIf(exit)
  }
  /** The same where memory is to have everything: the way out has nothing to store then. */
  #chargeStored(): void {
    this.#store(this.dirty, this.validFlags)
    this.dirty = 0
    this.validFlags = 0
    this.charge()
    this.#storeFuel()
  }
  enter(target?: number): void {
    const { code, insn } = this
    const back = insn.rip + insn.length
    // Status flags are not preserved across calls and returns (psABI 3.2.1).
    this.validFlags = 0
    if (target === undefined) {
      this.#chargeStored()
      this.#callDirect(insn.target)
    } else {
      this.spend()
      this.spill()
      this.#pushSlotOf(target)
      code.callIndirect(Signature.function, SLOT_TABLE)
    }
    // It has come back to the frame that it left: checks of the frame hold.
    const stack = this.register(RSP)
    const elsewhere = () => code.unlikely().brIf(code.depth)
    code.tee(PC).i32(back).op(W.i32ne)
    elsewhere()
    code.get(stack).i64(8n).op(W.i64add).tee(stack).i32(0).mem(W.i64load, gpr(RSP)).op(W.i64ne)
    elsewhere()
    this.reload(this.#liveAfter & ~(1 << RSP), this.#flagsAfter)
    this.valid |= this.#liveAfter & (1 << RSP)
  }
  /** Pushes the i64 local as pc, and its slot. */
  #pushSlotOf(target: number): void {
    const { code } = this
    code.get(target).op(W.i32wrap)
    const pc = this.local(I32)
    code.tee(pc)
    slotOf(code, { local: pc })
  }
  #callDirect(target: number): void {
    const { code } = this
    const index = this.#ports.inModule(target)
    code.i32(target)
    if (index !== undefined) code.call(index)
    else {
      slotOf(code, target)
      code.callIndirect(Signature.function, SLOT_TABLE)
    }
  }
  leave(target: number): void {
    this.validFlags = 0
    this.spend()
    this.spill()
    this.code.get(target).op(W.i32wrap).return()
    this.ended = { kind: 'jump', target: -1 }
  }
  /** A jump out of the function to the i64 local. */
  tailJump(target: number): void {
    this.spend()
    this.spill()
    this.#pushSlotOf(target)
    this.code.returnCallIndirect(Signature.function, SLOT_TABLE)
  }
  tailTo(target: number, charged: boolean): void {
    const { code } = this
    if (charged) this.#chargeStored()
    else this.spill()
    const index = this.#ports.inModule(target)
    code.i32(target)
    if (index !== undefined) code.returnCall(index)
    else {
      slotOf(code, target)
      code.returnCallIndirect(Signature.function, SLOT_TABLE)
    }
  }
}
