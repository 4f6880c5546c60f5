/** Cancellation, and attributes that one processor leaves without effect. */
import type { Co } from '@bootgraph/kernel'
import { Thread } from '../../platform/thread-block.ts'
import { isThread } from '../../platform/threads.ts'
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, leaf, type SymbolRow } from '../../registry/define.ts'
import { CANCELED, Cleanup, isCancelled, leaveThread } from './leave.ts'

const ESRCH = 3
const EINVAL = 22
/** pthread_rwlockattr_t of glibc: the kind (i32) and whether it is shared (i32). */
const RWLOCKATTR = 8

const DISABLED = 1
const ASYNCHRONOUS = 2

const remember = (bit: number) =>
  function* (c: LibcCall, state: number, old: number): Co<number> {
    if (state !== 0 && state !== 1) return EINVAL
    const at = c.cx.threadPointer + Thread.cancelDisabled
    const word = c.memory.getU32(at)
    if (old !== 0) {
      if (!writable(c, old, 4)) return EINVAL
      c.memory.setI32(old, word & bit ? 1 : 0)
    }
    c.memory.setU32(at, state ? word | bit : word & ~bit)
    return yield* leaveIfAsynchronous(c)
  }

/** The second of the signals that glibc keeps to itself: it breaks into a thread that computes. */
const SIGCANCEL = 33
const SA_RESTART = 0x1000_0000

/** Ends the calling thread if it was cancelled and does not mind when. */
function* leaveIfAsynchronous(c: LibcCall): Co<number> {
  const at = c.cx.threadPointer + Thread.cancelDisabled
  return c.memory.getU32(at) & ASYNCHRONOUS && isCancelled(c) ? yield* leaveThread(c, CANCELED) : 0
}

/** A thread whose type is asynchronous ends at once, otherwise at its next cancellation point, which a wait may be. */
function* cancel(c: LibcCall, block: number): Co<number> {
  const { cx, memory } = c
  if (!isThread(c, block) || memory.getU32(block + Thread.ended) !== 0) return ESRCH
  memory.setU32(block + Thread.cancelRequested, 1)
  const state = memory.getU32(block + Thread.cancelDisabled)
  if (state & DISABLED) return 0
  if (block === cx.threadPointer) return yield* leaveIfAsynchronous(c)
  const tid = memory.getU32(block + Thread.tid)
  if (c.kernel.interrupt(cx, tid) || !(state & ASYNCHRONOUS)) return 0
  c.kernel.sigaction(cx, SIGCANCEL, { handler: c.object('__libc_cancelled'), flags: SA_RESTART, restorer: 0, mask: 0n })
  c.kernel.tkill(cx, tid, SIGCANCEL)
  return 0
}

function push(c: LibcCall, buffer: number): void {
  const head = c.cx.threadPointer + Thread.cleanup
  c.memory.setSize(buffer + Cleanup.next, c.memory.getSize(head))
  c.memory.setSize(head, buffer)
}
function pop(c: LibcCall, buffer: number): void {
  c.memory.setSize(c.cx.threadPointer + Thread.cleanup, c.memory.getSize(buffer + Cleanup.next))
}

const flag = (_c: LibcCall, _attributes: number, value: number): number => (value === 0 || value === 1 ? 0 : EINVAL)

function clear(c: LibcCall, at: number): number {
  if (!writable(c, at, RWLOCKATTR)) return EINVAL
  c.memory.bytes(at, RWLOCKATTR).fill(0)
  return 0
}

function setKind(c: LibcCall, at: number, kind: number): number {
  if (kind < 0 || kind > 2 || !writable(c, at, RWLOCKATTR)) return EINVAL
  c.memory.setI32(at, kind)
  return 0
}

function getWord(offset: number) {
  return (c: LibcCall, at: number, out: number): number => {
    if (!writable(c, at, RWLOCKATTR) || !writable(c, out, 4)) return EINVAL
    c.memory.setI32(out, c.memory.getI32(at + offset))
    return 0
  }
}

function setShared(c: LibcCall, at: number, shared: number): number {
  if ((shared !== 0 && shared !== 1) || !writable(c, at, RWLOCKATTR)) return EINVAL
  c.memory.setI32(at + 4, shared)
  return 0
}

export const cancelRows: readonly SymbolRow[] = [
  callback('pthread_cancel', 'int(ptr)', cancel),
  callback('__libc_cancelled', 'void()', leaveIfAsynchronous),
  callback('pthread_setcancelstate', 'int(int, ptr)', remember(DISABLED)),
  callback('pthread_setcanceltype', 'int(int, ptr)', remember(ASYNCHRONOUS)),
  // All that it does is to be a cancellation point.
  callback('pthread_testcancel', 'void()', function* () {}),
  leaf('__pthread_register_cancel', 'void(ptr)', push),
  leaf('__pthread_unregister_cancel', 'void(ptr)', pop),
  callback('__pthread_unwind_next', 'void(ptr)', (c) => leaveThread(c, c.memory.getU64(c.cx.threadPointer + Thread.result))),
  leaf('pthread_condattr_setpshared', 'int(ptr, int)', flag),
  leaf('pthread_rwlockattr_init', 'int(ptr)', clear),
  leaf('pthread_rwlockattr_destroy', 'int(ptr)', () => 0),
  leaf('pthread_rwlockattr_setkind_np', 'int(ptr, int)', setKind, 'partial', 'readers are preferred, whatever the kind'),
  leaf('pthread_rwlockattr_getkind_np', 'int(ptr, ptr)', getWord(0)),
  leaf('pthread_rwlockattr_setpshared', 'int(ptr, int)', setShared),
  leaf('pthread_rwlockattr_getpshared', 'int(ptr, ptr)', getWord(4)),
  leaf('pthread_getconcurrency', 'int()', () => 0),
  leaf('pthread_setconcurrency', 'int(int)', (_c, level: number) => (level < 0 ? EINVAL : 0), 'partial', 'the level is not kept'),
]
