/** The x87 register stack, control and status word in the state block (SDM vol. 1, chapter 8). */
import type { GuestMemory } from '../memory/guest-memory.ts'
import * as real from './extended.ts'
import type { LiveState } from './live-state.ts'
import { State } from './state-block.ts'

const { EXTENDED } = real
/** Bits of the status word. */
export const Status = {
  invalid: 1,
  denormal: 2,
  zeroDivide: 4,
  stackFault: 0x41,
  c0: 0x100,
  c1: 0x200,
  c2: 0x400,
  c3: 0x4000,
  pending: 0x8080,
} as const
const EXCEPTIONS = 0x3f
/** Exceptions that keep an instruction from doing anything when they are not masked. */
const BEFORE = Status.invalid | Status.denormal | Status.zeroDivide

/** A register's or memory operand's value, and the exceptions that reading it for arithmetic raises. */
export interface Source {
  readonly value: real.Real
  readonly raised: number
}
export const EMPTY: Source = { value: real.INDEFINITE, raised: Status.stackFault }

export class X87Stack {
  readonly memory: GuestMemory
  readonly #state: LiveState
  constructor(memory: GuestMemory, state: LiveState) {
    this.memory = memory
    this.#state = state
  }

  get control(): number {
    return this.memory.getU16(State.x87Control)
  }
  /** Bit 6 reads as set, the upper reserved ones as clear. */
  set control(value: number) {
    this.memory.setU16(State.x87Control, (value & 0x1f7f) | 0x40)
    this.#summarize()
  }
  /** With TOP. */
  get status(): number {
    return this.memory.getU16(State.x87Status) | (this.top << 11)
  }
  set status(value: number) {
    this.memory.setU16(State.x87Status, value & ~0x3800)
  }
  get top(): number {
    return this.memory.getU8(State.x87Top)
  }
  get tags(): number {
    return this.memory.getU8(State.x87Tags)
  }
  set tags(value: number) {
    this.memory.setU8(State.x87Tags, value)
  }
  get mode(): number {
    return (this.control >> 10) & 3
  }
  get precision(): number {
    return [24, 64, 53, 64][(this.control >> 8) & 3]
  }

  /** An unmasked exception waits for the next instruction. */
  get isPending(): boolean {
    return (this.status & ~this.control & EXCEPTIONS) !== 0
  }
  /** ES and B say whether one does. */
  #summarize(): void {
    this.status = this.isPending ? this.status | Status.pending : this.status & ~Status.pending
  }
  /** A stack fault where one is, for instructions that leave C1 alone otherwise. */
  complain(faulty: boolean): boolean {
    return !faulty || this.raise(Status.stackFault)
  }
  clearExceptions(): void {
    this.status &= 0x7f00
  }
  /** Sets exception bits, and C1 as given. true = the instruction goes on and writes its result. */
  raise(raised: number, c1 = false): boolean {
    this.status = (this.status & ~Status.c1) | raised | (c1 ? Status.c1 : 0)
    this.#summarize()
    return (raised & ~this.control & BEFORE) === 0
  }
  conditions(bits: number): void {
    this.status = (this.status & ~(Status.c0 | Status.c2 | Status.c3)) | bits
  }

  holds(i: number): boolean {
    return ((this.tags >> i) & 1) === 1
  }
  /** The ten bytes of st(i), held or not. */
  image(i: number): Uint8Array {
    return this.memory.bytes(State.x87 + i * 16, 10).slice()
  }
  source(i: number): Source {
    return this.holds(i) ? extendedAt(this.memory, State.x87 + i * 16) : EMPTY
  }
  set(i: number, value: real.Real): void {
    this.setImage(i, image(value))
  }
  setImage(i: number, bytes: Uint8Array): void {
    this.memory.bytes(State.x87 + i * 16, 10).set(bytes)
    this.tags |= 1 << i
  }
  /** Pushes what `bytes` holds; a full stack gives the indefinite. `raised` counts only where there is room. */
  push(bytes: Uint8Array, raised = 0): void {
    const full = this.holds(7) && raised !== Status.stackFault
    if (this.raise(full ? Status.stackFault : raised, full)) this.#state.pushSt(full ? image(real.INDEFINITE) : bytes)
  }
  pop(): void {
    this.#state.popSt()
  }
  /** st(i) becomes what st(i + by) was, in a ring, and TOP follows; fninit and kin keep the registers and move TOP alone. */
  turn(by: number): void {
    const old = this.memory.bytes(State.x87, 128).slice()
    for (let i = 0; i < 8; i++) this.memory.bytes(State.x87 + i * 16, 16).set(old.subarray(((i + by) & 7) * 16, ((i + by) & 7) * 16 + 16))
    this.tags = ((this.tags | (this.tags << 8)) >> (by & 7)) & 0xff
    this.memory.setU8(State.x87Top, (this.top + by) & 7)
  }
}

/** Reads 80 bits; encodings that are no numbers are invalid. */
export function extendedAt(memory: GuestMemory, at: number): Source {
  const [sig, high] = [memory.getU64(at), memory.getU16(at + 8)]
  const exponent = high & 0x7fff
  if (exponent !== 0 && sig >> 63n === 0n) return { value: real.INDEFINITE, raised: Status.invalid }
  return { value: real.decodeReal(high >> 15 === 1, exponent, sig, EXTENDED), raised: exponent === 0 && sig !== 0n ? Status.denormal : 0 }
}

/** The ten bytes of a value that fits the format. */
export function image(value: real.Real): Uint8Array {
  const { exponent, sig } = real.encode(value, EXTENDED)
  const bytes = new Uint8Array(10)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, sig, true)
  view.setUint16(8, Number(exponent) | (value.negative ? 0x8000 : 0), true)
  return bytes
}
