/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_stat.h.html */
import type { Stat } from '@bootgraph/kernel'
import { readTimespec, SIZE, writeStat, writeStatx } from '../../abi/structs.ts'
import { answer, EFAULT, path, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf } from '../../registry/define.ts'
import { withPath } from '../unistd/paths.ts'

const AT_FDCWD = -100
const ENOENT = 2
const EOPNOTSUPP = 95
const EINVAL = 22
const BILLION = 1_000_000_000n
const UTIME_NOW = 0x3fff_ffff
const UTIME_OMIT = 0x3fff_fffe

function put(c: LibcCall, out: number, stat: Stat | number): number {
  if (typeof stat === 'number') return c.fail(-stat)
  if (!writable(c, out, SIZE.stat)) return c.fail(EFAULT)
  writeStat(c.memory, out, stat)
  return 0
}

/** The file that (dir, name, flags) names, as the *at calls understand it. */
function lookUp(c: LibcCall, dir: number, name: number, flags: number): Stat | number {
  const text = path(c, name)
  if (text === undefined) return -EFAULT
  if (text !== '') return c.kernel.stat(c.cx, dir, text, (flags & c.abi.at.nofollow) === 0)
  if ((flags & c.abi.at.emptyPath) === 0) return -ENOENT
  return dir === AT_FDCWD ? c.kernel.stat(c.cx, dir, '.', true) : c.kernel.fstat(c.cx, dir)
}

const fstat = (c: LibcCall, fd: number, out: number): number => put(c, out, c.kernel.fstat(c.cx, fd))
const fstatat = (c: LibcCall, dir: number, name: number, out: number, flags: number): number => put(c, out, lookUp(c, dir, name, flags))
const stat = (c: LibcCall, name: number, out: number): number => fstatat(c, AT_FDCWD, name, out, 0)
const lstat = (c: LibcCall, name: number, out: number): number => fstatat(c, AT_FDCWD, name, out, c.abi.at.nofollow)

export function statx(c: LibcCall, dir: number, name: number, flags: number, mask: number, out: number): number {
  const found = lookUp(c, dir, name, flags)
  if (typeof found === 'number') return c.fail(-found)
  if (!writable(c, out, SIZE.statx)) return c.fail(EFAULT)
  writeStatx(c.memory, out, found, mask)
  return 0
}

type Times = readonly [atime: bigint | undefined, mtime: bigint | undefined]

/** Two timespecs, or now for a null pointer; a number is an errno. */
function times(c: LibcCall, at: number): Times | number {
  const now = c.kernel.clock(c.cx, 'realtime')
  if (at === 0) return [now, now]
  if (!readable(c, at, 32)) return EFAULT
  const one = (address: number): bigint | undefined | 'invalid' => {
    const ns = c.memory.getSize(address + 8)
    if (ns === UTIME_OMIT) return undefined
    return ns === UTIME_NOW ? now : (readTimespec(c.memory, address) ?? 'invalid')
  }
  const [atime, mtime] = [one(at), one(at + 16)]
  return atime === 'invalid' || mtime === 'invalid' ? EINVAL : [atime, mtime]
}

function futimens(c: LibcCall, fd: number, at: number): number {
  const set = times(c, at)
  return typeof set === 'number' ? c.fail(set) : answer(c, c.kernel.futimens(c.cx, fd, set[0], set[1]))
}

function utimensat(c: LibcCall, dir: number, name: number, at: number, flags: number): number {
  const set = times(c, at)
  if (typeof set === 'number') return c.fail(set)
  return withPath(c, name, (p) => c.kernel.utimens(c.cx, dir, p, set[0], set[1], (flags & c.abi.at.nofollow) === 0))
}

/** Two timevals, or now for a null pointer; a number is an errno. */
function timevals(c: LibcCall, at: number): Times | number {
  const now = c.kernel.clock(c.cx, 'realtime')
  if (at === 0) return [now, now]
  if (!readable(c, at, 32)) return EFAULT
  const [a, b] = [c.memory.getSize(at + 8), c.memory.getSize(at + 24)]
  if (a >= 1_000_000 || b >= 1_000_000) return EINVAL
  return [c.memory.getU64(at) * BILLION + BigInt(a * 1000), c.memory.getU64(at + 16) * BILLION + BigInt(b * 1000)]
}

function setTimes(c: LibcCall, dir: number, name: number, set: Times | number, follow: boolean): number {
  if (typeof set === 'number') return c.fail(set)
  return withPath(c, name, (p) => c.kernel.utimens(c.cx, dir, p, set[0], set[1], follow))
}

/** struct utimbuf: two counts of seconds. */
function utimbuf(c: LibcCall, at: number): Times | number {
  if (at === 0) return timevals(c, 0)
  if (!readable(c, at, 16)) return EFAULT
  return [c.memory.getU64(at) * BILLION, c.memory.getU64(at + 8) * BILLION]
}

/** Changes a mode without following a link: Linux has no modes of links. */
function ownMode(c: LibcCall, dir: number, path: string, mode: number): number {
  const stat = c.kernel.stat(c.cx, dir, path, false)
  return typeof stat !== 'number' && (stat.mode & 0xf000) === 0xa000 ? -EOPNOTSUPP : c.kernel.chmod(c.cx, dir, path, mode)
}

export const sysStat: HeaderTable = {
  name: 'sys/stat',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_stat.h.html',
  rows: [
    leaf('chmod', 'int(ptr, uint)', (c, name: number, mode: number) => withPath(c, name, (p) => c.kernel.chmod(c.cx, AT_FDCWD, p, mode))),
    leaf('fchmod', 'int(int, uint)', (c, fd: number, mode: number) => answer(c, c.kernel.fchmod(c.cx, fd, mode))),
    leaf('fchmodat', 'int(int, ptr, uint, int)', (c, dir: number, name: number, mode: number, flags: number) =>
      withPath(c, name, (p) => (flags & c.abi.at.nofollow ? ownMode(c, dir, p, mode) : c.kernel.chmod(c.cx, dir, p, mode))),
    ),
    leaf('fstat', 'int(int, ptr)', fstat),
    alias('fstat64', 'fstat'),
    leaf('fstatat', 'int(int, ptr, ptr, int)', fstatat),
    alias('fstatat64', 'fstatat'),
    leaf('futimes', 'int(int, ptr)', (c, fd: number, at: number) => {
      const set = timevals(c, at)
      return typeof set === 'number' ? c.fail(set) : answer(c, c.kernel.futimens(c.cx, fd, set[0], set[1]))
    }),
    leaf('futimesat', 'int(int, ptr, ptr)', (c, dir: number, name: number, at: number) => setTimes(c, dir, name, timevals(c, at), true)),
    leaf('lutimes', 'int(ptr, ptr)', (c, name: number, at: number) => setTimes(c, AT_FDCWD, name, timevals(c, at), false)),
    leaf('utime', 'int(ptr, ptr)', (c, name: number, at: number) => setTimes(c, AT_FDCWD, name, utimbuf(c, at), true)),
    leaf('utimes', 'int(ptr, ptr)', (c, name: number, at: number) => setTimes(c, AT_FDCWD, name, timevals(c, at), true)),
    leaf('futimens', 'int(int, ptr)', futimens),
    leaf('lstat', 'int(ptr, ptr)', lstat),
    alias('lstat64', 'lstat'),
    leaf('mkdir', 'int(ptr, uint)', (c, name: number, mode: number) => withPath(c, name, (p) => c.kernel.mkdir(c.cx, AT_FDCWD, p, mode))),
    leaf('mkdirat', 'int(int, ptr, uint)', (c, dir: number, name: number, mode: number) =>
      withPath(c, name, (p) => c.kernel.mkdir(c.cx, dir, p, mode)),
    ),
    leaf('mkfifo', 'int(ptr, uint)', (c, name: number, mode: number) =>
      withPath(c, name, (p) => c.kernel.mknod(c.cx, AT_FDCWD, p, (mode & 0o7777) | 0x1000)),
    ),
    leaf('mkfifoat', 'int(int, ptr, uint)', (c, dir: number, name: number, mode: number) =>
      withPath(c, name, (p) => c.kernel.mknod(c.cx, dir, p, (mode & 0o7777) | 0x1000)),
    ),
    leaf(
      'mknodat',
      'int(int, ptr, uint, long)',
      (c, dir: number, name: number, mode: number) => withPath(c, name, (p) => c.kernel.mknod(c.cx, dir, p, mode)),
      'partial',
      'the device number is ignored',
    ),
    leaf('lchmod', 'int(ptr, uint)', (c, name: number, mode: number) => withPath(c, name, (p) => ownMode(c, AT_FDCWD, p, mode))),
    leaf(
      'mknod',
      'int(ptr, uint, long)',
      (c, name: number, mode: number) => withPath(c, name, (p) => c.kernel.mknod(c.cx, AT_FDCWD, p, mode)),
      'partial',
      'the device number is ignored',
    ),
    leaf('__xmknod', 'int(int, ptr, uint, ptr)', (c, _version: number, name: number, mode: number) =>
      withPath(c, name, (p) => c.kernel.mknod(c.cx, AT_FDCWD, p, mode)),
    ),
    leaf('stat', 'int(ptr, ptr)', stat),
    alias('stat64', 'stat'),
    leaf('statx', 'int(int, ptr, int, uint, ptr)', statx),
    leaf('umask', 'uint(uint)', (c, mask: number) => c.kernel.umask(c.cx, mask)),
    leaf('utimensat', 'int(int, ptr, ptr, int)', utimensat),
    leaf('__fxstat', 'int(int, int, ptr)', (c, _version: number, fd: number, out: number) => fstat(c, fd, out)),
    alias('__fxstat64', '__fxstat'),
    leaf('__fxstatat', 'int(int, int, ptr, ptr, int)', (c, _version: number, dir: number, name: number, out: number, flags: number) =>
      fstatat(c, dir, name, out, flags),
    ),
    alias('__fxstatat64', '__fxstatat'),
    leaf('__lxstat', 'int(int, ptr, ptr)', (c, _version: number, name: number, out: number) => lstat(c, name, out)),
    alias('__lxstat64', '__lxstat'),
    leaf('__xstat', 'int(int, ptr, ptr)', (c, _version: number, name: number, out: number) => stat(c, name, out)),
    alias('__xstat64', '__xstat'),
  ],
}
