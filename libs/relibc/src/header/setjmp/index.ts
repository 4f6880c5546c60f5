/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/setjmp.h.html
 *
 * Eight words: rbx, rbp, r12 … r15, rsp and rip as they are after setjmp's return. A ninth, where the buffer has one, is
 * the signal mask with bit 63 set if it was saved (signal 64 cannot be kept).
 */
import { Gpr } from '@bootgraph/cpu'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, type HeaderTable, jump, leaf } from '../../registry/define.ts'

const SAVED = [Gpr.rbx, Gpr.rbp, Gpr.r12, Gpr.r13, Gpr.r14, Gpr.r15] as const
const RSP = 48
const RIP = 56
const MASK = 64
const MASK_SAVED = 1n << 63n
const SIGSEGV = 11
const SIG_SETMASK = 2

function save(c: LibcCall, buffer: number, mask: bigint | undefined): number {
  if (!writable(c, buffer, mask === undefined ? MASK : MASK + 8)) {
    c.kernel.tkill(c.cx, c.cx.tid, SIGSEGV)
    return 0
  }
  const rsp = c.state.low(Gpr.rsp)
  for (const [i, register] of SAVED.entries()) c.memory.setU64(buffer + 8 * i, c.state.get(register))
  c.memory.setSize(buffer + RSP, rsp + 8)
  c.memory.setU64(buffer + RIP, c.memory.getU64(rsp))
  if (mask !== undefined) c.memory.setU64(buffer + MASK, mask)
  return 0
}

const currentMask = (c: LibcCall): bigint => {
  const mask = c.kernel.sigprocmask(c.cx, 0, undefined)
  return typeof mask === 'bigint' ? mask | MASK_SAVED : 0n
}

/** Puts the registers back; the dispatcher goes on at rip. glibc's buffers always have the ninth word, redox's only for sigsetjmp. */
export function longjmp(c: LibcCall, buffer: number, value: number, withMask = c.abi.name === 'linux-gnu'): void {
  if (!readable(c, buffer, withMask ? MASK + 8 : MASK)) {
    c.state.rip = 0n // a fetch fault there is the SIGSEGV that a bad buffer earns
    return
  }
  for (const [i, register] of SAVED.entries()) c.state.set(register, c.memory.getU64(buffer + 8 * i))
  c.state.set(Gpr.rsp, c.memory.getU64(buffer + RSP))
  c.state.rip = c.memory.getU64(buffer + RIP)
  c.state.setNumber(Gpr.rax, value === 0 ? 1 : value >>> 0)
  const mask = withMask ? c.memory.getU64(buffer + MASK) : 0n
  if (mask & MASK_SAVED) c.kernel.sigprocmask(c.cx, SIG_SETMASK, mask & ~MASK_SAVED)
}

export function siglongjmp(c: LibcCall, buffer: number, value: number): void {
  longjmp(c, buffer, value, true)
}

export const setjmp: HeaderTable = {
  name: 'setjmp',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/setjmp.h.html',
  rows: [
    leaf('setjmp', 'int(ptr)', (c, buffer: number) => save(c, buffer, c.abi.name === 'linux-gnu' ? 0n : undefined)),
    alias('_setjmp', 'setjmp'),
    leaf('sigsetjmp', 'int(ptr, int)', (c, buffer: number, keep: number) => save(c, buffer, keep === 0 ? 0n : currentMask(c))),
    alias('__sigsetjmp', 'sigsetjmp'),
    jump('longjmp', 'void(ptr, int)', longjmp),
    alias('_longjmp', 'longjmp'),
    alias('__longjmp_chk', 'longjmp'),
    jump('siglongjmp', 'void(ptr, int)', siglongjmp),
  ],
}
