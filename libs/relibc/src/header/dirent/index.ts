/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/dirent.h.html
 *
 * DIR is one mapping: { fd u32 @0, mapping size @8, at @16, end @24, records … }. Entries are read once, at opendir,
 * and lie there as the program's struct dirent, so that readdir only steps.
 */
import type { Co, DirEntry } from '@bootgraph/kernel'
import { mapPages, pageUp } from '../../platform/threads.ts'
import { answer, EFAULT, path, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { scanRows } from './scan.ts'

const EBADF = 9
const ENOMEM = 12
const O_DIRECTORY_CLOEXEC = 0x1_0000 | 0x1000_0000 | 0x100_0000
const Dir = { fd: 0, size: 8, at: 16, end: 24, records: 32 } as const
/** struct dirent: { ino @0, off @8, reclen u16 @16, type u8 @18, name @19 }. */
const NAME = 19

const recordSize = (name: Uint8Array): number => Math.ceil((NAME + name.length + 1) / 8) * 8

function openFd(c: LibcCall, fd: number): number {
  const entries = c.kernel.getdents(c.cx, fd)
  if (typeof entries === 'number') return c.fail(-entries) + 1
  const encoder = new TextEncoder()
  const records = entries.map((entry: DirEntry) => ({ entry, name: encoder.encode(entry.name) }))
  const bytes = Dir.records + records.reduce((sum, { name }) => sum + recordSize(name), 0)
  const dir = mapPages(c, bytes)
  if (dir === 0) return c.fail(ENOMEM) + 1
  const { memory } = c
  let at = dir + Dir.records
  for (const [i, { entry, name }] of records.entries()) {
    const size = recordSize(name)
    memory.setSize(at, entry.ino)
    memory.setSize(at + 8, i + 1)
    memory.setU16(at + 16, size)
    memory.setU8(at + 18, entry.type)
    memory.u8.set(name, at + NAME)
    at += size
  }
  memory.setU32(dir, fd)
  memory.setSize(dir + Dir.size, pageUp(bytes))
  memory.setSize(dir + Dir.at, dir + Dir.records)
  memory.setSize(dir + Dir.end, at)
  return dir
}

const AT_FDCWD = -100

export function* opendir(c: LibcCall, name: number, at = AT_FDCWD): Co<number> {
  const text = path(c, name)
  if (text === undefined) return c.fail(EFAULT) + 1
  const { cx, kernel } = c
  const fd = yield* at === AT_FDCWD ? kernel.open(cx, text, O_DIRECTORY_CLOEXEC, 0) : kernel.openat(cx, at, text, O_DIRECTORY_CLOEXEC, 0)
  if (fd < 0) return c.fail(-fd) + 1
  const dir = openFd(c, fd)
  if (dir === 0) yield* c.kernel.close(c.cx, fd)
  return dir
}

export function readdir(c: LibcCall, dir: number): number {
  if (!readable(c, dir, Dir.records)) return c.fail(EBADF) + 1
  const at = c.memory.getSize(dir + Dir.at)
  if (at >= c.memory.getSize(dir + Dir.end)) return 0
  c.memory.setSize(dir + Dir.at, at + c.memory.getU16(at + 16))
  return at
}

export function* closedir(c: LibcCall, dir: number): Co<number> {
  if (!readable(c, dir, Dir.records)) return c.fail(EBADF)
  const fd = c.memory.getU32(dir)
  c.kernel.munmap(c.cx, dir, c.memory.getSize(dir + Dir.size))
  return answer(c, yield* c.kernel.close(c.cx, fd))
}

export const dirent: HeaderTable = {
  name: 'dirent',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/dirent.h.html',
  rows: [
    blocking('closedir', 'int(ptr)', closedir),
    leaf('dirfd', 'int(ptr)', (c, dir: number) => (readable(c, dir, Dir.records) ? c.memory.getU32(dir) : c.fail(EBADF))),
    leaf('fdopendir', 'ptr(int)', openFd),
    blocking('opendir', 'ptr(ptr)', (c, name: number) => opendir(c, name)),
    leaf('readdir', 'ptr(ptr)', readdir),
    alias('readdir64', 'readdir'),
    leaf('telldir', 'long(ptr)', (c, dir: number) =>
      readable(c, dir, Dir.records) ? c.memory.getSize(dir + Dir.at) - dir - Dir.records : c.fail(EBADF),
    ),
    leaf('seekdir', 'void(ptr, long)', (c, dir: number, place: number) => {
      if (readable(c, dir, Dir.records) && place >= 0 && dir + Dir.records + place <= c.memory.getSize(dir + Dir.end))
        c.memory.setSize(dir + Dir.at, dir + Dir.records + place)
    }),
    leaf('readdir_r', 'int(ptr, ptr, ptr)', (c, dir: number, entry: number, result: number) => {
      const at = readdir(c, dir)
      if (!writable(c, result, 8) || !writable(c, entry, 280)) return EFAULT
      if (at !== 0) c.memory.u8.copyWithin(entry, at, at + c.memory.getU16(at + 16))
      c.memory.setSize(result, at === 0 ? 0 : entry)
      return 0
    }),
    alias('readdir64_r', 'readdir_r'),
    ...scanRows,
    leaf(
      'rewinddir',
      'void(ptr)',
      (c, dir: number) => {
        if (readable(c, dir, Dir.records)) c.memory.setSize(dir + Dir.at, dir + Dir.records)
      },
      'partial',
      'does not read the directory anew',
    ),
  ],
}
