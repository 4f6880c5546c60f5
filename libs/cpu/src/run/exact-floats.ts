/**
 * SSE and SSE2 arithmetic as MXCSR has it (SDM vol. 1, 10.2.3 and chapter 11): rounding, denormals as zeros, flush to zero, exception
 * flags, exceptions that are not masked. Exact numbers, rounded once; `engine.ts` says when it takes the place of wasm's own floats.
 */
import type { Instruction } from '../decode/decoder.ts'
import type { GuestMemory } from '../memory/guest-memory.ts'
import * as real from './extended.ts'
import { gpr, State } from './state-block.ts'

const { SINGLE, DOUBLE, Raised } = real
type Format = real.Format
type Real = real.Real

/** Bits of MXCSR; the six exception bits have their masks seven above. */
export const Mxcsr = { plain: 0x1f80, denormalsAreZeros: 0x40, mask: 7, rounding: 13, flushToZero: 0x8000, control: 0xffc0 } as const
const EXCEPTIONS = 0x3f
/** Exceptions that are found before the result is computed. */
const BEFORE = Raised.invalid | Raised.denormal | Raised.zeroDivide

/** The control bits that wasm's floats obey: nearest, all masked, denormals as they are. */
export const isPlain = (mxcsr: number): boolean => (mxcsr & Mxcsr.control) === Mxcsr.plain

/** What the lanes of one instruction have raised. */
class Raising {
  readonly #mxcsr: number
  raised = 0
  constructor(mxcsr: number) {
    this.#mxcsr = mxcsr
  }
  get mode(): number {
    return (this.#mxcsr >> Mxcsr.rounding) & 3
  }
  get flushes(): boolean {
    return (this.#mxcsr & Mxcsr.flushToZero) !== 0 && this.masks(Raised.underflow)
  }
  masks(exception: number): boolean {
    return ((this.#mxcsr >> Mxcsr.mask) & exception) === exception
  }
  /** A lane's bits as a number; denormals may be zeros. */
  number(bits: bigint, format: Format): Real {
    const value = real.fromBits(bits, format)
    return this.#mxcsr & Mxcsr.denormalsAreZeros && isDenormal(value, format) ? real.finite(value.negative, 0n, 0) : value
  }
  /** Invalid for signaling NaNs, `loud`: for all. true where one of the numbers is a NaN. */
  nan(numbers: readonly Real[], loud = false): boolean {
    if (numbers.some((each) => real.isSignaling(each) || (loud && each.kind === 'nan'))) this.raised |= Raised.invalid
    return numbers.some((each) => each.kind === 'nan')
  }
  denormal(numbers: readonly Real[], format: Format): void {
    if (numbers.some((each) => isDenormal(each, format))) this.raised |= Raised.denormal
  }
  /** The rounded result's bits. */
  round(exact: Real, format: Format): bigint {
    const { value, raised, tiny } = real.round(exact, format, this.mode)
    if (tiny && this.flushes) {
      this.raised |= Raised.underflow | Raised.inexact
      return real.toBits(real.finite(exact.negative, 0n, 0), format)
    }
    const outside = (raised & Raised.overflow) | (tiny ? Raised.underflow : 0)
    if (outside === 0 || this.masks(outside)) this.raised |= raised
    else {
      // One that is not masked looks at a result whose exponent has no bounds.
      const unbounded = real.unbounded(exact, format.precision, this.mode)
      this.raised |= outside | (real.compare(unbounded, exact) === 0 ? 0 : Raised.inexact)
    }
    return real.toBits(value, format)
  }
  invalid(format: Format): bigint {
    this.raised |= Raised.invalid
    return real.toBits(real.INDEFINITE, format)
  }
}

const isDenormal = (value: Real, format: Format): boolean =>
  value.kind === 'finite' && value.sig !== 0n && real.exponentOf(value) < format.least

/** One lane: `a` is the destination's, `b` the source's. */
type Lane = (to: Raising, a: bigint, b: bigint, insn: Instruction) => bigint

interface Operation {
  readonly lanes: number
  /** Bytes of a source lane; 0 = the source operand's own. */
  readonly from: number
  /** Bytes of a destination lane; 'register' = a general one; 'flags'. */
  readonly to: number | 'register' | 'flags'
  /** Lanes above the results become 0. */
  readonly clears?: boolean
  readonly compute: Lane
}

const quietNan = (a: Real, b: Real, format: Format): bigint => real.toBits(real.quiet(a.kind === 'nan' ? a : b), format)

const arithmetic =
  (op: 'add' | 'sub' | 'mul' | 'div', format: Format): Lane =>
  (to, x, y) => {
    const [a, b] = [to.number(x, format), to.number(y, format)]
    if (to.nan([a, b])) return quietNan(a, b, format)
    const { value, raised } = real.calculate(op, a, b, to.mode)
    if (raised & Raised.invalid) return to.invalid(format)
    to.raised |= raised
    if (!raised) to.denormal([a, b], format)
    return to.round(value, format)
  }
const squareRoot =
  (format: Format): Lane =>
  (to, _, y) => {
    const b = to.number(y, format)
    if (to.nan([b])) return quietNan(b, b, format)
    if (real.isZero(b)) return real.toBits(b, format)
    if (b.negative) return to.invalid(format)
    to.denormal([b], format)
    return b.kind === 'infinite' ? y : to.round(real.squareRoot(b), format)
  }
/** min and max: the source unless the destination is truly less (greater). */
const extreme =
  (wanted: number, format: Format): Lane =>
  (to, x, y) => {
    const [a, b] = [to.number(x, format), to.number(y, format)]
    if (to.nan([a, b], true)) return b.kind === 'nan' ? y : real.toBits(b, format)
    to.denormal([a, b], format)
    return real.toBits(real.compare(a, b) === wanted ? a : b, format)
  }
/** Predicates: equal, less, less or equal, unordered, and their negations; less and kin mind quiet NaNs as well. */
const predicate =
  (format: Format): Lane =>
  (to, x, y, insn) => {
    const [a, b] = [to.number(x, format), to.number(y, format)]
    const code = Number(BigInt.asUintN(3, (insn.operands[2] as { value: bigint }).value))
    const kind = code & 3
    if (!to.nan([a, b], kind === 1 || kind === 2)) to.denormal([a, b], format)
    const order = real.compare(a, b)
    const holds = [order === 0, order === -1, order === -1 || order === 0, order === undefined][kind]
    return holds === code < 4 ? (1n << BigInt(format === SINGLE ? 32 : 64)) - 1n : 0n
  }
/** The flags that (u)comis* sets: ZF, PF and CF. */
const ordered =
  (loud: boolean, format: Format): Lane =>
  (to, x, y) => {
    const [a, b] = [to.number(x, format), to.number(y, format)]
    if (!to.nan([a, b], loud)) to.denormal([a, b], format)
    const order = real.compare(a, b)
    return order === undefined ? 0x45n : order < 0 ? 1n : order === 0 ? 0x40n : 0n
  }
const convert =
  (from: Format, into: Format): Lane =>
  (to, _, y) => {
    const value = to.number(y, from)
    if (to.nan([value])) return real.toBits(real.quiet(value), into)
    to.denormal([value], from)
    return to.round(value, into)
  }
const toInteger =
  (from: Format, bytes: number | 'operand', truncates: boolean): Lane =>
  (to, _, y, insn) => {
    const bits = (bytes === 'operand' ? insn.operands[0].width : bytes) * 8
    const value = to.number(y, from)
    const whole = real.toInteger(value, truncates ? 3 : to.mode)
    if (whole === undefined || BigInt.asIntN(bits, whole) !== whole) {
      to.raised |= Raised.invalid
      return 1n << BigInt(bits - 1)
    }
    if (real.compare(real.fromInteger(whole), value) !== 0) to.raised |= Raised.inexact
    return BigInt.asUintN(bits, whole)
  }
const fromInteger =
  (bytes: number | 'operand', into: Format): Lane =>
  (to, _, y, insn) =>
    to.round(real.fromInteger(BigInt.asIntN((bytes === 'operand' ? insn.operands[1].width : bytes) * 8, y)), into)

function operations(): Record<string, Operation> {
  const rows: Record<string, Operation> = {}
  for (const [suffix, format, lanes] of [
    ['ps', SINGLE, 4],
    ['pd', DOUBLE, 2],
    ['ss', SINGLE, 1],
    ['sd', DOUBLE, 1],
  ] as const) {
    const size = format === SINGLE ? 4 : 8
    const add = (name: string, compute: Lane, to: Operation['to'] = size) => {
      rows[`${name}${suffix}`] = { lanes, from: size, to, compute }
    }
    for (const op of ['add', 'sub', 'mul', 'div'] as const) add(op, arithmetic(op, format))
    add('min', extreme(-1, format))
    add('max', extreme(1, format))
    add('sqrt', squareRoot(format))
    add('cmp', predicate(format))
    if (lanes > 1) continue
    add('ucomi', ordered(false, format), 'flags')
    add('comi', ordered(true, format), 'flags')
    rows[`cvt${suffix}2si`] = { lanes, from: size, to: 'register', compute: toInteger(format, 'operand', false) }
    rows[`cvtt${suffix}2si`] = { lanes, from: size, to: 'register', compute: toInteger(format, 'operand', true) }
    rows[`cvtsi2${suffix}`] = { lanes, from: 0, to: size, compute: fromInteger('operand', format) }
  }
  return rows
}
const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...operations(),
  cvtss2sd: { lanes: 1, from: 4, to: 8, compute: convert(SINGLE, DOUBLE) },
  cvtsd2ss: { lanes: 1, from: 8, to: 4, compute: convert(DOUBLE, SINGLE) },
  cvtps2pd: { lanes: 2, from: 4, to: 8, compute: convert(SINGLE, DOUBLE) },
  cvtpd2ps: { lanes: 2, from: 8, to: 4, clears: true, compute: convert(DOUBLE, SINGLE) },
  cvtdq2ps: { lanes: 4, from: 4, to: 4, compute: fromInteger(4, SINGLE) },
  cvtps2dq: { lanes: 4, from: 4, to: 4, compute: toInteger(SINGLE, 4, false) },
  cvttps2dq: { lanes: 4, from: 4, to: 4, compute: toInteger(SINGLE, 4, true) },
  cvtpd2dq: { lanes: 2, from: 8, to: 4, clears: true, compute: toInteger(DOUBLE, 4, false) },
  cvttpd2dq: { lanes: 2, from: 8, to: 4, clears: true, compute: toInteger(DOUBLE, 4, true) },
}

/** What depends on MXCSR or changes it; a row named `float` stands for all of them where floats are exact. */
export const isFloat = (name: string): boolean => Object.hasOwn(OPERATIONS, name)
/** The instruction as engines with exact floats see it. */
export const asExact = (insn: Instruction): Instruction => (isFloat(insn.name) ? { ...insn, name: 'float' } : insn)

/**
 * Executes one of them; a memory operand lies at `operand` and may be accessed. MXCSR has its flags set.
 * @returns what (u)comis* gives as ZF, PF and CF, or 'done'; 'exception' = #XM, and no result was written.
 */
export function executeFloat(insn: Instruction, memory: GuestMemory, operand: number): 'done' | 'exception' | { readonly flags: number } {
  const { lanes, from, to, clears, compute } = OPERATIONS[insn.name]
  const [first, second] = insn.operands
  const source =
    second.kind === 'm' ? operand : second.kind === 'r' ? gpr(second.index) : State.xmm + (second as { index: number }).index * 16
  const target = State.xmm + (first as { index: number }).index * 16
  const lane = (at: number, size: number): bigint => (size === 4 ? BigInt(memory.getU32(at)) : memory.getU64(at))
  const mxcsr = memory.getU32(State.mxcsr)
  const raising = new Raising(mxcsr)
  const size = from || second.width
  const kept = typeof to === 'number' ? to : size
  const results = Array.from({ length: lanes }, (_, i) =>
    compute(raising, first.kind === 'x' ? lane(target + i * kept, kept) : 0n, lane(source + i * size, size), insn),
  )
  // An exception found before computing keeps those of results from being reported.
  const all = raising.raised
  const stopped = (all & BEFORE & ~(mxcsr >> Mxcsr.mask)) !== 0
  memory.setU32(State.mxcsr, mxcsr | (stopped ? all & BEFORE : all))
  if (all & ~(mxcsr >> Mxcsr.mask) & EXCEPTIONS) return 'exception'
  if (to === 'flags') return { flags: Number(results[0]) }
  if (to === 'register') memory.setU64(gpr((first as { index: number }).index), results[0])
  else
    for (let i = 0; i < 16 / to; i++) {
      if (i >= lanes && !clears) break
      if (to === 4) memory.setU32(target + i * 4, Number(results[i] ?? 0n))
      else memory.setU64(target + i * 8, results[i] ?? 0n)
    }
  return 'done'
}
