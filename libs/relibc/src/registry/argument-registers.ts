/** Encoding numbers of rdi, rsi, rdx, rcx, r8, r9, in which integer arguments come (System V AMD64 ABI §3.2.3). */
export const INTEGER_ARGUMENTS = [7, 6, 2, 1, 8, 9] as const
