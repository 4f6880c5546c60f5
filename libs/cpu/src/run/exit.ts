/** Why guest code returned to the run loop. Values, never exceptions. */
export type Exit =
  /** The fuel of this slice is used up; state is exact and resumable. */
  | { readonly kind: 'fuel' }
  /** A `syscall` instruction (or `int 0x80`) was executed; rip is behind it, rcx and r11 are as the hardware leaves them. */
  | { readonly kind: 'syscall'; readonly int80: boolean }
  /** A hosted-call gate was reached and its handler asked to leave. rip is still at the gate, the return address on the stack. */
  | { readonly kind: 'hosted'; readonly id: number }
  /** A fault. rip is at the faulting instruction, registers are as before it. */
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** `Cpu.interrupt` was called. */
  | { readonly kind: 'interrupt' }

export interface Fault {
  /** Intel SDM vol. 3, table 6-1: 0 #DE, 1 #DB, 3 #BP, 6 #UD, 12 #SS, 13 #GP, 14 #PF, 16 #MF, 17 #AC, 19 #XM. */
  readonly vector: number
  /** For #PF and #GP of an access: the address; else 0. */
  readonly address: bigint
  /** For #PF: bit 0 page was mapped (protection), bit 1 write, bit 4 instruction fetch. For #MF and #XM: the exceptions that are not masked, as MXCSR has them. Else 0. */
  readonly code: number
  readonly rip: bigint
}

/** What a hosted call's handler tells the engine. */
export const Hosted = {
  /** Done: the result is in rax/xmm0; the engine pops the return address and goes on. */
  done: 0,
  /** Leave the run loop with exit `hosted`. */
  leave: 1,
  /** rip, rsp and registers were set by the handler; the engine goes on there. */
  jumped: 2,
} as const

/** General registers in encoding order. */
export const Gpr = {
  rax: 0,
  rcx: 1,
  rdx: 2,
  rbx: 3,
  rsp: 4,
  rbp: 5,
  rsi: 6,
  rdi: 7,
  r8: 8,
  r9: 9,
  r10: 10,
  r11: 11,
  r12: 12,
  r13: 13,
  r14: 14,
  r15: 15,
} as const
