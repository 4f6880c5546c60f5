/** What a handler leaves to the host because it ends the slice or is rare. */
export const Special = {
  syscall: 1,
  int80: 2,
  gate: 3,
  undefined: 4,
  breakpoint: 5,
  cpuid: 6,
  rdtsc: 7,
  privileged: 8,
  divideError: 9,
  sahf: 10,
  lahf: 11,
  pushf: 12,
  popf: 13,
  pushf16: 14,
  popf16: 15,
  enter: 16,
  maskmovdqu: 17,
  fxsave: 18,
  fxrstor: 19,
  unsupported: 20,
  x87: 21,
  /** The record is warm enough for a translation; nothing was done. */
  promote: 22,
  /** Ends the run of a single instruction. */
  halt: 23,
  /** `implied`: an implied address or count under a prefix. */
  implied: 24,
  interrupt: 25,
  fwait: 26,
  ldmxcsr: 27,
  stmxcsr: 28,
  /** SSE arithmetic where floats are exact; a memory operand is checked, its address in `State.operand`. */
  float: 29,
} as const
