/** Facts and limits of the system, entropy, vectored output, scheduling, and the `syscall` function. */
import type { Co } from '@bootgraph/kernel'
import { yieldNow } from '@bootgraph/kernel'
import { readTimespec, SIZE, writeStatFs, writeStatVfs, writeTimespec, writeTimeval } from '../../abi/structs.ts'
import { platformOf, tidOf } from '../../platform/platform.ts'
import { Thread } from '../../platform/thread-block.ts'
import { answer, EFAULT, path, putString, readable, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { openat } from '../fcntl/index.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { capget, capset } from '../sys_capability/index.ts'
import { pidfdGetfd, pidfdOpen, pidfdSendSignal } from '../sys_pidfd/index.ts'
import { prlimit } from '../sys_resource/index.ts'
import { statx } from '../sys_stat/index.ts'
import { copyFileRange, pipe2 } from '../unistd/io.ts'

const AT_FDCWD = -100
const ESRCH = 3
const EINVAL = 22
const EPERM = 1
/** What a context runs before the next gets its turn, as SCHED_RR would say it: 100,000 units of 5 ns. */
const SLICE = 500_000n
const EIO = 5
const EAGAIN = 11
const EINTR = 4
const EBADF = 9
const ETIMEDOUT = 110
const ENOSYS = 38
const EOPNOTSUPP = 95
const SEEK_END = 2
const IOV_MAX = 1024
const UTS = 65

function uname(c: LibcCall, out: number): number {
  if (!writable(c, out, 6 * UTS)) return c.fail(EFAULT)
  c.memory.bytes(out, 6 * UTS).fill(0)
  for (const [i, text] of ['Redox', 'redox', '0.9.0', '', 'x86_64', ''].entries()) putString(c, out + i * UTS, UTS, text)
  return 0
}

function random(c: LibcCall, buffer: number, size: number): number {
  const into = target(c, buffer, size)
  if (into === undefined) return c.fail(EFAULT)
  c.kernel.random(c.cx, into)
  return size
}

type Move = (c: LibcCall, fd: number, bytes: Uint8Array, at: number) => Co<number>

/** Does `move` for each element of an iovec until one comes up short. */
function* vectored(c: LibcCall, fd: number, vector: number, count: number, check: typeof source, move: Move): Co<number> {
  if (count < 0 || count > IOV_MAX) return c.fail(EINVAL)
  if (!readable(c, vector, 16 * count)) return c.fail(EFAULT)
  for (let i = 0; i < count; i++) if (c.memory.getU64(vector + 16 * i + 8) >> 63n !== 0n) return c.fail(EINVAL)
  let done = 0
  for (let i = 0; i < count; i++) {
    const size = c.memory.getSize(vector + 16 * i + 8)
    if (size === 0) continue
    const bytes = check(c, c.memory.getSize(vector + 16 * i), size)
    const moved = bytes === undefined ? -EFAULT : yield* move(c, fd, bytes, done)
    if (moved < 0) return done > 0 ? done : c.fail(-moved)
    done += moved
    if (moved < size) break
  }
  return done
}

const readBytes: Move = (c, fd, bytes) => c.kernel.read(c.cx, fd, bytes)
const writeBytes: Move = (c, fd, bytes) => c.kernel.write(c.cx, fd, bytes)
const readAt =
  (offset: number): Move =>
  (c, fd, bytes, done) =>
    c.kernel.pread(c.cx, fd, bytes, offset + done)
const writeAt =
  (offset: number): Move =>
  (c, fd, bytes, done) =>
    c.kernel.pwrite(c.cx, fd, bytes, offset + done)

const PIPE = 0x1000
const F_GETFL = 3
const KERNEL_WRITE = 0x2_0000

/** vmsplice(2) copies: memory to the end of a pipe that is written to, or from the one that is read. */
function* vmsplice(c: LibcCall, fd: number, vector: number, count: number): Co<number> {
  const { cx, kernel } = c
  const stat = kernel.fstat(cx, fd)
  if (typeof stat === 'number' || (stat.mode & 0xf000) !== PIPE) return c.fail(EBADF)
  const writes = (yield* kernel.fcntl(cx, fd, F_GETFL, 0)) & KERNEL_WRITE
  return yield* writes ? vectored(c, fd, vector, count, source, writeBytes) : vectored(c, fd, vector, count, target, readBytes)
}

/** sethostname and setdomainname. */
const rename = (c: LibcCall, _name: number, size: number): number => c.fail(size > UTS - 1 ? EINVAL : EPERM)

const ReadWrite = { hipri: 1, dsync: 2, sync: 4, append: 16 } as const
/** RWF_NOWAIT is not among them, as on file systems without it. */
const RWF = ReadWrite.hipri | ReadWrite.dsync | ReadWrite.sync | ReadWrite.append
const FILE_POSITION = -1

function* preadv2(c: LibcCall, fd: number, at: number, count: number, offset: number, flags: number): Co<number> {
  if (offset < FILE_POSITION) return c.fail(EINVAL)
  if (flags & ~RWF) return c.fail(EOPNOTSUPP)
  return yield* vectored(c, fd, at, count, target, offset === FILE_POSITION ? readBytes : readAt(offset))
}

/** With RWF_APPEND the offset says only whether the file position moves. */
function* pwritev2(c: LibcCall, fd: number, at: number, count: number, offset: number, flags: number): Co<number> {
  if (offset < FILE_POSITION) return c.fail(EINVAL)
  if (flags & ~RWF) return c.fail(EOPNOTSUPP)
  let from = offset
  if (flags & ReadWrite.append) {
    const stat = c.kernel.fstat(c.cx, fd)
    if (typeof stat === 'number') return c.fail(-stat)
    if (offset === FILE_POSITION) c.kernel.lseek(c.cx, fd, 0, SEEK_END)
    else from = stat.size
  }
  return yield* vectored(c, fd, at, count, source, from === FILE_POSITION ? writeBytes : writeAt(from))
}

/** Whether there is such a process; 0 is the caller. Errno is set if not. */
function isProcess(c: LibcCall, pid: number): boolean {
  if (c.kernel.getsid(c.cx, pid) >= 0) return true
  c.fail(ESRCH)
  return false
}

function affinity(c: LibcCall, pid: number, size: number, mask: number): number {
  if (!isProcess(c, pid)) return -1
  if (size < 8) return c.fail(EINVAL)
  if (!writable(c, mask, size)) return c.fail(EFAULT)
  c.memory.bytes(mask, size).fill(0)
  c.memory.setU8(mask, 1)
  return 0
}

/** There is one processor: a mask without it is refused, as Linux does. */
function setAffinity(c: LibcCall, pid: number, size: number, mask: number): number {
  if (!isProcess(c, pid)) return -1
  if (!readable(c, mask, size)) return c.fail(EFAULT)
  return size > 0 && c.memory.getU8(mask) & 1 ? 0 : c.fail(EINVAL)
}

/** Bits set in a cpu_set_t of `size` bytes. */
function cpuCount(c: LibcCall, size: number, set: number): number {
  const bytes = source(c, set, size) ?? new Uint8Array(0)
  let count = 0
  for (const byte of bytes) for (let rest = byte; rest !== 0; rest &= rest - 1) count++
  return count
}

const Futex = { wait: 0, wake: 1, waitBitset: 9, wakeBitset: 10, mask: 0x7f, realtime: 0x100 } as const

/** futex(2): a relative timeout for WAIT, an absolute one for WAIT_BITSET. */
function* futex(c: LibcCall, word: number, op: number, value: number, timeout: number): Co<number> {
  if (!readable(c, word, 4)) return c.fail(EFAULT)
  const command = op & Futex.mask
  if (command === Futex.wake || command === Futex.wakeBitset) return answer(c, c.kernel.futexWake(c.cx, word, Math.min(value, 0x7fff_ffff)))
  if (command !== Futex.wait && command !== Futex.waitBitset) {
    c.gap('syscall', `futex operation ${command}`)
    return c.fail(ENOSYS)
  }
  if (timeout !== 0 && !readable(c, timeout, 16)) return c.fail(EFAULT)
  const time = timeout === 0 ? undefined : readTimespec(c.memory, timeout)
  if (timeout !== 0 && time === undefined) return c.fail(EINVAL)
  const now = c.kernel.clock(c.cx, 'monotonic')
  let until = time
  if (time !== undefined && command === Futex.wait) until = now + time
  else if (time !== undefined && op & Futex.realtime) until = time - c.kernel.clock(c.cx, 'realtime') + now
  const woken = yield* c.kernel.futexWait(c.cx, word, value >>> 0, until)
  const errno = { woken: 0, changed: EAGAIN, timeout: ETIMEDOUT, signal: EINTR }[woken]
  return errno === 0 ? 0 : c.fail(errno)
}

/** Linux numbers that linux-gnu programs ask for by `syscall`; calls that an older kernel lacks answer ENOSYS without a gap. */
const SYSCALL = {
  read: 0,
  write: 1,
  open: 2,
  close: 3,
  lseek: 8,
  getpid: 39,
  gettid: 186,
  getrlimit: 97,
  setrlimit: 160,
  capget: 125,
  capset: 126,
  tkill: 200,
  getdents64: 217,
  futex: 202,
  sched_setaffinity: 203,
  sched_getaffinity: 204,
  exit_group: 231,
  openat: 257,
  pipe2: 293,
  prlimit64: 302,
  getrandom: 318,
  memfd_create: 319,
  copy_file_range: 326,
  statx: 332,
  pidfd_send_signal: 424,
  pidfd_open: 434,
  close_range: 436,
  pidfd_getfd: 438,
} as const
const NEWER = new Set([324, 334, 435, 439, 441])

function* syscall(c: LibcCall, number: number, a: number, b: number, d: number, e: number, f: number, g: number): Co<number> {
  switch (number) {
    case SYSCALL.read: {
      const into = target(c, b, d)
      return into === undefined ? c.fail(EFAULT) : answer(c, yield* c.kernel.read(c.cx, a, into))
    }
    case SYSCALL.copy_file_range:
      return yield* copyFileRange(c, a, b, d, e, f, g >>> 0)
    case SYSCALL.statx:
      return statx(c, a | 0, b, d, e, f)
    case SYSCALL.sched_setaffinity:
      return setAffinity(c, a, b, d)
    case SYSCALL.write: {
      const from = source(c, b, d)
      return from === undefined ? c.fail(EFAULT) : answer(c, yield* c.kernel.write(c.cx, a, from))
    }
    case SYSCALL.open:
      return yield* openat(c, AT_FDCWD, a, b | 0, d >>> 0)
    case SYSCALL.openat:
      return yield* openat(c, a | 0, b, d | 0, e >>> 0)
    case SYSCALL.pipe2:
      return pipe2(c, a, b | 0)
    case SYSCALL.close:
      return answer(c, yield* c.kernel.close(c.cx, a | 0))
    case SYSCALL.lseek:
      return answer(c, c.kernel.lseek(c.cx, a | 0, b, d | 0))
    case SYSCALL.getpid:
      return c.kernel.getpid(c.cx)
    case SYSCALL.gettid:
      return tidOf(c, c.cx)
    case SYSCALL.getdents64:
      return getdents64(c, a, b, d)
    case SYSCALL.close_range:
      return yield* closeRange(c, a, b, d)
    case SYSCALL.getrlimit:
      return prlimit(c, 0, a, 0, b)
    case SYSCALL.setrlimit:
      return prlimit(c, 0, a, b, 0)
    case SYSCALL.prlimit64:
      return prlimit(c, a | 0, b, d, e)
    case SYSCALL.capget:
      return capget(c, a, b)
    case SYSCALL.capset:
      return capset(c, a, b)
    case SYSCALL.pidfd_open:
      return pidfdOpen(c, a | 0, b >>> 0)
    case SYSCALL.pidfd_send_signal:
      return pidfdSendSignal(c, a | 0, b | 0, d, e >>> 0)
    case SYSCALL.pidfd_getfd:
      return pidfdGetfd(c, a | 0, b | 0, d >>> 0)
    case SYSCALL.tkill:
      return answer(c, c.kernel.tkill(c.cx, a, b))
    case SYSCALL.futex:
      return yield* futex(c, a, b, d >>> 0, e)
    case SYSCALL.sched_getaffinity:
      return affinity(c, a, b, d) < 0 ? -1 : 8
    case SYSCALL.exit_group:
      return yield* c.kernel.exit(c.cx, a & 0xff)
    case SYSCALL.getrandom:
      return random(c, a, b)
    case SYSCALL.memfd_create: {
      const name = path(c, a)
      return name === undefined ? c.fail(EFAULT) : answer(c, c.kernel.memfd(c.cx, name, b & 1 ? 0x100_0000 : 0))
    }
    default:
      if (!NEWER.has(number)) c.gap('syscall', `Linux number ${number}`)
      return c.fail(ENOSYS)
  }
}

/** Entries from the descriptor's place on, as many as fit; the place is their number. */
function getdents64(c: LibcCall, fd: number, out: number, size: number): number {
  const into = target(c, out, size)
  if (into === undefined) return c.fail(EFAULT)
  const entries = c.kernel.getdents(c.cx, fd)
  if (typeof entries === 'number') return c.fail(-entries)
  const from = Math.max(c.kernel.lseek(c.cx, fd, 0, 1), 0)
  let [used, at] = [0, from]
  for (; at < entries.length; at++) {
    const { ino, name, type } = entries[at]
    const bytes = new TextEncoder().encode(name)
    const length = Math.ceil((19 + bytes.length + 1) / 8) * 8
    if (used + length > size) break
    c.memory.bytes(out + used, length).fill(0)
    c.memory.setSize(out + used, ino)
    c.memory.setSize(out + used + 8, at + 1)
    c.memory.setU16(out + used + 16, length)
    c.memory.setU8(out + used + 18, type)
    c.memory.u8.set(bytes, out + used + 19)
    used += length
  }
  if (used === 0 && at < entries.length) return c.fail(EINVAL)
  c.kernel.lseek(c.cx, fd, at, 0)
  return used
}

const CLOSE_RANGE_CLOEXEC = 4
const CLOSE_RANGE_UNSHARE = 2
/** Descriptors that a process may hold. */
const FILES = 65_536
const F_SETFD = 2
const KERNEL_CLOEXEC = 0x100_0000

function* closeRange(c: LibcCall, first: number, last: number, flags: number): Co<number> {
  if (flags & ~(CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE) || first > last) return c.fail(EINVAL)
  const { cx, kernel } = c
  for (let fd = first; fd <= Math.min(last, FILES - 1); fd++) {
    if (flags & CLOSE_RANGE_CLOEXEC) yield* kernel.fcntl(cx, fd, F_SETFD, KERNEL_CLOEXEC)
    else yield* kernel.close(cx, fd)
  }
  return 0
}

const PR_SET_NAME = 15
const PR_GET_NAME = 16

function prctl(c: LibcCall, option: number, argument: number): number {
  const name = c.cx.threadPointer + Thread.name
  if (option === PR_SET_NAME && readable(c, argument, 1)) {
    const text = new TextEncoder().encode(c.string(argument)).subarray(0, 15)
    c.memory.bytes(name, 16).fill(0)
    c.memory.u8.set(text, name)
    return 0
  }
  if (option === PR_GET_NAME && writable(c, argument, 16)) {
    c.memory.u8.copyWithin(argument, name, name + 16)
    return 0
  }
  c.gap('prctl', `option ${option}`)
  return c.fail(EINVAL)
}

function getauxval(c: LibcCall, key: number): number {
  for (let at = platformOf(c).auxv; readable(c, at, 16) && c.memory.getSize(at) !== 0; at += 16) {
    if (c.memory.getSize(at) === key) return c.memory.getSize(at + 8)
  }
  return c.fail(2) + 1
}

function rusage(c: LibcCall, out: number): number {
  if (!writable(c, out, SIZE.rusage)) return c.fail(EFAULT)
  c.memory.bytes(out, SIZE.rusage).fill(0)
  writeTimeval(c.memory, out, c.kernel.clock(c.cx, 'process'))
  return 0
}

const PAGES = 524_288
/** struct sysinfo: { uptime @0, loads @8, totalram @32, freeram @40, …, procs u16 @80, …, mem_unit u32 @104 }. */
const SYSINFO = 112

/** Load is 0 and all memory is free: the node keeps no such statistics. */
function sysinfo(c: LibcCall, out: number): number {
  if (!writable(c, out, SYSINFO)) return c.fail(EFAULT)
  c.memory.bytes(out, SYSINFO).fill(0)
  c.memory.setU64(out, c.kernel.clock(c.cx, 'monotonic') / 1_000_000_000n)
  c.memory.setSize(out + 32, PAGES)
  c.memory.setSize(out + 40, PAGES)
  c.memory.setU16(out + 80, 1)
  c.memory.setU32(out + 104, 4096)
  return 0
}

export const system: HeaderTable = {
  name: 'sys/utsname, sys/resource, sys/uio, sys/random, sys/auxv, sys/ioctl, sys/statvfs, sched',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/sys_resource.h.html',
  rows: [
    leaf('sysinfo', 'int(ptr)', sysinfo, 'partial', 'uptime and total memory'),
    leaf('uname', 'int(ptr)', uname),
    blocking('close_range', 'int(uint, uint, int)', closeRange),
    blocking('closefrom', 'void(int)', function* (c, first: number) {
      yield* closeRange(c, Math.max(first, 0), FILES, 0)
    }),
    leaf('getrusage', 'int(int, ptr)', (c, _who: number, out: number) => rusage(c, out), 'partial', 'user time of the process only'),
    blocking('readv', 'long(int, ptr, int)', (c, fd: number, at: number, count: number) => vectored(c, fd, at, count, target, readBytes)),
    blocking('writev', 'long(int, ptr, int)', (c, fd: number, at: number, count: number) => vectored(c, fd, at, count, source, writeBytes)),
    blocking('preadv', 'long(int, ptr, int, long)', (c, fd: number, at: number, count: number, offset: number) =>
      vectored(c, fd, at, count, target, readAt(offset)),
    ),
    alias('preadv64', 'preadv'),
    blocking('pwritev', 'long(int, ptr, int, long)', (c, fd: number, at: number, count: number, offset: number) =>
      vectored(c, fd, at, count, source, writeAt(offset)),
    ),
    alias('pwritev64', 'pwritev'),
    blocking('preadv2', 'long(int, ptr, int, long, int)', preadv2, 'partial', 'RWF_NOWAIT is not supported'),
    alias('preadv64v2', 'preadv2'),
    blocking('pwritev2', 'long(int, ptr, int, long, int)', pwritev2, 'partial', 'RWF_NOWAIT is not supported'),
    alias('pwritev64v2', 'pwritev2'),
    blocking('vmsplice', 'long(int, ptr, size, uint)', vmsplice),
    leaf('getdents64', 'long(int, ptr, size)', getdents64),
    leaf('sethostname', 'int(ptr, size)', rename, 'partial', 'nobody may name the node'),
    leaf('setdomainname', 'int(ptr, size)', rename, 'partial', 'nobody may name the node'),
    leaf('getrandom', 'long(ptr, size, uint)', random),
    leaf('getentropy', 'int(ptr, size)', (c, buffer: number, size: number) =>
      size > 256 ? c.fail(EIO) : Math.min(random(c, buffer, size), 0),
    ),
    leaf('getauxval', 'long(long)', getauxval),
    blocking('ioctl', 'int(int, long, long)', function* (c, fd: number, request: number, argument: number) {
      return answer(c, yield* c.kernel.ioctl(c.cx, fd, request, argument))
    }),
    leaf('prctl', 'int(int, long)', prctl, 'partial', 'names only'),
    blocking('sched_yield', 'int()', function* () {
      yield* yieldNow()
      return 0
    }),
    leaf('sched_getaffinity', 'int(int, size, ptr)', affinity),
    leaf('sched_setaffinity', 'int(int, size, ptr)', setAffinity),
    leaf('__sched_cpucount', 'int(size, ptr)', cpuCount),
    ...['sched_get_priority_max', 'sched_get_priority_min'].map((name) =>
      leaf(name, 'int(int)', (c, policy: number) => {
        if (policy < 0 || policy > 6 || policy === 4) return c.fail(EINVAL)
        const real = policy === 1 || policy === 2
        return real ? (name.endsWith('max') ? 99 : 1) : 0
      }),
    ),
    leaf(
      'sched_getscheduler',
      'int(int)',
      (c, pid: number) => (pid < 0 ? c.fail(EINVAL) : isProcess(c, pid) ? 0 : -1),
      'partial',
      'the one policy is SCHED_OTHER',
    ),
    leaf('sched_getparam', 'int(int, ptr)', (c, pid: number, out: number) => {
      if (pid < 0 || out === 0) return c.fail(EINVAL)
      if (!isProcess(c, pid)) return -1
      if (!writable(c, out, 4)) return c.fail(EFAULT)
      c.memory.setI32(out, 0)
      return 0
    }),
    leaf(
      'sched_setscheduler',
      'int(int, int, ptr)',
      (c, pid: number, policy: number, at: number) => {
        if (pid < 0 || policy < 0 || at === 0) return c.fail(EINVAL)
        if (!isProcess(c, pid)) return -1
        if (!readable(c, at, 4)) return c.fail(EFAULT)
        const priority = c.memory.getI32(at)
        if (policy > 6 || policy === 4) return c.fail(EINVAL)
        if (policy === 1 || policy === 2) return c.fail(priority >= 1 && priority <= 99 ? EPERM : EINVAL)
        return priority !== 0 ? c.fail(EINVAL) : policy === 0 ? 0 : c.fail(EPERM)
      },
      'partial',
      'the one policy is SCHED_OTHER',
    ),
    leaf('sched_setparam', 'int(int, ptr)', (c, pid: number, at: number) => {
      if (pid < 0 || at === 0) return c.fail(EINVAL)
      if (!isProcess(c, pid)) return -1
      if (!readable(c, at, 4)) return c.fail(EFAULT)
      return c.memory.getI32(at) === 0 ? 0 : c.fail(EINVAL)
    }),
    leaf('sched_rr_get_interval', 'int(int, ptr)', (c, pid: number, out: number) => {
      if (pid < 0) return c.fail(EINVAL)
      if (!isProcess(c, pid)) return -1
      if (!writable(c, out, 16)) return c.fail(EFAULT)
      writeTimespec(c.memory, out, SLICE)
      return 0
    }),
    leaf('__sched_cpualloc', 'ptr(size)', (c, count: number) => malloc(c, Math.ceil(count / 64) * 8)),
    leaf('__sched_cpufree', 'void(ptr)', (c, at: number) => free(c, at)),
    leaf(
      'getloadavg',
      'int(ptr, int)',
      (c, out: number, count: number) => {
        const told = Math.min(count, 3)
        if (told <= 0) return told
        if (!writable(c, out, 8 * told)) return c.fail(EFAULT)
        c.memory.bytes(out, 8 * told).fill(0)
        return told
      },
      'partial',
      'the load is 0: the node keeps no such statistics',
    ),
    leaf('getdomainname', 'int(ptr, size)', (c, out: number, size: number) => {
      if (!writable(c, out, size)) return c.fail(EFAULT)
      return putString(c, out, size, '(none)') < 0 ? c.fail(EINVAL) : 0
    }),
    leaf('sched_getcpu', 'int()', () => 0),
    ...['fstatvfs', 'statvfs', 'fstatfs', 'statfs'].map((name) => alias(`${name}64`, name)),
    leaf('fstatvfs', 'int(int, ptr)', (c, fd: number, out: number) => putVfs(c, out, c.kernel.fstatvfs(c.cx, fd))),
    leaf('statvfs', 'int(ptr, ptr)', (c, name: number, out: number) => {
      const text = path(c, name)
      return text === undefined ? c.fail(EFAULT) : putVfs(c, out, c.kernel.statvfs(c.cx, text))
    }),
    leaf('fstatfs', 'int(int, ptr)', (c, fd: number, out: number) => putVfs(c, out, c.kernel.fstatvfs(c.cx, fd), true)),
    leaf('statfs', 'int(ptr, ptr)', (c, name: number, out: number) => {
      const text = path(c, name)
      return text === undefined ? c.fail(EFAULT) : putVfs(c, out, c.kernel.statvfs(c.cx, text), true)
    }),
    blocking('syscall', 'long(long, long, long, long, long, long, long)', syscall, 'partial', 'the declared Linux numbers only'),
  ],
}

function putVfs(c: LibcCall, out: number, fs: Parameters<typeof writeStatVfs>[2] | number, linux = false): number {
  if (typeof fs === 'number') return c.fail(-fs)
  if (!writable(c, out, linux ? SIZE.statfs : 88)) return c.fail(EFAULT)
  if (linux) writeStatFs(c.memory, out, fs)
  else writeStatVfs(c.memory, out, fs)
  return 0
}
