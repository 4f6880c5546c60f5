/** Timers that send signals: https://pubs.opengroup.org/onlinepubs/9699919799/functions/timer_create.html and setitimer of sys/time.h. */
import type { WorkClock } from '@bootgraph/kernel'
import { writeTimespec, writeTimeval } from '../../abi/structs.ts'
import { answer, EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, type HeaderTable, leaf } from '../../registry/define.ts'
import { awaitTimers, notification, SIGTIMER, timerThread } from './notify.ts'
import { ITIMERSPEC, timerSetting } from './setting.ts'

const EAGAIN = 11
const EINVAL = 22
/** By ITIMER_*. */
const ITIMERS = ['real', 'virtual', 'profile'] as const
const SIGALRM = 14
const MILLION = 1_000_000n
const BILLION = 1_000_000_000n
/** struct sigevent of linux-gnu: { value @0, signo i32 @8, notify i32 @12, then a tid or a function and its attributes }, 64 bytes; how it tells. */
const Event = { value: 0, signal: 8, notify: 12, tid: 16, fn: 16, attributes: 24, size: 64 } as const
const Notify = { signal: 0, none: 1, thread: 2, oneThread: 4 } as const

/** A timeval as nanoseconds; undefined if its microseconds are out of range. */
function timeval(c: LibcCall, at: number): bigint | undefined {
  const micros = c.memory.getU64(at + 8)
  return micros >= MILLION ? undefined : BigInt.asIntN(64, c.memory.getU64(at)) * BILLION + micros * 1000n
}

/** struct itimerval: interval, value. */
function setitimer(c: LibcCall, which: number, set: number, old: number): number {
  if (ITIMERS[which] === undefined) return c.fail(EINVAL)
  if ((set !== 0 && !readable(c, set, 32)) || (old !== 0 && !writable(c, old, 32))) return c.fail(EFAULT)
  const [interval, value] = set === 0 ? [0n, 0n] : [timeval(c, set), timeval(c, set + 16)]
  if (interval === undefined || value === undefined || value < 0n) return c.fail(EINVAL)
  const before = c.kernel.itimer(c.cx, ITIMERS[which], { value, interval })
  if (old !== 0) putTimes(c, old, before, writeTimeval)
  return 0
}

/** The real-time timer in microseconds, as glibc has it: less than a second each; what was left of the timer before. */
function ualarm(c: LibcCall, value: number, interval: number): number {
  if (BigInt(value) >= MILLION || BigInt(interval) >= MILLION) return c.fail(EINVAL)
  const before = c.kernel.itimer(c.cx, 'real', { value: BigInt(value) * 1000n, interval: BigInt(interval) * 1000n })
  return Number((before.value + 999n) / 1000n)
}

type Times = { readonly value: bigint; readonly interval: bigint }

function putTimes(c: LibcCall, at: number, { value, interval }: Times, write: typeof writeTimeval): void {
  write(c.memory, at, interval)
  // What is left of an armed timer is never told as nothing.
  write(c.memory, at + 16, value > 0n && value < 1000n && write === writeTimeval ? 1000n : value)
}

function getitimer(c: LibcCall, which: number, out: number): number {
  if (ITIMERS[which] === undefined) return c.fail(EINVAL)
  if (!writable(c, out, 32)) return c.fail(EFAULT)
  putTimes(c, out, c.kernel.itimer(c.cx, ITIMERS[which], undefined), writeTimeval)
  return 0
}

/** timer_t is the kernel's id. */
function create(c: LibcCall, clock: number, event: number, out: number): number {
  const own = c.abi.clock(clock)
  if (own === undefined) return c.fail(EINVAL)
  if ((event !== 0 && !readable(c, event, Event.size)) || !writable(c, out, 8)) return c.fail(EFAULT)
  const notify = event === 0 ? Notify.signal : c.memory.getI32(event + Event.notify)
  const id = notify === Notify.thread ? byThread(c, own, event) : bySignal(c, own, notify, event)
  if (id < 0) return c.fail(-id)
  c.memory.setSize(out, id)
  return 0
}

/** Gives the timer's id, or -errno. */
function bySignal(c: LibcCall, clock: WorkClock, notify: number, event: number): number {
  if (notify !== Notify.signal && notify !== Notify.none && notify !== Notify.oneThread) return -EINVAL
  const signal = notify === Notify.none ? 0 : event === 0 ? SIGALRM : c.memory.getI32(event + Event.signal)
  if (signal < 0 || signal > 64) return -EINVAL
  const tid = notify === Notify.oneThread ? [c.memory.getU32(event + Event.tid)] : []
  return c.kernel.timerCreate(c.cx, clock, signal, event === 0 ? undefined : c.memory.getU64(event + Event.value), ...tid)
}

/** As `bySignal`. */
function byThread(c: LibcCall, clock: WorkClock, event: number): number {
  const tid = timerThread(c)
  if (tid < 0) return tid
  const [fn, attributes] = [c.memory.getSize(event + Event.fn), c.memory.getSize(event + Event.attributes)]
  const told = notification(c, fn, c.memory.getU64(event + Event.value), attributes)
  return told === 0 ? -EAGAIN : c.kernel.timerCreate(c.cx, clock, SIGTIMER, BigInt(told), tid)
}

function settime(c: LibcCall, id: number, flags: number, set: number, old: number): number {
  if (!readable(c, set, ITIMERSPEC) || (old !== 0 && !writable(c, old, ITIMERSPEC))) return c.fail(EFAULT)
  const setting = timerSetting(c, flags, set)
  if (setting === undefined) return c.fail(EINVAL)
  const before = c.kernel.timerSet(c.cx, id, setting)
  if (typeof before === 'number') return c.fail(-before)
  if (old !== 0) putTimes(c, old, before, writeTimespec)
  return 0
}

function gettime(c: LibcCall, id: number, out: number): number {
  const now = c.kernel.timerSet(c.cx, id, undefined)
  if (typeof now === 'number') return c.fail(-now)
  if (!writable(c, out, 32)) return c.fail(EFAULT)
  putTimes(c, out, now, writeTimespec)
  return 0
}

export const timerHeader: HeaderTable = {
  name: 'time (timers)',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/functions/timer_create.html',
  rows: [
    leaf('setitimer', 'int(int, ptr, ptr)', setitimer),
    leaf('ualarm', 'uint(uint, uint)', ualarm),
    leaf('getitimer', 'int(int, ptr)', getitimer),
    leaf('timer_create', 'int(int, ptr, ptr)', create),
    callback('__libc_timer_thread', 'void(ptr)', awaitTimers),
    leaf('timer_delete', 'int(ptr)', (c, id: number) => answer(c, c.kernel.timerDelete(c.cx, id))),
    leaf('timer_settime', 'int(ptr, int, ptr, ptr)', settime),
    leaf('timer_gettime', 'int(ptr, ptr)', gettime),
    leaf('timer_getoverrun', 'int(ptr)', (c, id: number) => {
      const now = c.kernel.timerSet(c.cx, id, undefined)
      return typeof now === 'number' ? c.fail(-now) : now.overrun
    }),
  ],
}
