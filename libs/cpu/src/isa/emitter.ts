/**
 * What a row of the semantics needs to say what an instruction does: read and write operands, set and test flags, fault.
 * Rows do not know which engine they write for; `HandlerEmitter` and `FunctionEmitter` do.
 */
import type { Instruction } from '../decode/decoder.ts'
import { type Code, I32, I64, V128, W } from '../wasm/code.ts'
import { Special } from './special.ts'

/** Pushes one value when called; may be called later, more than once, or never. */
export type Push = () => void

/** What an instruction does to the status flags; one that is left out keeps its value. */
export interface FlagWrites {
  /** Pushes an i32 that is 0 or 1, or a constant. */
  readonly cf?: Push | 0 | 1
  readonly of?: Push | 0 | 1
  readonly af?: Push | 0 | 1
  /** Pushes an i64, zero-extended: ZF, SF and PF are as the hardware takes them from a result of the operand size. */
  readonly result?: Push
  /** Pushes an i64 that is 0 exactly when ZF is set; for instructions whose ZF comes from elsewhere. */
  readonly zf?: Push
  /** SF is cleared. */
  readonly sf?: 0
  /** Pushes an i32 whose low byte has even parity exactly when PF is set. */
  readonly pf?: Push
  /** The flags are those of `compare[0] - compare[1]`, pushed as zero-extended i64, with no borrow in. */
  readonly compare?: readonly [Push, Push]
}

/** An address as a base register and a displacement, as it was before the instruction. */
export interface Place {
  readonly base: number
  readonly displacement: number
}

export type StatusFlag = 'cf' | 'of' | 'af' | 'zf' | 'sf' | 'pf'

export const LOAD = { 1: W.i64load8u, 2: W.i64load16u, 4: W.i64load32u, 8: W.i64load } as Readonly<Record<number, number>>
export const STORE = { 1: W.i64store8, 2: W.i64store16, 4: W.i64store32, 8: W.i64store } as Readonly<Record<number, number>>
const SIGN = { 1: W.i64extend8s, 2: W.i64extend16s, 4: W.i64extend32s } as Readonly<Record<number, number>>

export abstract class Emitter {
  abstract readonly code: Code
  abstract readonly insn: Instruction
  /** i32 local with the prepared address of the memory operand. */
  address = -1

  /** A local of a value type, for this instruction; its value is unspecified until set. */
  abstract local(type: number): number
  /** Pushes the effective address (i64) of the memory operand; `beyond` pushes what is added to its offset. */
  abstract effectiveAddress(beyond?: Push): void
  /**
   * The i64 address in `local` is checked for `size` bytes; an access that is not allowed ends the instruction with its fault.
   * `place` says the same address in other words ('operand': the memory operand's), if there are any.
   */
  abstract check(local: number, size: number, write: boolean, place?: Place | 'operand'): void
  /** The next access is known to be allowed and needs no `check`; true goes on to the one behind it. */
  covered(): boolean {
    return false
  }
  /** Pushes operand `n`, zero-extended to i64 (immediates sign-extended, then cut to the operation's width). */
  abstract read(n: number, width?: number): void
  /** Stores an i64 local to operand `n`; a 32-bit register write clears the upper half. */
  abstract write(n: number, value: number, width?: number): void
  /** Pushes operand `n` as v128; a memory operand of 4 or 8 bytes with zeros above it. */
  abstract readV(n: number): void
  abstract writeV(n: number, value: number): void
  abstract readGpr(index: number, width?: number): void
  abstract writeGpr(index: number, value: number, width?: number): void
  /** The value of immediate operand `n` where it is part of what is written; undefined where it is only known at run time. */
  abstract constant(n: number): number | undefined
  abstract setFlags(flags: FlagWrites): void
  /** Pushes a flag as i32, 0 or 1. */
  abstract flag(flag: StatusFlag): void
  /** DF: pushes 1 or -1 as i64. */
  abstract direction(): void
  abstract setDirection(down: 0 | 1): void
  /** Ends the instruction with a fault (`Special`) from within a condition. */
  abstract raise(what: number): void
  /** Hands the whole instruction to the host (`Special`). */
  abstract special(what: number): void
  /** As `special`, with the memory operand's address, unchecked, in `State.operand`. */
  abstract specialAt(what: number): void
  /** 128-bit rdx:rax by the i64 local `divisor`; pushes 0 for #DE. */
  abstract divideWide(divisor: number, signed: boolean): void
  /** Pops two i64, pushes the high half of their product. */
  abstract mulHigh(signed: boolean): void
  /** One visit per element while rcx is not 0, if the instruction is repeated; `stop` pushes an i32 that ends it after an element. */
  abstract repeat(element: () => void, stop?: Push): void
  /** Pushes the address behind this instruction, i64. */
  abstract next(): void
  abstract fallThrough(): void
  /** The direct branch of jmp, jcc, loop and kin; `condition` pushes an i32. */
  abstract branch(condition?: Push): void
  /** Goes to the i64 local: an indirect jmp. */
  abstract jump(target: number): void
  /** The return address is on the guest's stack: goes to the direct target or the i64 local. */
  abstract enter(target?: number): void
  /** The return address is popped: goes to it. */
  abstract leave(target: number): void

  get width(): number {
    return this.insn.width
  }
  get bits(): bigint {
    return BigInt(this.width * 8)
  }
  mask(width = this.width): bigint {
    return (1n << BigInt(width * 8)) - 1n
  }
  /** Cuts the i64 on the stack to `width` bytes. */
  cut(width = this.width): void {
    if (width === 4) this.code.cut32()
    else if (width < 8) this.code.i64(this.mask(width)).op(W.i64and)
  }
  /** A local with the value cut to the operand size. */
  masked(local: number): number {
    if (this.width === 8) return local
    this.code.get(local)
    this.cut()
    return this.keep()
  }
  /** Sign-extends the i64 on the stack from `width` bytes. */
  signExtend(width = this.width): void {
    const op = SIGN[width]
    if (op !== undefined) this.code.op(op)
  }

  /**
   * Computes and checks the memory operand's address once; later reads and writes use it. Nothing for other operands.
   * `aligned`: an address that is no multiple of 16 is #GP, whatever lies there.
   */
  prepare(write: boolean, width = this.insn.operands.find((each) => each.kind === 'm')?.width ?? 0, aligned = false): void {
    if (!this.insn.operands.some((each) => each.kind === 'm')) return
    const wide = this.local(I64)
    this.address = this.local(I32)
    this.effectiveAddress()
    this.code.set(wide)
    if (aligned) {
      this.code.get(wide).op(W.i32wrap).i32(15).op(W.i32and).if()
      this.raise(Special.privileged)
      this.code.end()
    }
    this.check(wide, width, write, 'operand')
    this.code.get(wide).op(W.i32wrap).set(this.address)
  }
  /** Pushes the prepared address, to which the caller adds what is returned as the constant offset of its access. */
  pushAddress(): number {
    this.code.get(this.address)
    return 0
  }
  /** A branch to an i64 local that is no canonical address is #GP at the branch. */
  requireCanonical(target: number): void {
    const { code } = this
    code.get(target).i64(32n).op(W.i64shru, W.i32wrap).if()
    code
      .get(target)
      .i64(1n << 47n)
      .op(W.i64add)
      .i64(48n)
      .op(W.i64shru, W.i32wrap)
      .if()
    this.raise(Special.privileged)
    code.end().end()
  }
  /** False where none of the flags in `mask` (bits as in `Flag`) is read before it is written anew. */
  wants(_mask: number): boolean {
    return true
  }
  /** Operand `n` as it is now, for pushing it any time in this instruction or where its flags are read. */
  value(n: number): Push {
    const local = this.operand(n)
    return () => this.code.get(local)
  }
  /** A local with a general register as it is now; not to be read behind a change of the register. */
  gpr(index: number): number {
    this.readGpr(index)
    return this.keep()
  }
  /** Stores what `push` pushes to a general register. */
  assignGpr(index: number, push: Push): void {
    push()
    this.writeGpr(index, this.keep())
  }
  /** Stores what `push` pushes to operand `n`. */
  assign(n: number, push: Push): void {
    push()
    this.write(n, this.keep())
  }
  /** As `assign`, and gives the stored value, cut to the operand size, for flags to read. */
  assignResult(n: number, push: Push): Push {
    push()
    const result = this.masked(this.keep())
    this.write(n, result)
    return () => this.code.get(result)
  }
  assignV(n: number, push: Push): void {
    push()
    this.writeV(n, this.keepV())
  }
  /** A local with operand `n`. */
  operand(n: number, width?: number): number {
    this.read(n, width)
    return this.keep()
  }
  /** Pops an i64 into a new local. */
  keep(): number {
    const local = this.local(I64)
    this.code.set(local)
    return local
  }
  keep32(): number {
    const local = this.local(I32)
    this.code.set(local)
    return local
  }
  keepV(): number {
    const local = this.local(V128)
    this.code.set(local)
    return local
  }
  /** Pushes a v128 of zeros. */
  zeroV(): void {
    this.code.i32(0).simd(17)
  }
  /** The address is an i64 local that was checked. */
  load(address: number, width: number): void {
    this.code.get(address).op(W.i32wrap).mem(LOAD[width])
  }
  store(address: number, value: number, width: number): void {
    this.code.get(address).op(W.i32wrap).get(value).mem(STORE[width])
  }

  /** Pushes condition `cc` (SDM vol. 1, appendix B) as i32. */
  condition(cc: number): void {
    const { code } = this
    switch (cc >> 1) {
      case 0:
        this.flag('of')
        break
      case 1:
        this.flag('cf')
        break
      case 2:
        this.flag('zf')
        break
      case 3:
        this.flag('cf')
        this.flag('zf')
        code.op(W.i32or)
        break
      case 4:
        this.flag('sf')
        break
      case 5:
        this.flag('pf')
        break
      case 6:
      case 7:
        this.flag('sf')
        this.flag('of')
        code.op(W.i32xor)
        if (cc >> 1 === 7) {
          this.flag('zf')
          code.op(W.i32or)
        }
    }
    if (cc & 1) code.op(W.i32eqz)
  }
}
