import type { Abi } from './layout.ts'

/** Pairs [program, kernel] of SA_* flags. */
const SIGNAL: readonly (readonly [number, number])[] = [
  [0x2, 0x2], // NOCLDWAIT
  [0x4, 0x400_0000], // RESTORER
  [0x200_0000, 0x4], // SIGINFO
  [0x400_0000, 0x800_0000], // ONSTACK
  [0x800_0000, 0x1000_0000], // RESTART
  [0x1000_0000, 0x4000_0000], // NODEFER
  [0x2000_0000, 0x8000_0000], // RESETHAND
  [0x4000_0000, 0x1], // NOCLDSTOP
]

type Pick = (row: readonly [number, number]) => number
const translate = (flags: number, from: Pick, to: Pick): number =>
  SIGNAL.reduce((out, row) => (flags & from(row) ? (out | to(row)) >>> 0 : out), 0)

/** x86_64-unknown-redox: relibc's headers and the libc crate's redox module of 2026 (relibc 63599227). */
export const redox: Abi = {
  name: 'redox',
  openFlags: (flags) => flags >>> 0,
  programFlags: (flags) => flags | 0,
  O: { cloexec: 0x100_0000, nonblock: 0x4_0000 },
  fdCloexec: 0x100_0000,
  at: { nofollow: 0x200, removedir: 0x200, follow: 0x2000, emptyPath: 0x4000 },
  perm: (prot) => ((prot & 4) >> 2) | (prot & 2) | ((prot & 1) << 2),
  signalFlags: (flags) =>
    translate(
      flags,
      (row) => row[0],
      (row) => row[1],
    ),
  programSignalFlags: (flags) =>
    translate(
      flags,
      (row) => row[1],
      (row) => row[0],
    ),
  map: { shared: 1, fixed: 0x14, noreplace: 8, anonymous: 0x20 },
  clock(id) {
    switch (id) {
      case 1:
        return 'realtime'
      case 4:
        return 'monotonic'
      case 2:
        return 'process'
      default:
        return undefined
    }
  },
  sigsetSize: 8,
  sigaction: { handler: 0, flags: 8, restorer: 16, mask: 24, size: 32 },
  pthread: {
    mutex: 12,
    mutexKind: 8,
    cond: 8,
    rwlock: 4,
    barrier: 24,
    attr: 32,
    mutexattr: 20,
    condattr: 8,
    kinds: { recursive: 3, errorcheck: 1 },
    createDetached: 0,
  },
  socket: { nonblock: 0o4000, cloexec: 0o2000000 },
  sysconf: new Map([
    [0, 'arg-max'],
    [1, 'child-max'],
    [2, 'clk-tck'],
    [4, 'open-max'],
    [5, 'stream-max'],
    [29, 'version'],
    [30, 'page-size'],
    [69, 'getpw-size'],
    [70, 'getpw-size'],
    [71, 'login-name-max'],
    [83, 'processors'],
    [84, 'processors'],
    [173, 'symloop-max'],
    [180, 'host-name-max'],
  ]),
}
