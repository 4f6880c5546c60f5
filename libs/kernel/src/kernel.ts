import { type Cpu, type CpuPorts, type Exit, Gpr, GuestMemory, Hosted, Perm } from '@bootgraph/cpu'
import { E } from './abi/error.ts'
import { O } from './abi/flag.ts'
import type { KernelCalls, KernelPorts } from './calls.ts'
import type { Context } from './context/context.ts'
import type { Co } from './context/coroutine.ts'
import { Description, FileTable } from './context/file.ts'
import { AddressSpace, type MemoryBudget } from './context/memory.ts'
import { ContextState, type Frame, ProcessState, type SignalInfo } from './context/process.ts'
import type { Queue } from './context/queue.ts'
import { Random } from './context/random.ts'
import { canStop, deliverable, disposition, popFrame, pushFrame, SIG } from './context/signal.ts'
import type { DebugSink, StdioPort } from './scheme/device.ts'
import { StdioHandle } from './scheme/device.ts'
import type { Handle } from './scheme/handle.ts'
import { type FileLayer, type Inode, mount, rootInode } from './scheme/inode.ts'
import { schemes } from './scheme/namespace.ts'
import { SocketTable } from './scheme/socket.ts'
import { fsCalls } from './syscall/fs.ts'
import { memCalls } from './syscall/mem.ts'
import { nameCalls } from './syscall/name.ts'
import { processCalls } from './syscall/process.ts'
import { redoxSyscall } from './syscall/redox.ts'
import { signalCalls } from './syscall/signal.ts'
import { socketCalls } from './syscall/socket.ts'
import type { Era } from './syscall/table.ts'
import { timeCalls } from './syscall/time.ts'

/** Virtual nanoseconds that one unit of fuel (a back edge or a call) takes. */
export const FUEL_NS = 5n
/** Fuel that a context may use before the next one gets its turn. */
const SLICE = 100_000
const MAX_PROCESSES = 4096
/** Every address space has this page; its gates are where guest functions return to when the kernel called them. */
export const GATE_PAGE = 0x1_0000
const GATE_RETURN = 0x7fff_ff00
const GATE_SIGRETURN = 0x7fff_ff01
const GATE_THREAD_END = 0x7fff_ff02
export const Gate = { callReturned: GATE_PAGE, sigreturn: GATE_PAGE + 16, threadEnd: GATE_PAGE + 32 } as const

export interface KernelOptions {
  readonly ports: KernelPorts
  makeCpu(memory: GuestMemory, ports: CpuPorts): Cpu
  /** Layers of the root file system, topmost first. */
  readonly layers: readonly FileLayer[]
  readonly mounts?: readonly { readonly at: string; readonly layer: FileLayer }[]
  /** Virtual time at boot, nanoseconds since 1970. */
  readonly epoch?: bigint
  /** Descriptors 0, 1, 2 … of the first process. */
  readonly stdio?: readonly StdioPort[]
  readonly debug?: DebugSink
  /** Numbers that raw `syscall` instructions use. */
  readonly era?: Era
  trace?(line: string): void
}

export type Ended =
  | { readonly kind: 'ended'; readonly status: number; readonly signal: number }
  | { readonly kind: 'budget' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'deadlock'; readonly blocked: readonly number[] }

/** The kernel of one node: processes, the scheduler loop, and the calls that libraries beside it use. */
export class Kernel {
  readonly options: KernelOptions
  readonly ports: KernelPorts
  readonly calls: KernelCalls
  readonly random: Random
  readonly budget: MemoryBudget
  readonly root: Inode
  readonly sockets = new SocketTable()
  readonly processes = new Map<number, ProcessState>()
  readonly schemes = schemes(this)
  readonly futexes = new Map<string, Queue>()
  private readonly contexts = new Map<number, ContextState>()
  private readonly ready: ContextState[] = []
  private nextId = 1
  private spent = 0
  private jumped = 0n
  private first: ProcessState | undefined
  private current: ContextState | undefined
  private sliceStart = 0

  constructor(options: KernelOptions) {
    this.options = options
    this.ports = options.ports
    this.random = new Random(options.ports.seed)
    this.budget = { used: 0, limit: options.ports.memoryLimit }
    this.root = rootInode(options.layers, this.epoch)
    for (const { at, layer } of options.mounts ?? []) mount(this.root, at, layer, this.epoch)
    this.calls = {
      ...fsCalls(this),
      ...nameCalls(this),
      ...memCalls(this),
      ...processCalls(this),
      ...signalCalls(this),
      ...timeCalls(this),
      ...socketCalls(this),
    }
  }

  get epoch(): bigint {
    return this.options.epoch ?? 1_700_000_000_000_000_000n
  }

  /** Fuel of all processes since boot. */
  get fuel(): number {
    const running = this.current ? Math.max(0, this.current.process.cpu.fuelUsed - this.sliceStart) : 0
    return this.spent + running
  }

  /** Virtual nanoseconds since boot. */
  get monotonic(): bigint {
    return BigInt(this.fuel) * FUEL_NS + this.jumped
  }

  get now(): bigint {
    return this.epoch + this.monotonic
  }

  /** Makes the first process, pid 1, and loads `path` into it when it first runs; a load error ends it with status 127. */
  start(path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[], cwd: string, fds = this.options.stdio ?? []): Context {
    const process = this.newProcess(this.root, this.root) as ProcessState
    for (const [fd, port] of fds.entries()) {
      const handle = new StdioHandle(`/scheme/stdio/${fd}`, port, () => this.ready.length === 0)
      process.files.add(new Description(handle, O.RDWR))
    }
    this.first = process
    const cx = this.newContext(process)
    const { calls } = this
    this.begin(
      cx,
      (function* () {
        const moved = calls.chdir(cx, cwd)
        const failed = moved < 0 ? moved : yield* calls.exec(cx, path, argv, envp)
        if (failed < 0) yield* calls.exit(cx, 127)
      })(),
      () => {},
    )
    return cx
  }

  /** Runs until pid 1 ends, `budget` fuel is used, `shouldStop` says so (asked once per turn), or nobody can ever run again. */
  run(limits: { budget?: number; shouldStop?: () => boolean } = {}): Ended {
    const { first } = this
    if (first === undefined) throw new Error('kernel.start comes before kernel.run')
    const stopAt = this.spent + (limits.budget ?? Number.POSITIVE_INFINITY)
    for (;;) {
      if (first.status !== undefined) return { kind: 'ended', status: (first.status >> 8) & 0xff, signal: first.status & 0x7f }
      if (this.spent >= stopAt) return { kind: 'budget' }
      if (limits.shouldStop?.()) return { kind: 'stopped' }
      this.ringAlarms()
      const cx = this.ready.shift()
      if (cx === undefined) {
        if (!this.passTime()) return { kind: 'deadlock', blocked: [...this.contexts.keys()] }
        continue
      }
      if (cx.state !== 'runnable' || cx.process.stopped) continue
      this.turn(cx, Math.min(SLICE, stopAt - this.spent))
      if (cx.state === 'runnable' && !this.ready.includes(cx)) this.ready.push(cx)
    }
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

  /** A new process without contexts, or -errno (EAGAIN: too many). */
  newProcess(root: Inode, cwd: Inode): ProcessState | number {
    if (this.processes.size >= MAX_PROCESSES) return -E.AGAIN
    const pid = this.nextId++
    const made = this.newSpace(pid)
    if (made === undefined) return -E.AGAIN
    const { cpu, space } = made
    const files = new FileTable((description) => {
      description.handle.inode?.lock(description, 'none')
      this.close(description.handle)
    })
    const process = new ProcessState(pid, cpu, space, files, root, cwd)
    this.processes.set(pid, process)
    return process
  }

  /** An empty address space and an engine over it; undefined if the host has no address space left to back it. */
  newSpace(pid: number): { cpu: Cpu; space: AddressSpace } | undefined {
    let memory: GuestMemory
    try {
      memory = new GuestMemory()
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
    const space = new AddressSpace(memory, this.budget)
    const cpu = this.options.makeCpu(memory, { hosted: (id) => this.hosted(pid, id) })
    space.codeChanged = (address, length) => cpu.codeChanged(address, length)
    return { cpu, space }
  }

  /** Puts the gates where the kernel expects them; a fork's child has them by the copy. */
  mapGates(space: AddressSpace): void {
    space.map(GATE_PAGE, 4096, Perm.read | Perm.exec | Perm.gate, { fixed: 'replace', name: '[gates]' })
    for (const [address, id] of [
      [Gate.callReturned, GATE_RETURN],
      [Gate.sigreturn, GATE_SIGRETURN],
      [Gate.threadEnd, GATE_THREAD_END],
    ]) {
      space.memory.setU16(address, 0x3f0f)
      space.memory.setU32(address + 2, id)
    }
    space.codeChanged(GATE_PAGE, 4096)
  }

  newContext(process: ProcessState): ContextState {
    const tid = process.contexts.length === 0 ? process.pid : this.nextId++
    const cx = new ContextState(tid, process, process.cpu.save(), (woken) => this.ready.push(woken))
    process.contexts.push(cx)
    this.contexts.set(tid, cx)
    this.ready.push(cx)
    return cx
  }

  context(tid: number): ContextState | undefined {
    return this.contexts.get(tid)
  }

  /** Brings a context's registers into its process's cpu. */
  load(cx: ContextState): void {
    const { process } = cx
    if (process.loaded === cx) return
    if (process.loaded) process.loaded.saved = process.cpu.save()
    process.cpu.restore(cx.saved)
    process.loaded = cx
  }

  endContext(cx: ContextState): void {
    cx.process.personality?.contextEnded?.(cx)
    cx.end()
    this.contexts.delete(cx.tid)
    const { contexts } = cx.process
    contexts.splice(contexts.indexOf(cx), 1)
    if (cx.process.loaded === cx) cx.process.loaded = undefined
  }

  /** Ends a process with a wait status: its contexts, descriptors and memory go, its children become pid 1's, its parent hears. */
  endProcess(process: ProcessState, status: number): void {
    if (process.status !== undefined) return
    process.status = status
    for (const cx of [...process.contexts]) this.endContext(cx)
    process.files.closeAll()
    process.space.release()
    const heir = this.processes.get(1)
    for (const child of process.children) {
      child.parent = heir === process ? undefined : heir
      if (child.parent) child.parent.children.push(child)
    }
    process.children.length = 0
    if (process.parent === undefined || process.parent.status !== undefined) {
      this.processes.delete(process.pid)
      return
    }
    const childAction = process.parent.actions.get(SIG.CHLD)
    if (childAction?.handler === 1 || (childAction && childAction.flags & 2)) this.reap(process)
    const code = status & 0x7f ? 2 : 1
    const told = status & 0x7f ? status & 0x7f : status >> 8
    this.signal(process.parent, undefined, { signal: SIG.CHLD, code, pid: process.pid, status: told, address: 0 })
    process.parent.childChanged.wake()
  }

  reap(process: ProcessState): void {
    this.processes.delete(process.pid)
    const siblings = process.parent?.children
    siblings?.splice(siblings.indexOf(process), 1)
  }

  close(handle: Handle): void {
    handle.close()
    handle.changed.wake()
  }

  /** Sends a signal to a process, or to one context of it. */
  signal(process: ProcessState, cx: ContextState | undefined, info: SignalInfo): void {
    const { signal } = info
    if (process.status !== undefined) return
    if (signal === SIG.CONT || signal === SIG.KILL) this.unstop(process, signal)
    if (canStop(signal)) process.pending.delete(SIG.CONT)
    const what = disposition(process, signal)
    const masked = (cx ? [cx] : process.contexts).every((each) => (each.mask >> BigInt(signal - 1)) & 1n)
    if (!masked && (what === 'ignore' || what === 'continue')) return
    const queue = cx ? cx.pending : process.pending
    if (!queue.has(signal)) queue.set(signal, info)
    if (this.current?.process === process) process.cpu.interrupt()
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
    for (const cx of process.contexts) if (cx.state === 'runnable' && !this.ready.includes(cx)) this.ready.push(cx)
    if (signal !== SIG.CONT) return
    process.report = 0xffff
    process.parent?.childChanged.wake()
  }

  private stop(process: ProcessState, signal: number): void {
    process.stopped = true
    process.report = (signal << 8) | 0x7f
    const { parent } = process
    if (parent === undefined) return
    if (!((parent.actions.get(SIG.CHLD)?.flags ?? 0) & 1)) {
      this.signal(parent, undefined, { signal: SIG.CHLD, code: 5, pid: process.pid, status: signal, address: 0 })
    }
    parent.childChanged.wake()
  }

  /** One turn of a context: host code until it waits, guest code until the fuel is used. */
  private turn(cx: ContextState, slice: number): void {
    const { process } = cx
    if (process.pending.has(SIG.KILL)) {
      this.endProcess(process, SIG.KILL)
      return
    }
    this.current = cx
    this.load(cx)
    let cpu = process.cpu
    this.sliceStart = cpu.fuelUsed
    let left = Math.max(1, slice)
    while (cx.state === 'runnable' && !process.stopped && left > 0) {
      const before = cpu.fuelUsed
      const frame = cx.frames.at(-1)
      if (frame?.mode === 'host') {
        if (!this.step(cx, frame)) left = 0
      } else if (this.deliver(cx, undefined)) {
        const exit = cpu.run(left)
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
      else if (request.until !== undefined && request.until <= this.now) frame.answer = 'timeout'
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
      if (this.deliver(cx, frame)) frame.answer = frame.handlers > 0 ? undefined : frame.restart
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
    frame.saved = cpu.save()
    const rsp = Math.floor((state.low(Gpr.rsp) - 128) / 16) * 16 - 8
    frame.floor = rsp + 8
    frame.mode = 'call'
    const registers = [Gpr.rdi, Gpr.rsi, Gpr.rdx, Gpr.rcx, Gpr.r8, Gpr.r9]
    for (const [index, value] of args.entries()) state.set(registers[index], BigInt.asUintN(64, BigInt(value)))
    if (rsp <= 0 || !memory.accessible(rsp, 8, Perm.write)) {
      this.force(cx, { signal: SIG.SEGV, code: 1, pid: 0, status: 0, address: Math.max(rsp, 0) })
      return
    }
    memory.setSize(rsp, Gate.callReturned)
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

  /** Acts on deliverable signals. False if the context stopped, ended, or `waiting` now waits for a handler. */
  private deliver(cx: ContextState, waiting: Frame | undefined): boolean {
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
        this.endProcess(cx.process, SIG.SEGV)
        return false
      }
      this.endProcess(cx.process, what === 'core' ? info.signal | 0x80 : info.signal)
      return false
    }
  }

  /** A signal that the context's own doing raised: if it is masked or ignored, the process ends. */
  private force(cx: ContextState, info: SignalInfo): void {
    const masked = (cx.mask >> BigInt(info.signal - 1)) & 1n
    if (masked || disposition(cx.process, info.signal) !== 'handle') this.endProcess(cx.process, info.signal | 0x80)
    else cx.pending.set(info.signal, info)
  }

  /** Acts on why guest code came back. True if the turn is over. */
  private exit(cx: ContextState, exit: Exit): boolean {
    switch (exit.kind) {
      case 'fuel':
      case 'interrupt':
        return true
      case 'syscall':
        redoxSyscall(this, cx)
        return false
      case 'hosted':
        this.kernelGate(cx, exit.id)
        return false
      case 'fault':
        this.force(cx, faultSignal(exit.fault.vector, exit.fault.code, Number(exit.fault.address), Number(exit.fault.rip)))
        return false
    }
  }

  private kernelGate(cx: ContextState, id: number): void {
    const { cpu } = cx.process
    const frame = cx.frames.at(-1)
    if (id === GATE_RETURN && frame?.mode === 'call' && frame.saved) {
      frame.answer = cpu.state.get(Gpr.rax)
      frame.mode = 'host'
      cpu.restore(frame.saved)
      frame.saved = undefined
    } else if (id === GATE_SIGRETURN) this.sigreturn(cx)
    else if (id === GATE_THREAD_END) this.begin(cx, this.calls.exitThread(cx), () => {})
    // Every other gate belongs to the personality, which has begun its coroutine in `hosted`.
  }

  /** The handler of the signal frame below rsp is done. */
  sigreturn(cx: ContextState): void {
    const { cpu } = cx.process
    if (!popFrame(cx, cpu, cpu.state.low(Gpr.rsp))) {
      this.endProcess(cx.process, SIG.SEGV)
      return
    }
    const frame = cx.frames.at(-1)
    if (frame?.mode === 'handlers' && --frame.handlers === 0) {
      frame.mode = 'host'
      frame.answer = frame.restart
    }
  }

  private hosted(pid: number, id: number): number {
    if (id >= GATE_RETURN && id <= GATE_THREAD_END) return Hosted.leave
    const process = this.processes.get(pid)
    return process?.personality?.hosted(this.current ?? process.contexts[0], id) ?? Hosted.leave
  }

  private ringAlarms(): void {
    for (const process of this.processes.values()) {
      if (process.alarm === undefined || process.alarm > this.now) continue
      process.alarm = undefined
      this.signal(process, undefined, { signal: SIG.ALRM, code: 0x80, pid: 0, status: 0, address: 0 })
    }
    for (const cx of this.contexts.values()) if (cx.until !== undefined && cx.until <= this.now) cx.wake('timeout')
  }

  /** Nobody is runnable: virtual time jumps to the next timeout. False if there is none. */
  private passTime(): boolean {
    let next: bigint | undefined
    for (const cx of this.contexts.values()) if (cx.until !== undefined && (next === undefined || cx.until < next)) next = cx.until
    for (const { alarm } of this.processes.values()) if (alarm !== undefined && (next === undefined || alarm < next)) next = alarm
    if (next === undefined) return false
    if (next > this.now) this.jumped += next - this.now
    return true
  }
}

/** The signal that a processor exception becomes (SDM vol. 3 table 6-1 → Linux siginfo codes). */
function faultSignal(vector: number, code: number, address: number, rip: number): SignalInfo {
  const info = { pid: 0, status: 0 }
  if (vector === 14) return { ...info, signal: SIG.SEGV, code: code & 1 ? 2 : 1, address }
  if (vector === 13) return { ...info, signal: SIG.SEGV, code: 0x80, address: 0 }
  if (vector === 17) return { ...info, signal: SIG.BUS, code: 1, address }
  if (vector === 6) return { ...info, signal: SIG.ILL, code: 2, address: rip }
  if (vector === 1 || vector === 3) return { ...info, signal: SIG.TRAP, code: 0x80, address: rip }
  return { ...info, signal: SIG.FPE, code: vector === 0 ? 1 : 7, address: rip }
}
