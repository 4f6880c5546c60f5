/** SIGEV_THREAD: one thread of the library waits for the signals of such timers, and begins a thread of the program at each. */
import type { Co } from '@bootgraph/kernel'
import { platformOf } from '../../platform/platform.ts'
import { Area, Thread } from '../../platform/thread-block.ts'
import { makeThread, PAGE } from '../../platform/threads.ts'
import type { LibcCall } from '../../registry/call.ts'
import { attributesOf } from '../pthread/thread.ts'
import { malloc } from '../stdlib/malloc.ts'

/** The first of the two signals that glibc keeps to itself. */
export const SIGTIMER = 32
const SIG_SETMASK = 2
const ALL = 0xffff_ffff_ffff_ffffn
const STACK = 65_536

/** What a timer's signal carries the address of. A notification may be on its way when its timer is deleted: it stays. */
const Notification = { fn: 0, value: 8, stackSize: 16, guardSize: 24, size: 32 } as const

/** Makes the value that the timer's signal carries, of the function, its argument and the attributes of its threads; 0 if memory is out. */
export function notification(c: LibcCall, fn: number, value: bigint, attributes: number): number {
  const asked = attributesOf(c, attributes)
  const at = asked === undefined ? 0 : malloc(c, Notification.size)
  if (asked === undefined || at === 0) return 0
  c.memory.setSize(at + Notification.fn, fn)
  c.memory.setU64(at + Notification.value, value)
  c.memory.setSize(at + Notification.stackSize, asked.stackSize)
  c.memory.setSize(at + Notification.guardSize, asked.guardSize)
  return at
}

/** The tid of the thread that waits, which is made at the first call; -errno if it cannot be. */
export function timerThread(c: LibcCall): number {
  const at = platformOf(c).area + Area.timerThread
  if (c.memory.getU32(at) !== 0) return c.memory.getU32(at)
  const mask = c.kernel.sigprocmask(c.cx, SIG_SETMASK, ALL)
  const start = c.object('__libc_timer_thread')
  const block = makeThread(c, { start, argument: 0, stackSize: STACK, guardSize: PAGE, stack: 0, detached: true })
  if (typeof mask === 'bigint') c.kernel.sigprocmask(c.cx, SIG_SETMASK, mask)
  if (block < 0) return block
  const tid = c.memory.getU32(block + Thread.tid)
  c.memory.setU32(at, tid)
  return tid
}

/** What that thread does. */
export function* awaitTimers(c: LibcCall): Co<never> {
  const { cx, memory } = c
  for (;;) {
    const found = yield* c.kernel.sigtimedwait(cx, 1n << BigInt(SIGTIMER - 1), undefined)
    if (typeof found === 'number' || found.value === undefined) continue
    const at = Number(found.value)
    makeThread(c, {
      start: memory.getSize(at + Notification.fn),
      argument: memory.getSize(at + Notification.value),
      stackSize: memory.getSize(at + Notification.stackSize),
      guardSize: memory.getSize(at + Notification.guardSize),
      stack: 0,
      detached: true,
    })
  }
}
