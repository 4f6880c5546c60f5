/** The registers of the running context as host values: a window on the state block. */
import type { GuestMemory } from '../memory/guest-memory.ts'
import { Flag } from '../translate/effects.ts'
import type { LandingGroup } from '../translate/landing.ts'
import type { CpuState } from './cpu.ts'
import { gpr, Shadow, State } from './state-block.ts'

/** RFLAGS bit 1 is always set; IF (bit 9) reads as set in user mode. */
const FIXED = 0x202

export class LiveState implements CpuState {
  readonly #memory: GuestMemory
  constructor(memory: GuestMemory) {
    this.#memory = memory
  }
  get(index: number): bigint {
    return this.#memory.getU64(gpr(index))
  }
  set(index: number, value: bigint): void {
    this.#memory.setU64(gpr(index), BigInt.asUintN(64, value))
  }
  low(index: number): number {
    return this.#memory.getU32(gpr(index))
  }
  high(index: number): number {
    return this.#memory.getU32(gpr(index) + 4)
  }
  setNumber(index: number, value: number): void {
    this.#memory.setSize(gpr(index), value)
  }
  get rip(): bigint {
    return this.#memory.getU64(State.rip)
  }
  set rip(value: bigint) {
    this.#memory.setU64(State.rip, BigInt.asUintN(64, value))
  }
  get fsBase(): bigint {
    return this.#memory.getU64(State.fsBase)
  }
  set fsBase(value: bigint) {
    this.#memory.setU64(State.fsBase, value)
  }
  get gsBase(): bigint {
    return this.#memory.getU64(State.gsBase)
  }
  set gsBase(value: bigint) {
    this.#memory.setU64(State.gsBase, value)
  }
  get rflags(): number {
    const memory = this.#memory
    let parity = memory.getU8(State.pf)
    parity ^= parity >> 4
    parity ^= parity >> 2
    parity ^= parity >> 1
    return (
      FIXED |
      memory.getU32(State.cf) |
      ((~parity & 1) << 2) |
      (memory.getU32(State.af) << 4) |
      (memory.getU64(State.zf) === 0n ? 0x40 : 0) |
      (memory.getU32(State.sf + 4) >>> 31 ? 0x80 : 0) |
      (memory.getU32(State.df) << 10) |
      (memory.getU32(State.of) << 11)
    )
  }
  set rflags(value: number) {
    const memory = this.#memory
    memory.setU32(State.cf, value & 1)
    memory.setU8(State.pf, value & 4 ? 0 : 1)
    memory.setU32(State.af, (value >> 4) & 1)
    memory.setU64(State.zf, value & 0x40 ? 0n : 1n)
    memory.setU64(State.sf, value & 0x80 ? 1n << 63n : 0n)
    memory.setU32(State.df, (value >> 10) & 1)
    memory.setU32(State.of, (value >> 11) & 1)
  }
  /** Takes the flags that a translation's locals held from the shadow block. */
  land({ flags }: LandingGroup): void {
    const memory = this.#memory
    const value = (index: number) => memory.getU32(Shadow.flags + index * 4)
    if (flags & Flag.cf) memory.setU32(State.cf, value(0))
    if (flags & Flag.of) memory.setU32(State.of, value(1))
    if (flags & Flag.af) memory.setU32(State.af, value(2))
    if (flags & Flag.zf) memory.setU64(State.zf, value(3) ? 0n : 1n)
    if (flags & Flag.sf) memory.setU64(State.sf, value(4) ? 1n << 63n : 0n)
    if (flags & Flag.pf) memory.setU8(State.pf, value(5) ? 0 : 1)
  }
  get mxcsr(): number {
    return this.#memory.getU32(State.mxcsr)
  }
  set mxcsr(value: number) {
    this.#memory.setU32(State.mxcsr, value)
  }
  get x87Control(): number {
    return this.#memory.getU16(State.x87Control)
  }
  /** Bit 6 reads as set, the upper reserved ones as clear. */
  set x87Control(value: number) {
    this.#memory.setU16(State.x87Control, (value & 0x1f7f) | 0x40)
    this.x87Status = this.x87Status
  }
  get x87Status(): number {
    return this.#memory.getU16(State.x87Status) | (this.#memory.getU8(State.x87Top) << 11)
  }
  /** ES and B say whether an exception that is not masked waits. */
  set x87Status(value: number) {
    const pending = value & ~this.x87Control & 0x3f ? 0x8080 : 0
    this.#memory.setU16(State.x87Status, (value & 0x477f) | pending)
  }
  xmm(index: number): Uint8Array {
    return this.#memory.bytes(State.xmm + index * 16, 16)
  }
  xmmF64(index: number): number {
    return this.#memory.getF64(State.xmm + index * 16)
  }
  setXmmF64(index: number, value: number): void {
    this.#memory.setF64(State.xmm + index * 16, value)
  }
  pushSt(bytes80: Uint8Array): void {
    const { x87, x87Top, x87Tags } = State
    const memory = this.#memory
    memory.u8.copyWithin(x87 + 16, x87, x87 + 112)
    memory.bytes(x87, 10).set(bytes80)
    memory.setU8(x87Top, (memory.getU8(x87Top) - 1) & 7)
    memory.setU8(x87Tags, ((memory.getU8(x87Tags) << 1) | 1) & 0xff)
  }
  popSt(): Uint8Array {
    const { x87, x87Top, x87Tags } = State
    const memory = this.#memory
    const top = memory.bytes(x87, 10).slice()
    memory.u8.copyWithin(x87, x87 + 16, x87 + 128)
    memory.bytes(x87 + 112, 10).set(top)
    memory.setU8(x87Top, (memory.getU8(x87Top) + 1) & 7)
    memory.setU8(x87Tags, memory.getU8(x87Tags) >> 1)
    return top
  }
}
