/** x87 arithmetic with one result in a register: rounding, roots, scaling, remainders, constants (SDM vol. 2). */
import * as real from './extended.ts'
import { image, type Source, Status, type X87Stack } from './x87-stack.ts'

const { EXTENDED, Raised } = real
/** What an unmasked overflow or underflow scales its result by, as a power of two. */
const BIAS = 24576
const BEFORE = Status.invalid | Status.denormal | Status.zeroDivide

/** 128 bits of 1, log2 10, log2 e, π, log10 2, ln 2 and 0. */
export const CONSTANTS: readonly real.Real[] = [
  real.fromInteger(1n),
  real.finite(false, 0xd49a_784b_cd1b_8afe_492b_f6ff_4daf_db4cn, -126),
  real.finite(false, 0xb8aa_3b29_5c17_f0bb_be87_fed0_691d_3e89n, -127),
  real.finite(false, 0xc90f_daa2_2168_c234_c4c6_628b_80dc_1cd1n, -126),
  real.finite(false, 0x9a20_9a84_fbcf_f798_8f89_59ac_0b7c_9178n, -129),
  real.finite(false, 0xb172_17f7_d1cf_79ab_c9e3_b398_03f2_f6afn, -128),
  real.fromInteger(0n),
]

/** Rounds an exact result to st(`to`) by precision and rounding control. false = an exception that is not masked stopped it. */
function roundTo(stack: X87Stack, to: number, exact: real.Real, raised: number, precision = stack.precision): boolean {
  const format = { ...EXTENDED, precision }
  const { control, mode } = stack
  let rounded = real.round(exact, format, mode)
  let shown = rounded.raised
  const over = (rounded.raised & Raised.overflow) !== 0 && !(control & Raised.overflow)
  if (over || (rounded.tiny && !(control & Raised.underflow))) {
    rounded = real.round({ ...exact, exp: exact.exp + (over ? -BIAS : BIAS) }, format, mode)
    // What is too great or too small even so is infinite or 0 in every mode.
    if (rounded.raised & Raised.overflow) rounded = { ...rounded, value: real.infinite(exact.negative), up: true }
    else if (rounded.tiny) rounded = { ...rounded, value: real.finite(exact.negative, 0n, 0), up: false }
    shown = (rounded.raised & Raised.inexact) | (over ? Raised.overflow : Raised.underflow)
  }
  if (!stack.raise(raised | shown, rounded.up)) return false
  stack.set(to, rounded.value)
  return true
}

/** Arithmetic on sources: what is empty or no number first, then NaNs, then the exact result rounded. false as above. */
export function roundedResult(
  stack: X87Stack,
  to: number,
  sources: readonly Source[],
  exact: () => { readonly value: real.Real; readonly raised: number },
  precision = stack.precision,
): boolean {
  const all = sources.reduce((bits, each) => bits | each.raised, 0)
  const give = (value: real.Real, raised: number): boolean => {
    const goesOn = stack.raise(raised)
    if (goesOn) stack.set(to, value)
    return goesOn
  }
  if (all & Status.stackFault) return give(real.INDEFINITE, all & Status.stackFault)
  if (sources.some((each) => each.value.kind === 'nan')) {
    const [a, b = a] = sources
    const signaling = sources.some((each) => real.isSignaling(each.value))
    return give(real.pickNan(a.value, b.value), signaling ? Raised.invalid : 0)
  }
  const { value, raised } = exact()
  if (raised & Raised.invalid) return give(real.INDEFINITE, raised)
  const before = raised || all & Status.denormal
  if (before & ~stack.control & BEFORE) return stack.raise(before)
  return roundTo(stack, to, value, before, precision)
}

export function squareRoot(stack: X87Stack): void {
  const a = stack.source(0)
  roundedResult(stack, 0, [a], () => {
    if (real.isZero(a.value)) return { value: a.value, raised: 0 }
    if (a.value.negative) return { value: real.INDEFINITE, raised: Raised.invalid }
    return { value: a.value.kind === 'infinite' ? a.value : real.squareRoot(a.value), raised: 0 }
  })
}

/** fscale: st(0) times two to the truncated st(1). */
export function scale(stack: X87Stack): void {
  const [a, b] = [stack.source(0), stack.source(1)]
  const all = a.raised | b.raised
  if (all & Status.stackFault || a.value.kind === 'nan' || b.value.kind === 'nan') {
    roundedResult(stack, 0, [a, b], () => ({ value: a.value, raised: 0 }))
    return
  }
  const denormal = all & Status.denormal
  const special = (value: real.Real, raised: number): void => {
    if (stack.raise(raised)) stack.set(0, value)
  }
  if (b.value.kind === 'infinite') {
    const up = !b.value.negative
    if (up ? real.isZero(a.value) : a.value.kind === 'infinite') special(real.INDEFINITE, Raised.invalid)
    else special(up ? real.infinite(a.value.negative) : real.finite(a.value.negative, 0n, 0), denormal)
    return
  }
  if (a.value.kind === 'infinite' || real.isZero(a.value)) {
    special(a.value, denormal)
    return
  }
  const by = real.toInteger(b.value, 3)!
  const limit = 0x1_0000n
  const exp = a.value.exp + Number(by > limit ? limit : by < -limit ? -limit : by)
  if (denormal & ~stack.control) stack.raise(denormal)
  else roundTo(stack, 0, { ...a.value, exp }, denormal, 64)
}

/** fxtract: the exponent stays, the significand is pushed. */
export function extract(stack: X87Stack): void {
  const a = stack.source(0)
  const put = (exponent: real.Real, significand: real.Real, raised: number): void => {
    const full = stack.holds(7) && raised !== Status.stackFault
    const faults = full ? Status.stackFault : raised
    if (!stack.raise(faults, full)) return
    stack.set(0, full ? real.INDEFINITE : exponent)
    stack.push(image(full ? real.INDEFINITE : significand), raised === Status.stackFault ? raised : 0)
    if (full) stack.raise(faults, true)
  }
  const { value } = a
  if (a.raised & Status.stackFault) put(real.INDEFINITE, real.INDEFINITE, a.raised & Status.stackFault)
  else if (value.kind === 'nan') put(real.quiet(value), real.quiet(value), real.isSignaling(value) ? Raised.invalid : 0)
  else if (value.kind === 'infinite') put(real.infinite(false), value, 0)
  else if (real.isZero(value)) put(real.infinite(true), value, Raised.zeroDivide)
  else {
    const exponent = real.exponentOf(value)
    put(real.fromInteger(BigInt(exponent)), { ...value, exp: value.exp - exponent }, a.raised)
  }
}

/** fprem (truncated quotient) and fprem1 (nearest): exact, in steps of less than 64 bits; C2 = not done, C0 C3 C1 = the quotient's low bits. */
export function remainder(stack: X87Stack, nearest: boolean): void {
  const [a, b] = [stack.source(0), stack.source(1)]
  const all = a.raised | b.raised
  const special = remainderOfSpecial(a, b, all)
  if (special !== undefined) {
    if (special.value.kind === 'nan') stack.status &= ~Status.c2
    else stack.conditions(0)
    if (stack.raise(special.raised)) stack.set(0, special.value)
    return
  }
  const apart = real.exponentOf(a.value) - real.exponentOf(b.value)
  const done = apart < 64
  const left = done ? 0 : apart - (32 + (apart & 31))
  const exp = Math.min(a.value.exp, b.value.exp + left)
  const x = a.value.sig << BigInt(a.value.exp - exp)
  const y = b.value.sig << BigInt(b.value.exp + left - exp)
  let quotient = x / y
  let rest = x - quotient * y
  if (nearest && done && (rest * 2n > y || (rest * 2n === y && (quotient & 1n) === 1n))) {
    quotient += 1n
    rest -= y
  }
  const negative = rest < 0n ? !a.value.negative : a.value.negative
  const exact = real.finite(negative, rest < 0n ? -rest : rest, exp)
  const under = real.round(exact, EXTENDED, 0).tiny && !(stack.control & Raised.underflow)
  const before = all & Status.denormal
  if (before & ~stack.control) {
    stack.status &= ~Status.c2
    stack.raise(before)
    return
  }
  stack.raise(before | (under ? Raised.underflow : 0), done && (quotient & 1n) === 1n)
  const value = under ? { ...exact, exp: exact.exp + BIAS } : exact
  const low = Number(quotient & 7n)
  stack.conditions(done ? (low & 4 ? Status.c0 : 0) | (low & 2 ? Status.c3 : 0) : Status.c2)
  stack.set(0, value)
}

/** The remainder where one operand is empty, a NaN, infinite or 0; undefined for all else. */
function remainderOfSpecial(a: Source, b: Source, all: number): Source | undefined {
  if (all & Status.stackFault) return { raised: all & Status.stackFault, value: real.INDEFINITE }
  if (a.value.kind === 'nan' || b.value.kind === 'nan') {
    const signaling = real.isSignaling(a.value) || real.isSignaling(b.value)
    return { raised: signaling ? Raised.invalid : 0, value: real.pickNan(a.value, b.value) }
  }
  if (a.value.kind === 'infinite' || real.isZero(b.value)) return { raised: Raised.invalid, value: real.INDEFINITE }
  if (b.value.kind === 'infinite' || real.isZero(a.value)) return { raised: all & Status.denormal, value: a.value }
  return undefined
}

/** fxam: the class of st(0) in C3, C2 and C0, its sign in C1. */
export function examine(stack: X87Stack): void {
  const bytes = new DataView(stack.image(0).buffer)
  const sig = bytes.getBigUint64(0, true)
  const exponent = bytes.getUint16(8, true) & 0x7fff
  const { c0, c1, c2, c3 } = Status
  let kind: number = c2
  if (!stack.holds(0)) kind = c3 | c0
  else if (exponent === 0) kind = sig === 0n ? c3 : c3 | c2
  else if (sig >> 63n === 0n) kind = 0
  else if (exponent === 0x7fff) kind = sig === 1n << 63n ? c2 | c0 : c0
  stack.conditions(kind)
  stack.status = (stack.status & ~c1) | (bytes.getUint16(8, true) & 0x8000 ? c1 : 0)
}
