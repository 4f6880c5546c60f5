/** What timer_settime and timerfd_settime are given: struct itimerspec { interval, value } and flags. */
import type { TimerClock, TimerSetting } from '@bootgraph/kernel'
import { readTimespec } from '../../abi/structs.ts'
import type { LibcCall } from '../../registry/call.ts'

export const ITIMERSPEC = 32
const TIMER_ABSTIME = 1

/** Undefined if a time is out of range. The 32 bytes have been checked. */
export function timerSetting(c: LibcCall, flags: number, at: number): TimerSetting | undefined {
  const [interval, value] = [readTimespec(c.memory, at), readTimespec(c.memory, at + 16)]
  if (interval === undefined || value === undefined || value < 0n) return undefined
  return { value, interval, absolute: (flags & TIMER_ABSTIME) !== 0 }
}

/** The clock of a timerfd. Undefined for one that is none, or that moves with the process's own work, which no descriptor tells of. */
export function timerClock(c: LibcCall, id: number): TimerClock | undefined {
  const clock = c.abi.clock(id)
  return clock === 'realtime' || clock === 'monotonic' ? clock : undefined
}
