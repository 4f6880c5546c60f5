/** Keys of the auxiliary vector of a 2026 Redox program (relibc src/platform/auxv_defs.rs), in the order in which they are written. */
export const Auxv = {
  REDOX_FILETABLE_FD: 45,
  REDOX_CWD_FD: 44,
  REDOX_NS_FD: 43,
  REDOX_PROC_FD: 41,
  REDOX_THR_FD: 42,
  REDOX_UMASK: 40,
  REDOX_INHERITED_SIGPROCMASK: 36,
  REDOX_INHERITED_SIGIGNMASK: 34,
  REDOX_INITIAL_CWD_LEN: 33,
  REDOX_INITIAL_CWD_PTR: 32,
  PHENT: 4,
  PHNUM: 5,
  PHDR: 3,
  BASE: 7,
  ENTRY: 9,
  NULL: 0,
} as const

/** A descriptor that the program did not get is all ones. */
export const AUXV_NO_FD = 0xffff_ffff_ffff_ffffn
