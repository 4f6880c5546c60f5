/** epoll(7), eventfd(2), timerfd_create(2) and signalfd(2) of Linux. */
import type { Co } from '@bootgraph/kernel'
import { readSigset, readTimespec, writeTimespec } from '../../abi/structs.ts'
import { answer, EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { ITIMERSPEC, timerClock, timerSetting } from '../timer/setting.ts'

const EINVAL = 22
/** struct epoll_event: { events u32, data u64 }, packed. */
const EVENT = 12
const EPOLL_CTL_DEL = 2
const EFD_SEMAPHORE = 1
/** TFD_TIMER_ABSTIME and TFD_TIMER_CANCEL_ON_SET. */
const TFD_FLAGS = 3
const MILLION = 1_000_000n
const SETMASK = 2

function control(c: LibcCall, own: number, op: number, fd: number, event: number): number {
  if (op !== EPOLL_CTL_DEL && !readable(c, event, EVENT)) return c.fail(EFAULT)
  const [events, data] = op === EPOLL_CTL_DEL ? [0, 0n] : [c.memory.getU32(event), c.memory.getU64(event + 4)]
  return answer(c, c.kernel.epollControl(c.cx, own, op, fd, events, data))
}

function* waitFor(c: LibcCall, fd: number, out: number, max: number, wait: bigint | undefined, mask: number): Co<number> {
  if (max <= 0) return c.fail(EINVAL)
  if (!writable(c, out, EVENT * max)) return c.fail(EFAULT)
  const { cx } = c
  const before = mask === 0 ? 0n : c.kernel.sigprocmask(cx, SETMASK, readSigset(c.memory, mask))
  const found = yield* c.kernel.epollWait(cx, fd, max, wait)
  if (mask !== 0 && typeof before === 'bigint') c.kernel.sigprocmask(cx, SETMASK, before)
  if (typeof found === 'number') return c.fail(-found)
  for (const [i, { events, data }] of found.entries()) {
    c.memory.setU32(out + EVENT * i, events)
    c.memory.setU64(out + EVENT * i + 4, data)
  }
  return found.length
}

const milliseconds = (timeout: number): bigint | undefined => (timeout < 0 ? undefined : BigInt(timeout) * MILLION)

function* wait2(c: LibcCall, fd: number, out: number, max: number, timeout: number, mask: number): Co<number> {
  if (timeout !== 0 && !readable(c, timeout, 16)) return c.fail(EFAULT)
  const ns = timeout === 0 ? undefined : readTimespec(c.memory, timeout)
  if (timeout !== 0 && (ns === undefined || ns < 0n)) return c.fail(EINVAL)
  return yield* waitFor(c, fd, out, max, ns, mask)
}

/** O_CLOEXEC and O_NONBLOCK of the program, as the kernel has them; undefined if there are others beside `also`. */
function descriptorFlags(c: LibcCall, flags: number, also = 0): number | undefined {
  const { cloexec, nonblock } = c.abi.O
  return flags & ~(cloexec | nonblock | also) ? undefined : c.abi.openFlags(flags & (cloexec | nonblock))
}

function timerfdSettime(c: LibcCall, fd: number, flags: number, set: number, old: number): number {
  if (!readable(c, set, ITIMERSPEC) || (old !== 0 && !writable(c, old, ITIMERSPEC))) return c.fail(EFAULT)
  const setting = flags & ~TFD_FLAGS ? undefined : timerSetting(c, flags, set)
  return setting === undefined ? c.fail(EINVAL) : putLeft(c, old, c.kernel.timerfdSet(c.cx, fd, setting))
}

function putLeft(c: LibcCall, out: number, left: { value: bigint; interval: bigint } | number): number {
  if (typeof left === 'number') return c.fail(-left)
  if (out === 0) return 0
  writeTimespec(c.memory, out, left.interval)
  writeTimespec(c.memory, out + 16, left.value)
  return 0
}

export const sysEpoll: HeaderTable = {
  name: 'sys/epoll, sys/eventfd, sys/timerfd, sys/signalfd',
  spec: 'https://man7.org/linux/man-pages/man7/epoll.7.html',
  rows: [
    leaf('epoll_create', 'int(int)', (c, size: number) => (size <= 0 ? c.fail(EINVAL) : answer(c, c.kernel.epollCreate(c.cx, 0)))),
    leaf('epoll_create1', 'int(int)', (c, flags: number) => {
      const redox = flags & ~c.abi.O.cloexec ? undefined : descriptorFlags(c, flags)
      return redox === undefined ? c.fail(EINVAL) : answer(c, c.kernel.epollCreate(c.cx, redox))
    }),
    leaf('epoll_ctl', 'int(int, int, int, ptr)', control),
    blocking('epoll_wait', 'int(int, ptr, int, int)', (c, fd: number, out: number, max: number, timeout: number) =>
      waitFor(c, fd, out, max, milliseconds(timeout), 0),
    ),
    blocking('epoll_pwait', 'int(int, ptr, int, int, ptr)', (c, fd: number, out: number, max: number, timeout: number, mask: number) =>
      waitFor(c, fd, out, max, milliseconds(timeout), mask),
    ),
    blocking('epoll_pwait2', 'int(int, ptr, int, ptr, ptr)', wait2),
    leaf('eventfd', 'int(uint, int)', (c, value: number, flags: number) => {
      const redox = descriptorFlags(c, flags, EFD_SEMAPHORE)
      if (redox === undefined) return c.fail(EINVAL)
      return answer(c, c.kernel.eventfd(c.cx, BigInt(value), (flags & EFD_SEMAPHORE) !== 0, redox))
    }),
    blocking('eventfd_read', 'int(int, ptr)', function* (c, fd: number, out: number) {
      if (!writable(c, out, 8)) return c.fail(EFAULT)
      const got = yield* c.kernel.read(c.cx, fd, c.memory.bytes(out, 8))
      return got === 8 ? 0 : got < 0 ? c.fail(-got) : -1
    }),
    blocking('eventfd_write', 'int(int, u64)', function* (c, fd: number, value: bigint) {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true)
      const put = yield* c.kernel.write(c.cx, fd, bytes)
      return put === 8 ? 0 : put < 0 ? c.fail(-put) : -1
    }),
    leaf('signalfd', 'int(int, ptr, int)', (c, fd: number, set: number, flags: number) => {
      const redox = descriptorFlags(c, flags)
      if (redox === undefined) return c.fail(EINVAL)
      return readable(c, set, 8) ? answer(c, c.kernel.signalfd(c.cx, fd, readSigset(c.memory, set), redox)) : c.fail(EFAULT)
    }),
    leaf('timerfd_create', 'int(int, int)', (c, clock: number, flags: number) => {
      const redox = descriptorFlags(c, flags)
      const own = timerClock(c, clock)
      return redox === undefined || own === undefined ? c.fail(EINVAL) : answer(c, c.kernel.timerfd(c.cx, own, redox))
    }),
    leaf('timerfd_settime', 'int(int, int, ptr, ptr)', timerfdSettime),
    leaf('timerfd_gettime', 'int(int, ptr)', (c, fd: number, out: number) =>
      writable(c, out, 32) ? putLeft(c, out, c.kernel.timerfdSet(c.cx, fd, undefined)) : c.fail(EFAULT),
    ),
  ],
}
