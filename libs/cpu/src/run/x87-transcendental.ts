/** f2xm1, fyl2x, fyl2xp1, fptan, fpatan, fsin, fcos and fsincos (SDM vol. 2): the true value, rounded to 64 bits whatever the precision control. */
import { arcTangent, exp2m1, log2, log2p1, quartersOfPi, quotient, sineAndCosine } from './elementary.ts'
import * as real from './extended.ts'
import { image, Status, type X87Stack } from './x87-stack.ts'
import { roundedResult } from './x87-unary.ts'

const { Raised } = real
type Real = real.Real
interface Outcome {
  readonly value: Real
  readonly raised: number
}
const give = (value: Real, raised = 0): Outcome => ({ value, raised })
const INVALID = give(real.INDEFINITE, Raised.invalid)
const ONE = real.fromInteger(1n)
const zero = (negative: boolean): Real => real.finite(negative, 0n, 0)
const times = (a: Real, b: Real): Real => real.finite(a.negative !== b.negative, a.sig * b.sig, a.exp + b.exp)
const isOne = (a: Real): boolean => real.compare(a, ONE) === 0
const PRECISION = 64
/** Angles from here on are left alone, which C2 says. */
const FAR = 63

/** false = there is no such instruction. */
export function transcendental(stack: X87Stack, modrm: number): boolean {
  switch (modrm) {
    case 0xf0:
      unary(stack, powerLessOne)
      return true
    case 0xf1:
      binary(stack, (x, y) => product(y, x, logarithm))
      return true
    case 0xf9:
      binary(stack, (x, y) => product(y, x, logarithmOfMore))
      return true
    case 0xf3:
      binary(stack, (x, y) => angle(y, x))
      return true
    case 0xf2:
      ofAngle(stack, (x) => (real.isZero(x) ? x : tangent(x)), ONE)
      return true
    case 0xfb:
      ofAngle(stack, sine, cosine)
      return true
    case 0xfe:
      ofAngle(stack, sine)
      return true
    case 0xff:
      ofAngle(stack, cosine)
      return true
    default:
      return false
  }
}

function unary(stack: X87Stack, compute: (x: Real) => Outcome): boolean {
  const a = stack.source(0)
  return roundedResult(stack, 0, [a], () => compute(a.value), PRECISION)
}
/** st(0) and st(1) to st(1), and st(0) is popped. */
function binary(stack: X87Stack, compute: (x: Real, y: Real) => Outcome): void {
  const [a, b] = [stack.source(0), stack.source(1)]
  if (roundedResult(stack, 1, [a, b], () => compute(a.value, b.value), PRECISION)) stack.pop()
}

/** Outside of -1 .. 1 the result is undefined; there, st(0) stays. ±1 are reported as inexact though they are not. */
function powerLessOne(x: Real): Outcome {
  if (x.kind === 'infinite') return give(x.negative ? { ...ONE, negative: true } : x)
  if (real.isZero(x)) return give(x)
  if (isOne({ ...x, negative: false })) return give(x.negative ? real.finite(true, 1n, -1) : ONE, Raised.inexact)
  return give(real.exponentOf(x) >= 0 ? x : exp2m1(x))
}

/** The logarithm of a number: 0, a number, an infinity, or none at all. */
function logarithm(x: Real): Real | undefined {
  if (real.isZero(x)) return real.infinite(true)
  if (x.negative) return undefined
  return x.kind === 'infinite' ? x : log2(x)
}
/** Outside of about -0.3 .. 0.41 the result is undefined; here it is the logarithm as far as there is one. */
function logarithmOfMore(x: Real): Real | undefined {
  if (x.kind === 'infinite') return x.negative ? undefined : x
  if (real.isZero(x)) return x
  if (real.exponentOf(x) < -1) return log2p1(x)
  const more = real.calculate('add', x, ONE, 0).value
  return logarithm(more)
}
function product(y: Real, x: Real, of: (x: Real) => Real | undefined): Outcome {
  const log = of(x)
  if (log === undefined) return INVALID
  if (log.kind === 'infinite') {
    if (real.isZero(y)) return INVALID
    const pole = x.kind !== 'infinite' && y.kind !== 'infinite'
    return give(real.infinite(log.negative !== y.negative), pole ? Raised.zeroDivide : 0)
  }
  if (y.kind === 'infinite') return real.isZero(log) ? INVALID : give(real.infinite(log.negative !== y.negative))
  return give(times(y, log))
}

/** The angle of the point (x, y), -π .. π. */
function angle(y: Real, x: Real): Outcome {
  const signed = (value: Real) => give({ ...value, negative: y.negative })
  const infinite = (each: Real) => each.kind === 'infinite'
  if (infinite(y)) return signed(quartersOfPi(infinite(x) ? (x.negative ? 3n : 1n) : 2n))
  if (infinite(x) || real.isZero(y)) return signed(x.negative ? quartersOfPi(4n) : zero(false))
  if (real.isZero(x)) return signed(quartersOfPi(2n))
  return signed(arcTangent(y, x))
}

const sine = (x: Real): Real => (real.isZero(x) ? x : sineAndCosine(x).sine)
const cosine = (x: Real): Real => (real.isZero(x) ? ONE : sineAndCosine(x).cosine)
const tangent = (x: Real): Real => {
  const both = sineAndCosine(x)
  return quotient(both.sine, both.cosine)
}

/** Replaces st(0) by a function of it; `pushed` is pushed then, a number or another function. */
function ofAngle(stack: X87Stack, compute: (x: Real) => Real, pushed?: Real | ((x: Real) => Real)): void {
  const a = stack.source(0)
  const { value } = a
  if (pushed !== undefined && stack.holds(0) && stack.holds(7)) {
    stack.status &= ~Status.c2
    if (!stack.raise(Status.stackFault, true)) return
    stack.set(0, real.INDEFINITE)
    stack.push(image(real.INDEFINITE))
    stack.raise(Status.stackFault, true)
    return
  }
  if (value.kind === 'finite' && !real.isZero(value) && real.exponentOf(value) >= FAR) {
    stack.raise(a.raised)
    stack.status |= Status.c2
    return
  }
  stack.status &= ~Status.c2
  const of = (fn: (x: Real) => Real) => () => (value.kind === 'infinite' ? INVALID : give(fn(value)))
  const second = typeof pushed === 'function' ? pushed : undefined
  const bad = a.raised & Raised.invalid || value.kind !== 'finite'
  if (!roundedResult(stack, 0, [a], of(compute), PRECISION) || pushed === undefined) return
  const { status } = stack
  const first = stack.image(0)
  if (second && !bad) {
    // The second result has the first one's operand; both are reported.
    if (!roundedResult(stack, 0, [a], of(second), PRECISION)) return
  }
  const made = bad ? first : second ? stack.image(0) : image(pushed as Real)
  stack.setImage(0, first)
  stack.push(made, a.raised & Status.stackFault)
  stack.raise(status & 0x3f, (status & Status.c1) !== 0)
}
