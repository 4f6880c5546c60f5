import { type Cpu, Gpr, Perm } from '@bootgraph/cpu'
import { SA } from '../abi/flag.ts'
import type { ContextState, ProcessState, SignalInfo } from './process.ts'

export const SIG = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  SEGV: 11,
  PIPE: 13,
  ALRM: 14,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
} as const

/** Those that a context's own doing raises: they have an address where the kernel sent them. */
export const FAULTS: ReadonlySet<number> = new Set([SIG.ILL, SIG.TRAP, SIG.BUS, SIG.FPE, SIG.SEGV])
const STOPS = new Set([19, 20, 21, 22])
const IGNORED = new Set([17, 18, 23, 28])
const CORE = new Set([3, 4, 5, 6, 7, 8, 11, 24, 25, 31])
const UNMASKABLE = (1n << 8n) | (1n << 18n)
export const bit = (signal: number): bigint => 1n << BigInt(signal - 1)
/** A mask without SIGKILL and SIGSTOP, which cannot be blocked. */
export const maskable = (mask: bigint): bigint => mask & ~UNMASKABLE & 0xffff_ffff_ffff_ffffn

export const canStop = (signal: number): boolean => STOPS.has(signal)

/** What a signal would do to the process now. */
export function disposition(process: ProcessState, signal: number): 'handle' | 'ignore' | 'stop' | 'continue' | 'core' | 'end' {
  const handler = process.actions.get(signal)?.handler ?? 0
  if (signal !== SIG.KILL && signal !== SIG.STOP) {
    if (handler === 1) return 'ignore'
    if (handler > 1) return 'handle'
  }
  if (STOPS.has(signal)) return 'stop'
  if (signal === SIG.CONT) return 'continue'
  if (IGNORED.has(signal)) return 'ignore'
  return CORE.has(signal) ? 'core' : 'end'
}

/** The lowest pending signal that `cx` does not mask, taken out of its queue if `take`. */
export function deliverable(cx: ContextState, take: boolean): SignalInfo | undefined {
  if (cx.pending.size === 0 && cx.process.pending.size === 0) return undefined
  return pendingOf(cx, ~cx.mask, take)
}

/** The lowest signal of `set` that waits for `cx` or its process, taken out of its queue if `take`. */
export function pendingOf(cx: ContextState, set: bigint, take: boolean): SignalInfo | undefined {
  for (let signal = 1; signal <= 64; signal++) {
    if (!(set & bit(signal))) continue
    for (const queue of [cx.pending, cx.process.pending]) {
      const found = queue.first(signal)
      if (found === undefined) continue
      if (take) queue.take(signal)
      return found
    }
  }
  return undefined
}

/** Order of the general registers in Linux's x86-64 mcontext (sys/ucontext.h REG_*). */
const GREGS = [8, 9, 10, 11, 12, 13, 14, 15, Gpr.rdi, Gpr.rsi, Gpr.rbp, Gpr.rbx, Gpr.rdx, Gpr.rax, Gpr.rcx, Gpr.rsp]
const UC_GREGS = 40
const UC_RIP = UC_GREGS + 16 * 8
const UC_SELECTORS = UC_RIP + 16
const UC_ERROR = UC_RIP + 24
const UC_VECTOR = UC_RIP + 32
const UC_CR2 = UC_RIP + 48
/** Linux's selectors of 64-bit code and of data: cs, gs, fs and ss, two bytes each. */
const SELECTORS = 0x002b_0000_0000_0033n
const PAGE_FAULT = 14
/** Bit of a page fault's error code: the access was not the kernel's (SDM vol. 3, 4.7). */
const USER = 4
const UC_FPSTATE = 224
const UC_SIGMASK = 296
/** FXSAVE area (SDM vol. 1 table 10-2). */
const FX_MXCSR = 24
const FX_XMM = 160
const MXCSR_MASK = 0xffff
/** Return address, ucontext (968 bytes in glibc), siginfo (128), FXSAVE area (512). */
const UC = 8
const INFO = UC + 968
const FRAME = INFO + 128
const FPSTATE = 512

/**
 * Pushes a signal frame and points the cpu at the handler: return address, ucontext and siginfo where linux-gnu programs find
 * them. Below the red zone, or on the alternate stack. False if the stack cannot take it.
 */
export function pushFrame(cx: ContextState, info: SignalInfo, returnGate: number): boolean {
  const { process } = cx
  const { cpu } = process
  const { state, memory } = cpu
  const action = process.actions.get(info.signal)!
  const { sp, size, flags } = cx.altStack
  const rsp = state.low(Gpr.rsp)
  const isNear = state.high(Gpr.rsp) === 0
  const onAlt = !(flags & 2) && isNear && rsp > sp && rsp <= sp + size
  const switchStack = (action.flags & SA.ONSTACK) !== 0 && !(flags & 2) && !onAlt
  const top = switchStack ? sp + size : rsp - 128
  const fpstate = Math.floor((top - FPSTATE) / 64) * 64
  // The handler must see rsp ≡ 8 modulo 16, as behind a call.
  const at = Math.floor((fpstate - FRAME) / 16) * 16 - 8
  if (at <= 0 || !(switchStack || isNear) || !memory.accessible(at, top - at, Perm.write)) return false
  memory.u8.fill(0, at, top)
  const uc = at + UC
  memory.setSize(uc + 16, sp)
  memory.setU32(uc + 24, flags & 2 ? 2 : onAlt ? 1 : 0)
  memory.setSize(uc + 32, size)
  for (const [index, register] of GREGS.entries()) memory.setU64(uc + UC_GREGS + index * 8, state.get(register))
  memory.setU64(uc + UC_RIP, state.rip)
  memory.setU32(uc + UC_RIP + 8, state.rflags)
  memory.setU64(uc + UC_SELECTORS, SELECTORS)
  const { vector, code } = info.fault ?? { vector: 0, code: 0 }
  memory.setU64(uc + UC_ERROR, BigInt(vector === PAGE_FAULT ? code | USER : 0))
  memory.setU64(uc + UC_VECTOR, BigInt(vector))
  if (vector === PAGE_FAULT) memory.setU64(uc + UC_CR2, BigInt(info.address))
  memory.setSize(uc + UC_FPSTATE, fpstate)
  memory.setU64(uc + UC_SIGMASK, cx.mask)
  memory.setU16(fpstate, 0x37f)
  memory.setU32(fpstate + FX_MXCSR, state.mxcsr)
  memory.setU32(fpstate + FX_MXCSR + 4, MXCSR_MASK)
  for (let i = 0; i < 16; i++) memory.u8.set(state.xmm(i), fpstate + FX_XMM + i * 16)
  const siginfo = at + INFO
  memory.setU32(siginfo, info.signal)
  memory.setI32(siginfo + 8, info.code)
  if (info.address !== 0 || info.signal === SIG.SEGV) memory.setSize(siginfo + 16, info.address)
  else {
    memory.setU32(siginfo + 16, info.pid)
    if (info.value !== undefined) memory.setU64(siginfo + 24, BigInt.asUintN(64, info.value))
    else memory.setI32(siginfo + 24, info.status)
  }
  memory.setSize(at, action.flags & SA.RESTORER && action.restorer !== 0 ? action.restorer : returnGate)
  while (cx.delivered.length > 0 && !onAlt && !switchStack && cx.delivered.at(-1)!.at < at) cx.delivered.pop()
  cx.delivered.push({ at, saved: cpu.save() })
  if (!(action.flags & SA.NODEFER)) cx.mask |= bit(info.signal)
  cx.mask = maskable(cx.mask | action.mask)
  state.setNumber(Gpr.rsp, at)
  state.setNumber(Gpr.rdi, info.signal)
  state.setNumber(Gpr.rsi, siginfo)
  state.setNumber(Gpr.rdx, uc)
  state.setNumber(Gpr.rax, 0)
  state.rip = BigInt(action.handler)
  if (action.flags & SA.RESETHAND) process.actions.delete(info.signal)
  return true
}

/**
 * Undoes pushFrame with what the handler left in the ucontext at `uc` and its FXSAVE area (a null pointer leaves xmm and mxcsr
 * as they are; the x87 stack comes back as it was). False if nothing readable is there or mxcsr has a reserved bit.
 */
export function popFrame(cx: ContextState, cpu: Cpu, uc: number): boolean {
  const { state, memory } = cpu
  if (!memory.accessible(uc, FRAME - UC, Perm.read)) return false
  const fpstate = memory.getSize(uc + UC_FPSTATE)
  if (fpstate !== 0 && !memory.accessible(fpstate, FPSTATE, Perm.read)) return false
  if (fpstate !== 0 && memory.getU32(fpstate + FX_MXCSR) > MXCSR_MASK) return false
  const index = cx.delivered.findLastIndex((delivered) => delivered.at + UC === uc)
  if (index >= 0) {
    cpu.restore(cx.delivered[index].saved)
    cx.delivered.length = index
  }
  for (const [slot, register] of GREGS.entries()) state.set(register, memory.getU64(uc + UC_GREGS + slot * 8))
  state.rip = memory.getU64(uc + UC_RIP)
  state.rflags = memory.getU32(uc + UC_RIP + 8)
  if (fpstate !== 0) {
    state.mxcsr = memory.getU32(fpstate + FX_MXCSR)
    for (let i = 0; i < 16; i++) state.xmm(i).set(memory.bytes(fpstate + FX_XMM + i * 16, 16))
  }
  cx.mask = maskable(memory.getU64(uc + UC_SIGMASK))
  return true
}
