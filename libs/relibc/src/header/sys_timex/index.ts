/** <sys/timex.h>: the clock's discipline (adjtimex(2)), which a node's virtual clock has none of and nobody may set. */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, leaf } from '../../registry/define.ts'

const EPERM = 1
const EFAULT = 14
const EINVAL = 22
const EOPNOTSUPP = 95
const CLOCK_REALTIME = 0
const CLOCKS = 12
/** struct timex of linux-gnu, as Linux fills it before anybody disciplines the clock. */
const Timex = {
  modes: 0,
  maxError: 24,
  error: 32,
  status: 40,
  constant: 48,
  precision: 56,
  tolerance: 64,
  time: 72,
  tick: 88,
  size: 208,
} as const
const UNDISCIPLINED = [
  [Timex.maxError, 16_000_000],
  [Timex.error, 16_000_000],
  [Timex.status, 0x40],
  [Timex.constant, 2],
  [Timex.precision, 1],
  [Timex.tolerance, 32_768_000],
  [Timex.tick, 10_000],
] as const
/** struct ntptimeval: time, maxerror, esterror, tai, four words. */
const NTP = 72
/** The answer of a clock that is not synchronised. */
const TIME_ERROR = 5

function now(c: LibcCall, at: number): void {
  const time = c.kernel.clock(c.cx, 'realtime')
  c.memory.setU64(at, time / 1_000_000_000n)
  c.memory.setU64(at + 8, (time % 1_000_000_000n) / 1000n)
}

function adjust(c: LibcCall, at: number): number {
  if (!writable(c, at, Timex.size)) return c.fail(EFAULT)
  const { memory } = c
  // ADJ_OFFSET_SS_READ only reads.
  const modes = memory.getU32(at + Timex.modes)
  if (modes !== 0 && modes !== 0xa001) return c.fail(EPERM)
  memory.bytes(at + 8, Timex.size - 8).fill(0)
  for (const [offset, value] of UNDISCIPLINED) memory.setSize(at + offset, value)
  now(c, at + Timex.time)
  return TIME_ERROR
}

function gettime(c: LibcCall, at: number): number {
  if (!writable(c, at, NTP)) return c.fail(EFAULT)
  c.memory.bytes(at, NTP).fill(0)
  now(c, at)
  for (const offset of [16, 24]) c.memory.setSize(at + offset, 16_000_000)
  return TIME_ERROR
}

export const sysTimex: HeaderTable = {
  name: 'sys/timex',
  spec: 'https://man7.org/linux/man-pages/man2/adjtimex.2.html',
  rows: [
    leaf('adjtimex', 'int(ptr)', adjust, 'partial', 'nobody may set the clock'),
    alias('__adjtimex', 'adjtimex'),
    alias('ntp_adjtime', 'adjtimex'),
    leaf(
      'clock_adjtime',
      'int(int, ptr)',
      (c, clock: number, at: number) =>
        clock === CLOCK_REALTIME ? adjust(c, at) : c.fail(clock > 0 && clock < CLOCKS ? EOPNOTSUPP : EINVAL),
      'partial',
      'nobody may set the clock',
    ),
    leaf('ntp_gettime', 'int(ptr)', gettime),
    alias('ntp_gettimex', 'ntp_gettime'),
  ],
}
