/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/utmpx.h.html: entries of /var/run/utmp, which a node has only if its tree does. */
import { type Co, O } from '@bootgraph/kernel'
import { EFAULT, path, readable, source, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { segfault } from '../fault.ts'
import { storage } from '../storage.ts'

const FILE = '/var/run/utmp'
const LOG = '/var/log/wtmp'
/** struct utmpx of linux-gnu: type i16 @0, pid i32 @4, line @8, id @40, user @44, host @76, seconds and microseconds i32 @340. */
const Entry = {
  type: 0,
  pid: 4,
  line: 8,
  id: 40,
  user: 44,
  host: 76,
  time: 340,
  lineSize: 32,
  idSize: 4,
  hostSize: 256,
  size: 384,
} as const
/** __libc_utmp: the entry that was read last, the number of the next (u32), the file's name if another was named. */
const State = { next: Entry.size, name: Entry.size + 8, size: Entry.size + 16 } as const
/** Types that getutxid finds by type alone, and those that it finds by their id. */
const BY_TYPE = new Set([1, 2, 3, 4])
const BY_ID = new Set([5, 6, 7, 8])
const LINES = new Set([6, 7])
const USER_PROCESS = 7
const DEAD_PROCESS = 8
const SEEK_END = 2
const EINVAL = 22
const ENOSPC = 28

function rewind(c: LibcCall): void {
  c.memory.setU32(storage(c, '__libc_utmp') + State.next, 0)
}

/** The next entry that is wanted: the address of the library's own copy, or 0 at the end. */
function* next(c: LibcCall, wanted: (at: number) => boolean = () => true): Co<number> {
  const at = storage(c, '__libc_utmp')
  const named = c.memory.getSize(at + State.name)
  const fd = yield* c.kernel.open(c.cx, named === 0 ? FILE : c.string(named), O.RDONLY | O.CLOEXEC, 0)
  if (fd < 0) return c.fail(-fd) + 1
  let found = 0
  while (found === 0) {
    const bytes = new Uint8Array(Entry.size)
    const number = c.memory.getU32(at + State.next)
    if ((yield* c.kernel.pread(c.cx, fd, bytes, number * Entry.size)) < Entry.size) break
    c.memory.u8.set(bytes, at)
    c.memory.setU32(at + State.next, number + 1)
    if (wanted(at)) found = at
  }
  yield* c.kernel.close(c.cx, fd)
  return found
}

function same(c: LibcCall, a: number, b: number, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const byte = c.memory.getU8(a + i)
    if (byte !== c.memory.getU8(b + i)) return false
    if (byte === 0) return true
  }
  return true
}

function byId(c: LibcCall, like: number): Co<number> {
  const type = readable(c, like, Entry.size) ? c.memory.getU16(like) : 0
  if (BY_TYPE.has(type)) return next(c, (at) => c.memory.getU16(at) === type)
  return next(c, (at) => BY_ID.has(type) && BY_ID.has(c.memory.getU16(at)) && same(c, at + Entry.id, like + Entry.id, Entry.idSize))
}

const byLine = (c: LibcCall, like: number): Co<number> =>
  next(
    c,
    (at) => LINES.has(c.memory.getU16(at)) && readable(c, like, Entry.size) && same(c, at + Entry.line, like + Entry.line, Entry.lineSize),
  )

/** Whether the entry at `at` is of the process that `like` is: by its id, or by its line where one of them has none. */
function sameProcess(c: LibcCall, at: number, like: number): boolean {
  const byIds = [at, like].every((entry) => c.memory.getU8(entry + Entry.id) !== 0)
  return byIds ? same(c, at + Entry.id, like + Entry.id, Entry.idSize) : same(c, at + Entry.line, like + Entry.line, Entry.lineSize)
}

/** pututxline: in the place of the entry that it is of, the last one read or one behind it, else at the end. */
function* write(c: LibcCall, like: number): Co<number> {
  if (!readable(c, like, Entry.size)) return c.fail(EINVAL) + 1
  const { memory } = c
  const at = storage(c, '__libc_utmp')
  const type = memory.getU16(like)
  const is = (entry: number): boolean =>
    BY_TYPE.has(type) ? memory.getU16(entry) === type : BY_ID.has(memory.getU16(entry)) && BY_ID.has(type) && sameProcess(c, entry, like)
  const bytes = memory.u8.slice(like, like + Entry.size)
  const found = (memory.getU32(at + State.next) > 0 && is(at)) || (yield* next(c, is)) !== 0
  const named = memory.getSize(at + State.name)
  const fd = yield* c.kernel.open(c.cx, named === 0 ? FILE : c.string(named), O.WRONLY | O.CLOEXEC, 0)
  if (fd < 0) return c.fail(-fd) + 1
  const number = found ? memory.getU32(at + State.next) - 1 : Math.floor(Math.max(c.kernel.lseek(c.cx, fd, 0, SEEK_END), 0) / Entry.size)
  const put = yield* c.kernel.pwrite(c.cx, fd, bytes, number * Entry.size)
  yield* c.kernel.close(c.cx, fd)
  if (put < Entry.size) return c.fail(put < 0 ? -put : ENOSPC) + 1
  memory.u8.set(bytes, at)
  memory.setU32(at + State.next, number + 1)
  return like
}

/** Appends to a log that is there. */
function* append(c: LibcCall, file: string, bytes: Uint8Array): Co<void> {
  const fd = yield* c.kernel.open(c.cx, file, O.WRONLY | O.APPEND | O.CLOEXEC, 0)
  if (fd < 0) return
  yield* c.kernel.write(c.cx, fd, bytes)
  yield* c.kernel.close(c.cx, fd)
}

/** logwtmp: who is at a line from now on; an empty name says that nobody is. */
function* log(c: LibcCall, line: number, name: number, host: number): Co<void> {
  const bytes = new Uint8Array(Entry.size)
  const view = new DataView(bytes.buffer)
  const now = c.kernel.clock(c.cx, 'realtime')
  const put = (offset: number, size: number, text: string): void => bytes.set(new TextEncoder().encode(text).subarray(0, size), offset)
  view.setUint16(Entry.type, c.string(name) === '' ? DEAD_PROCESS : USER_PROCESS, true)
  view.setInt32(Entry.pid, c.kernel.getpid(c.cx), true)
  put(Entry.line, Entry.lineSize, c.string(line))
  put(Entry.user, Entry.lineSize, c.string(name))
  put(Entry.host, Entry.hostSize, c.string(host))
  view.setInt32(Entry.time, Number(now / 1_000_000_000n), true)
  view.setInt32(Entry.time + 4, Number((now % 1_000_000_000n) / 1000n), true)
  yield* append(c, LOG, bytes)
}

/** The `_r` forms: the entry to the program's own struct, 0 or -1. */
function* copied(c: LibcCall, found: Co<number>, out: number, result: number): Co<number> {
  const at = yield* found
  if (!writable(c, out, Entry.size) || !writable(c, result, 8)) return c.fail(EFAULT)
  if (at !== 0) c.memory.u8.copyWithin(out, at, at + Entry.size)
  c.memory.setSize(result, at === 0 ? 0 : out)
  return at === 0 ? -1 : 0
}

export const utmpx: HeaderTable = {
  name: 'utmpx',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/utmpx.h.html',
  rows: [
    object('__libc_utmp', State.size, 8),
    leaf('setutxent', 'void()', rewind),
    leaf('endutxent', 'void()', rewind),
    blocking('getutxent', 'ptr()', (c) => next(c)),
    blocking('getutxid', 'ptr(ptr)', byId),
    blocking('getutxline', 'ptr(ptr)', byLine),
    leaf('utmpxname', 'int(ptr)', (c, name: number) => {
      const text = path(c, name)
      if (text === undefined) return -1
      rewind(c)
      c.memory.setSize(storage(c, '__libc_utmp') + State.name, constant(c, text))
      return 0
    }),
    blocking('pututxline', 'ptr(ptr)', write),
    alias('pututline', 'pututxline'),
    blocking('getutent_r', 'int(ptr, ptr)', (c, out: number, result: number) => copied(c, next(c), out, result)),
    blocking('getutid_r', 'int(ptr, ptr, ptr)', (c, like: number, out: number, result: number) => copied(c, byId(c, like), out, result)),
    blocking('getutline_r', 'int(ptr, ptr, ptr)', (c, like: number, out: number, result: number) =>
      copied(c, byLine(c, like), out, result),
    ),
    blocking('updwtmp', 'void(ptr, ptr)', function* (c, file: number, at: number) {
      const [name, bytes] = [path(c, file), source(c, at, Entry.size)]
      if (name !== undefined && bytes !== undefined) yield* append(c, name, bytes.slice())
    }),
    alias('updwtmpx', 'updwtmp'),
    blocking('logwtmp', 'void(ptr, ptr, ptr)', log),
    // Both structs are one.
    ...['getutmp', 'getutmpx'].map((name) =>
      leaf(name, 'void(ptr, ptr)', (c, from: number, to: number) => {
        if (!readable(c, from, Entry.size) || !writable(c, to, Entry.size)) segfault(c)
        else c.memory.u8.copyWithin(to, from, from + Entry.size)
      }),
    ),
    ...['setutent', 'endutent', 'getutent', 'getutid', 'getutline', 'utmpname'].map((name) =>
      alias(name, name.replace(/ut(?=ent|id|line)/, 'utx').replace('utmpname', 'utmpxname')),
    ),
  ],
}
