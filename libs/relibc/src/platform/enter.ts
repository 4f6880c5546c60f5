/**
 * The calling gate returns into a guest function instead of to its caller, and that function returns into a gate of the library.
 * So no coroutine of the host stands below `main` or a thread's start routine, and fork can copy all that does.
 */
import { Gpr } from '@bootgraph/cpu'
import { INTEGER_ARGUMENTS } from '../registry/argument-registers.ts'
import type { LibcCall } from '../registry/call.ts'
import { writable } from './user-memory.ts'

/** `back` names the gate. Gives the gate's own result, which the function does not see. */
export function enter(c: LibcCall, fn: number, args: readonly number[], back: string): 0 {
  const rsp = c.state.low(Gpr.rsp)
  if (!writable(c, rsp - 8, 16)) {
    c.state.setNumber(Gpr.rsp, 0) // the return from the gate faults, as the call would have
    return 0
  }
  c.memory.setSize(rsp, c.object(back))
  c.memory.setSize(rsp - 8, fn)
  c.state.setNumber(Gpr.rsp, rsp - 8)
  for (const [i, value] of args.entries()) c.state.setNumber(INTEGER_ARGUMENTS[i], value)
  return 0
}
