/** x87 instructions (SDM vol. 2) on the state block: exact to 80 bits, with their exceptions. */
import type { GuestMemory } from '../memory/guest-memory.ts'
import * as real from './extended.ts'
import type { LiveState } from './live-state.ts'
import { State } from './state-block.ts'
import { environmentSize, initialize, loadEnvironment, loadRegisters, saveEnvironment, saveRegisters } from './x87-environment.ts'
import { type Layout, loadNumber, rounding, sizeOf, storeDecimal, storeNumber, TINY } from './x87-memory.ts'
import { EMPTY, image, type Source, Status, X87Stack } from './x87-stack.ts'
import { transcendental } from './x87-transcendental.ts'
import { CONSTANTS, examine, extract, remainder, roundedResult, scale, squareRoot } from './x87-unary.ts'

const { SINGLE, DOUBLE, EXTENDED, Raised } = real
const ARITHMETIC = ['add', 'mul', 'com', 'comp', 'sub', 'subr', 'div', 'divr'] as const
/** Bytes of the eight registers in fnsave's image. */
const REGISTERS = 80

/** The guest address as a number if it may be accessed, else -1. */
type Reach = (size: number, write: boolean) => number
/** 'pending' = #MF, for an exception of an instruction before. */
export type X87Outcome = 'done' | 'fault' | 'undefined' | 'pending'

type Action = 'load' | 'store' | 'pop' | 'truncate' | 'ldcw' | 'stcw' | 'stsw' | 'ldenv' | 'stenv' | 'rstor' | 'save'
const integers = (size: number): Readonly<Record<number, readonly [Action, Layout]>> => ({
  0: ['load', size],
  1: ['truncate', size],
  2: ['store', size],
  3: ['pop', size],
})
/** Memory forms of D9, DB, DD and DF by ModRM.reg. */
const MEMORY: Readonly<Record<number, Readonly<Record<number, readonly [Action, Layout]>>>> = {
  1: { 0: ['load', SINGLE], 2: ['store', SINGLE], 3: ['pop', SINGLE], 4: ['ldenv', 0], 5: ['ldcw', 2], 6: ['stenv', 0], 7: ['stcw', 2] },
  3: { ...integers(4), 5: ['load', EXTENDED], 7: ['pop', EXTENDED] },
  5: {
    0: ['load', DOUBLE],
    1: ['truncate', 8],
    2: ['store', DOUBLE],
    3: ['pop', DOUBLE],
    4: ['rstor', 0],
    6: ['save', 0],
    7: ['stsw', 2],
  },
  7: { ...integers(2), 4: ['load', 'decimal'], 5: ['load', 8], 6: ['pop', 'decimal'], 7: ['pop', 8] },
}
/** They do not wait for pending exceptions. */
const NO_WAIT = new Set<Action>(['stcw', 'stsw', 'stenv', 'save'])

export class X87 {
  readonly #memory: GuestMemory
  readonly #stack: X87Stack
  readonly #state: LiveState
  constructor(memory: GuestMemory, state: LiveState) {
    this.#memory = memory
    this.#state = state
    this.#stack = new X87Stack(memory, state)
  }

  /** fwait: false = #MF. */
  get isPending(): boolean {
    return this.#stack.isPending
  }

  /** Executes one instruction: `opcode` 0 .. 7 for D8 .. DF; `small` by operand-size prefix. Memory is reached before anything changes. */
  execute(opcode: number, modrm: number, small: boolean, reach: Reach): X87Outcome {
    if (modrm < 0xc0) return this.#withMemory(opcode, (modrm >> 3) & 7, small, reach)
    const noWait = (opcode === 3 && (modrm & 0xf8) === 0xe0) || (opcode === 7 && modrm === 0xe0)
    if (!noWait && this.#stack.isPending) return 'pending'
    return this.#withRegisters(opcode, modrm)
  }

  #withMemory(opcode: number, row: number, small: boolean, reach: Reach): X87Outcome {
    const stack = this.#stack
    const memory = this.#memory
    if ((opcode & 1) === 0) {
      if (stack.isPending) return 'pending'
      const layout = [SINGLE, 4, DOUBLE, 2][opcode >> 1]
      const at = reach(sizeOf(layout), false)
      if (at < 0) return 'fault'
      this.#arithmetic(row, loadNumber(memory, at, layout), 0, false)
      return 'done'
    }
    const place = MEMORY[opcode][row]
    if (place === undefined) return 'undefined'
    const [action, layout] = place
    if (!NO_WAIT.has(action) && stack.isPending) return 'pending'
    const environment = environmentSize(small)
    const size = action.endsWith('env') ? environment : action === 'rstor' || action === 'save' ? environment + REGISTERS : sizeOf(layout)
    const at = reach(size, !/^(load|ldcw|ldenv|rstor)$/.test(action))
    if (at < 0) return 'fault'
    switch (action) {
      case 'load': {
        if (layout === EXTENDED) stack.push(memory.bytes(at, 10).slice())
        else {
          const { value, raised } = loadNumber(memory, at, layout)
          const signaling = real.isSignaling(value)
          stack.push(image(signaling ? real.quiet(value) : value), signaling ? Raised.invalid : raised)
        }
        break
      }
      case 'ldcw':
        stack.control = memory.getU16(at)
        break
      case 'stcw':
        memory.setU16(at, stack.control)
        break
      case 'stsw':
        memory.setU16(at, stack.status)
        break
      case 'ldenv':
        loadEnvironment(stack, at, small)
        break
      case 'stenv':
        saveEnvironment(stack, at, small)
        stack.control |= 0x3f
        break
      case 'rstor':
        loadEnvironment(stack, at, small)
        loadRegisters(stack, at + environment)
        break
      case 'save':
        saveEnvironment(stack, at, small)
        saveRegisters(stack, at + environment)
        initialize(stack)
        break
      default:
        this.#store(layout, at, action === 'truncate' ? 3 : stack.mode, action !== 'store')
    }
    return 'done'
  }

  /** st(0) to memory; an unmasked exception leaves memory and the stack as they are. */
  #store(layout: Layout, at: number, mode: number, pop: boolean): void {
    const stack = this.#stack
    const from = stack.source(0)
    // 80 bits are stored as they are, numbers or not.
    if (layout === EXTENDED && stack.holds(0)) {
      stack.raise(0)
      this.#memory.bytes(at, 10).set(stack.image(0))
      stack.pop()
      return
    }
    const { bytes, raised, up } = layout === 'decimal' ? storeDecimal(from, mode) : storeNumber(from, layout, mode)
    const masks = stack.control
    const tiny = (raised & TINY) !== 0 && !(masks & Raised.underflow) ? Raised.underflow : 0
    const stops = ((raised | tiny) & ~masks & (Raised.overflow | Raised.underflow)) !== 0
    if (!stack.raise(stops ? (raised | tiny) & (Raised.overflow | Raised.underflow) : raised & 0xffff, up && !stops) || stops) return
    this.#memory.bytes(at, bytes.length).set(bytes)
    if (pop) stack.pop()
  }

  #withRegisters(opcode: number, modrm: number): X87Outcome {
    const row = (modrm >> 3) & 7
    const i = modrm & 7
    const stack = this.#stack
    switch (opcode) {
      case 0:
        this.#arithmetic(row, stack.source(i), 0, false)
        return 'done'
      case 1:
        return this.#opcodeD9(row, i, modrm)
      case 2:
        if (modrm === 0xe9) return this.#compareInto('conditions', 1, 2, true)
        return row < 4 ? this.#conditionalMove(row, true, i) : 'undefined'
      case 3:
        if (row === 5 || row === 6) return this.#compareInto('flags', i, 0, row === 5)
        if (row === 4) return this.#administer(i)
        return row < 4 ? this.#conditionalMove(row, false, i) : 'undefined'
      case 4:
      case 6:
        if (modrm === 0xd9 && opcode === 6) return this.#compareInto('conditions', 1, 2, false)
        if (row === 2 || (row === 3 && opcode === 4)) return this.#compareInto('conditions', i, opcode === 6 ? 1 : row - 2, false)
        if (row === 3) return 'undefined'
        this.#arithmetic(row, stack.source(i), i, opcode === 6)
        return 'done'
      case 5:
        if (row === 0) return this.#free(i)
        if (row === 1) return this.#exchange(i)
        if (row === 2 || row === 3) return this.#copyTo(i, row === 3)
        return row < 6 ? this.#compareInto('conditions', i, row - 4, true) : 'undefined'
      default:
        if (row === 0) {
          this.#free(i)
          stack.pop()
          return 'done'
        }
        if (row === 1) return this.#exchange(i)
        if (row === 2 || row === 3) return this.#copyTo(i, true)
        if (modrm === 0xe0) {
          this.#memory.setU16(State.gpr, stack.status)
          return 'done'
        }
        return row === 5 || row === 6 ? this.#compareInto('flags', i, 1, row === 5) : 'undefined'
    }
  }

  #opcodeD9(row: number, i: number, modrm: number): X87Outcome {
    const stack = this.#stack
    if (row === 0) {
      const held = stack.holds(i)
      stack.push(held ? stack.image(i) : image(real.INDEFINITE), held ? 0 : Status.stackFault)
      return 'done'
    }
    if (row === 1) return this.#exchange(i)
    // fstp's undocumented twin minds no empty register.
    if (row === 3 && !stack.holds(0)) {
      stack.raise(0)
      stack.pop()
      return 'done'
    }
    if (row === 3) return this.#copyTo(i, true)
    if (modrm === 0xd0) return 'done'
    if (row === 5 && i < 7) {
      stack.push(image(real.round(CONSTANTS[i], EXTENDED, stack.mode).value))
      return 'done'
    }
    return modrm < 0xe0 ? 'undefined' : this.#unary(modrm)
  }

  #unary(modrm: number): X87Outcome {
    const stack = this.#stack
    const a = stack.source(0)
    switch (modrm) {
      case 0xe0:
      case 0xe1: {
        if (!stack.raise(a === EMPTY ? Status.stackFault : 0)) return 'done'
        const bytes = a === EMPTY ? image(real.INDEFINITE) : stack.image(0)
        if (a !== EMPTY) bytes[9] = modrm === 0xe0 ? bytes[9] ^ 0x80 : bytes[9] & 0x7f
        stack.setImage(0, bytes)
        return 'done'
      }
      case 0xe4:
        this.#conditions(this.#order(a, { value: real.fromInteger(0n), raised: 0 }, false).order)
        return 'done'
      case 0xe5:
        examine(stack)
        return 'done'
      case 0xf4:
        extract(stack)
        return 'done'
      case 0xf5:
      case 0xf8:
        remainder(stack, modrm === 0xf5)
        return 'done'
      case 0xf6:
      case 0xf7:
        stack.turn(modrm === 0xf6 ? -1 : 1)
        stack.raise(0)
        return 'done'
      case 0xfa:
        squareRoot(stack)
        return 'done'
      case 0xfc: {
        const whole = real.toInteger(a.value, stack.mode)
        if (whole === undefined || a.raised & Status.invalid) this.#finish(a.value, a.raised, 0)
        else if (a.raised & ~stack.control) stack.raise(a.raised)
        else {
          const { raised, up } = rounding(a.value, whole)
          const value = { ...real.fromInteger(whole), negative: a.value.negative }
          if (stack.raise(raised | a.raised, up)) stack.set(0, value)
        }
        return 'done'
      }
      case 0xfd:
        scale(stack)
        return 'done'
      default:
        return transcendental(stack, modrm) ? 'done' : 'undefined'
    }
  }

  /** A result that needs no rounding: NaNs are made quiet. */
  #finish(value: real.Real, raised: number, to: number): void {
    const signaling = real.isSignaling(value)
    if (this.#stack.raise(signaling ? Raised.invalid : raised)) this.#stack.set(to, signaling ? real.quiet(value) : value)
  }

  /** Operands are always st(0) and `b`; the result goes to st(`to`). */
  #arithmetic(row: number, b: Source, to: number, pop: boolean): void {
    const stack = this.#stack
    const name = ARITHMETIC[row]
    const a = stack.source(0)
    if (name === 'com' || name === 'comp') {
      const { order, goesOn } = this.#order(a, b, false)
      this.#conditions(order)
      if (name === 'comp' && goesOn) stack.pop()
      return
    }
    const reversed = name === 'subr' || name === 'divr'
    const op = reversed ? (name === 'subr' ? 'sub' : 'div') : name
    const [x, y] = reversed ? [b, a] : [a, b]
    if (roundedResult(stack, to, [x, y], () => real.calculate(op, x.value, y.value, stack.mode)) && pop) stack.pop()
  }

  /** Orders st(0) and another and raises the exceptions; one that is not masked keeps the stack from being popped. */
  #order(a: Source, b: Source, quietly: boolean): { order: number | undefined; goesOn: boolean } {
    const hard = (a.raised | b.raised) & Status.stackFault
    const nan = a.value.kind === 'nan' || b.value.kind === 'nan'
    const loud = nan && (!quietly || real.isSignaling(a.value) || real.isSignaling(b.value))
    const raised = hard || (nan ? (loud ? Raised.invalid : 0) : (a.raised | b.raised) & Status.denormal)
    return { order: hard ? undefined : real.compare(a.value, b.value), goesOn: this.#stack.raise(raised) }
  }
  #compareInto(where: 'conditions' | 'flags', i: number, pops: number, quietly: boolean): X87Outcome {
    const stack = this.#stack
    // fcomi and its kin leave C1 as it was.
    const c1 = where === 'flags' && stack.holds(0) && stack.holds(i) ? stack.status & Status.c1 : 0
    const { order, goesOn } = this.#order(stack.source(0), stack.source(i), quietly)
    stack.status |= c1
    if (where === 'conditions') this.#conditions(order)
    else this.#flags(order)
    if (goesOn) for (let n = 0; n < pops; n++) stack.pop()
    return 'done'
  }
  #conditions(order: number | undefined): void {
    const { c0, c2, c3 } = Status
    this.#stack.conditions(order === undefined ? c0 | c2 | c3 : order < 0 ? c0 : order === 0 ? c3 : 0)
  }
  /** ZF, PF, CF; OF, SF and AF are cleared. */
  #flags(order: number | undefined): void {
    const bits = order === undefined ? 0x45 : order < 0 ? 1 : order === 0 ? 0x40 : 0
    this.#state.rflags = (this.#state.rflags & ~0x8d5) | bits
  }

  #exchange(i: number): X87Outcome {
    const stack = this.#stack
    const complete = stack.holds(0) && stack.holds(i)
    if (!stack.raise(complete ? 0 : Status.stackFault)) return 'done'
    const [a, b] = [0, i].map((n) => (stack.holds(n) ? stack.image(n) : image(real.INDEFINITE)))
    stack.setImage(0, b)
    stack.setImage(i, a)
    return 'done'
  }
  #copyTo(i: number, pop: boolean): X87Outcome {
    const stack = this.#stack
    const held = stack.holds(0)
    if (!stack.raise(held ? 0 : Status.stackFault)) return 'done'
    stack.setImage(i, held ? stack.image(0) : image(real.INDEFINITE))
    if (pop) stack.pop()
    return 'done'
  }
  #free(i: number): X87Outcome {
    this.#stack.raise(0)
    this.#stack.tags &= ~(1 << i)
    return 'done'
  }
  /** fcmovb, e, be, u and their negations. */
  #conditionalMove(row: number, wanted: boolean, i: number): X87Outcome {
    const stack = this.#stack
    const complete = stack.holds(0) && stack.holds(i)
    if (!stack.complain(!complete)) return 'done'
    if (!complete) stack.set(0, real.INDEFINITE)
    else if (((this.#state.rflags & [1, 0x40, 0x41, 4][row]) !== 0) === wanted) stack.setImage(0, stack.image(i))
    return 'done'
  }
  /** fnclex, fninit, and what the 287 had, which does nothing now. */
  #administer(i: number): X87Outcome {
    if (i === 2) this.#stack.clearExceptions()
    else if (i === 3) initialize(this.#stack)
    else if (i > 4) return 'undefined'
    return 'done'
  }
}
