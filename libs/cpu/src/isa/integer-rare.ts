/** The general-purpose instructions that compilers seldom emit: compared strings, rotates through carry, wide exchanges, loop, xlat, enter. */
import { W } from '../wasm/code.ts'
import { advance, difference, type Semantics } from './integer.ts'
import { Special } from './special.ts'

const RAX = 0
const RCX = 1
const RDX = 2
const RBX = 3
const RSI = 6
const RDI = 7

/** cmps and scas, element by element; repe and repne end when ZF says so. */
const compareString =
  (name: 'cmps' | 'scas'): Semantics =>
  (e) => {
    const { code, width, insn } = e
    let compared = -1
    e.repeat(
      () => {
        e.readGpr(RSI)
        const from = e.keep()
        e.readGpr(RDI)
        const to = e.keep()
        if (name === 'cmps') e.check(from, width, false)
        e.check(to, width, false)
        if (name === 'cmps') e.load(from, width)
        else e.readGpr(RAX, width)
        const a = e.keep()
        e.load(to, width)
        compared = difference(e, a, e.keep())
        if (name === 'cmps') advance(e, RSI, from)
        advance(e, RDI, to)
      },
      () => {
        code.get(compared).op(W.i64eqz)
        if (insn.repeat !== 0xf2) code.op(W.i32eqz)
      },
    )
  }

/** rcl and rcr turn the operand and CF as one number of one bit more. */
const rotateCarry =
  (left: boolean): Semantics =>
  (e) => {
    const { code, bits, width } = e
    e.prepare(true)
    const a = e.operand(0)
    e.read(1)
    code.i64(width === 8 ? 63n : 31n).op(W.i64and)
    if (width < 4) code.i64(bits + 1n).op(W.i64remu)
    const count = e.keep()
    code.get(count).op(W.i64eqz, W.i32eqz).if()
    code.i64(bits).get(count).op(W.i64sub)
    const rest = e.keep()
    code.get(a).get(count)
    code.op(left ? W.i64shl : W.i64shru)
    e.flag('cf')
    code.op(W.i64extendU)
    if (left) code.get(count).i64(1n).op(W.i64sub)
    else code.get(rest)
    code.op(W.i64shl, W.i64or)
    code
      .get(a)
      .get(rest)
      .op(left ? W.i64shru : W.i64shl)
      .i64(1n)
      .op(left ? W.i64shru : W.i64shl, W.i64or)
    code.i64(e.mask()).op(W.i64and)
    const result = e.keep()
    code.get(a)
    if (left) code.get(rest)
    else code.get(count).i64(1n).op(W.i64sub)
    code.op(W.i64shru).i64(1n).op(W.i64and, W.i32wrap)
    const carry = e.keep32()
    const top = (down: bigint) =>
      code
        .get(result)
        .i64(bits - down)
        .op(W.i64shru, W.i32wrap)
        .i32(1)
        .op(W.i32and)
    e.setFlags({
      cf: () => code.get(carry),
      of: () => {
        top(1n)
        if (left) code.get(carry)
        else top(2n)
        code.op(W.i32xor)
      },
    })
    e.write(0, result)
    if (width === 4 && e.insn.operands[0].kind === 'r') {
      code.else()
      e.write(0, a)
    }
    code.end()
    e.fallThrough()
  }

/** cmpxchg8b and cmpxchg16b: halves of `width` bytes; ZF is the only flag. */
const exchangePair: Semantics = (e) => {
  const { code, width } = e
  e.prepare(true, width * 2, width === 8)
  const load = width === 8 ? W.i64load : W.i64load32u
  const store = width === 8 ? W.i64store : W.i64store32
  code.get(e.address).mem(load)
  const low = e.keep()
  code.get(e.address).mem(load, width)
  const high = e.keep()
  e.readGpr(RAX, width)
  code.get(low).op(W.i64xor)
  e.readGpr(RDX, width)
  code.get(high).op(W.i64xor, W.i64or)
  const differs = e.keep()
  e.setFlags({ zf: () => code.get(differs) })
  code.get(differs).op(W.i64eqz).if()
  code.get(e.address)
  e.readGpr(RBX)
  code.mem(store).get(e.address)
  e.readGpr(RCX)
  code.mem(store, width).else()
  e.writeGpr(RAX, low, width)
  e.writeGpr(RDX, high, width)
  code.end()
  e.fallThrough()
}

/** loop, and loope (ZF set) or loopne (clear) where `zero` is given. */
const loop =
  (zero?: boolean): Semantics =>
  (e) => {
    const { code } = e
    e.readGpr(RCX)
    code.i64(1n).op(W.i64sub)
    const count = e.keep()
    e.writeGpr(RCX, count)
    e.branch(() => {
      code.get(count).op(W.i64eqz, W.i32eqz)
      if (zero === undefined) return
      e.condition(zero ? 4 : 5)
      code.op(W.i32and)
    })
  }

export const RARE: Readonly<Record<string, Semantics>> = {
  cmps: compareString('cmps'),
  scas: compareString('scas'),
  rcl: rotateCarry(true),
  rcr: rotateCarry(false),
  cmpxchg8b: exchangePair,
  loop: loop(),
  loope: loop(true),
  loopne: loop(false),
  xlat: (e) => {
    e.readGpr(RBX)
    e.readGpr(RAX, 1)
    e.code.op(W.i64add)
    const address = e.keep()
    e.check(address, 1, false)
    e.load(address, 1)
    e.writeGpr(RAX, e.keep(), 1)
    e.fallThrough()
  },
  clflush: (e) => {
    e.prepare(false)
    e.fallThrough()
  },
  implied: (e) => e.special(Special.implied),
  int: (e) => e.special(Special.interrupt),
  fwait: (e) => e.special(Special.fwait),
  x87: (e) => (e.insn.operands.length > 1 ? e.specialAt(Special.x87) : e.special(Special.x87)),
  enter: (e) => e.special(Special.enter),
}
