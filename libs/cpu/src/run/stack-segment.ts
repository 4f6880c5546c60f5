/** Non-canonical addresses through the stack segment are #SS, all others #GP (SDM vol. 1, section 3.3.7.1). */
import type { Instruction } from '../decode/decoder.ts'
import { type Fault, Gpr } from './exit.ts'
import type { LiveState } from './live-state.ts'

const GENERAL_PROTECTION = 13
const STACK = 12
/** They access the stack beside any operand. */
const STACK_INSTRUCTIONS = /^(push|pop|pushf|popf|call|ret|leave|enter)$/

/** The fault of an access by `insn` with the vector that the hardware gives it. */
export function bySegment(fault: Fault, insn: Instruction | undefined, state: LiveState): Fault {
  if (fault.vector !== GENERAL_PROTECTION || insn === undefined) return fault
  const memory = insn.operands.find((each) => each.kind === 'm')
  const stack = { ...fault, vector: STACK }
  if (memory?.kind !== 'm') return STACK_INSTRUCTIONS.test(insn.name) ? stack : fault
  const based = memory.segment === 'none' && (memory.base === Gpr.rsp || memory.base === Gpr.rbp)
  if (!STACK_INSTRUCTIONS.test(insn.name)) return based ? stack : fault
  const own = insn.name === 'pop' ? state.get(Gpr.rsp) : BigInt.asUintN(64, state.get(Gpr.rsp) - BigInt(insn.width))
  return based || fault.address === own ? stack : fault
}
