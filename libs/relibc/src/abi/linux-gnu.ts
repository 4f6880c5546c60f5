import type { Abi } from './layout.ts'
import { glibcConstants } from './sysconf.ts'

/** Pairs [linux, redox] of open flags that have one bit on both sides (Linux x86 asm-generic/fcntl.h; redox_syscall flag.rs). */
const OPEN: readonly (readonly [number, number])[] = [
  [0o100, 0x200_0000], // CREAT
  [0o200, 0x800_0000], // EXCL
  [0o400, 0x200], // NOCTTY
  [0o1000, 0x400_0000], // TRUNC
  [0o2000, 0x8_0000], // APPEND
  [0o4000, 0x4_0000], // NONBLOCK
  [0o200000, 0x1000_0000], // DIRECTORY
  [0o400000, 0x8000_0000], // NOFOLLOW
  [0o2000000, 0x100_0000], // CLOEXEC
  [0o10000000, 0x2000_0000], // PATH
  [0o20000000, 0x400], // TMPFILE, beside DIRECTORY
]
const ACCESS = [0x1_0000, 0x2_0000, 0x3_0000, 0x3_0000] as const

/** x86-64 Linux with glibc. */
export const linuxGnu: Abi = {
  name: 'linux-gnu',
  openFlags(flags) {
    let out: number = ACCESS[flags & 3]
    for (const [linux, redox] of OPEN) if (flags & linux) out = (out | redox) >>> 0
    return out
  },
  programFlags(flags) {
    const access = flags & 0x3_0000
    let out = access === 0x3_0000 ? 2 : access === 0x2_0000 ? 1 : 0
    for (const [linux, redox] of OPEN) if (flags & redox) out |= linux
    return out
  },
  O: { cloexec: 0o2000000, nonblock: 0o4000 },
  fdCloexec: 1,
  at: { nofollow: 0x100, removedir: 0x200, follow: 0x400, emptyPath: 0x1000 },
  perm: (prot) => prot & 7,
  signalFlags: (flags) => flags >>> 0,
  programSignalFlags: (flags) => flags >>> 0,
  map: { shared: 1, fixed: 0x10, noreplace: 0x10_0000, anonymous: 0x20 },
  clock(id) {
    switch (id) {
      case 0:
      case 5:
      case 11:
        return 'realtime'
      case 1:
      case 4:
      case 6:
      case 7:
        return 'monotonic'
      case 2:
        return 'process'
      case 3:
        return 'thread'
      default:
        return undefined
    }
  },
  sigsetSize: 128,
  sigaction: { handler: 0, mask: 8, flags: 136, restorer: 144, size: 152 },
  pthread: {
    mutex: 40,
    mutexKind: 16,
    cond: 48,
    rwlock: 56,
    barrier: 32,
    attr: 56,
    mutexattr: 4,
    condattr: 4,
    kinds: { recursive: 1, errorcheck: 2 },
    createDetached: 1,
  },
  socket: { nonblock: 0o4000, cloexec: 0o2000000 },
  sysconfConstants: glibcConstants,
  sysconf: new Map([
    [0, 'arg-max'],
    [1, 'child-max'],
    [2, 'clk-tck'],
    [3, 'groups-max'],
    [4, 'open-max'],
    [5, 'stream-max'],
    [29, 'version'],
    [30, 'page-size'],
    [60, 'iov-max'],
    [69, 'getpw-size'],
    [70, 'getpw-size'],
    [71, 'login-name-max'],
    [83, 'processors'],
    [84, 'processors'],
    [85, 'pages'],
    [86, 'pages'],
    [180, 'host-name-max'],
    [249, 'signal-stack-min'],
    [250, 'signal-stack'],
  ]),
}
