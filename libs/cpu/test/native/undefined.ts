/** Flags that the SDM (vol. 2) leaves undefined, by mnemonic; where it depends on the count, by state. They are not compared. */
import type { Instruction } from '../../src/decode/decoder.ts'
import { type Case, Fx } from './batch.ts'

const CF = 1
const PF = 4
const AF = 0x10
const ZF = 0x40
const SF = 0x80
const OF = 0x800

const ALWAYS: Readonly<Record<string, number>> = {
  and: AF,
  or: AF,
  xor: AF,
  test: AF,
  mul: SF | ZF | AF | PF,
  imul: SF | ZF | AF | PF,
  imul1: SF | ZF | AF | PF,
  div: CF | OF | SF | ZF | AF | PF,
  idiv: CF | OF | SF | ZF | AF | PF,
  bsf: CF | OF | SF | AF | PF,
  bsr: CF | OF | SF | AF | PF,
  bt: OF | SF | AF | PF,
  bts: OF | SF | AF | PF,
  btr: OF | SF | AF | PF,
  btc: OF | SF | AF | PF,
}

/** The count of a shift or rotate, masked as the processor masks it. */
export function countOf(insn: Instruction, from: Case): number {
  const by = insn.operands.at(-1)!
  const count = by.kind === 'i' ? Number(BigInt.asUintN(8, by.value)) : Number(from.gpr(1) & 0xffn)
  return count & (insn.width === 8 ? 63 : 31)
}

/** Mask of the denormal-operand exception of x87. */
const DENORMAL = 2
/** fld of a single or double: of a denormal that is not masked, Intel's leave the stack as it was (vol. 1, 8.5.2), AMD's load it. */
function loadsFloat(insn: Instruction): boolean {
  const code = insn.operands.at(-1)!
  if (code.kind !== 'i') return false
  const [opcode, modrm] = [Number(code.value >> 8n) & 7, Number(code.value & 0xffn)]
  return (opcode === 1 || opcode === 5) && modrm < 0xc0 && (modrm & 0x38) === 0
}

/** f2xm1, fyl2x, fptan, fpatan, fyl2xp1, fsincos, fsin, fcos. */
const TRANSCENDENTAL = new Set([0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff])
const codeOf = (insn: Instruction): number => {
  const code = insn.operands.at(-1)!
  return insn.name === 'x87' && code.kind === 'i' ? Number(code.value & 0x7ffn) : -1
}
/** The results are within a last place of the true ones (vol. 1, 8.3.10), and which of these they are is the processor's choice. */
export const isTranscendental = (insn: Instruction): boolean => codeOf(insn) >> 8 === 1 && TRANSCENDENTAL.has(codeOf(insn) & 0xff)
/** f2xm1 outside of -1 .. 1, fyl2xp1 outside of 1 / √2 - 1 .. √2 - 1. */
function isOutOfRange(insn: Instruction, from: Case): boolean {
  if (!isTranscendental(insn)) return false
  const code = codeOf(insn)
  const exponent = (from.fx.readUInt16LE(Fx.st + 8) & 0x7fff) - 0x3fff
  const sig = from.fx.readBigUInt64LE(Fx.st)
  // Whether an exact logarithm counts as inexact, and the sine of the denormal next to the normal numbers as tiny, is told by no manual.
  if ((exponent === -0x3fff || code === 0x1f1) && (sig & (sig - 1n)) === 0n && sig !== 0n) return true
  if (code === 0x1f0) return exponent > 0 || (exponent === 0 && sig !== 1n << 63n)
  return code === 0x1f9 && (exponent > -2 || (exponent === -2 && sig > 0x95f6_1998_0c43_36f7n))
}

/** Undefined flags of `insn` in this state; 'all' = the result is undefined too. */
export function undefinedFlags(insn: Instruction, from: Case): number | 'all' {
  const { name, width } = insn
  if (/^(shl|shr|sar|rol|ror|rcl|rcr|shld|shrd)$/.test(name)) {
    const count = countOf(insn, from)
    if (count === 0) return 0
    const many = count === 1 ? 0 : OF
    if (name.startsWith('r')) return many
    if (name === 'shld' || name === 'shrd') return count > width * 8 ? 'all' : many | AF
    return many | AF | (name !== 'sar' && count >= width * 8 ? CF : 0)
  }
  if (name === 'bswap' && width === 2) return 'all'
  if (isOutOfRange(insn, from)) return 'all'
  if (name === 'x87' && loadsFloat(insn) && !(from.fx.readUInt16LE(Fx.control) & DENORMAL)) return 'all'
  return ALWAYS[name] ?? 0
}
