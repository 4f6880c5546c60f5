/** Semantics of SSE and SSE2 (Intel SDM vol. 2) on wasm's v128. Rounding is to nearest, no exception flag is set: MXCSR's other ways are `exact-floats.ts`'s. */
import { F32, F64, V128, W } from '../wasm/code.ts'
import type { Emitter } from './emitter.ts'
import type { Semantics } from './integer.ts'
import { Special } from './special.ts'

const UNALIGNED = new Set(['movups'])

/** The memory operand's address, checked; 128-bit operands must be aligned except of the moves made for unaligned ones. */
function prepare(e: Emitter, write = false): void {
  const memory = e.insn.operands.find((each) => each.kind === 'm')
  e.prepare(write, memory?.width ?? 0, memory?.width === 16 && !UNALIGNED.has(e.insn.name))
}

/** Shuffle indices, bytes, of `width`-byte lanes; the second vector's lanes follow the first's. */
const lanes = (width: number, ...order: number[]): number[] =>
  order.flatMap((lane) => Array.from({ length: width }, (_, i) => lane * width + i))

export function binary(compute: (e: Emitter, a: number, b: number) => void): Semantics {
  return (e) => {
    prepare(e)
    e.readV(1)
    const b = e.keepV()
    e.readV(0)
    const a = e.keepV()
    compute(e, a, b)
    e.writeV(0, e.keepV())
    e.fallThrough()
  }
}
/** One instruction on the operands in their order, or the second one first. */
const simple =
  (opcode: number, order: readonly [number, number] = [0, 1], indices: readonly number[] = []): Semantics =>
  (e) => {
    prepare(e)
    e.assignV(0, () => {
      for (const n of order) e.readV(n)
      e.code.simd(opcode, ...indices)
    })
    e.fallThrough()
  }
const swapped = (opcode: number) => simple(opcode, [1, 0])
const shuffle = (...indices: number[]) => simple(13, [0, 1], indices)

const LOW: Readonly<Record<number, readonly number[]>> = { 4: lanes(4, 4, 1, 2, 3), 8: lanes(8, 2, 1) }

/** Float arithmetic: a NaN in the first operand wins and is made quiet, as the hardware does; scalars keep the upper lanes. */
const float = (opcode: number, double: boolean, scalar: boolean) =>
  binary((e, a, b) => {
    const { code } = e
    code.get(a)
    code
      .i64(double ? 0x0008_0000_0000_0000n : 0x0040_0000_0040_0000n)
      .simd(18)
      .simd(80)
    code.get(a).get(b).simd(opcode)
    code
      .get(a)
      .get(a)
      .simd(double ? 72 : 66)
      .simd(82)
    if (!scalar) return
    const result = e.keepV()
    code
      .get(a)
      .get(result)
      .simd(13, ...LOW[double ? 8 : 4])
  })
/** min and max give the second operand unless the first is truly less (greater): wasm's pmin(b, a). */
const extreme = (opcode: number, double: boolean, scalar: boolean) =>
  binary((e, a, b) => {
    e.code.get(b).get(a).simd(opcode)
    if (!scalar) return
    const result = e.keepV()
    e.code
      .get(a)
      .get(result)
      .simd(13, ...LOW[double ? 8 : 4])
  })
const root = (opcode: number, double: boolean, scalar: boolean) =>
  binary((e, a, b) => {
    e.code.get(b).simd(opcode)
    if (!scalar) return
    const result = e.keepV()
    e.code
      .get(a)
      .get(result)
      .simd(13, ...LOW[double ? 8 : 4])
  })

/**
 * rcp and rsqrt promise a relative error of 1.5 · 2^-12 (SDM vol. 2): here they are 1 / x and 1 / √x, rounded as single divisions are.
 * Denormals count as zeros, in the operand and in the result.
 */
const reciprocal = (ofRoot: boolean, scalar: boolean) =>
  binary((e, a, b) => {
    const { code } = e
    const flush = (value: number): void => {
      code.get(value)
      code.get(value).i32(0x8000_0000).simd(17).simd(78)
      code.get(value).i32(0x7f80_0000).simd(17).simd(78).i32(0).simd(17).simd(56)
      code.simd(82)
    }
    flush(b)
    const operand = e.keepV()
    code.i32(0x3f80_0000).simd(17).get(operand)
    if (ofRoot) code.simd(227)
    code.simd(231)
    const result = e.keepV()
    flush(result)
    if (!scalar) return
    const flushed = e.keepV()
    code
      .get(a)
      .get(flushed)
      .simd(13, ...LOW[4])
  })

function floats(): Record<string, Semantics> {
  const rows: Record<string, Semantics> = {}
  for (const [suffix, double, scalar] of [
    ['ps', false, false],
    ['pd', true, false],
    ['ss', false, true],
    ['sd', true, true],
  ] as const) {
    const base = double ? 12 : 0
    rows[`add${suffix}`] = float(228 + base, double, scalar)
    rows[`sub${suffix}`] = float(229 + base, double, scalar)
    rows[`mul${suffix}`] = float(230 + base, double, scalar)
    rows[`div${suffix}`] = float(231 + base, double, scalar)
    rows[`min${suffix}`] = extreme(234 + base, double, scalar)
    rows[`max${suffix}`] = extreme(235 + base, double, scalar)
    rows[`sqrt${suffix}`] = root(227 + base, double, scalar)
  }
  return rows
}

/** A shift by a count that may reach the lane's width: then 0, or the sign for arithmetic ones. */
const shift =
  (opcode: number, bits: bigint, arithmetic = false): Semantics =>
  (e) => {
    const { code } = e
    prepare(e)
    if (e.insn.operands[1].kind === 'i') {
      e.read(1)
      code.i64(0xffn).op(W.i64and)
    } else {
      e.readV(1)
      code.simd(29, 0)
    }
    const count = e.keep()
    code.get(count).i64(bits).op(W.i64ltu).if(V128)
    e.readV(0)
    code.get(count).op(W.i32wrap).simd(opcode).else()
    if (arithmetic) {
      e.readV(0)
      code.i32(Number(bits) - 1).simd(opcode)
    } else e.zeroV()
    code.end()
    e.writeV(0, e.keepV())
    e.fallThrough()
  }

/** The immediate is part of the handler's shape for these. */
const immediate = (e: Emitter): number => Number(BigInt.asUintN(8, (e.insn.operands.at(-1) as { value: bigint }).value))
const two = (value: number, n: number): number => (value >> (2 * n)) & 3

const byteShift =
  (left: boolean): Semantics =>
  (e) => {
    const by = Math.min(immediate(e), 16)
    if (left) e.zeroV()
    e.readV(0)
    if (!left) e.zeroV()
    const from = left ? 16 - by : by
    e.code.simd(13, ...Array.from({ length: 16 }, (_, i) => i + from))
    e.writeV(0, e.keepV())
    e.fallThrough()
  }
const select = (indices: (n: number) => number[]): Semantics =>
  binary((e, a, b) =>
    e.code
      .get(a)
      .get(b)
      .simd(13, ...indices(immediate(e))),
  )

const mask =
  (opcode: number): Semantics =>
  (e) => {
    e.readV(1)
    e.code.simd(opcode).op(W.i64extendU)
    e.write(0, e.keep())
    e.fallThrough()
  }

/** Moves of a lane (4 or 8 bytes): a load clears the rest, a register move keeps it unless `clears`. */
const scalarMove =
  (clears: boolean): Semantics =>
  (e) => {
    const [to, from] = e.insn.operands
    const width = Math.min(to.width, from.width)
    e.prepare(to.kind === 'm')
    if (to.kind === 'm') {
      e.readV(1)
      e.code.simd(29, 0)
      e.write(0, e.keep())
    } else if (clears && from.kind !== 'm') {
      e.zeroV()
      e.readV(1)
      e.code.simd(13, ...LOW[width])
      e.writeV(0, e.keepV())
    } else {
      if (from.kind !== 'm') e.readV(0)
      e.readV(1)
      if (from.kind !== 'm') e.code.simd(13, ...LOW[width])
      e.writeV(0, e.keepV())
    }
    e.fallThrough()
  }

const halfMove =
  (high: boolean): Semantics =>
  (e) => {
    const [to, from] = e.insn.operands
    e.prepare(to.kind === 'm')
    if (to.kind === 'm') {
      e.readV(1)
      e.code.simd(29, high ? 1 : 0)
      e.write(0, e.keep())
    } else {
      e.readV(0)
      e.readV(1)
      // movhlps takes the upper half of a register, movlps from memory the only one there is.
      e.code.simd(13, ...(high ? lanes(8, 0, 2) : lanes(8, from.kind === 'm' ? 2 : 3, 1)))
      e.writeV(0, e.keepV())
    }
    e.fallThrough()
  }

/** ucomis* and comis*: unordered = ZF PF CF, greater = none, less = CF, equal = ZF. */
const compare =
  (double: boolean): Semantics =>
  (e) => {
    const { code } = e
    e.prepare(false)
    const lane = double ? 33 : 31
    e.readV(0)
    code.simd(lane, 0)
    const a = e.local(double ? F64 : F32)
    code.set(a)
    e.readV(1)
    code.simd(lane, 0)
    const b = e.local(double ? F64 : F32)
    code.set(b)
    const [eq, lt, gt, ge] = double ? [0x61, 0x63, 0x64, 0x66] : [0x5b, 0x5d, 0x5e, 0x60]
    code.get(a).get(a).op(eq).get(b).get(b).op(eq, W.i32and, W.i32eqz)
    const unordered = e.keep32()
    e.setFlags({
      cf: () => code.get(a).get(b).op(ge, W.i32eqz),
      of: 0,
      af: 0,
      // ZF is set where neither is less, unordered included.
      zf: () => code.get(a).get(b).op(lt).get(a).get(b).op(gt, W.i32or, W.i64extendU),
      sf: 0,
      pf: () => code.get(unordered).op(W.i32eqz),
    })
    e.fallThrough()
  }

const fromInteger =
  (double: boolean): Semantics =>
  (e) => {
    const { code } = e
    const source = e.insn.operands[1].width
    e.prepare(false)
    e.readV(0)
    e.read(1, source)
    e.signExtend(source)
    code.op(double ? 0xb9 : 0xb4).simd(double ? 34 : 32, 0)
    e.writeV(0, e.keepV())
    e.fallThrough()
  }

/** cmpps and kin: predicates 0 .. 7 are eq, lt, le, unordered and their negations. */
const predicate = (double: boolean, scalar: boolean) =>
  binary((e, a, b) => {
    const { code } = e
    const kind = immediate(e) & 7
    const equal = double ? 71 : 65
    if ((kind & 3) === 3) code.get(a).get(a).simd(equal).get(b).get(b).simd(equal).simd(78).simd(77)
    else
      code
        .get(a)
        .get(b)
        .simd(equal + ([0, 2, 4][kind & 3] ?? 0))
    if (kind & 4) code.simd(77)
    if (!scalar) return
    const result = e.keepV()
    code
      .get(a)
      .get(result)
      .simd(13, ...LOW[double ? 8 : 4])
  })

/** High halves of the eight products of 16-bit lanes. */
const highProducts = (low: number, high: number) =>
  binary((e, a, b) => {
    e.code.get(a).get(b).simd(low).get(a).get(b).simd(high)
    e.code.simd(13, ...lanes(2, 1, 3, 5, 7, 9, 11, 13, 15))
  })

export const SSE_SEMANTICS: Readonly<Record<string, Semantics>> = {
  ...floats(),
  rcpps: reciprocal(false, false),
  rcpss: reciprocal(false, true),
  rsqrtps: reciprocal(true, false),
  rsqrtss: reciprocal(true, true),
  movups: (e) => {
    prepare(e, e.insn.operands[0].kind === 'm')
    e.assignV(0, () => e.readV(1))
    e.fallThrough()
  },
  movaps: (e) => SSE_SEMANTICS.movups(e),
  movss: scalarMove(false),
  movq: (e) => {
    const [to, from] = e.insn.operands
    if (to.kind !== 'm' || from.kind === 'm') return scalarMove(true)(e)
    return scalarMove(false)(e)
  },
  movlow: halfMove(false),
  movhigh: halfMove(true),
  movd: (e) => {
    const [to, from] = e.insn.operands
    e.prepare(to.kind === 'm')
    if (to.kind === 'x') {
      e.zeroV()
      e.read(1, from.width)
      e.code.simd(30, 0)
      e.writeV(0, e.keepV())
    } else {
      e.readV(1)
      e.code.simd(29, 0)
      e.write(0, e.keep(), to.width)
    }
    e.fallThrough()
  },
  pand: simple(78),
  por: simple(80),
  pxor: simple(81),
  pandn: swapped(79),
  punpcklbw: shuffle(...lanes(1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)),
  punpckhbw: shuffle(...lanes(1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)),
  punpcklwd: shuffle(...lanes(2, 0, 8, 1, 9, 2, 10, 3, 11)),
  punpckhwd: shuffle(...lanes(2, 4, 12, 5, 13, 6, 14, 7, 15)),
  unpcklps: shuffle(...lanes(4, 0, 4, 1, 5)),
  unpckhps: shuffle(...lanes(4, 2, 6, 3, 7)),
  punpcklqdq: shuffle(...lanes(8, 0, 2)),
  punpckhqdq: shuffle(...lanes(8, 1, 3)),
  packsswb: simple(101),
  packuswb: simple(102),
  packssdw: simple(133),
  pcmpeqb: simple(35),
  pcmpeqw: simple(45),
  pcmpeqd: simple(55),
  pcmpgtb: simple(39),
  pcmpgtw: simple(49),
  pcmpgtd: simple(59),
  paddb: simple(110),
  paddsb: simple(111),
  paddusb: simple(112),
  psubb: simple(113),
  psubsb: simple(114),
  psubusb: simple(115),
  pminub: simple(119),
  pmaxub: simple(121),
  pavgb: simple(123),
  paddw: simple(142),
  paddsw: simple(143),
  paddusw: simple(144),
  psubw: simple(145),
  psubsw: simple(146),
  psubusw: simple(147),
  pmullw: simple(149),
  pminsw: simple(150),
  pmaxsw: simple(152),
  pavgw: simple(155),
  paddd: simple(174),
  psubd: simple(177),
  pmaddwd: simple(186),
  paddq: simple(206),
  psubq: simple(209),
  psllw: shift(139, 16n),
  psraw: shift(140, 16n, true),
  psrlw: shift(141, 16n),
  pslld: shift(171, 32n),
  psrad: shift(172, 32n, true),
  psrld: shift(173, 32n),
  psllq: shift(203, 64n),
  psrlq: shift(205, 64n),
  pslldq: byteShift(true),
  psrldq: byteShift(false),
  pshufd: select((n) => lanes(4, 4 + two(n, 0), 4 + two(n, 1), 4 + two(n, 2), 4 + two(n, 3))),
  pshuflw: select((n) => lanes(2, 8 + two(n, 0), 8 + two(n, 1), 8 + two(n, 2), 8 + two(n, 3), 12, 13, 14, 15)),
  pshufhw: select((n) => lanes(2, 8, 9, 10, 11, 12 + two(n, 0), 12 + two(n, 1), 12 + two(n, 2), 12 + two(n, 3))),
  shufps: select((n) => lanes(4, two(n, 0), two(n, 1), 4 + two(n, 2), 4 + two(n, 3))),
  shufpd: select((n) => lanes(8, n & 1, 2 + ((n >> 1) & 1))),
  pmovmskb: mask(100),
  movmskps: mask(164),
  movmskpd: mask(196),
  ucomiss: compare(false),
  ucomisd: compare(true),
  comiss: compare(false),
  comisd: compare(true),
  cvtsi2ss: fromInteger(false),
  cvtsi2sd: fromInteger(true),
  cvtdq2ps: binary((e, _a, b) => e.code.get(b).simd(250)),
  cmpps: predicate(false, false),
  cmppd: predicate(true, false),
  cmpss: predicate(false, true),
  cmpsd: predicate(true, true),
  pmulhw: highProducts(188, 189),
  pmulhuw: highProducts(190, 191),
  pmuludq: binary((e, a, b) => {
    const even = lanes(4, 0, 2, 0, 2)
    e.code
      .get(a)
      .get(a)
      .simd(13, ...even)
    e.code
      .get(b)
      .get(b)
      .simd(13, ...even)
    e.code.simd(222)
  }),
  // Absolute differences of bytes, added up eight by eight.
  psadbw: binary((e, a, b) => {
    const { code } = e
    code.get(a).get(b).simd(121).get(a).get(b).simd(119).simd(113).simd(125).simd(127)
    const sums = e.keepV()
    code.get(sums).i32(32).simd(205)
    code.get(sums).i64(0xffff_ffffn).simd(18).simd(78)
    code.simd(206)
  }),
  maskmovdqu: (e) => e.special(Special.maskmovdqu),
  /** Any of the arithmetic, where floats are exact. */
  float: (e) => {
    prepare(e)
    if (e.insn.operands.some((each) => each.kind === 'm')) e.specialAt(Special.float)
    else e.special(Special.float)
  },
  fxsave: (e) => e.specialAt(Special.fxsave),
  fxrstor: (e) => e.specialAt(Special.fxrstor),
  pinsrw: (e) => {
    e.prepare(false)
    e.readV(0)
    e.read(1, 2)
    e.code.op(W.i32wrap).simd(26, immediate(e) & 7)
    e.writeV(0, e.keepV())
    e.fallThrough()
  },
  pextrw: (e) => {
    e.readV(1)
    e.code.simd(25, immediate(e) & 7).op(W.i64extendU)
    e.write(0, e.keep())
    e.fallThrough()
  },
  cvtdq2pd: binary((e, _a, b) => e.code.get(b).simd(254)),
  cvtps2pd: binary((e, _a, b) => e.code.get(b).simd(95)),
  cvtpd2ps: binary((e, _a, b) => e.code.get(b).simd(94)),
  cvtss2sd: binary((e, a, b) =>
    e.code
      .get(a)
      .get(b)
      .simd(95)
      .simd(13, ...LOW[8]),
  ),
  cvtsd2ss: binary((e, a, b) =>
    e.code
      .get(a)
      .get(b)
      .simd(94)
      .simd(13, ...LOW[4]),
  ),
}
