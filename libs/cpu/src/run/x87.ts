/** x87 instructions (SDM vol. 2) on the state block. Exceptions are recorded in the status word and never delivered; C1 is not kept. */
import type { GuestMemory } from '../memory/guest-memory.ts'
import * as real from './extended.ts'
import type { LiveState } from './live-state.ts'
import { State } from './state-block.ts'

const STACK_FAULT = 0x41
const ARITHMETIC = ['add', 'mul', 'com', 'comp', 'sub', 'subr', 'div', 'divr'] as const
/** Condition codes C0, C2, C3. */
const CONDITIONS = 0x4500

/** The guest address as a number if it may be accessed, else -1. */
type Reach = (size: number, write: boolean) => number

export class X87 {
  readonly #memory: GuestMemory
  readonly #state: LiveState
  constructor(memory: GuestMemory, state: LiveState) {
    this.#memory = memory
    this.#state = state
  }

  /** Executes one instruction: `opcode` 0 .. 7 for D8 .. DF. The memory operand is reached before anything changes. */
  execute(opcode: number, modrm: number, reach: Reach): 'done' | 'fault' | 'unsupported' {
    return modrm < 0xc0 ? this.#withMemory(opcode, (modrm >> 3) & 7, reach) : this.#withRegisters(opcode, modrm)
  }

  #withMemory(opcode: number, row: number, reach: Reach): 'done' | 'fault' | 'unsupported' {
    const memory = this.#memory
    if ((opcode & 1) === 0) {
      const at = reach([4, 4, 8, 2][opcode >> 1], false)
      if (at < 0) return 'fault'
      this.#arithmetic(row, this.#load([SINGLE, 4, DOUBLE, 2][opcode >> 1] as Source, at), 0)
      return 'done'
    }
    const place = MEMORY[opcode]?.[row]
    if (place === undefined) return 'unsupported'
    const [name, source] = place
    const size = source === SINGLE ? 4 : source === DOUBLE ? 8 : source === EXTENDED ? 10 : (source as number)
    const write = name !== 'load' && name !== 'ldcw'
    const at = reach(size, write)
    if (at < 0) return 'fault'
    switch (name) {
      case 'load':
        if (source === EXTENDED) this.#pushImage(memory.bytes(at, 10).slice())
        else this.#push(this.#load(source, at))
        break
      case 'ldcw':
        memory.setU16(State.x87Control, memory.getU16(at))
        break
      case 'stcw':
        memory.setU16(at, memory.getU16(State.x87Control))
        break
      case 'stsw':
        memory.setU16(at, this.#status())
        break
      default:
        this.#store(source, at, name === 'truncate' ? 3 : this.#mode)
        if (name !== 'store') this.#pop()
    }
    return 'done'
  }

  #withRegisters(opcode: number, modrm: number): 'done' | 'unsupported' {
    const row = (modrm >> 3) & 7
    const i = modrm & 7
    const memory = this.#memory
    if (opcode === 0) this.#arithmetic(row, this.#get(i), 0)
    else if ((opcode === 4 || opcode === 6) && row !== 2 && row !== 3) {
      this.#arithmetic(row, this.#get(i), i)
      if (opcode === 6) this.#pop()
    } else if (opcode === 1 && row === 0) this.#pushImage(this.#image(i))
    else if (opcode === 1 && row === 1) {
      const [a, b] = [this.#image(0), this.#image(i)]
      this.#setImage(0, b)
      this.#setImage(i, a)
    } else if (opcode === 1 && modrm >= 0xe0) return this.#unary(modrm)
    else if (opcode === 5 && (row === 2 || row === 3)) {
      this.#setImage(i, this.#image(0))
      if (row === 3) this.#pop()
    } else if (opcode === 5 && (row === 4 || row === 5)) {
      this.#conditions(this.#compare(this.#get(i), true))
      if (row === 5) this.#pop()
    } else if ((opcode === 2 && modrm === 0xe9) || (opcode === 6 && modrm === 0xd9)) {
      this.#conditions(this.#compare(this.#get(1), opcode === 2))
      this.#pop()
      this.#pop()
    } else if ((opcode === 3 || opcode === 7) && (row === 5 || row === 6)) {
      this.#flags(this.#compare(this.#get(i), row === 5))
      if (opcode === 7) this.#pop()
    } else if (opcode === 7 && modrm === 0xe0) memory.setU16(State.gpr, this.#status())
    else if (opcode === 3 && modrm === 0xe2) memory.setU16(State.x87Status, memory.getU16(State.x87Status) & 0x7f00)
    else if (opcode === 3 && modrm === 0xe3) {
      memory.setU16(State.x87Control, 0x37f)
      memory.setU32(State.x87Status, 0)
    } else return 'unsupported'
    return 'done'
  }

  /** fxam: the class of st(0) in C3, C2 and C0, its sign in C1. */
  #examine(): void {
    const memory = this.#memory
    const bytes = new DataView(memory.bytes(State.x87, 10).slice().buffer)
    const sig = bytes.getBigUint64(0, true)
    const exponent = bytes.getUint16(8, true) & 0x7fff
    let kind = 0x400
    if (!(memory.getU8(State.x87Tags) & 1)) kind = 0x4100
    else if (exponent === 0) kind = sig === 0n ? 0x4000 : 0x4400
    else if (sig >> 63n === 0n) kind = 0
    else if (exponent === 0x7fff) kind = sig === 1n << 63n ? 0x500 : 0x100
    const sign = bytes.getUint16(8, true) & 0x8000 ? 0x200 : 0
    memory.setU16(State.x87Status, (memory.getU16(State.x87Status) & ~0x4700) | kind | sign)
  }

  #unary(modrm: number): 'done' | 'unsupported' {
    if (modrm === 0xe5) {
      this.#examine()
      return 'done'
    }
    const a = modrm === 0xe8 || modrm === 0xee ? undefined : this.#get(0)
    if (modrm === 0xe8) this.#push(real.fromInteger(1n))
    else if (modrm === 0xee) this.#push(real.fromInteger(0n))
    else if (modrm === 0xe0) this.#set(0, { ...a!, negative: !a!.negative })
    else if (modrm === 0xe1) this.#set(0, { ...a!, negative: false })
    else if (modrm === 0xfc) {
      const whole = real.toInteger(a!, this.#mode)
      if (whole === undefined) this.#set(0, a!.kind === 'nan' ? real.quiet(a!) : a!)
      else this.#set(0, { ...real.fromInteger(whole), negative: a!.negative })
    } else return 'unsupported'
    return 'done'
  }

  /** Operands are always st(0) and `b`; the result goes to st(`to`). */
  #arithmetic(row: number, b: real.Real, to: number): void {
    const name = ARITHMETIC[row]
    if (name === 'com' || name === 'comp') {
      this.#conditions(this.#compare(b, false))
      if (name === 'comp') this.#pop()
      return
    }
    const a = this.#get(0)
    const reversed = name === 'subr' || name === 'divr'
    const op = reversed ? (name === 'subr' ? 'sub' : 'div') : name
    // An empty register and what is no number give the indefinite, whatever the other operand.
    if (a === real.INDEFINITE || b === real.INDEFINITE) {
      this.#raise(real.Raised.invalid)
      this.#set(to, real.INDEFINITE)
      return
    }
    const { value, raised } = real.calculate(op, reversed ? b : a, reversed ? a : b, this.#mode)
    const precision = [24, 53, 53, 64][(this.#memory.getU16(State.x87Control) >> 8) & 3]
    const rounded = real.round(value, { ...EXTENDED, precision }, this.#mode)
    this.#raise(raised | rounded.raised)
    this.#set(to, rounded.value)
  }

  get #mode(): number {
    return (this.#memory.getU16(State.x87Control) >> 10) & 3
  }
  #status(): number {
    return this.#memory.getU16(State.x87Status) | (this.#memory.getU8(State.x87Top) << 11)
  }
  #raise(bits: number): void {
    this.#memory.setU16(State.x87Status, this.#memory.getU16(State.x87Status) | bits)
  }

  #get(i: number): real.Real {
    const memory = this.#memory
    if ((memory.getU8(State.x87Tags) >> i) & 1) return this.#load(EXTENDED, State.x87 + i * 16)
    this.#raise(STACK_FAULT)
    return real.INDEFINITE
  }
  /** The ten bytes of st(i) as they are, numbers or not. */
  #image(i: number): Uint8Array {
    const held = (this.#memory.getU8(State.x87Tags) >> i) & 1
    return held ? this.#memory.bytes(State.x87 + i * 16, 10).slice() : image(this.#get(i))
  }
  #set(i: number, value: real.Real): void {
    this.#setImage(i, image(value))
  }
  #setImage(i: number, bytes: Uint8Array): void {
    this.#memory.bytes(State.x87 + i * 16, 10).set(bytes)
    this.#memory.setU8(State.x87Tags, this.#memory.getU8(State.x87Tags) | (1 << i))
  }
  #push(value: real.Real): void {
    this.#pushImage(image(value))
  }
  #pushImage(bytes: Uint8Array): void {
    const full = this.#memory.getU8(State.x87Tags) & 0x80
    if (full) this.#raise(STACK_FAULT)
    this.#state.pushSt(full ? image(real.INDEFINITE) : bytes)
  }
  #pop(): void {
    this.#state.popSt()
  }

  #load(source: Source, at: number): real.Real {
    const memory = this.#memory
    if (typeof source === 'number')
      return real.fromInteger(
        BigInt.asIntN(source * 8, source === 2 ? BigInt(memory.getU16(at)) : source === 4 ? BigInt(memory.getU32(at)) : memory.getU64(at)),
      )
    if (source === EXTENDED) {
      const [sig, top] = [memory.getU64(at), memory.getU16(at + 8)]
      // A clear integer bit under a non-zero exponent is no number.
      if ((top & 0x7fff) !== 0 && sig >> 63n === 0n) return real.INDEFINITE
      return real.decodeReal(top >> 15 === 1, top & 0x7fff, sig, EXTENDED)
    }
    const bits = source === SINGLE ? BigInt(memory.getU32(at)) : memory.getU64(at)
    const fraction = BigInt(source.fraction)
    const exponent = Number(bits >> fraction) & (2 * source.greatest + 1)
    const low = bits & ((1n << fraction) - 1n)
    const value = real.decodeReal(
      bits >> BigInt(source === SINGLE ? 31 : 63) === 1n,
      exponent,
      exponent === 0 ? low : low | (1n << fraction),
      source,
    )
    if (!real.isSignaling(value)) return value
    this.#raise(real.Raised.invalid)
    return real.quiet(value)
  }

  #store(source: Source, at: number, mode: number): void {
    const memory = this.#memory
    if (source === EXTENDED) {
      memory.bytes(at, 10).set(this.#image(0))
      return
    }
    const value = this.#get(0)
    if (typeof source === 'number') {
      const bits = source * 8
      const whole = real.toInteger(value, mode)
      const fits = whole !== undefined && BigInt.asIntN(bits, whole) === whole
      if (!fits) this.#raise(real.Raised.invalid)
      const out = BigInt.asUintN(bits, fits ? whole : 1n << BigInt(bits - 1))
      if (source === 8) memory.setU64(at, out)
      else if (source === 4) memory.setU32(at, Number(out))
      else memory.setU16(at, Number(out))
    } else {
      const rounded = real.round(real.isSignaling(value) ? real.quiet(value) : value, source, mode)
      this.#raise(rounded.raised)
      const { exponent, sig } = real.encode(rounded.value, source)
      const fraction = BigInt(source.fraction)
      const sign = rounded.value.negative ? 1n << BigInt(source === SINGLE ? 31 : 63) : 0n
      const bits = sign | (exponent << fraction) | (sig & ((1n << fraction) - 1n))
      if (source === SINGLE) memory.setU32(at, Number(bits))
      else memory.setU64(at, bits)
    }
  }

  #compare(b: real.Real, quietly: boolean): number | undefined {
    const a = this.#get(0)
    const order = real.compare(a, b)
    if (order === undefined && (!quietly || real.isSignaling(a) || real.isSignaling(b))) this.#raise(real.Raised.invalid)
    return order
  }
  #conditions(order: number | undefined): void {
    const bits = order === undefined ? CONDITIONS : order < 0 ? 0x100 : order === 0 ? 0x4000 : 0
    this.#memory.setU16(State.x87Status, (this.#memory.getU16(State.x87Status) & ~CONDITIONS) | bits)
  }
  /** ZF, PF, CF; OF, SF and AF are cleared. */
  #flags(order: number | undefined): void {
    const bits = order === undefined ? 0x45 : order < 0 ? 1 : order === 0 ? 0x40 : 0
    this.#state.rflags = (this.#state.rflags & ~0x8d5) | bits
  }
}

const { SINGLE, DOUBLE, EXTENDED } = real
/** A float format, or an integer's bytes. */
type Source = real.Format | number
type Action = 'load' | 'store' | 'pop' | 'truncate' | 'ldcw' | 'stcw' | 'stsw'
const integers = (size: number): Readonly<Record<number, readonly [Action, Source]>> => ({
  0: ['load', size],
  1: ['truncate', size],
  2: ['store', size],
  3: ['pop', size],
})
/** Memory forms of D9, DB, DD and DF by ModRM.reg. */
const MEMORY: Readonly<Record<number, Readonly<Record<number, readonly [Action, Source]>>>> = {
  1: { 0: ['load', SINGLE], 2: ['store', SINGLE], 3: ['pop', SINGLE], 5: ['ldcw', 2], 7: ['stcw', 2] },
  3: { ...integers(4), 5: ['load', EXTENDED], 7: ['pop', EXTENDED] },
  5: { 0: ['load', DOUBLE], 1: ['truncate', 8], 2: ['store', DOUBLE], 3: ['pop', DOUBLE], 7: ['stsw', 2] },
  7: { ...integers(2), 5: ['load', 8], 7: ['pop', 8] },
}

/** The ten bytes of a register. */
function image(value: real.Real): Uint8Array {
  const { exponent, sig } = real.encode(value, EXTENDED)
  const bytes = new Uint8Array(10)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, sig, true)
  view.setUint16(8, Number(exponent) | (value.negative ? 0x8000 : 0), true)
  return bytes
}
