/** Semantics of the general-purpose instructions (Intel SDM vol. 2). Each row leaves the next record's address on the wasm stack. */

import { W } from '../wasm/code.ts'
import { type Emitter, type Push, STORE } from './emitter.ts'
import { doubleShift, shift, topBit } from './shift.ts'
import { Special } from './special.ts'

export type Semantics = (e: Emitter) => void

const RAX = 0
const RCX = 1
const RDX = 2
const RSP = 4
const RBP = 5
const RSI = 6
const RDI = 7

const auxiliary =
  (e: Emitter, a: Push, b: Push, result: Push): Push =>
  () => {
    a()
    b()
    e.code.op(W.i64xor)
    result()
    e.code.op(W.i64xor, W.i32wrap).i32(4).op(W.i32shru).i32(1).op(W.i32and)
  }

/** How an addition or subtraction treats CF: `none` as add, `in` as adc, `kept` as inc. */
type Carry = 'none' | 'in' | 'kept'

function carryIn(e: Emitter, carry: Carry): number {
  if (carry !== 'in') return -1
  e.flag('cf')
  return e.keep32()
}

/** Takes what pushes a result, uncut; keeps it somewhere, and gives what pushes it cut to the operand size. */
type Keep = (push: Push) => Push

const keepInTarget =
  (e: Emitter): Keep =>
  (push) =>
    e.assignResult(0, push)
/** Computed where its flags are read. */
const keepNowhere =
  (e: Emitter): Keep =>
  (push) =>
  () => {
    push()
    e.cut()
  }

function addition(e: Emitter, a: Push, b: Push, carry: Carry, keep: Keep): Push {
  const { code } = e
  const carried = carryIn(e, carry)
  const result = keep(() => {
    a()
    b()
    code.op(W.i64add)
    if (carry === 'in') code.get(carried).op(W.i64extendU, W.i64add)
  })
  const cf = () => {
    result()
    a()
    code.op(W.i64ltu)
    if (carry !== 'in') return
    code.get(carried)
    result()
    a()
    code.op(W.i64eq, W.i32and, W.i32or)
  }
  e.setFlags({
    ...(carry === 'kept' ? {} : { cf }),
    of: () => {
      a()
      result()
      code.op(W.i64xor)
      b()
      result()
      code.op(W.i64xor, W.i64and)
      topBit(e)
    },
    af: auxiliary(e, a, b, result),
    result,
  })
  return result
}

function subtraction(e: Emitter, a: Push, b: Push, borrow: Carry, keep: Keep): Push {
  const { code } = e
  const borrowed = carryIn(e, borrow)
  const result = keep(() => {
    a()
    b()
    code.op(W.i64sub)
    if (borrow === 'in') code.get(borrowed).op(W.i64extendU, W.i64sub)
  })
  const cf = () => {
    a()
    b()
    code.op(W.i64ltu)
    if (borrow !== 'in') return
    code.get(borrowed)
    a()
    b()
    code.op(W.i64eq, W.i32and, W.i32or)
  }
  e.setFlags({
    ...(borrow === 'kept' ? {} : { cf }),
    of: () => {
      a()
      b()
      code.op(W.i64xor)
      a()
      result()
      code.op(W.i64xor, W.i64and)
      topBit(e)
    },
    af: auxiliary(e, a, b, result),
    result,
    ...(borrow === 'none' ? { compare: [a, b] as const } : {}),
  })
  return result
}
/** The flags of a - b, i64 locals; the difference in a local. */
export function difference(e: Emitter, a: number, b: number): number {
  let local = -1
  subtraction(
    e,
    () => e.code.get(a),
    () => e.code.get(b),
    'none',
    (push) => {
      push()
      local = e.masked(e.keep())
      return () => e.code.get(local)
    },
  )
  return local
}

type Binary = (e: Emitter, a: Push, b: Push, keep: Keep) => Push

const logic =
  (op: number): Binary =>
  (e, a, b, keep) => {
    const result = keep(() => {
      a()
      b()
      e.code.op(op)
    })
    e.setFlags({ cf: 0, of: 0, af: 0, result })
    return result
  }

/** `later`: flags (bits as in `Flag`) that are made of the operands. */
const arithmetic =
  (compute: Binary, later: number, keep: (e: Emitter) => Keep): Semantics =>
  (e) => {
    e.prepare(keep === keepInTarget && e.insn.operands[0].kind === 'm')
    const value = e.wants(later) || keep !== keepInTarget ? (n: number) => e.value(n) : (n: number) => () => e.read(n)
    compute(e, value(0), value(1), keep(e))
    e.fallThrough()
  }
const OPERANDS_LATER = 1 | 2 | 4
/** ZF and SF as well, by comparison. */
const COMPARED_LATER = OPERANDS_LATER | 8 | 16

/** inc and dec leave CF alone. */
const step =
  (up: boolean): Semantics =>
  (e) => {
    e.prepare(true)
    const a = e.wants(OPERANDS_LATER) ? e.value(0) : () => e.read(0)
    const one = () => e.code.i64(1n)
    if (up) addition(e, a, one, 'kept', keepInTarget(e))
    else subtraction(e, a, one, 'kept', keepInTarget(e))
    e.fallThrough()
  }

/** `value` may be pushed when the stack pointer has changed; `unless` may end the instruction once the stack is known to be writable. */
function push(e: Emitter, value: Push, width = 8, unless?: () => void): void {
  const { code } = e
  const below = () => code.get(e.gpr(RSP)).i64(BigInt(-width)).op(W.i64add)
  if (e.covered()) {
    unless?.()
    e.assignGpr(RSP, below)
    code.get(e.gpr(RSP)).op(W.i32wrap)
    value()
    code.mem(STORE[width])
    return
  }
  below()
  const sp = e.keep()
  e.check(sp, width, true, { base: RSP, displacement: -width })
  unless?.()
  code.get(sp).op(W.i32wrap)
  value()
  code.mem(STORE[width])
  e.assignGpr(RSP, () => code.get(sp))
}

/** Pushes what is on top of the stack, which was checked. */
const top = (e: Emitter, width = 8) => e.load(e.gpr(RSP), width)
const checkTop = (e: Emitter, width = 8) => e.check(e.gpr(RSP), width, false, { base: RSP, displacement: 0 })
const drop = (e: Emitter, width = 8) => e.assignGpr(RSP, () => e.code.get(e.gpr(RSP)).i64(BigInt(width)).op(W.i64add))

const extend =
  (signed: boolean): Semantics =>
  (e) => {
    e.prepare(false)
    e.assign(0, () => {
      e.read(1)
      if (signed) e.signExtend(e.insn.operands[1].width)
    })
    e.fallThrough()
  }

/** imul with two or three operands: the low half, CF = OF = the high half is not its sign. */
function multiplySigned(e: Emitter, a: number, b: number): number {
  const { code } = e
  code.get(a).get(b).op(W.i64mul)
  const raw = e.keep()
  const result = e.masked(raw)
  const over = () => {
    if (e.width === 8) {
      code.get(a).get(b)
      e.mulHigh(true)
      code.get(raw).i64(63n).op(W.i64shrs, W.i64ne)
    } else {
      code.get(raw)
      e.signExtend()
      code.get(raw).op(W.i64ne)
    }
  }
  e.setFlags({ cf: over, of: over, af: 0, result: () => code.get(result) })
  return result
}

/** mul and one-operand imul: rdx:rax (ax for bytes) = rax * operand. */
const multiplyWide =
  (signed: boolean): Semantics =>
  (e) => {
    const { code, width, bits } = e
    e.prepare(false)
    e.readGpr(RAX, width)
    if (signed) e.signExtend()
    const a = e.keep()
    e.read(0)
    if (signed) e.signExtend()
    const b = e.keep()
    code.get(a).get(b).op(W.i64mul)
    const low = e.keep()
    let over: Push
    if (width === 8) {
      code.get(a).get(b)
      e.mulHigh(signed)
      const high = e.keep()
      e.writeGpr(RAX, low)
      e.writeGpr(RDX, high)
      over = () => {
        code.get(high)
        if (signed) code.get(low).i64(63n).op(W.i64shrs)
        else code.i64(0n)
        code.op(W.i64ne)
      }
    } else {
      if (width === 1) e.writeGpr(RAX, low, 2)
      else {
        code.get(low).i64(bits).op(W.i64shru)
        const high = e.keep()
        e.writeGpr(RAX, low, width)
        e.writeGpr(RDX, high, width)
      }
      over = () => {
        code.get(low)
        if (signed) e.signExtend()
        else e.cut()
        code.get(low).op(W.i64ne)
      }
    }
    const result = e.masked(low)
    e.setFlags({ cf: over, of: over, af: 0, result: () => code.get(result) })
    e.fallThrough()
  }

/**
 * div and idiv. Where the dividend's upper half is only the extension of its lower half (all that compilers make of a plain division),
 * wasm divides; the rest goes to the host: 128-bit dividends and #DE on zero and overflow.
 */
const divide =
  (signed: boolean): Semantics =>
  (e) => {
    const { code, width } = e
    e.prepare(false)
    const divisor = e.operand(0)
    const wide = () => {
      e.divideWide(divisor, signed)
      code.op(W.i32eqz).if()
      e.raise(Special.divideError)
      code.end()
    }
    if (width < 4) {
      wide()
      e.fallThrough()
      return
    }
    const extended = (push: Push): number => {
      push()
      if (signed) e.signExtend()
      return e.keep()
    }
    const low = extended(() => e.readGpr(RAX, width))
    const high = extended(() => e.readGpr(RDX, width))
    const by = extended(() => code.get(divisor))
    code.get(high)
    if (signed) code.get(low).i64(63n).op(W.i64shrs)
    else code.i64(0n)
    code.op(W.i64eq).get(by).i64(0n).op(W.i64ne, W.i32and)
    // The one quotient that does not fit: the least number by -1.
    if (signed) code.get(by).i64(-1n).op(W.i64ne, W.i32and)
    code.if()
    code
      .get(low)
      .get(by)
      .op(signed ? W.i64divs : W.i64divu)
    const quotient = e.keep()
    code
      .get(low)
      .get(by)
      .op(signed ? W.i64rems : W.i64remu)
    const remainder = e.keep()
    e.writeGpr(RAX, quotient, width)
    e.writeGpr(RDX, remainder, width)
    code.else()
    wide()
    code.end()
    e.fallThrough()
  }

const bitTest =
  (change: 'none' | 'set' | 'reset' | 'complement'): Semantics =>
  (e) => {
    const { code, bits, width } = e
    const [target, by] = e.insn.operands
    const n = (() => {
      e.read(1)
      if (by.kind === 'r') e.signExtend(by.width)
      return e.keep()
    })()
    const apply = (value: number, bit: number): number => {
      e.setFlags({ cf: () => code.get(value).get(bit).op(W.i64shru, W.i32wrap).i32(1).op(W.i32and) })
      code.get(value).i64(1n).get(bit).op(W.i64shl)
      if (change === 'reset') code.i64(-1n).op(W.i64xor)
      code.op({ none: W.i64or, set: W.i64or, reset: W.i64and, complement: W.i64xor }[change])
      return e.keep()
    }
    const bitOf = () => {
      code
        .get(n)
        .i64(bits - 1n)
        .op(W.i64and)
      return e.keep()
    }
    if (target.kind === 'm' && by.kind === 'r') {
      // A bit string in memory: the register reaches beyond the operand.
      e.effectiveAddress(() =>
        code
          .get(n)
          .i64(BigInt(Math.log2(width * 8)))
          .op(W.i64shrs)
          .i64(BigInt(width))
          .op(W.i64mul),
      )
      const address = e.keep()
      e.check(address, width, change !== 'none')
      e.load(address, width)
      const changed = apply(e.keep(), bitOf())
      if (change !== 'none') e.store(address, changed, width)
    } else {
      e.prepare(change !== 'none')
      const changed = apply(e.operand(0), bitOf())
      if (change !== 'none') e.write(0, changed)
    }
    e.fallThrough()
  }

const scan =
  (reverse: boolean): Semantics =>
  (e) => {
    const { code } = e
    e.prepare(false)
    const source = e.operand(1)
    // Only ZF is defined; the others are taken from the source too.
    e.setFlags({ result: () => code.get(source) })
    code.get(source).op(W.i64eqz, W.i32eqz).if()
    code.get(source)
    if (reverse) {
      code.op(W.i64clz)
      const zeros = e.keep()
      code.i64(63n).get(zeros).op(W.i64sub)
    } else code.op(W.i64ctz)
    e.write(0, e.keep())
    code.end()
    e.fallThrough()
  }

const compareExchange: Semantics = (e) => {
  const { code } = e
  e.prepare(true)
  const old = e.operand(0)
  const replacement = e.operand(1)
  e.readGpr(RAX, e.width)
  const accumulator = e.keep()
  code
    .get(difference(e, accumulator, old))
    .op(W.i64eqz)
    .if()
  e.write(0, replacement)
  code.else()
  e.writeGpr(RAX, old, e.width)
  code.end()
  e.fallThrough()
}

/** movs, stos, lods, element by element. */
const string =
  (name: 'movs' | 'stos' | 'lods'): Semantics =>
  (e) => {
    const { width } = e
    e.repeat(() => {
      e.readGpr(RSI)
      const from = e.keep()
      e.readGpr(RDI)
      const to = e.keep()
      if (name !== 'stos') e.check(from, width, false)
      if (name !== 'lods') e.check(to, width, true)
      if (name === 'stos') e.readGpr(RAX, width)
      else e.load(from, width)
      const value = e.keep()
      if (name === 'lods') e.writeGpr(RAX, value, width)
      else e.store(to, value, width)
      if (name !== 'stos') advance(e, RSI, from)
      if (name !== 'lods') advance(e, RDI, to)
    })
  }

/** A string's pointer goes on by an element, up or down. */
export function advance(e: Emitter, index: number, local: number): void {
  e.code.get(local)
  e.direction()
  e.code.i64(BigInt(e.width)).op(W.i64mul, W.i64add)
  e.writeGpr(index, e.keep())
}

const host =
  (what: number): Semantics =>
  (e) =>
    e.special(what)

export const INTEGER: Readonly<Record<string, Semantics>> = {
  add: arithmetic((e, a, b, keep) => addition(e, a, b, 'none', keep), OPERANDS_LATER, keepInTarget),
  adc: arithmetic((e, a, b, keep) => addition(e, a, b, 'in', keep), OPERANDS_LATER, keepInTarget),
  sub: arithmetic((e, a, b, keep) => subtraction(e, a, b, 'none', keep), COMPARED_LATER, keepInTarget),
  sbb: arithmetic((e, a, b, keep) => subtraction(e, a, b, 'in', keep), OPERANDS_LATER, keepInTarget),
  cmp: arithmetic((e, a, b, keep) => subtraction(e, a, b, 'none', keep), 0, keepNowhere),
  and: arithmetic(logic(W.i64and), 0, keepInTarget),
  or: arithmetic(logic(W.i64or), 0, keepInTarget),
  xor: arithmetic(logic(W.i64xor), 0, keepInTarget),
  test: arithmetic(logic(W.i64and), 0, keepNowhere),
  inc: step(true),
  dec: step(false),
  neg: (e) => {
    e.prepare(true)
    subtraction(e, () => e.code.i64(0n), e.value(0), 'none', keepInTarget(e))
    e.fallThrough()
  },
  not: (e) => {
    e.prepare(true)
    e.assign(0, () => {
      e.read(0)
      e.code.i64(e.mask()).op(W.i64xor)
    })
    e.fallThrough()
  },
  shl: shift('shl'),
  shr: shift('shr'),
  sar: shift('sar'),
  rol: shift('rol'),
  ror: shift('ror'),
  shld: doubleShift(true),
  shrd: doubleShift(false),
  mov: (e) => {
    e.prepare(e.insn.operands[0].kind === 'm')
    e.assign(0, () => e.read(1))
    e.fallThrough()
  },
  movsxd: extend(true),
  movsx: extend(true),
  movzx: extend(false),
  lea: (e) => {
    e.assign(0, () => e.effectiveAddress())
    e.fallThrough()
  },
  xchg: (e) => {
    e.prepare(true)
    const a = e.operand(0)
    const b = e.operand(1)
    e.write(0, b)
    e.write(1, a)
    e.fallThrough()
  },
  xadd: (e) => {
    e.prepare(true)
    const { code } = e
    const a = e.operand(0)
    const b = e.operand(1)
    addition(
      e,
      () => code.get(a),
      () => code.get(b),
      'none',
      (push) => {
        push()
        const sum = e.masked(e.keep())
        e.write(1, a)
        e.write(0, sum)
        return () => code.get(sum)
      },
    )
    e.fallThrough()
  },
  cmpxchg: compareExchange,
  imul: (e) => {
    const [, second, third] = e.insn.operands
    e.prepare(false)
    e.read(third ? 1 : 0)
    e.signExtend()
    const a = e.keep()
    e.read(third ? 2 : 1)
    e.signExtend(second.width)
    const b = e.keep()
    e.write(0, multiplySigned(e, a, b))
    e.fallThrough()
  },
  mul: multiplyWide(false),
  imul1: multiplyWide(true),
  div: divide(false),
  idiv: divide(true),
  bt: bitTest('none'),
  bts: bitTest('set'),
  btr: bitTest('reset'),
  btc: bitTest('complement'),
  bsf: scan(false),
  bsr: scan(true),
  bswap: (e) => {
    const { code, width } = e
    const value = e.operand(0)
    code.i64(0n)
    for (let i = 0; i < width; i++) {
      code
        .get(value)
        .i64(BigInt(i * 8))
        .op(W.i64shru)
        .i64(0xffn)
        .op(W.i64and)
      code.i64(BigInt((width - 1 - i) * 8)).op(W.i64shl, W.i64or)
    }
    e.write(0, e.keep())
    e.fallThrough()
  },
  cbw: (e) => {
    e.readGpr(RAX, e.width / 2)
    e.signExtend(e.width / 2)
    e.writeGpr(RAX, e.keep(), e.width)
    e.fallThrough()
  },
  cwd: (e) => {
    e.readGpr(RAX, e.width)
    e.signExtend()
    e.code.i64(63n).op(W.i64shrs)
    e.writeGpr(RDX, e.keep(), e.width)
    e.fallThrough()
  },
  push: (e) => {
    e.prepare(false)
    push(e, e.value(0), e.insn.operands[0].width)
    e.fallThrough()
  },
  pop: (e) => {
    const [to] = e.insn.operands
    const { width } = to
    checkTop(e, width)
    top(e, width)
    const value = e.keep()
    if (to.kind === 'm') {
      e.readGpr(RSP)
      const old = e.keep()
      drop(e, width)
      // The address is formed with the new stack pointer; a fault must find the old one.
      e.effectiveAddress()
      const address = e.keep()
      e.readGpr(RSP)
      const sp = e.keep()
      e.writeGpr(RSP, old)
      e.check(address, width, true)
      e.writeGpr(RSP, sp)
      e.store(address, value, width)
    } else {
      drop(e, width)
      e.write(0, value)
    }
    e.fallThrough()
  },
  leave: (e) => {
    e.readGpr(RBP)
    const frame = e.keep()
    const width = e.width === 2 ? 2 : 8
    e.check(frame, width, false, { base: RBP, displacement: 0 })
    e.load(frame, width)
    const value = e.keep()
    e.code.get(frame).i64(BigInt(width)).op(W.i64add)
    e.writeGpr(RSP, e.keep())
    e.writeGpr(RBP, value, width)
    e.fallThrough()
  },
  call: (e) => {
    const direct = e.insn.operands.length === 0
    e.prepare(false)
    const target = direct ? -1 : e.operand(0)
    push(
      e,
      () => e.next(),
      8,
      () => {
        if (!direct) e.requireCanonical(target)
      },
    )
    if (direct) e.enter()
    else e.enter(target)
  },
  ret: (e) => {
    checkTop(e)
    top(e)
    const value = e.keep()
    e.requireCanonical(value)
    drop(e)
    if (e.insn.operands.length > 0)
      e.assignGpr(RSP, () => {
        e.read(0)
        e.code.i64(0xffffn).op(W.i64and).get(e.gpr(RSP)).op(W.i64add)
      })
    e.leave(value)
  },
  jmp: (e) => {
    if (e.insn.operands.length === 0) e.branch()
    else {
      e.prepare(false)
      const target = e.operand(0)
      e.requireCanonical(target)
      e.jump(target)
    }
  },
  jcc: (e) => e.branch(() => e.condition(e.insn.condition)),
  jrcxz: (e) =>
    e.branch(() => {
      e.readGpr(RCX)
      e.code.op(W.i64eqz)
    }),
  cmovcc: (e) => {
    e.prepare(false)
    e.assign(0, () => {
      e.read(1)
      e.read(0)
      e.condition(e.insn.condition)
      e.code.op(W.select)
    })
    e.fallThrough()
  },
  setcc: (e) => {
    e.prepare(true)
    e.assign(0, () => {
      e.condition(e.insn.condition)
      e.code.extend()
    })
    e.fallThrough()
  },
  movs: string('movs'),
  stos: string('stos'),
  lods: string('lods'),
  clc: (e) => {
    e.setFlags({ cf: 0 })
    e.fallThrough()
  },
  stc: (e) => {
    e.setFlags({ cf: 1 })
    e.fallThrough()
  },
  cmc: (e) => {
    e.flag('cf')
    const carry = e.keep32()
    e.setFlags({ cf: () => e.code.get(carry).op(W.i32eqz) })
    e.fallThrough()
  },
  cld: (e) => {
    e.setDirection(0)
    e.fallThrough()
  },
  std: (e) => {
    e.setDirection(1)
    e.fallThrough()
  },
  nop: (e) => e.fallThrough(),
  syscall: host(Special.syscall),
  gate: host(Special.gate),
  ud2: host(Special.undefined),
  unsupported: host(Special.unsupported),
  int3: host(Special.breakpoint),
  cpuid: host(Special.cpuid),
  rdtsc: host(Special.rdtsc),
  sahf: host(Special.sahf),
  lahf: host(Special.lahf),
  pushf: (e) => e.special(e.width === 2 ? Special.pushf16 : Special.pushf),
  popf: (e) => e.special(e.width === 2 ? Special.popf16 : Special.popf),
  ldmxcsr: (e) => e.specialAt(Special.ldmxcsr),
  stmxcsr: (e) => e.specialAt(Special.stmxcsr),
  hlt: host(Special.privileged),
}
