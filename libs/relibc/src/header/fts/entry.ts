/** FTSENT as programs read it (glibc fts.h): one block of the heap per entry, with its stat buffer, name and path behind it. */
import type { Stat } from '@bootgraph/kernel'
import { SIZE, writeStat } from '../../abi/structs.ts'
import type { LibcCall } from '../../registry/call.ts'
import { free, malloc } from '../stdlib/malloc.ts'

export const Entry = {
  parent: 8,
  link: 16,
  accessPath: 40,
  path: 48,
  errno: 56,
  pathLength: 64,
  nameLength: 66,
  ino: 72,
  dev: 80,
  nlink: 88,
  level: 96,
  info: 98,
  instruction: 102,
  stat: 104,
  name: 112,
} as const

/** Values of fts_info. */
export const Info = {
  directory: 1,
  cycle: 2,
  other: 3,
  unreadable: 4,
  dot: 5,
  post: 6,
  error: 7,
  file: 8,
  noStat: 10,
  noStatWanted: 11,
  link: 12,
  danglingLink: 13,
} as const

/** Options of fts_open, and instructions of fts_set. */
export const Option = { commandLine: 1, logical: 2, noStat: 8, physical: 0x10, dots: 0x20, oneDevice: 0x40, all: 0xff } as const
export const Instruction = { again: 1, follow: 2, none: 3, skip: 4 } as const

const AT_FDCWD = -100
const ENOENT = 2

/** A new entry, or 0; `level` 0 is a root. */
export function make(c: LibcCall, parent: number, level: number, name: Uint8Array, path: Uint8Array): number {
  const { memory } = c
  const statAt = Math.ceil((Entry.name + name.length + 1) / 16) * 16
  const at = malloc(c, statAt + SIZE.stat + path.length + 1)
  if (at === 0) return 0
  memory.bytes(at, statAt + SIZE.stat + path.length + 1).fill(0)
  const pathAt = at + statAt + SIZE.stat
  memory.u8.set(name, at + Entry.name)
  memory.u8.set(path, pathAt)
  memory.setSize(at + Entry.parent, parent)
  memory.setSize(at + Entry.path, pathAt)
  memory.setSize(at + Entry.accessPath, pathAt)
  memory.setU16(at + Entry.pathLength, path.length)
  memory.setU16(at + Entry.nameLength, name.length)
  memory.setU16(at + Entry.level, level & 0xffff)
  memory.setU16(at + Entry.instruction, Instruction.none)
  memory.setSize(at + Entry.stat, at + statAt)
  return at
}

export const levelOf = (c: LibcCall, at: number): number => (c.memory.getU16(at + Entry.level) << 16) >> 16
export const pathOf = (c: LibcCall, at: number): string => c.string(c.memory.getSize(at + Entry.path))
export const infoOf = (c: LibcCall, at: number): number => c.memory.getU16(at + Entry.info)
export const setInfo = (c: LibcCall, at: number, info: number): void => c.memory.setU16(at + Entry.info, info)

/** Frees entries along their links. */
export function freeList(c: LibcCall, first: number): void {
  for (let at = first; at !== 0; ) {
    const next = c.memory.getSize(at + Entry.link)
    free(c, at)
    at = next
  }
}

/** Looks at the file of an entry, through a link if `follow`, and says what it is. */
export function examine(c: LibcCall, at: number, follow: boolean): number {
  const { memory } = c
  const path = pathOf(c, at)
  let stat: Stat | number = c.kernel.stat(c.cx, AT_FDCWD, path, follow)
  if (typeof stat === 'number' && follow) {
    // A link that leads nowhere is told as such.
    const link = c.kernel.stat(c.cx, AT_FDCWD, path, false)
    if (typeof link !== 'number') {
      writeStat(memory, memory.getSize(at + Entry.stat), link)
      return Info.danglingLink
    }
    stat = link
  }
  if (typeof stat === 'number') {
    memory.setI32(at + Entry.errno, -stat || ENOENT)
    return Info.noStat
  }
  writeStat(memory, memory.getSize(at + Entry.stat), stat)
  const type = stat.mode & 0xf000
  if (type === 0x4000) {
    memory.setSize(at + Entry.ino, stat.ino)
    memory.setSize(at + Entry.dev, stat.dev)
    memory.setSize(at + Entry.nlink, stat.nlink)
    const name = c.string(at + Entry.name)
    if ((name === '.' || name === '..') && levelOf(c, at) > 0) return Info.dot
    return cycle(c, at, stat) ? Info.cycle : Info.directory
  }
  return type === 0xa000 ? Info.link : type === 0x8000 ? Info.file : Info.other
}

/** True if the directory is one of those above itself, which fts_cycle then names. */
function cycle(c: LibcCall, at: number, { ino, dev }: Stat): boolean {
  const { memory } = c
  for (let up = memory.getSize(at + Entry.parent); up !== 0 && levelOf(c, up) >= 0; up = memory.getSize(up + Entry.parent)) {
    if (memory.getSize(up + Entry.ino) !== ino || memory.getSize(up + Entry.dev) !== dev) continue
    memory.setSize(at, up)
    return true
  }
  return false
}
