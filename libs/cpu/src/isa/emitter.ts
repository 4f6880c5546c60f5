/**
 * What a row of the semantics needs to say what an instruction does: read and write operands, set and test flags, fault.
 * This one writes interpreter handlers: operands come from the op record that `p` points at.
 */
import type { Instruction } from '../decode/decoder.ts'
import { PERMISSION_TABLE, Perm } from '../memory/guest-memory.ts'
import { ENTRY_CACHE, ENTRY_SLOTS, Op } from '../run/op-record.ts'
import { State } from '../run/state-block.ts'
import { Code, I32, I64, V128, W } from '../wasm/code.ts'

/** Function indices that every handler module imports. */
export const Import = { access: 0, divide: 1, mulHigh: 2, special: 3 } as const

const P = 0
const SELECT = 0x1b
const LOAD = { 1: W.i64load8u, 2: W.i64load16u, 4: W.i64load32u, 8: W.i64load } as Readonly<Record<number, number>>
const STORE = { 1: W.i64store8, 2: W.i64store16, 4: W.i64store32, 8: W.i64store } as Readonly<Record<number, number>>
const REGISTER_FIELD = [Op.a, Op.b, Op.c]

export class Emitter {
  readonly code = new Code(1)
  readonly insn: Instruction
  #address = -1

  constructor(insn: Instruction) {
    this.insn = insn
  }

  get width(): number {
    return this.insn.width
  }
  get bits(): bigint {
    return BigInt(this.width * 8)
  }
  mask(width = this.width): bigint {
    return (1n << BigInt(width * 8)) - 1n
  }

  /** Pushes the effective address (i64) of the memory operand. */
  effectiveAddress(): void {
    const memory = this.insn.operands.find((each) => each.kind === 'm')
    if (memory?.kind !== 'm') throw new Error(`${this.insn.name} has no memory operand`)
    const { code } = this
    code.get(P).mem(W.i32load16u, Op.base).mem(W.i64load)
    code.get(P).mem(W.i32load16u, Op.index).mem(W.i64load)
    code.get(P).mem(W.i64load8u, Op.scale).op(W.i64shl, W.i64add)
    code.get(P).mem(W.i64load, Op.displacement).op(W.i64add)
    if (memory.short) code.i64(0xffff_ffffn).op(W.i64and)
    if (memory.segment !== 'none' && this.insn.name !== 'lea') {
      code
        .i32(memory.segment === 'fs' ? State.fsBase : State.gsBase)
        .mem(W.i64load)
        .op(W.i64add)
    }
  }

  /**
   * The i64 address in `local` is checked for `size` bytes; leaves the handler with a fault if it may not be accessed.
   * One load decides the common case; page edges, holes and addresses above 4 GiB go to the host.
   */
  check(local: number, size: number, write: boolean): void {
    const { code } = this
    code.get(local).i64(32n).op(W.i64shru, W.i32wrap)
    code.get(local).op(W.i32wrap).i32(12).op(W.i32shru).mem(W.i32load8u, PERMISSION_TABLE)
    code
      .i32(write ? Perm.fastWrite : Perm.fastRead)
      .op(W.i32and, W.i32eqz, W.i32or)
      .if()
    code.get(local).op(W.i32wrap).get(local).i64(32n).op(W.i64shru, W.i32wrap)
    code
      .i32(size)
      .i32(write ? 1 : 0)
      .call(Import.access)
      .op(W.i32eqz)
      .if()
    this.leave()
    code.end().end()
  }

  /** Ends the handler; rip is at this instruction again. */
  leave(): void {
    this.code.i32(State.rip).get(P).mem(W.i64load32u, Op.rip).mem(W.i64store).i32(0).return()
  }

  /** Computes and checks the memory operand's address once; later reads and writes use it. Nothing for other operands. */
  prepare(write: boolean, width = this.insn.operands.find((each) => each.kind === 'm')?.width ?? 0): void {
    if (!this.insn.operands.some((each) => each.kind === 'm')) return
    const wide = this.code.local(I64)
    this.#address = this.code.local(I32)
    this.effectiveAddress()
    this.code.set(wide)
    this.check(wide, width, write)
    this.code.get(wide).op(W.i32wrap).set(this.#address)
  }

  /** Pushes operand `n`, zero-extended to i64 (immediates sign-extended, then cut to the operand's width). */
  read(n: number, width = this.insn.operands[n].width): void {
    const operand = this.insn.operands[n]
    const { code } = this
    if (operand.kind === 'r' || operand.kind === 'x') code.get(P).mem(W.i32load16u, REGISTER_FIELD[n]).mem(LOAD[width])
    else if (operand.kind === 'm') code.get(this.#address).mem(LOAD[width])
    else {
      code.get(P).mem(W.i64load, Op.immediate)
      if (this.width < 8) code.i64(this.mask()).op(W.i64and)
    }
  }

  /** Stores an i64 local to operand `n`; a 32-bit register write clears the upper half. */
  write(n: number, value: number, width = this.insn.operands[n].width): void {
    const operand = this.insn.operands[n]
    const { code } = this
    if (operand.kind === 'r') {
      code.get(P).mem(W.i32load16u, REGISTER_FIELD[n]).get(value)
      if (width === 4) code.i64(0xffff_ffffn).op(W.i64and).mem(W.i64store)
      else code.mem(STORE[width])
    } else code.get(this.#address).get(value).mem(STORE[width])
  }

  /** A local with operand `n`. */
  operand(n: number, width?: number): number {
    this.read(n, width)
    return this.keep()
  }
  /** i32 local with the prepared address. */
  get address(): number {
    return this.#address
  }
  /** Pushes operand `n` as v128; a memory operand of 4 or 8 bytes with zeros above it. */
  readV(n: number): void {
    const operand = this.insn.operands[n]
    if (operand.kind === 'm') {
      this.code.get(this.#address).simd(operand.width === 16 ? 0 : operand.width === 8 ? 93 : 92, 0, 0)
    } else this.code.get(P).mem(W.i32load16u, REGISTER_FIELD[n]).simd(0, 0, 0)
  }
  writeV(n: number, value: number): void {
    const { code } = this
    if (this.insn.operands[n].kind === 'm') code.get(this.#address)
    else code.get(P).mem(W.i32load16u, REGISTER_FIELD[n])
    code.get(value).simd(11, 0, 0)
  }
  keepV(): number {
    const local = this.code.local(V128)
    this.code.set(local)
    return local
  }
  /** Pops an i64 into a new local. */
  keep(): number {
    const local = this.code.local(I64)
    this.code.set(local)
    return local
  }
  keep32(): number {
    const local = this.code.local(I32)
    this.code.set(local)
    return local
  }

  readGpr(index: number, width = 8): void {
    this.code.i32(State.gpr + index * 8).mem(LOAD[width])
  }
  writeGpr(index: number, value: number, width = 8): void {
    const { code } = this
    code.i32(State.gpr + index * 8).get(value)
    if (width === 4) code.i64(0xffff_ffffn).op(W.i64and).mem(W.i64store)
    else code.mem(STORE[width])
  }
  load(address: number, width: number): void {
    this.code.get(address).op(W.i32wrap).mem(LOAD[width])
  }
  store(address: number, value: number, width: number): void {
    this.code.get(address).op(W.i32wrap).get(value).mem(STORE[width])
  }

  /** Sign-extends the i64 on the stack from `width` bytes. */
  signExtend(width = this.width): void {
    const op = { 1: W.i64extend8s, 2: W.i64extend16s, 4: W.i64extend32s }[width]
    if (op !== undefined) this.code.op(op)
  }

  /** ZF, SF and PF from a result. */
  setResultFlags(result: number): void {
    const { code } = this
    code.get(result)
    if (this.width < 8) code.i64(64n - this.bits).op(W.i64shl)
    const shifted = this.keep()
    code.i32(State.zf).get(shifted).mem(W.i64store)
    code.i32(State.sf).get(shifted).mem(W.i64store)
    code.i32(State.pf).get(result).mem(W.i64store8)
  }
  /** Pops an i32 that is 0 or 1 into a flag. */
  setFlag(flag: 'cf' | 'of' | 'af' | 'df'): void {
    const local = this.keep32()
    this.code.i32(State[flag]).get(local).mem(W.i32store)
  }
  /** The flags of a float comparison: ZF and PF are set where unordered; ZF also where nothing differs (i64 0). SF is cleared. */
  setFlags(from: { readonly zf: number; readonly parity: number }): void {
    const { code } = this
    code.i32(State.zf).get(from.zf).mem(W.i64store)
    code.i32(State.sf).i64(0n).mem(W.i64store)
    code.i32(State.pf).get(from.parity).op(W.i32eqz).mem(W.i32store8)
  }
  clearFlags(...flags: ('cf' | 'of' | 'af' | 'df')[]): void {
    for (const flag of flags) this.code.i32(State[flag]).i32(0).mem(W.i32store)
  }
  flag(flag: 'cf' | 'of' | 'af' | 'df'): void {
    this.code.i32(State[flag]).mem(W.i32load)
  }

  /** Pushes condition `cc` (SDM vol. 1, appendix B) as i32. */
  condition(cc: number): void {
    const { code } = this
    const zf = () => code.i32(State.zf).mem(W.i64load).op(W.i64eqz)
    const sf = () => code.i32(State.sf).mem(W.i64load).i64(0n).op(W.i64lts)
    switch (cc >> 1) {
      case 0:
        this.flag('of')
        break
      case 1:
        this.flag('cf')
        break
      case 2:
        zf()
        break
      case 3:
        this.flag('cf')
        zf()
        code.op(W.i32or)
        break
      case 4:
        sf()
        break
      case 5:
        code.i32(State.pf).mem(W.i32load8u).op(W.i32popcnt).i32(1).op(W.i32and, W.i32eqz)
        break
      case 6:
      case 7:
        sf()
        this.flag('of')
        code.op(W.i32xor)
        if (cc >> 1 === 7) {
          zf()
          code.op(W.i32or)
        }
    }
    if (cc & 1) code.op(W.i32eqz)
  }

  /** Ends the handler: the next record in line. */
  fallThrough(): void {
    this.code.get(P).i32(Op.size).op(W.i32add)
  }
  /** Goes to the record of the known branch target; an unlinked one (0) asks the host. `charged`: a back edge or a call costs fuel. */
  branch(charged: boolean): void {
    const { code } = this
    if (charged) {
      this.charge()
      code.i32(State.fuel).mem(W.i32load).i32(0).op(W.i32lts).if()
      this.#goTo()
      code.i32(0).return().end()
    }
    code.get(P).mem(W.i32load, Op.link).op(W.i32eqz).if()
    this.#goTo()
    code.end()
    code.get(P).mem(W.i32load, Op.link)
  }
  #goTo(): void {
    const { code } = this
    code.i32(State.rip).get(P).mem(W.i64load32u, Op.target).mem(W.i64store)
    code.i32(State.from).get(P).mem(W.i32store)
  }
  /** Takes one unit of fuel. */
  charge(): void {
    this.code.i32(State.fuel).i32(State.fuel).mem(W.i32load).i32(1).op(W.i32sub).mem(W.i32store)
  }
  /** Ends the handler with rip = the i64 local, for one unit of fuel; the entry cache usually knows the record. */
  jump(target: number): void {
    const { code } = this
    this.charge()
    code.i32(State.rip).get(target).mem(W.i64store)
    const slot = code.local(I32)
    code
      .get(target)
      .op(W.i32wrap)
      .i32(ENTRY_SLOTS - 1)
      .op(W.i32and)
      .i32(3)
      .op(W.i32shl)
      .set(slot)
    code
      .get(slot)
      .mem(W.i32load, ENTRY_CACHE + 4)
      .i32(0)
    code.get(slot).mem(W.i64load32u, ENTRY_CACHE).get(target).op(W.i64eq)
    code.i32(State.fuel).mem(W.i32load).i32(0).op(W.i32ges, W.i32and, SELECT)
  }
  /** Pushes the address behind this instruction, i64. */
  next(): void {
    this.code.get(P).mem(W.i64load32u, Op.next)
  }
  /** As `special`, with the memory operand's address, unchecked, in `State.operand`. */
  specialAt(what: number): void {
    this.effectiveAddress()
    const address = this.keep()
    this.code.i32(State.operand).get(address).mem(W.i64store)
    this.special(what)
  }
  /** Hands the instruction to the host (`Special`): rip is this instruction's, and the run loop goes on from what the host sets. */
  special(what: number): void {
    const { code } = this
    code.i32(State.rip).get(P).mem(W.i64load32u, Op.rip).mem(W.i64store)
    code.i32(what).get(P).call(Import.special).i32(0)
  }
}
