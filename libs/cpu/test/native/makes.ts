/** Where processors of different makes and years end differently and the SDM lets them: the host's choice is taken for ours. */
import { Implied, type Instruction } from '../../src/decode/decoder.ts'
import { At, type Case, Fx, MIDDLE_AT, type Result, TAIL_AT } from './batch.ts'

const RCX = 1
const RSP = 4
const [BREAKPOINT, GENERAL_PROTECTION, PAGE_FAULT] = [3n, 13n, 14n]
/** An unmasked exception of x87 waits (status word, bit 7). */
const WAITS = 0x80
/** A bit of MXCSR that only AMD's have: 128-bit operands need no alignment. What loads it is #GP elsewhere. */
const MISALIGNED = 0x2_0000

/** True if the processors end this case in ways that cannot be compared. */
export function endsByMake(insn: Instruction, ours: Result, host: Result): boolean {
  if (host.fx.readUInt32LE(Fx.mxcsr) & MISALIGNED) return true
  // movsxd of 16 bits: AMD's read a doubleword, as their manual has it, where the SDM has a word.
  if (insn.name === 'movsxd' && insn.width === 2 && host.get(At.vector) === PAGE_FAULT) return true
  // x87 does not store while an unmasked exception waits: whether its operand's address is looked at before that differs.
  const stored = ours.get(At.vector) === PAGE_FAULT && host.get(At.vector) === BREAKPOINT
  return insn.name === 'x87' && stored && (host.fx.readUInt16LE(Fx.status) & WAITS) !== 0
}

/** Changes `ours` to what the host chose. */
export function takeChoices(insn: Instruction, from: Case, ours: Result, host: Result): void {
  const implied = insn.operands.at(-1)
  if (insn.name === 'implied' && implied?.kind === 'i') {
    // A repeated string operation that counts in ecx and begins at 0 writes ecx, and so clears the upper half of rcx, or writes nothing.
    const counts = Number(implied.value) & Implied.short && Number(implied.value) & (Implied.repe | Implied.repne)
    if (counts && (from.gpr(RCX) & 0xffff_ffffn) === 0n && host.get(At.gpr + RCX * 8) === 0n) ours.set(At.gpr + RCX * 8, 0n)
  }
  // A call to an address that is not canonical faults before it pushes the return address, or after.
  if (insn.name === 'call' && host.get(At.vector) === GENERAL_PROTECTION) {
    const slot = from.gpr(RSP) - 8n
    for (let i = 0; i < 8; i++) {
      for (const [window, start] of [
        ['middle', MIDDLE_AT],
        ['tail', TAIL_AT],
      ] as const) {
        const at = Number(slot) + i - start
        if (at >= 0 && at < host[window].length) ours[window][at] = host[window][at]
      }
    }
  }
}
