/** What the library does where native code would have met a bad address or found itself corrupted. */
import type { LibcCall } from '../registry/call.ts'

const SIGABRT = 6

/** The calling thread gets SIGSEGV in place of its call's return; the result is one that no success gives. */
export function segfault(c: LibcCall, address = 0): 0 {
  c.kernel.fault(c.cx, address)
  return 0
}

/** The calling thread gets SIGABRT as soon as its call returns: a checked buffer overflowed, or the heap was misused. */
export function abortCall(c: LibcCall): 0 {
  c.kernel.tkill(c.cx, c.cx.tid, SIGABRT)
  return 0
}
