/** Clocks and sleeping: https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/time.h.html */
import type { Co } from '@bootgraph/kernel'
import { readTimespec, writeTimespec, writeTimeval } from '../../abi/structs.ts'
import { EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { clockTime } from './thread-clock.ts'

const EPERM = 1
const EINTR = 4
const EINVAL = 22
const BILLION = 1_000_000_000n
const ABSOLUTE = 1

function gettime(c: LibcCall, id: number, out: number): number {
  const now = clockTime(c, id)
  if (now === undefined) return c.fail(EINVAL)
  if (!writable(c, out, 16)) return c.fail(EFAULT)
  writeTimespec(c.memory, out, now)
  return 0
}

/** Only the time of day can be set anywhere, and here nobody may. */
function settime(c: LibcCall, id: number, at: number): number {
  if (clockTime(c, id) === undefined || c.abi.clock(id) !== 'realtime') return c.fail(EINVAL)
  if (!readable(c, at, 16)) return c.fail(EFAULT)
  return c.fail(readTimespec(c.memory, at) === undefined ? EINVAL : EPERM)
}

/** Sleeps `ns`; writes what is left if a signal came first. Gives an errno. */
function* sleepFor(c: LibcCall, ns: bigint, rest: number): Co<number> {
  const until = c.kernel.clock(c.cx, 'monotonic') + ns
  if ((yield* c.kernel.sleep(c.cx, until)) === 'done') return 0
  const left = until - c.kernel.clock(c.cx, 'monotonic')
  if (rest !== 0 && writable(c, rest, 16)) writeTimespec(c.memory, rest, left > 0n ? left : 0n)
  return EINTR
}

/** Sleeps for a timespec. Gives an errno. */
export function* sleepBy(c: LibcCall, wanted: number, rest: number): Co<number> {
  if (!readable(c, wanted, 16)) return EFAULT
  const ns = readTimespec(c.memory, wanted)
  return ns === undefined || ns < 0n ? EINVAL : yield* sleepFor(c, ns, rest)
}

function* nanosleep(c: LibcCall, wanted: number, rest: number): Co<number> {
  const errno = yield* sleepBy(c, wanted, rest)
  return errno === 0 ? 0 : c.fail(errno)
}

function* clockNanosleep(c: LibcCall, id: number, flags: number, wanted: number, rest: number): Co<number> {
  const clock = c.abi.clock(id)
  if (!readable(c, wanted, 16)) return EFAULT
  const ns = readTimespec(c.memory, wanted)
  if (ns === undefined || ns < 0n || clock === undefined) return EINVAL
  if ((flags & ABSOLUTE) === 0) return yield* sleepFor(c, ns, rest)
  const left = ns - c.kernel.clock(c.cx, clock)
  return left <= 0n ? 0 : yield* sleepFor(c, left, 0)
}

export const clockHeader: HeaderTable = {
  name: 'time (clocks)',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/time.h.html',
  rows: [
    leaf('clock_gettime', 'int(int, ptr)', gettime),
    leaf('clock_getres', 'int(int, ptr)', (c, id: number, out: number) => {
      if (clockTime(c, id) === undefined) return c.fail(EINVAL)
      if (out === 0) return 0
      if (!writable(c, out, 16)) return c.fail(EFAULT)
      writeTimespec(c.memory, out, 1n)
      return 0
    }),
    blocking('clock_nanosleep', 'int(int, int, ptr, ptr)', clockNanosleep),
    leaf('clock', 'long()', (c) => Number(c.kernel.clock(c.cx, 'process') / 1000n)),
    leaf('clock_settime', 'int(int, ptr)', settime, 'partial', 'nobody may set the clock'),
    leaf('settimeofday', 'int(ptr, ptr)', (c) => c.fail(EPERM), 'partial', 'nobody may set the clock'),
    leaf('timespec_get', 'int(ptr, int)', (c, out: number, base: number) => {
      if (base !== 1 || !writable(c, out, 16)) return 0
      writeTimespec(c.memory, out, c.kernel.clock(c.cx, 'realtime'))
      return base
    }),
    leaf('gettimeofday', 'int(ptr, ptr)', (c, out: number) => {
      if (out === 0) return 0
      if (!writable(c, out, 16)) return c.fail(EFAULT)
      writeTimeval(c.memory, out, c.kernel.clock(c.cx, 'realtime'))
      return 0
    }),
    blocking('nanosleep', 'int(ptr, ptr)', nanosleep),
    blocking('sleep', 'uint(uint)', function* (c, seconds: number) {
      const until = c.kernel.clock(c.cx, 'monotonic') + BigInt(seconds) * BILLION
      if ((yield* c.kernel.sleep(c.cx, until)) === 'done') return 0
      const left = until - c.kernel.clock(c.cx, 'monotonic')
      return left > 0n ? Number(left / BILLION) : 0
    }),
    blocking('usleep', 'int(uint)', function* (c, micros: number) {
      const errno = yield* sleepFor(c, BigInt(micros) * 1000n, 0)
      return errno === 0 ? 0 : c.fail(errno)
    }),
    leaf('alarm', 'uint(uint)', (c, seconds: number) => {
      const left = c.kernel.alarm(c.cx, BigInt(seconds) * BILLION)
      // To the nearest second, but an alarm that is to come is never told as none.
      return left > 0n && left < BILLION ? 1 : Number((left + BILLION / 2n) / BILLION)
    }),
  ],
}
