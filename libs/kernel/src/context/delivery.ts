import { Gpr } from '@bootgraph/cpu'
import { SA } from '../abi/flag.ts'
import type { Kernel } from '../kernel.ts'
import type { SignalHandle } from '../scheme/signal.ts'
import { isEarly } from '../syscall/table.ts'
import { Gate } from './gate.ts'
import type { ContextState, Frame, ProcessState, SignalInfo } from './process.ts'
import { canStop, deliverable, disposition, FAULTS, popFrame, pushFrame, SIG } from './signal.ts'

/** Codes of a SIGCHLD. */
const CLD = { stopped: 5, continued: 6 } as const

/** Sending signals, and acting on those that a context may take now. */
export class Delivery {
  private readonly kernel: Kernel
  /** Open descriptors that read signals. */
  readonly listeners = new Set<SignalHandle>()

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  /** Sends a signal to a process, or to one context of it. */
  send(process: ProcessState, cx: ContextState | undefined, info: SignalInfo): void {
    const { signal } = info
    if (process.status !== undefined) return
    if (signal === SIG.CONT || signal === SIG.KILL) this.unstop(process, signal)
    if (canStop(signal)) process.pending.delete(SIG.CONT)
    const what = disposition(process, signal)
    const masked = (cx ? [cx] : process.contexts).every((each) => (each.mask >> BigInt(signal - 1)) & 1n)
    if (!masked && (what === 'ignore' || what === 'continue')) return
    const queue = cx ? cx.pending : process.pending
    queue.add(info)
    for (const listener of this.listeners) listener.sent(signal)
    if (this.kernel.scheduler.current?.process === process) process.cpu.interrupt()
    for (const each of cx ? [cx] : process.contexts) {
      if (each.state === 'blocked' && each.interruptible && deliverable(each, false)) {
        each.wake('signal')
        if (!cx) break
      }
    }
    if (signal === SIG.KILL) for (const each of process.contexts) each.wake('signal')
  }

  private unstop(process: ProcessState, signal: number): void {
    for (const stop of [19, 20, 21, 22]) process.pending.delete(stop)
    if (!process.stopped) return
    process.stopped = false
    for (const cx of process.contexts) this.kernel.scheduler.enqueue(cx)
    if (signal === SIG.CONT) this.report(process, 0xffff, CLD.continued, SIG.CONT)
  }

  private stop(process: ProcessState, signal: number): void {
    process.stopped = true
    this.report(process, (signal << 8) | 0x7f, CLD.stopped, signal)
  }

  /** Tells the parent that its child stopped or went on: the status that wait gives, and SIGCHLD if it wants that. */
  private report(process: ProcessState, status: number, code: number, signal: number): void {
    process.report = status
    const { parent } = process
    if (parent === undefined) return
    if (!((parent.actions.get(SIG.CHLD)?.flags ?? 0) & SA.NOCLDSTOP))
      this.send(parent, undefined, { signal: SIG.CHLD, code, pid: process.pid, status: signal, address: 0 })
    parent.childChanged.wake()
  }

  /** Acts on deliverable signals. False if the context stopped, ended, or `waiting` now waits for a handler. */
  deliver(cx: ContextState, waiting: Frame | undefined): boolean {
    for (;;) {
      const info = deliverable(cx, true)
      if (info === undefined) return true
      const what = disposition(cx.process, info.signal)
      if (what === 'ignore' || what === 'continue') continue
      if (what === 'stop') {
        this.stop(cx.process, info.signal)
        return false
      }
      if (what === 'handle') {
        const flags = cx.process.actions.get(info.signal)!.flags
        if (pushFrame(cx, info, Gate.sigreturn)) {
          const owner = waiting ?? cx.frames.at(-1)
          if (owner && owner.mode !== 'call') {
            owner.mode = 'handlers'
            owner.handlers++
          }
          if (waiting) {
            if (!(flags & 0x1000_0000)) waiting.restart = false
            return false
          }
          return true
        }
        this.kernel.table.endProcess(cx.process, SIG.SEGV)
        return false
      }
      if (FAULTS.has(info.signal) && info.code > 0) this.kernel.ports.crashed?.(cx, info, cx.process.cpu.state.rip)
      // No core is ever written, so that the status does not say so.
      this.kernel.table.endProcess(cx.process, info.signal)
      return false
    }
  }

  /** A signal that the context's own doing raised: if it is masked or ignored, the process ends. */
  force(cx: ContextState, info: SignalInfo): void {
    const masked = (cx.mask >> BigInt(info.signal - 1)) & 1n
    // The kernel of 2019 ended a context at a fault whatever its actions were.
    const hopeless = isEarly(this.kernel.options.era ?? '2026-08') && cx.process.personality === undefined
    if (masked || hopeless || disposition(cx.process, info.signal) !== 'handle') {
      this.kernel.ports.crashed?.(cx, info, cx.process.cpu.state.rip)
      this.kernel.table.endProcess(cx.process, info.signal)
    } else cx.pending.replace(info)
  }

  /** The handler of the signal frame below rsp is done. */
  sigreturn(cx: ContextState): void {
    const { cpu } = cx.process
    if (!popFrame(cx, cpu, cpu.state.low(Gpr.rsp))) {
      this.kernel.table.endProcess(cx.process, SIG.SEGV)
      return
    }
    const frame = cx.frames.at(-1)
    if (frame?.mode === 'handlers' && --frame.handlers === 0) {
      frame.mode = 'host'
      frame.answer = frame.restart
    }
  }
}

/** FPE_FLTINV, _FLTDIV, _FLTOVF, _FLTUND and _FLTRES by the exception that counts most. */
const floatCode = (raised: number): number => (raised & 1 ? 7 : raised & 4 ? 3 : raised & 8 ? 4 : raised & 0x12 ? 5 : 6)

/** The signal that a processor exception becomes (SDM vol. 3 table 6-1 → Linux siginfo codes). */
export function faultSignal(vector: number, code: number, address: number, rip: number): SignalInfo {
  const info = { pid: 0, status: 0, fault: { vector, code } }
  if (vector === 14) return { ...info, signal: SIG.SEGV, code: code & 1 ? 2 : 1, address }
  if (vector === 12 || vector === 13) return { ...info, signal: SIG.SEGV, code: 0x80, address: 0 }
  if (vector === 17) return { ...info, signal: SIG.BUS, code: 1, address }
  if (vector === 6) return { ...info, signal: SIG.ILL, code: 2, address: rip }
  if (vector === 3) return { ...info, signal: SIG.TRAP, code: 0x80, address: 0 }
  if (vector === 1) return { ...info, signal: SIG.TRAP, code: 1, address: rip }
  return { ...info, signal: SIG.FPE, code: vector === 0 ? 1 : floatCode(code), address: rip }
}
