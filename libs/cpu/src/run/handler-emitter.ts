/** Writes interpreter handlers: operands come from the op record that the parameter points at; each leaves the next record's address. */
import type { Instruction } from '../decode/decoder.ts'
import { Emitter, type FlagWrites, LOAD, type Push, STORE, type StatusFlag } from '../isa/emitter.ts'
import { Special } from '../isa/special.ts'
import { pushSlow } from '../memory/fast-check.ts'
import { type Body, Code, I32, W } from '../wasm/code.ts'
import { known } from './code-map.ts'
import { Op } from './op-record.ts'
import { Decoder } from './quick-decoder.ts'
import { gpr, State } from './state-block.ts'

/** Function indices that every handler module imports. */
export const Import = { access: 0, divide: 1, mulHigh: 2, special: 3 } as const

const P = 0
const RCX = 1
const RSP = 4
const REGISTER_FIELD = [Op.a, Op.b, Op.c]

export class HandlerEmitter extends Emitter {
  readonly code = new Code(1)
  readonly insn: Instruction
  readonly #counts: boolean

  /** `counts`: done instructions are counted in `State.instructions`, a repeated one once; those left to the host are the host's to count. */
  constructor(insn: Instruction, counts: boolean) {
    super()
    this.insn = insn
    this.#counts = counts && insn.name !== 'goto' && insn.name !== 'halt'
    this.#count(1n)
  }
  #count(by: bigint): void {
    if (this.#counts) this.code.i32(State.instructions).i32(State.instructions).mem(W.i64load).i64(by).op(W.i64add).mem(W.i64store)
  }

  /** The handler: what the row wrote, then the next record's handler takes its place; 0 in place of a record stops. */
  body(): Body {
    const { code } = this
    const next = code.local(I32)
    code.tee(next).op(W.i32eqz).unlikely().if().i32(0).return().end()
    code.get(next).get(next).mem(W.i32load16u, Op.handler).returnCallIndirect(0)
    return code.body()
  }

  local(type: number): number {
    return this.code.local(type)
  }
  effectiveAddress(beyond?: Push): void {
    const memory = this.insn.operands.find((each) => each.kind === 'm')
    if (memory?.kind !== 'm') throw new Error(`${this.insn.name} has no memory operand`)
    const { code } = this
    code.get(P).mem(W.i32load16u, Op.base).mem(W.i64load)
    code.get(P).mem(W.i32load16u, Op.index).mem(W.i64load)
    code.get(P).mem(W.i64load8u, Op.scale).op(W.i64shl, W.i64add)
    code.get(P).mem(W.i64load, Op.displacement).op(W.i64add)
    if (beyond) {
      beyond()
      code.op(W.i64add)
    }
    if (memory.short) this.cut(4)
    if (memory.segment !== 'none' && this.insn.name !== 'lea') {
      code
        .i32(memory.segment === 'fs' ? State.fsBase : State.gsBase)
        .mem(W.i64load)
        .op(W.i64add)
    }
  }

  /** One load decides the common case; page edges, holes and addresses above 4 GiB go to the host. */
  check(local: number, size: number, write: boolean): void {
    const { code } = this
    pushSlow(code, local, write)
    code.unlikely().if()
    code.get(local).op(W.i32wrap).get(local).i64(32n).op(W.i64shru, W.i32wrap)
    code
      .i32(size)
      .i32(write ? 1 : 0)
      .call(Import.access)
      .op(W.i32eqz)
      .if()
    this.#here()
    this.#count(-1n)
    code.i32(0).return().end().end()
  }
  /** rip is at this instruction again. */
  #here(): void {
    this.code.i32(State.rip).get(P).mem(W.i64load32u, Op.rip).mem(W.i64store)
  }

  read(n: number, width = this.insn.operands[n].width): void {
    const operand = this.insn.operands[n]
    const { code } = this
    if (operand.kind === 'r' || operand.kind === 'x') code.get(P).mem(W.i32load16u, REGISTER_FIELD[n]).mem(LOAD[width])
    else if (operand.kind === 'm') code.get(this.address).mem(LOAD[width])
    else {
      code.get(P).mem(W.i64load, Op.immediate)
      this.cut()
    }
  }
  write(n: number, value: number, width = this.insn.operands[n].width): void {
    const operand = this.insn.operands[n]
    const { code } = this
    if (operand.kind === 'r') {
      code.get(P).mem(W.i32load16u, REGISTER_FIELD[n]).get(value)
      this.#storeRegister(width)
    } else code.get(this.address).get(value).mem(STORE[width])
  }
  #storeRegister(width: number): void {
    if (width === 4) this.cut(4)
    this.code.mem(STORE[width === 4 ? 8 : width])
  }
  constant(): undefined {
    return undefined
  }
  readV(n: number): void {
    const operand = this.insn.operands[n]
    if (operand.kind === 'm') {
      this.code.get(this.address).simd(operand.width === 16 ? 0 : operand.width === 8 ? 93 : 92, 0, 0)
    } else this.code.get(P).mem(W.i32load16u, REGISTER_FIELD[n]).simd(0, 0, 0)
  }
  writeV(n: number, value: number): void {
    const { code } = this
    if (this.insn.operands[n].kind === 'm') code.get(this.address)
    else code.get(P).mem(W.i32load16u, REGISTER_FIELD[n])
    code.get(value).simd(11, 0, 0)
  }
  readGpr(index: number, width = 8): void {
    this.code.i32(State.gpr + index * 8).mem(LOAD[width])
  }
  writeGpr(index: number, value: number, width = 8): void {
    this.code.i32(State.gpr + index * 8).get(value)
    this.#storeRegister(width)
  }

  setFlags(flags: FlagWrites): void {
    const { code } = this
    for (const name of ['cf', 'of', 'af'] as const) {
      const value = flags[name]
      if (value === undefined) continue
      code.i32(State[name])
      if (typeof value === 'number') code.i32(value)
      else value()
      code.mem(W.i32store)
    }
    if (flags.result !== undefined) {
      flags.result()
      if (this.width < 8) code.i64(64n - this.bits).op(W.i64shl)
      const shifted = this.keep()
      code.i32(State.zf).get(shifted).mem(W.i64store)
      code.i32(State.sf).get(shifted).mem(W.i64store)
      code.i32(State.pf)
      flags.result()
      code.mem(W.i64store8)
    }
    if (flags.zf) {
      code.i32(State.zf)
      flags.zf()
      code.mem(W.i64store)
    }
    if (flags.sf === 0) code.i32(State.sf).i64(0n).mem(W.i64store)
    if (flags.pf) {
      code.i32(State.pf)
      flags.pf()
      code.mem(W.i32store8)
    }
  }
  flag(flag: StatusFlag): void {
    const { code } = this
    if (flag === 'zf') code.i32(State.zf).mem(W.i64load).op(W.i64eqz)
    else if (flag === 'sf') code.i32(State.sf).mem(W.i64load).i64(0n).op(W.i64lts)
    else if (flag === 'pf') code.i32(State.pf).mem(W.i32load8u).op(W.i32popcnt).i32(1).op(W.i32and, W.i32eqz)
    else code.i32(State[flag]).mem(W.i32load)
  }
  direction(): void {
    this.code.i64(1n).i64(-1n).i32(State.df).mem(W.i32load).op(W.i32eqz, W.select)
  }
  setDirection(down: 0 | 1): void {
    this.code.i32(State.df).i32(down).mem(W.i32store)
  }

  raise(what: number): void {
    this.special(what)
    this.code.return()
  }
  specialAt(what: number): void {
    this.effectiveAddress()
    const address = this.keep()
    this.code.i32(State.operand).get(address).mem(W.i64store)
    this.special(what)
  }
  special(what: number): void {
    this.#here()
    this.#count(-1n)
    this.code.i32(what).get(P).call(Import.special).i32(0)
  }
  divideWide(divisor: number, signed: boolean): void {
    this.code
      .get(divisor)
      .i32(this.width)
      .i32(signed ? 1 : 0)
      .call(Import.divide)
  }
  mulHigh(signed: boolean): void {
    this.code.i32(signed ? 1 : 0).call(Import.mulHigh)
  }

  /** A repeated instruction comes back to itself, so it can stop at any element. */
  repeat(element: () => void, stop?: Push): void {
    const { code } = this
    const repeated = this.insn.repeat !== 0
    if (repeated) {
      this.readGpr(RCX)
      code.op(W.i64eqz).if()
      this.fallThrough()
      code.return().end()
    }
    element()
    if (repeated) {
      this.readGpr(RCX)
      code.i64(1n).op(W.i64sub)
      this.writeGpr(RCX, this.keep())
    }
    this.fallThrough()
    if (repeated) {
      code.get(P)
      if (stop) stop()
      else code.i32(0)
      code.op(W.select)
      if (this.#counts) {
        const to = code.local(I32)
        code.tee(to).get(P).op(W.i32eq).if()
        this.#count(-1n)
        code.end().get(to)
      }
    }
  }

  fallThrough(): void {
    this.code.get(P).i32(Op.size).op(W.i32add)
  }
  branch(condition?: Push): void {
    const { code } = this
    const back = this.insn.name !== 'goto' && this.insn.target <= this.insn.rip
    if (condition === undefined) {
      this.#follow(back)
      return
    }
    condition()
    code.if(I32)
    this.#follow(back)
    code.else()
    this.fallThrough()
    code.end()
  }
  enter(target?: number): void {
    if (target === undefined) this.#follow(true)
    else this.jump(target)
  }
  leave(target: number): void {
    const { code } = this
    this.#depart(target)
    code.i32(0).mem(W.i64load, gpr(RSP)).i32(0).mem(W.i64load, State.floor).op(W.i64gtu)
    code.i32(0).mem(W.i32load, State.fuel).i32(0).op(W.i32ges, W.i32and).unlikely().if()
    code.i32(0).i32(1).mem(W.i32store, State.returned).i32(0).return().end()
    this.#arrive(target)
  }
  /** Goes to the record of the known branch target; an unlinked one (0) asks the host. `charged`: a back edge or a call costs fuel. */
  #follow(charged: boolean): void {
    const { code } = this
    if (charged) {
      this.#charge()
      code.i32(State.fuel).mem(W.i32load).i32(0).op(W.i32lts).unlikely().if()
      this.#goTo()
      code.i32(0).return().end()
    }
    const record = code.local(I32)
    code.get(P).mem(W.i32load, Op.link).tee(record).op(W.i32eqz).unlikely().if()
    this.#goTo()
    code.end()
    if (charged) this.#warm(record, () => this.#goTo())
    code.get(record)
  }
  /** Counts a visit of the record in the local; at the heat of a translation the host is told, with rip set by `goTo`. */
  #warm(record: number, goTo: () => void): void {
    const { code } = this
    const heat = code.local(I32)
    code.get(record).if()
    code.get(record).get(record).mem(W.i32load16u, Op.heat).i32(1).op(W.i32add).tee(heat).mem(W.i32store16, Op.heat)
    code.get(heat).i32(0).mem(W.i32load, State.heat).op(W.i32geu).unlikely().if()
    goTo()
    code.i32(0).i32(0).mem(W.i32store, State.from)
    code.i32(Special.promote).get(record).call(Import.special).i32(0).return()
    code.end().end()
  }
  #goTo(): void {
    const { code } = this
    code.i32(State.rip).get(P).mem(W.i64load32u, Op.target).mem(W.i64store)
    code.i32(State.from).get(P).mem(W.i32store)
  }
  #charge(): void {
    this.code.i32(State.fuel).i32(State.fuel).mem(W.i32load).i32(1).op(W.i32sub).mem(W.i32store)
  }
  jump(target: number): void {
    this.#depart(target)
    this.#arrive(target, true)
  }
  /** For one unit of fuel rip is the target. */
  #depart(target: number): void {
    this.#charge()
    this.code.i32(State.rip).get(target).mem(W.i64store)
  }
  /** Goes to the record of the target, if there is fuel and it has one. */
  #arrive(target: number, warms = false): void {
    const { code } = this
    const pc = code.local(I32)
    const record = code.local(I32)
    code.get(target).op(W.i32wrap).set(pc)
    known(code, pc)
    code.i32(0)
    code.get(target).i64(32n).op(W.i64shru, W.i64eqz)
    code.i32(0).mem(W.i32load, State.fuel).i32(0).op(W.i32ges, W.i32and, W.select).set(record)
    code.get(record).op(W.i32eqz).unlikely().if().i32(0).i32(Decoder.nowhere).mem(W.i32store, State.from).end()
    if (warms) this.#warm(record, () => {})
    code.get(record)
  }
  next(): void {
    this.code.get(P).mem(W.i64load32u, Op.next)
  }
}
