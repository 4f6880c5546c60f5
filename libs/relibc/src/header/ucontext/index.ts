/**
 * https://pubs.opengroup.org/onlinepubs/009695399/basedefs/ucontext.h.html (withdrawn in POSIX.1-2008, still in glibc).
 *
 * A context is what a signal handler gets on x86-64 Linux (sys/ucontext.h): link @8, stack { address @16, size @32 }, general registers @40, signal mask @296.
 */
import { Gpr } from '@bootgraph/cpu'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, type HeaderTable, jump, leaf } from '../../registry/define.ts'
import { exit } from '../start/exit.ts'

const Uc = { link: 8, stack: 16, stackSize: 32, registers: 40, rip: 168, mask: 296, size: 304 } as const
/** In the order of REG_R8 … REG_RSP. */
const REGISTERS: readonly number[] = [
  ...[8, 9, 10, 11, 12, 13, 14, 15],
  ...[Gpr.rdi, Gpr.rsi, Gpr.rbp, Gpr.rbx, Gpr.rdx, Gpr.rax, Gpr.rcx, Gpr.rsp],
]
const at = (register: number): number => Uc.registers + 8 * REGISTERS.indexOf(register)
/** Where the System V ABI passes what follows makecontext's own three arguments, and where the new function finds them. */
const PASSED = [Gpr.rcx, Gpr.r8, Gpr.r9] as const
const ARGUMENTS = [Gpr.rdi, Gpr.rsi, Gpr.rdx, Gpr.rcx, Gpr.r8, Gpr.r9] as const
const EFAULT = 14
const SIG_SETMASK = 2

/** As it is behind the call, with 0 as the call's result. */
function getcontext(c: LibcCall, context: number): number {
  if (!writable(c, context, Uc.size)) return c.fail(EFAULT)
  const rsp = c.state.low(Gpr.rsp)
  for (const [i, register] of REGISTERS.entries()) c.memory.setU64(context + Uc.registers + 8 * i, c.state.get(register))
  c.memory.setU64(context + at(Gpr.rax), 0n)
  c.memory.setSize(context + at(Gpr.rsp), rsp + 8)
  c.memory.setU64(context + Uc.rip, c.memory.getU64(rsp))
  const mask = c.kernel.sigprocmask(c.cx, 0, undefined)
  c.memory.setU64(context + Uc.mask, typeof mask === 'bigint' ? mask : 0n)
  return 0
}

function setcontext(c: LibcCall, context: number): void {
  if (!readable(c, context, Uc.size)) {
    c.state.rip = 0n // a fetch fault there is the SIGSEGV that a bad context earns
    return
  }
  for (const [i, register] of REGISTERS.entries()) c.state.set(register, c.memory.getU64(context + Uc.registers + 8 * i))
  c.state.rip = c.memory.getU64(context + Uc.rip)
  c.kernel.sigprocmask(c.cx, SIG_SETMASK, c.memory.getU64(context + Uc.mask))
}

function swapcontext(c: LibcCall, from: number, to: number): void {
  getcontext(c, from)
  setcontext(c, to)
}

/** Arguments are words; rbx holds what follows the function. */
function makecontext(c: LibcCall, context: number, fn: number, count: number): void {
  const { memory, state } = c
  const own = state.low(Gpr.rsp) + 8
  const value = (i: number): bigint => (i < PASSED.length ? state.get(PASSED[i]) : memory.getU64(own + 8 * (i - PASSED.length)))
  const onStack = Math.max(0, count - ARGUMENTS.length)
  const top = memory.getSize(context + Uc.stack) + memory.getSize(context + Uc.stackSize)
  const rsp = Math.floor((top - 8 * onStack) / 16) * 16 - 8
  for (let i = 0; i < count; i++) {
    if (i < ARGUMENTS.length) memory.setU64(context + at(ARGUMENTS[i]), value(i))
    else memory.setU64(rsp + 8 + 8 * (i - ARGUMENTS.length), value(i))
  }
  const link = memory.getSize(context + Uc.link)
  memory.setSize(rsp, c.object(link === 0 ? '__libc_context_ended' : '__libc_context_returned'))
  memory.setSize(context + at(Gpr.rbx), link)
  memory.setSize(context + at(Gpr.rsp), rsp)
  memory.setSize(context + Uc.rip, fn)
}

export const ucontext: HeaderTable = {
  name: 'ucontext',
  spec: 'https://pubs.opengroup.org/onlinepubs/009695399/basedefs/ucontext.h.html',
  rows: [
    leaf('getcontext', 'int(ptr)', getcontext, 'partial', 'control words of float arithmetic are not part of a context'),
    jump('setcontext', 'int(ptr)', setcontext),
    jump('swapcontext', 'int(ptr, ptr)', swapcontext),
    leaf('makecontext', 'void(ptr, ptr, int)', makecontext, 'full', 'what follows the three arguments is read where the caller put it'),
    jump('__libc_context_returned', 'void()', (c) => setcontext(c, c.state.low(Gpr.rbx))),
    callback('__libc_context_ended', 'void()', (c) => exit(c, 0)),
  ],
}
