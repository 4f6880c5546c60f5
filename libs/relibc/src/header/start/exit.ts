/** The end of a process: handlers, finalisers, flushed streams, then the kernel. */
import type { Co } from '@bootgraph/kernel'
import { platformOf } from '../../platform/platform.ts'
import { runDestructors } from '../../platform/threads.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, object, type SymbolRow } from '../../registry/define.ts'
import { storage } from '../storage.ts'

/** What on_exit's handlers are told: the status of exit. */
const STATUS = object('__libc_exit_status', 4, 4)
const SIGABRT = 6
const SIG_DFL = { handler: 0, flags: 0, restorer: 0, mask: 0n }

/** exit(3): thread-local destructors of the caller, hooks (atexit handlers, then streams) with finalisers between them. */
export function* exit(c: LibcCall, status: number): Co<never> {
  const { cx } = c
  const { linker, exitHooks } = platformOf(c)
  yield* runDestructors(c, cx.threadPointer)
  c.memory.setI32(storage(c, '__libc_exit_status'), status)
  yield* exitHooks.handlers(c)
  if (linker !== undefined) yield* linker.finalise()
  yield* exitHooks.flush(c)
  return yield* c.kernel.exit(cx, status & 0xff)
}

function* abort(c: LibcCall): Co<never> {
  const { cx } = c
  c.kernel.tkill(cx, cx.tid, SIGABRT)
  yield { handlers: true }
  // A handler returned, or the signal was blocked or ignored: abort must not.
  c.cx = cx
  return yield* die(c)
}

/** Sends SIGABRT to the caller so that it ends the process, whatever the program did with that signal. */
export function doom(c: LibcCall): void {
  c.kernel.sigaction(c.cx, SIGABRT, SIG_DFL)
  c.kernel.sigprocmask(c.cx, 1, 1n << BigInt(SIGABRT - 1))
  c.kernel.tkill(c.cx, c.cx.tid, SIGABRT)
}

/** As doom, and does not return. */
export function* die(c: LibcCall): Co<never> {
  const { cx } = c
  doom(c)
  yield { handlers: true }
  return yield* c.kernel.exit(cx, 128 + SIGABRT)
}

export const exitRows: readonly SymbolRow[] = [
  STATUS,
  callback('_exit', 'void(int)', (c, status: number) => c.kernel.exit(c.cx, status & 0xff)),
  alias('_Exit', '_exit'),
  callback('abort', 'void()', abort),
  callback('exit', 'void(int)', exit),
]
