/**
 * Structs whose layout linux-gnu (x86-64) and redox (relibc of 2026) share. Each writer needs `SIZE.x` writable bytes;
 * padding and fields that the model does not know are zero.
 */
import type { GuestMemory } from '@bootgraph/cpu'
import type { Stat, StatVfs } from '@bootgraph/kernel'

export const SIZE = {
  stat: 144,
  timespec: 16,
  timeval: 16,
  dirent: 280,
  statvfs: 112,
  statfs: 120,
  rlimit: 16,
  rusage: 144,
  utsname: 390,
  statx: 256,
} as const

const BILLION = 1_000_000_000n

export function writeTimespec(memory: GuestMemory, at: number, ns: bigint): void {
  let seconds = ns / BILLION
  let rest = ns % BILLION
  if (rest < 0n) {
    seconds -= 1n
    rest += BILLION
  }
  memory.setU64(at, BigInt.asUintN(64, seconds))
  memory.setU64(at + 8, rest)
}

/** Nanoseconds, or undefined if tv_nsec is out of range. */
export function readTimespec(memory: GuestMemory, at: number): bigint | undefined {
  const ns = BigInt.asIntN(64, memory.getU64(at + 8))
  return ns < 0n || ns >= BILLION ? undefined : BigInt.asIntN(64, memory.getU64(at)) * BILLION + ns
}

export function writeTimeval(memory: GuestMemory, at: number, ns: bigint): void {
  memory.setU64(at, BigInt.asUintN(64, ns / BILLION))
  memory.setU64(at + 8, (ns % BILLION) / 1000n)
}

export const readTimeval = (memory: GuestMemory, at: number): bigint =>
  BigInt.asIntN(64, memory.getU64(at)) * BILLION + BigInt.asIntN(64, memory.getU64(at + 8)) * 1000n

/** struct stat, 144 bytes. */
export function writeStat(memory: GuestMemory, at: number, stat: Stat): void {
  memory.bytes(at, SIZE.stat).fill(0)
  memory.setSize(at, stat.dev)
  memory.setSize(at + 8, stat.ino)
  memory.setSize(at + 16, stat.nlink)
  memory.setU32(at + 24, stat.mode)
  memory.setU32(at + 28, stat.uid)
  memory.setU32(at + 32, stat.gid)
  memory.setSize(at + 40, stat.rdev)
  memory.setSize(at + 48, stat.size)
  memory.setSize(at + 56, stat.blksize)
  memory.setSize(at + 64, stat.blocks)
  writeTimespec(memory, at + 72, stat.atime)
  writeTimespec(memory, at + 88, stat.mtime)
  writeTimespec(memory, at + 104, stat.ctime)
}

/** struct statvfs; 88 bytes carry data, glibc's has 112. */
export function writeStatVfs(memory: GuestMemory, at: number, fs: StatVfs): void {
  const words = [fs.bsize, fs.bsize, fs.blocks, fs.bfree, fs.bavail, fs.files, fs.ffree, fs.ffree, 0, 0, fs.namemax]
  words.forEach((word, i) => {
    memory.setSize(at + 8 * i, word)
  })
}

/** struct statfs of Linux, 120 bytes. */
export function writeStatFs(memory: GuestMemory, at: number, fs: StatVfs): void {
  const words = [0, fs.bsize, fs.blocks, fs.bfree, fs.bavail, fs.files, fs.ffree, 0, fs.namemax, fs.bsize, 0, 0, 0, 0, 0]
  words.forEach((word, i) => {
    memory.setSize(at + 8 * i, word)
  })
}

const STATX_BASIC_STATS = 0x7ff
const STATX_BTIME = 0x800

/** struct statx of Linux, 256 bytes: the basic fields, and of `wanted` the time of birth where there is one. Device numbers are split as makedev(3) joins them. */
export function writeStatx(memory: GuestMemory, at: number, stat: Stat, wanted = 0): void {
  const born = wanted & STATX_BTIME ? stat.btime : undefined
  memory.bytes(at, SIZE.statx).fill(0)
  memory.setU32(at, STATX_BASIC_STATS | (born === undefined ? 0 : STATX_BTIME))
  memory.setU32(at + 4, stat.blksize)
  memory.setU32(at + 16, stat.nlink)
  memory.setU32(at + 20, stat.uid)
  memory.setU32(at + 24, stat.gid)
  memory.setU16(at + 28, stat.mode)
  memory.setSize(at + 32, stat.ino)
  memory.setSize(at + 40, stat.size)
  memory.setSize(at + 48, stat.blocks)
  for (const [offset, time] of [
    [64, stat.atime],
    [80, born ?? 0n],
    [96, stat.ctime],
    [112, stat.mtime],
  ] as const) {
    memory.setU64(at + offset, BigInt.asUintN(64, time / BILLION))
    memory.setU32(at + offset + 8, Number(time % BILLION))
  }
  for (const [offset, device] of [
    [128, stat.rdev],
    [136, stat.dev],
  ] as const) {
    memory.setU32(at + offset, (device >>> 8) & 0xfff)
    memory.setU32(at + offset + 4, (device & 0xff) | ((device >>> 12) & 0xffff_ff00))
  }
}

/** A sigset_t's first 64 signals. */
export const readSigset = (memory: GuestMemory, at: number): bigint => memory.getU64(at)
export function writeSigset(memory: GuestMemory, at: number, size: number, mask: bigint): void {
  memory.bytes(at, size).fill(0)
  memory.setU64(at, mask)
}
