import { Perm } from '@bootgraph/cpu'
import type { AddressSpace } from './memory.ts'

/** Every address space has this page; its gates are where guest functions return to when the kernel called them. */
const GATE_PAGE = 0x1_0000
export const Gate = { callReturned: GATE_PAGE, sigreturn: GATE_PAGE + 16, threadEnd: GATE_PAGE + 32 } as const
/** Ids of the kernel's own gates; all others belong to the personality. */
export const GateId = { callReturned: 0x7fff_ff00, sigreturn: 0x7fff_ff01, threadEnd: 0x7fff_ff02 } as const

/** Below the stack pointer a function may keep what it likes (psABI 3.2.2). */
export const RED_ZONE = 128
/**
 * Bytes from the stack pointer after a called guest function has returned to that before the gate was called which calls it: the red zone, what
 * alignment takes where the gate was called as the psABI wants it, and the gate's return address.
 */
export const CALL_FRAME = RED_ZONE + 8 + 8

export const isKernelGate = (id: number): boolean => id >= GateId.callReturned && id <= GateId.threadEnd

/** Puts the gates where the kernel expects them; a fork's child has them by the copy. */
export function mapGates(space: AddressSpace): void {
  space.map(GATE_PAGE, 4096, Perm.read | Perm.exec | Perm.gate, { fixed: 'replace', name: '[gates]' })
  for (const name of ['callReturned', 'sigreturn', 'threadEnd'] as const) {
    space.memory.setU16(Gate[name], 0x3f0f)
    space.memory.setU32(Gate[name] + 2, GateId[name])
  }
  space.codeChanged(GATE_PAGE, 4096)
}
