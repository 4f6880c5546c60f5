/** Ways out of a thread that run its cleanup handlers. */
import type { Co } from '@bootgraph/kernel'
import { Thread } from '../../platform/thread-block.ts'
import { endThread } from '../../platform/threads.ts'
import type { LibcCall } from '../../registry/call.ts'
import { longjmp } from '../setjmp/index.ts'

/** pthread_cleanup_push's __pthread_unwind_buf_t as glibc's header lays it out: a jump buffer of eight words, and after its mask flag what the library may use. */
export const Cleanup = { next: 72 } as const
/** Result of a thread that was cancelled. */
export const CANCELED = 0xffff_ffff_ffff_ffffn
const CANCEL_DISABLED = 1

/** Whether the calling thread is to end at its next cancellation point. */
export function isCancelled(c: LibcCall): boolean {
  const block = c.cx.threadPointer
  if (block === 0 || c.memory.getU32(block + Thread.cancelRequested) === 0) return false
  return (c.memory.getU32(block + Thread.cancelDisabled) & CANCEL_DISABLED) === 0
}

/** Ends the calling thread after its cleanup handlers, which the program calls itself: the innermost is jumped to, and comes back for the next one. */
export function* leaveThread(c: LibcCall, result: bigint): Co<never> {
  const { cx, memory } = c
  const block = cx.threadPointer
  memory.setU32(block + Thread.cancelDisabled, memory.getU32(block + Thread.cancelDisabled) | CANCEL_DISABLED)
  memory.setU64(block + Thread.result, result)
  const handler = memory.getSize(block + Thread.cleanup)
  if (handler === 0) return yield* endThread(c)
  memory.setSize(block + Thread.cleanup, memory.getSize(handler + Cleanup.next))
  longjmp(c, handler, 1)
  yield { gone: true }
  throw new Error('a context that has jumped away was resumed')
}
