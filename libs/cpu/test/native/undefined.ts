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
  if (name === 'x87' && loadsFloat(insn) && !(from.fx.readUInt16LE(Fx.control) & DENORMAL)) return 'all'
  return ALWAYS[name] ?? 0
}
