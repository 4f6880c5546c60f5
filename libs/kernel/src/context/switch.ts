import { type Exit, Gpr, Hosted, Perm } from '@bootgraph/cpu'
import type { Kernel } from '../kernel.ts'
import { redoxSyscall } from '../syscall/redox.ts'
import type { Context } from './context.ts'
import type { Co } from './coroutine.ts'
import { faultSignal } from './delivery.ts'
import { Gate, GateId, isKernelGate, RED_ZONE } from './gate.ts'
import type { ContextState, Frame, ProcessState } from './process.ts'
import type { Queue } from './queue.ts'
import { deliverable, SIG } from './signal.ts'

/** Registers of integer arguments (System V ABI). */
const ARGUMENTS = [Gpr.rdi, Gpr.rsi, Gpr.rdx, Gpr.rcx, Gpr.r8, Gpr.r9]

/** Who runs next, and one turn of it: host coroutines and guest code of a context, until its fuel is used or it waits. */
export class Scheduler {
  /** Runnable contexts in the order of their turns. */
  readonly ready: ContextState[] = []
  current: ContextState | undefined
  private readonly kernel: Kernel
  /** Instructions of all processes since boot, where their engines count. */
  instructions = 0n
  private spent = 0
  private sliceStart = 0

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  /** Fuel of all processes since boot. */
  get fuel(): number {
    return this.spent + this.running
  }
  /** Fuel of one of them, or of one context. */
  fuelOf(who: ProcessState | ContextState): number {
    const runs = this.current !== undefined && (who === this.current || who === this.current.process)
    return who.fuel + (runs ? this.running : 0)
  }
  /** What the current context has used and nobody was charged with yet. */
  private get running(): number {
    return this.current ? Math.max(0, this.current.process.cpu.fuelUsed - this.sliceStart) : 0
  }

  enqueue(cx: ContextState): void {
    if (cx.state === 'runnable' && !cx.held && !this.ready.includes(cx)) this.ready.push(cx)
  }

  /** Starts a coroutine on a context that reached a gate; `finish` gets its result, writes registers and leaves the gate. */
  begin<T>(cx: Context, co: Co<T>, finish: (result: T) => void, gate = true): void {
    const own = cx as ContextState
    if (gate && own === this.current) this.unwound(own)
    own.frames.push({
      co,
      finish,
      gate,
      mode: 'host',
      answer: undefined,
      saved: undefined,
      spare: undefined,
      floor: 0,
      handlers: 0,
      restart: false,
    })
  }

  /** Pops the return address of a gate that was called: rip goes on behind the call. */
  leaveGate(cx: Context): void {
    const { state, memory } = cx.process.cpu
    const rsp = state.low(Gpr.rsp)
    state.rip = memory.accessible(rsp, 8, Perm.read) ? memory.getU64(rsp) : 0n
    state.setNumber(Gpr.rsp, rsp + 8)
  }

  /** Brings a context's registers into its process's cpu. */
  load(cx: ContextState): void {
    const { process } = cx
    if (process.loaded === cx) return
    if (process.loaded) process.loaded.saved = process.cpu.save()
    process.cpu.restore(cx.saved)
    process.loaded = cx
  }

  /** One turn of a context: host code until it waits, guest code until the fuel is used. */
  turn(cx: ContextState, slice: number): void {
    const { process } = cx
    if (process.pending.has(SIG.KILL)) {
      this.kernel.table.endProcess(process, SIG.KILL)
      return
    }
    this.current = cx
    this.load(cx)
    if (cx.frames.length > 0) process.space.settle()
    let cpu = process.cpu
    this.sliceStart = cpu.fuelUsed
    let left = Math.max(1, slice)
    while (cx.state === 'runnable' && !process.stopped && left > 0) {
      const before = cpu.fuelUsed
      const frame = cx.frames.at(-1)
      if (frame?.mode === 'host') {
        if (!this.step(cx, frame)) left = 0
      } else if (this.kernel.signals.deliver(cx, undefined)) {
        const counted = cpu.counts ? cpu.instructions : 0n
        const exit = cpu.run(left)
        if (cpu.counts) this.instructions += cpu.instructions - counted
        this.unwound(cx)
        if (this.exit(cx, exit)) left = 0
      }
      const used = cpu.fuelUsed - before
      cx.fuel += used
      process.fuel += used
      this.spent += used
      left -= used
      cpu = process.cpu
      this.sliceStart = cpu.fuelUsed
    }
    process.space.publish()
    this.current = undefined
  }

  /** Resumes a coroutine once. False if the turn is over. */
  private step(cx: ContextState, frame: Frame): boolean {
    const { answer } = frame
    frame.answer = undefined
    const result = frame.co.next(answer)
    if (cx.state === 'ended' || !cx.frames.includes(frame)) return cx.state === 'runnable'
    if (result.done) {
      cx.frames.splice(cx.frames.indexOf(frame), 1)
      frame.finish(result.value as never)
      return true
    }
    const request = result.value
    if ('wait' in request) {
      const interruptible = request.interruptible ?? true
      if (interruptible && deliverable(cx, false)) frame.answer = 'signal'
      else if (request.until !== undefined && request.until <= this.kernel.time.monotonic) frame.answer = 'timeout'
      else cx.sleep(request.wait as readonly Queue[], request.until, interruptible)
      return true
    }
    if ('call' in request) {
      this.callGuest(cx, frame, request.call, request.args)
      return true
    }
    if ('handlers' in request) {
      frame.restart = true
      frame.floor = cx.process.cpu.state.low(Gpr.rsp)
      if (this.kernel.signals.deliver(cx, frame)) frame.answer = frame.handlers > 0 ? undefined : frame.restart
      else if (cx.process.stopped) frame.answer = frame.restart
      return true
    }
    if ('gone' in request) {
      cx.frames.length = 0
      return cx.state === 'runnable'
    }
    // Polling loops of library code use up the budget like any other.
    cx.process.cpu.charge(1)
    return false
  }

  private callGuest(cx: ContextState, frame: Frame, address: number, args: readonly (number | bigint)[]): void {
    const { cpu } = cx.process
    const { state, memory } = cpu
    frame.saved = cpu.save(frame.spare)
    frame.spare = undefined
    const rsp = Math.floor((state.low(Gpr.rsp) - RED_ZONE) / 16) * 16 - 8
    frame.floor = rsp + 8
    frame.mode = 'call'
    for (let i = 0; i < args.length; i++) {
      const value = args[i]
      if (typeof value === 'number') state.setNumber(ARGUMENTS[i], value)
      else state.set(ARGUMENTS[i], value)
    }
    if (rsp <= 0 || !memory.accessible(rsp, 8, Perm.write)) {
      this.kernel.signals.force(cx, { signal: SIG.SEGV, code: 1, pid: 0, status: 0, address: Math.max(rsp, 0) })
      return
    }
    memory.setSize(rsp, cx.process.personality?.callReturned ?? Gate.callReturned)
    state.setNumber(Gpr.rsp, rsp)
    state.setNumber(Gpr.rax, 0)
    state.rip = BigInt(address)
  }

  /**
   * Coroutines whose guest call was left by longjmp or unwinding are given up. The kernel looks whenever guest code comes back;
   * a hosted longjmp says so itself, before the stack can grow over the place again.
   */
  unwound(cx: Context): void {
    const { frames, altStack } = cx as ContextState
    const rsp = cx.process.cpu.state.low(Gpr.rsp)
    const { sp, size, flags } = altStack
    if (!(flags & 2) && rsp > sp && rsp <= sp + size) return
    for (let frame = frames.at(-1); frame && frame.mode !== 'host' && rsp > frame.floor; frame = frames.at(-1)) {
      frames.pop()
      frame.co.return(undefined)
    }
  }

  /** Acts on why guest code came back. True if the turn is over. */
  private exit(cx: ContextState, exit: Exit): boolean {
    switch (exit.kind) {
      case 'fuel':
      case 'interrupt':
        return true
      case 'syscall':
        redoxSyscall(this.kernel, cx)
        return false
      case 'hosted':
        this.kernelGate(cx, exit.id)
        return false
      case 'fault':
        this.kernel.signals.force(cx, faultSignal(exit.fault.vector, exit.fault.code, Number(exit.fault.address), Number(exit.fault.rip)))
        return false
    }
  }

  private kernelGate(cx: ContextState, id: number): void {
    const { cpu } = cx.process
    const frame = cx.frames.at(-1)
    if (id === GateId.callReturned && frame?.mode === 'call' && frame.saved) {
      frame.answer = cpu.state.get(Gpr.rax)
      frame.mode = 'host'
      cpu.restore(frame.saved)
      frame.spare = frame.saved
      frame.saved = undefined
    } else if (id === GateId.sigreturn) this.kernel.signals.sigreturn(cx)
    else if (id === GateId.threadEnd) this.begin(cx, this.kernel.calls.exitThread(cx), () => {})
    // Every other gate belongs to the personality, which has begun its coroutine in `hosted`.
  }

  hosted(pid: number, id: number): number {
    if (isKernelGate(id)) return Hosted.leave
    const process = this.kernel.table.processes.get(pid)
    return process?.personality?.hosted(this.current ?? process.contexts[0], id) ?? Hosted.leave
  }
}
