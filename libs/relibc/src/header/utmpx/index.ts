/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/utmpx.h.html: entries of /var/run/utmp, which a node has only if its tree does. */
import { type Co, O } from '@bootgraph/kernel'
import { path, readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { storage } from '../storage.ts'

const FILE = '/var/run/utmp'
/** struct utmpx of linux-gnu: type i16 @0, line @8 (32 bytes), id @40 (4 bytes); 384 bytes. */
const Entry = { type: 0, line: 8, id: 40, lineSize: 32, idSize: 4, size: 384 } as const
/** __libc_utmp: the entry that was read last, the number of the next (u32), the file's name if another was named. */
const State = { next: Entry.size, name: Entry.size + 8, size: Entry.size + 16 } as const
/** Types that getutxid finds by type alone, and those that it finds by their id. */
const BY_TYPE = new Set([1, 2, 3, 4])
const BY_ID = new Set([5, 6, 7, 8])
const LINES = new Set([6, 7])

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
    ...['setutent', 'endutent', 'getutent', 'getutid', 'getutline', 'utmpname'].map((name) =>
      alias(name, name.replace(/ut(?=ent|id|line)/, 'utx').replace('utmpname', 'utmpxname')),
    ),
  ],
}
