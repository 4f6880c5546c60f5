/** Clocks of the time that one thread has computed, by Linux's numbers (include/linux/posix-timers.h): the tid inverted, then what it counts. */
import type { LibcCall } from '../../registry/call.ts'

const PER_THREAD = 4
const SCHEDULED = 2

export const threadClock = (tid: number): number => (~tid << 3) | PER_THREAD | SCHEDULED

/** Nanoseconds of a clock by its number; undefined if there is none. */
export function clockTime(c: LibcCall, id: number): bigint | undefined {
  const clock = c.abi.clock(id)
  if (clock !== undefined) return c.kernel.clock(c.cx, clock)
  const of = c.process.contexts.find(({ tid }) => threadClock(tid) === id)
  return of && c.kernel.clock(of, 'thread')
}
