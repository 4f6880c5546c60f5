/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/mqueue.h.html; an mqd_t is a descriptor, as on Linux. */
import { type Co, O } from '@bootgraph/kernel'
import { answer, EFAULT, path, readable, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { deadline } from '../pthread/mutex.ts'

const ENOSYS = 38
const EINVAL = 22
const EBADF = 9
/** struct mq_attr: { flags, maxmsg, msgsize, curmsgs }, 8 bytes each, and 4 spare ones. */
const Attr = { flags: 0, limit: 8, size: 16, count: 24, bytes: 64 } as const
/** struct sigevent: { value @0, signo i32 @8, notify i32 @12 }, 64 bytes. */
const Event = { value: 0, signal: 8, notify: 12, bytes: 64 } as const
const Notify = { signal: 0, none: 1, thread: 2 } as const
const SIGNALS = 64

/** The name behind its slash; undefined if it has none or cannot be read. */
function withName(c: LibcCall, at: number, body: (name: string) => number): number {
  const text = path(c, at)
  if (text === undefined) return c.fail(EFAULT)
  return text.startsWith('/') ? answer(c, body(text.slice(1))) : c.fail(EINVAL)
}

function open(c: LibcCall, at: number, flags: number, mode: number, attributes: number): number {
  const redox = c.abi.openFlags(flags)
  const asked = (redox & O.CREAT) !== 0 && attributes !== 0
  if (asked && !readable(c, attributes, Attr.bytes)) return c.fail(EFAULT)
  const word = (offset: number) => Number(BigInt.asIntN(64, c.memory.getU64(attributes + offset)))
  const wanted = asked ? { limit: word(Attr.limit), size: word(Attr.size) } : undefined
  return withName(c, at, (name) => c.kernel.posted.open(c.cx, name, redox, mode, wanted))
}

function* send(c: LibcCall, fd: number, at: number, size: number, priority: number, until?: bigint): Co<number> {
  const queue = c.kernel.posted.at(c.cx, fd)
  // No more is looked at than decides whether it is too long.
  const length = typeof queue === 'number' ? 0 : Math.min(size, queue.size + 1)
  const bytes = source(c, at, length)
  if (bytes === undefined) return c.fail(EFAULT)
  return answer(c, yield* c.kernel.posted.send(c.cx, fd, { bytes: bytes.slice(), priority }, until))
}

function* receive(c: LibcCall, fd: number, at: number, size: number, priority: number, until?: bigint): Co<number> {
  const got = yield* c.kernel.posted.receive(c.cx, fd, size, until)
  if (typeof got === 'number') return c.fail(-got)
  const into = target(c, at, got.bytes.length)
  if (into === undefined || (priority !== 0 && !writable(c, priority, 4))) return c.fail(EFAULT)
  into.set(got.bytes)
  if (priority !== 0) c.memory.setU32(priority, got.priority)
  return got.bytes.length
}

/** With the moment of a timed form; without end if there is none. */
function* timed(c: LibcCall, at: number, body: (until?: bigint) => Co<number>): Co<number> {
  if (at === 0) return yield* body()
  if (!readable(c, at, 16)) return c.fail(EFAULT)
  const until = deadline(c, at, 'realtime')
  return until === undefined ? c.fail(EINVAL) : yield* body(until)
}

function* attributes(c: LibcCall, fd: number, set: number, old: number): Co<number> {
  const { memory } = c
  const queue = c.kernel.posted.at(c.cx, fd)
  if (set !== 0 && !readable(c, set, Attr.bytes)) return c.fail(EFAULT)
  const { nonblock } = c.abi.O
  const wanted = set === 0 ? 0 : memory.getSize(set + Attr.flags)
  if (set !== 0 && wanted !== 0 && wanted !== nonblock) return c.fail(EINVAL)
  if (typeof queue === 'number') return c.fail(EBADF)
  if (old !== 0 && !writable(c, old, Attr.bytes)) return c.fail(EFAULT)
  const flags = yield* c.kernel.fcntl(c.cx, fd, F.getfl, 0)
  if (old !== 0) {
    memory.bytes(old, Attr.bytes).fill(0)
    memory.setSize(old + Attr.flags, c.abi.programFlags(flags) & nonblock)
    memory.setSize(old + Attr.limit, queue.limit)
    memory.setSize(old + Attr.size, queue.size)
    memory.setSize(old + Attr.count, queue.messages.length)
  }
  if (set === 0) return 0
  return answer(c, yield* c.kernel.fcntl(c.cx, fd, F.setfl, (flags & ~O.NONBLOCK) | (wanted === 0 ? 0 : O.NONBLOCK)))
}
const F = { getfl: 3, setfl: 4 } as const

function notify(c: LibcCall, fd: number, event: number): number {
  if (event === 0) return answer(c, c.kernel.posted.notify(c.cx, fd, undefined))
  if (!readable(c, event, Event.bytes)) return c.fail(EFAULT)
  const how = c.memory.getI32(event + Event.notify)
  const signal = c.memory.getU32(event + Event.signal)
  if (how === Notify.thread) {
    c.gap('mq_notify', 'SIGEV_THREAD')
    return c.fail(ENOSYS)
  }
  if (how !== Notify.none && (how !== Notify.signal || signal > SIGNALS)) return c.fail(EINVAL)
  const value = c.memory.getU64(event + Event.value)
  return answer(c, c.kernel.posted.notify(c.cx, fd, { signal: how === Notify.none ? 0 : signal, value }))
}

export const mqueue: HeaderTable = {
  name: 'mqueue',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/mqueue.h.html',
  rows: [
    leaf('mq_open', 'int(ptr, int, uint, ptr)', open),
    alias('__mq_open_2', 'mq_open'),
    blocking('mq_close', 'int(int)', function* (c, fd: number) {
      return answer(c, yield* c.kernel.close(c.cx, fd))
    }),
    leaf('mq_unlink', 'int(ptr)', (c, at: number) => withName(c, at, (name) => c.kernel.posted.unlink(c.cx, name))),
    blocking('mq_send', 'int(int, ptr, size, uint)', (c, fd: number, at: number, size: number, priority: number) =>
      send(c, fd, at, size, priority),
    ),
    blocking('mq_timedsend', 'int(int, ptr, size, uint, ptr)', (c, fd: number, at: number, size: number, priority: number, time: number) =>
      timed(c, time, (until) => send(c, fd, at, size, priority, until)),
    ),
    blocking('mq_receive', 'long(int, ptr, size, ptr)', (c, fd: number, at: number, size: number, priority: number) =>
      receive(c, fd, at, size, priority),
    ),
    blocking(
      'mq_timedreceive',
      'long(int, ptr, size, ptr, ptr)',
      (c, fd: number, at: number, size: number, priority: number, time: number) =>
        timed(c, time, (until) => receive(c, fd, at, size, priority, until)),
    ),
    blocking('mq_getattr', 'int(int, ptr)', (c, fd: number, out: number) => attributes(c, fd, 0, out)),
    blocking('mq_setattr', 'int(int, ptr, ptr)', (c, fd: number, set: number, old: number) => attributes(c, fd, set, old)),
    leaf('mq_notify', 'int(int, ptr)', notify, 'partial', 'no SIGEV_THREAD'),
  ],
}
