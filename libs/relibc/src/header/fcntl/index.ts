/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/fcntl.h.html */
import type { Co } from '@bootgraph/kernel'
import { answer, EFAULT, path, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf } from '../../registry/define.ts'

const AT_FDCWD = -100
const EINVAL = 22
const KERNEL_CLOEXEC = 0x100_0000
const F = { getfd: 1, setfd: 2, getfl: 3, setfl: 4, getlk: 5, setlk: 6, setlkw: 7 } as const
const F_UNLCK = 2
const LOCK_TYPES = 2
/** struct flock: { type i16 @0, whence i16 @2, start @8, len @16, pid @24 }, the same in both ABIs. */
const FLOCK = 32

/**
 * Record locks are advisory and the kernel has none: a well-formed request is granted and recorded as a gap, because two
 * processes that exclude each other by them are not kept apart. F_GETLK finds no lock.
 */
function recordLock(c: LibcCall, fd: number, command: number, lock: number): number {
  const stat = c.kernel.fstat(c.cx, fd)
  if (typeof stat === 'number') return c.fail(-stat)
  if (!writable(c, lock, FLOCK)) return c.fail(EFAULT)
  const type = c.memory.getU16(lock)
  if (type > LOCK_TYPES) return c.fail(EINVAL)
  c.gap('fcntl', 'record locks are granted without being kept')
  if (command === F.getlk) c.memory.setU16(lock, F_UNLCK)
  return 0
}

function* openat(c: LibcCall, dir: number, name: number, flags: number, mode: number): Co<number> {
  const text = path(c, name)
  if (text === undefined) return c.fail(EFAULT)
  const redox = c.abi.openFlags(flags)
  const opened = dir === AT_FDCWD ? c.kernel.open(c.cx, text, redox, mode & 0o7777) : c.kernel.openat(c.cx, dir, text, redox, mode & 0o7777)
  return answer(c, yield* opened)
}

/** Flags cross between the program's numbers and the kernel's; other arguments pass as they are. */
function* fcntl(c: LibcCall, fd: number, command: number, argument: number): Co<number> {
  if (command >= F.getlk && command <= F.setlkw) return recordLock(c, fd, command, argument)
  let passed = argument
  if (command === F.setfl) passed = c.abi.openFlags(argument)
  else if (command === F.setfd) passed = argument & c.abi.fdCloexec ? KERNEL_CLOEXEC : 0
  const result = yield* c.kernel.fcntl(c.cx, fd, command, passed)
  if (result < 0) return c.fail(-result)
  if (command === F.getfl) return c.abi.programFlags(result)
  return command === F.getfd && result !== 0 ? c.abi.fdCloexec : result
}

const FALLOC_KEEP_SIZE = 1
const EOPNOTSUPP = 95

/** fallocate(2): files have no holes, so that only a file's size can change. */
function fallocate(c: LibcCall, fd: number, mode: number, offset: number, length: number): number {
  if (mode & ~FALLOC_KEEP_SIZE) return c.fail(EOPNOTSUPP)
  if (offset < 0 || length <= 0) return c.fail(EINVAL)
  const stat = c.kernel.fstat(c.cx, fd)
  if (typeof stat === 'number') return c.fail(-stat)
  if ((stat.mode & 0xf000) !== 0x8000) return c.fail((stat.mode & 0xf000) === 0x1000 ? 29 : 19)
  if (mode & FALLOC_KEEP_SIZE || stat.size >= offset + length) return 0
  const done = c.kernel.ftruncate(c.cx, fd, offset + length)
  return done < 0 ? c.fail(done === -EINVAL ? 9 : -done) : 0
}

export const fcntlHeader: HeaderTable = {
  name: 'fcntl',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/fcntl.h.html',
  rows: [
    blocking('creat', 'int(ptr, uint)', (c, name: number, mode: number) => {
      const flags = c.abi.programFlags(0x2_0000 | 0x200_0000 | 0x400_0000)
      return openat(c, AT_FDCWD, name, flags, mode)
    }),
    blocking('fcntl', 'int(int, int, long)', fcntl, 'partial', 'record locks are granted and not kept'),
    alias('fcntl64', 'fcntl'),
    blocking('open', 'int(ptr, int, uint)', (c, name: number, flags: number, mode: number) => openat(c, AT_FDCWD, name, flags, mode)),
    ...['open64', '__open_2', '__open64_2'].map((name) => alias(name, 'open')),
    blocking('openat', 'int(int, ptr, int, uint)', openat),
    ...['openat64', '__openat_2', '__openat64_2'].map((name) => alias(name, 'openat')),
    leaf('posix_fadvise', 'int(int, long, long, int)', () => 0, 'partial', 'advice has no effect'),
    alias('posix_fadvise64', 'posix_fadvise'),
    leaf('posix_fallocate', 'int(int, long, long)', (c, fd: number, offset: number, length: number) => {
      if (offset < 0 || length <= 0) return EINVAL
      const stat = c.kernel.fstat(c.cx, fd)
      if (typeof stat === 'number') return -stat
      return stat.size >= offset + length ? 0 : -c.kernel.ftruncate(c.cx, fd, offset + length)
    }),
    alias('posix_fallocate64', 'posix_fallocate'),
    leaf('fallocate', 'int(int, int, long, long)', fallocate, 'partial', 'no holes: reserving and extending only'),
    alias('fallocate64', 'fallocate'),
    blocking('flock', 'int(int, int)', function* (c, fd: number, operation: number) {
      return answer(c, yield* c.kernel.flock(c.cx, fd, operation))
    }),
  ],
}
