/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/fcntl.h.html */
import type { Co } from '@bootgraph/kernel'
import { answer, EFAULT, path, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { pipeRows } from './pipes.ts'

const AT_FDCWD = -100
const EBADF = 9
const EACCES = 13
const EINVAL = 22
const SEEK_CUR = 1
const KERNEL_CLOEXEC = 0x100_0000
const F = { getfd: 1, setfd: 2, getfl: 3, setfl: 4, getlk: 5, setlk: 6, setlkw: 7 } as const
/** The same of locks that belong to a description (fcntl_locking(2)): so much further. */
const DESCRIPTION = 36 - F.getlk
const F_UNLCK = 2
const LOCK_TYPES = 2
/** struct flock: { type i16 @0, whence i16 @2, start @8, len @16, pid @24 }, the same in both ABIs. */
const FLOCK = 32

/** F_GETLK, F_SETLK and F_SETLKW, and those of descriptions. A length of 0 reaches to the end of any file, a negative one lies before the start. */
function* recordLock(c: LibcCall, fd: number, command: number, lock: number, of: 'process' | 'description'): Co<number> {
  const { memory } = c
  const stat = c.kernel.fstat(c.cx, fd)
  if (typeof stat === 'number') return c.fail(-stat)
  if (!writable(c, lock, FLOCK)) return c.fail(EFAULT)
  const type = memory.getU16(lock)
  const whence = memory.getU16(lock + 2)
  if (type > LOCK_TYPES || whence > 2 || (command === F.getlk && type === F_UNLCK)) return c.fail(EINVAL)
  const from = whence === 0 ? 0 : whence === 1 ? c.kernel.lseek(c.cx, fd, 0, 1) : stat.size
  const [first, length] = [8, 16].map((at) => Number(BigInt.asIntN(64, memory.getU64(lock + at))))
  const start = from + first + Math.min(length, 0)
  if (of === 'description' && memory.getU32(lock + 24) !== 0) return c.fail(EINVAL)
  if (from < 0 || start < 0) return c.fail(EINVAL)
  const end = length === 0 ? Number.POSITIVE_INFINITY : start + Math.abs(length)
  const kind = type === F_UNLCK ? undefined : type === 0 ? 'read' : 'write'
  const how = command === F.getlk ? 'get' : command === F.setlk ? 'set' : 'wait'
  const met = yield* c.kernel.recordLock(c.cx, fd, how, kind, start, end, of)
  if (typeof met === 'number') {
    if (met === 0 && command === F.getlk) memory.setU16(lock, F_UNLCK)
    return answer(c, met)
  }
  memory.setU16(lock, met.kind === 'read' ? 0 : 1)
  memory.setU16(lock + 2, 0)
  memory.setSize(lock + 8, met.start)
  memory.setSize(lock + 16, met.end === Number.POSITIVE_INFINITY ? 0 : met.end - met.start)
  memory.setI32(lock + 24, met.pid)
  return 0
}

const LockF = { unlock: 0, lock: 1, tryLock: 2, test: 3 } as const

/** A record lock from the file position on: https://pubs.opengroup.org/onlinepubs/9699919799/functions/lockf.html */
function* lockf(c: LibcCall, fd: number, command: number, length: number): Co<number> {
  if (command < LockF.unlock || command > LockF.test) return c.fail(EINVAL)
  const at = c.kernel.lseek(c.cx, fd, 0, SEEK_CUR)
  if (at === -EBADF) return c.fail(EBADF)
  const from = Math.max(at, 0)
  const start = from + Math.min(length, 0)
  if (start < 0) return c.fail(EINVAL)
  const end = length === 0 ? Number.POSITIVE_INFINITY : start + Math.abs(length)
  const how = command === LockF.test ? 'get' : command === LockF.lock ? 'wait' : 'set'
  const met = yield* c.kernel.recordLock(c.cx, fd, how, command === LockF.unlock ? undefined : 'write', start, end)
  return typeof met === 'number' ? answer(c, met) : c.fail(EACCES)
}

export function* openat(c: LibcCall, dir: number, name: number, flags: number, mode: number): Co<number> {
  const text = path(c, name)
  if (text === undefined) return c.fail(EFAULT)
  const redox = c.abi.openFlags(flags)
  const opened = dir === AT_FDCWD ? c.kernel.open(c.cx, text, redox, mode & 0o7777) : c.kernel.openat(c.cx, dir, text, redox, mode & 0o7777)
  return answer(c, yield* opened)
}

/** Flags cross between the program's numbers and the kernel's; other arguments pass as they are. */
function* fcntl(c: LibcCall, fd: number, command: number, argument: number): Co<number> {
  if (command >= F.getlk && command <= F.setlkw) return yield* recordLock(c, fd, command, argument, 'process')
  const moved = command - DESCRIPTION
  if (moved >= F.getlk && moved <= F.setlkw) return yield* recordLock(c, fd, moved, argument, 'description')
  let passed = argument
  if (command === F.setfl) passed = c.abi.openFlags(argument)
  else if (command === F.setfd) passed = argument & c.abi.fdCloexec ? KERNEL_CLOEXEC : 0
  const result = yield* c.kernel.fcntl(c.cx, fd, command, passed)
  if (result < 0) return c.fail(-result)
  if (command === F.getfl) return c.abi.programFlags(result)
  return command === F.getfd && result !== 0 ? c.abi.fdCloexec : result
}

const FALLOC_KEEP_SIZE = 1
const FALLOC_PUNCH_HOLE = 2
const EOPNOTSUPP = 95

const FILE = 0x8000
const FIFO = 0x1000
const ENODEV = 19
const ESPIPE = 29

/** Room for a part of a file, or a hole in its place; an errno or 0. */
function allocate(c: LibcCall, fd: number, mode: number, offset: number, length: number): number {
  const punches = mode === (FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE)
  if (mode & ~FALLOC_KEEP_SIZE && !punches) return EOPNOTSUPP
  if (offset < 0 || length <= 0) return EINVAL
  const stat = c.kernel.fstat(c.cx, fd)
  if (typeof stat === 'number') return -stat
  const type = stat.mode & 0xf000
  if (type !== FILE) return type === FIFO ? ESPIPE : ENODEV
  return -c.kernel.allocate(c.cx, fd, offset, offset + length, punches ? 'punch' : mode & FALLOC_KEEP_SIZE ? 'hold' : 'extend')
}

function fallocate(c: LibcCall, fd: number, mode: number, offset: number, length: number): number {
  const failed = allocate(c, fd, mode, offset, length)
  return failed === 0 ? 0 : c.fail(failed)
}

export const fcntlHeader: HeaderTable = {
  name: 'fcntl',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/fcntl.h.html',
  rows: [
    blocking('creat', 'int(ptr, uint)', (c, name: number, mode: number) => {
      const flags = c.abi.programFlags(0x2_0000 | 0x200_0000 | 0x400_0000)
      return openat(c, AT_FDCWD, name, flags, mode)
    }),
    alias('creat64', 'creat'),
    blocking('fcntl', 'int(int, int, long)', fcntl),
    alias('fcntl64', 'fcntl'),
    blocking('open', 'int(ptr, int, uint)', (c, name: number, flags: number, mode: number) => openat(c, AT_FDCWD, name, flags, mode)),
    ...['open64', '__open_2', '__open64_2'].map((name) => alias(name, 'open')),
    blocking('openat', 'int(int, ptr, int, uint)', openat),
    ...['openat64', '__openat_2', '__openat64_2'].map((name) => alias(name, 'openat')),
    leaf('posix_fadvise', 'int(int, long, long, int)', () => 0, 'partial', 'advice has no effect'),
    alias('posix_fadvise64', 'posix_fadvise'),
    leaf('posix_fallocate', 'int(int, long, long)', (c, fd: number, offset: number, length: number) => allocate(c, fd, 0, offset, length)),
    alias('posix_fallocate64', 'posix_fallocate'),
    leaf('fallocate', 'int(int, int, long, long)', fallocate, 'partial', 'holding, extending and punching only'),
    alias('fallocate64', 'fallocate'),
    blocking('lockf', 'int(int, int, long)', lockf),
    alias('lockf64', 'lockf'),
    blocking('flock', 'int(int, int)', function* (c, fd: number, operation: number) {
      return answer(c, yield* c.kernel.flock(c.cx, fd, operation))
    }),
    ...pipeRows,
  ],
}
