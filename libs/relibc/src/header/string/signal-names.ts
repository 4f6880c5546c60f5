/** What signals are called: https://pubs.opengroup.org/onlinepubs/9699919799/functions/strsignal.html, psignal, psiginfo. */
import type { Co } from '@bootgraph/kernel'
import { Thread } from '../../platform/thread-block.ts'
import { putString, readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { put, standard } from '../stdio/stream.ts'

/** By number from 1, as linux-gnu has them. */
const SIGNALS: readonly (readonly [name: string, description: string])[] = [
  ['HUP', 'Hangup'],
  ['INT', 'Interrupt'],
  ['QUIT', 'Quit'],
  ['ILL', 'Illegal instruction'],
  ['TRAP', 'Trace/breakpoint trap'],
  ['ABRT', 'Aborted'],
  ['BUS', 'Bus error'],
  ['FPE', 'Floating point exception'],
  ['KILL', 'Killed'],
  ['USR1', 'User defined signal 1'],
  ['SEGV', 'Segmentation fault'],
  ['USR2', 'User defined signal 2'],
  ['PIPE', 'Broken pipe'],
  ['ALRM', 'Alarm clock'],
  ['TERM', 'Terminated'],
  ['STKFLT', 'Stack fault'],
  ['CHLD', 'Child exited'],
  ['CONT', 'Continued'],
  ['STOP', 'Stopped (signal)'],
  ['TSTP', 'Stopped'],
  ['TTIN', 'Stopped (tty input)'],
  ['TTOU', 'Stopped (tty output)'],
  ['URG', 'Urgent I/O condition'],
  ['XCPU', 'CPU time limit exceeded'],
  ['XFSZ', 'File size limit exceeded'],
  ['VTALRM', 'Virtual timer expired'],
  ['PROF', 'Profiling timer expired'],
  ['WINCH', 'Window changed'],
  ['POLL', 'I/O possible'],
  ['PWR', 'Power failure'],
  ['SYS', 'Bad system call'],
]
const FIRST_REALTIME = 34
const LAST = 64

function description(signal: number): string {
  const known = SIGNALS[signal - 1]
  if (known !== undefined) return known[1]
  return signal >= FIRST_REALTIME && signal <= LAST ? `Real-time signal ${signal - FIRST_REALTIME}` : `Unknown signal ${signal}`
}

/** Names are constants; what is made of a number lies in the thread's one buffer, until the next. */
function strsignal(c: LibcCall, signal: number): number {
  const text = description(signal)
  if (SIGNALS[signal - 1] !== undefined) return constant(c, text)
  const buffer = c.cx.threadPointer + Thread.signalText
  putString(c, buffer, Thread.robust - Thread.signalText, text)
  return buffer
}

function* psignal(c: LibcCall, signal: number, prefix: number): Co<void> {
  const head = prefix === 0 ? '' : c.string(prefix)
  yield* put(c, standard(c, 'stderr'), new TextEncoder().encode(`${head === '' ? '' : `${head}: `}${description(signal)}\n`))
}

export const signalNameRows: readonly SymbolRow[] = [
  blocking('psiginfo', 'void(ptr, ptr)', (c, info: number, prefix: number) =>
    psignal(c, readable(c, info, 4) ? c.memory.getI32(info) : 0, prefix),
  ),
  blocking('psignal', 'void(int, ptr)', psignal),
  leaf('sigabbrev_np', 'ptr(int)', (c, signal: number) => (SIGNALS[signal - 1] ? constant(c, SIGNALS[signal - 1][0]) : 0)),
  leaf('sigdescr_np', 'ptr(int)', (c, signal: number) => (SIGNALS[signal - 1] ? constant(c, SIGNALS[signal - 1][1]) : 0)),
  leaf('strsignal', 'ptr(int)', strsignal),
]
