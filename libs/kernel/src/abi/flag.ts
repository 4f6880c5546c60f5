/** Flag words of the Redox ABI (redox_syscall src/flag.rs). */
export const O = {
  NOCTTY: 0x200,
  /** A file without a name (Linux's O_TMPFILE); Redox has no such flag. */
  TMPFILE: 0x400,
  RDONLY: 0x1_0000,
  WRONLY: 0x2_0000,
  RDWR: 0x3_0000,
  NONBLOCK: 0x4_0000,
  APPEND: 0x8_0000,
  CLOEXEC: 0x100_0000,
  CREAT: 0x200_0000,
  TRUNC: 0x400_0000,
  EXCL: 0x800_0000,
  DIRECTORY: 0x1000_0000,
  PATH: 0x2000_0000,
  SYMLINK: 0x4000_0000,
  NOFOLLOW: 0x8000_0000,
} as const

/** Flags that F_SETFL may change. */
export const O_SETTABLE = O.NONBLOCK | O.APPEND | 0x40_0000 | 0x80_0000

export const AT_FDCWD = -100

export const Mode = { FIFO: 0x1000, CHR: 0x2000, DIR: 0x4000, FILE: 0x8000, SYMLINK: 0xa000, SOCK: 0xc000, MASK: 0xf000 } as const

export const F = {
  DUPFD: 0,
  GETFD: 1,
  SETFD: 2,
  GETFL: 3,
  SETFL: 4,
  GETLK: 5,
  SETLK: 6,
  SETLKW: 7,
  DUPFD_CLOEXEC: 1030,
  SETPIPE_SZ: 1031,
  GETPIPE_SZ: 1032,
} as const

/** Beside those of POSIX, 0 to 2. */
export const Seek = { DATA: 3, HOLE: 4 } as const

export const Poll = { IN: 1, PRI: 2, OUT: 4, ERR: 8, HUP: 16, NVAL: 32, RDHUP: 0x2000 } as const

/** SigAction.flags: the numbers of Linux x86 and of Redox in 2019. */
export const SA = {
  NOCLDSTOP: 1,
  NOCLDWAIT: 2,
  SIGINFO: 4,
  RESTORER: 0x400_0000,
  ONSTACK: 0x800_0000,
  RESTART: 0x1000_0000,
  NODEFER: 0x4000_0000,
  RESETHAND: 0x8000_0000,
} as const

export const Wait = { NOHANG: 1, UNTRACED: 2, CONTINUED: 8, NOWAIT: 0x100_0000 } as const
