import { type Cpu, type CpuState, Gpr, type GuestMemory, Hosted, type LeafSet } from '@bootgraph/cpu'
import type { Co, Context, KernelCalls, Personality, Process, Request } from '@bootgraph/kernel'
import type { Abi } from './abi/layout.ts'
import { inChild } from './header/process/index.ts'
import { CANCELLATION_POINTS } from './header/pthread/cancellation-points.ts'
import { CANCELED, isCancelled, leaveThread } from './header/pthread/leave.ts'
import { abandonMutexes } from './header/pthread/robust.ts'
import { callbackReturn } from './header/start/callback.ts'
import { die, doom } from './header/start/exit.ts'
import { storage } from './header/storage.ts'
import { HEAP_WORD } from './leaf/heap.ts'
import { decoded } from './platform/decoded.ts'
import type { BoundFunction, CoroutinePort, FunctionTable, LibcObserver } from './platform/dispatch-port.ts'
import type { LinkerPort } from './platform/linker-port.ts'
import { ModelGap } from './platform/model-gap.ts'
import { type Platform, platformOfProcess, setPlatform } from './platform/platform.ts'
import { AREA_SIZE, THREAD_BLOCK_SIZE, Thread } from './platform/thread-block.ts'
import { childForked, link, mapPages } from './platform/threads.ts'
import type { LibcCall } from './registry/call.ts'
import { argumentTexts, callResult } from './registry/call-text.ts'
import type { CoFn, FunctionRow, LeafFn } from './registry/define.ts'

const ENOSYS = 38
/** The version that linux-gnu programs are told: that of Debian 12, for which the toolchains were built. */
const GLIBC_VERSION = new TextEncoder().encode('2.36\0')

export interface LibcOptions {
  readonly process: Process
  readonly kernel: KernelCalls
  readonly coroutines: CoroutinePort
  readonly abi: Abi
  readonly functions: FunctionTable
  /** Functions that the engine answers by itself where it can, unless calls are traced. */
  readonly leaves?: LeafSet
  readonly observer: LibcObserver
  /** Address of a data symbol as the program sees it. */
  object(name: string): number
  /** What differs for the child of a fork: a linker with the same objects over the child's memory, and what hangs on it. */
  forked?(child: Process): Pick<LibcOptions, 'functions' | 'object' | 'forked'> & { readonly linker: LinkerPort }
  /** Told of this library, and of that of every child. */
  made?(libc: Libc): void
}

/** A function that this process has called, and how often. */
interface Entry {
  readonly bound: BoundFunction
  readonly invoke: ((c: LibcCall) => void) | undefined
  count: number
}

/** The hosted C library of one process: what a gate does, and what one call sees. */
export class Libc implements Personality, LibcCall {
  readonly memory: GuestMemory
  readonly state: CpuState
  readonly kernel: KernelCalls
  readonly process: Process
  readonly abi: Abi
  cx: Context
  readonly storages = new Map<string, number>()
  private readonly entries = new Map<number, Entry>()
  /** errno that the calls at hand have set; kept for the trace alone. */
  private readonly failures = new Map<Context, number>()
  private readonly options: LibcOptions
  readonly cpu: Cpu

  constructor(options: LibcOptions) {
    this.options = options
    this.process = options.process
    this.cpu = options.process.cpu
    this.memory = this.cpu.memory
    this.state = this.cpu.state
    this.kernel = options.kernel
    this.abi = options.abi
    this.cx = options.process.contexts[0]
    options.made?.(this)
  }

  /**
   * Gives the main thread its block and the process its area. Comes after linking and before any initialiser runs.
   * False if memory is out.
   */
  prepare(cx: Context, start: Omit<Platform, 'area'> & { readonly envp: number }): boolean {
    this.cx = cx
    const area = mapPages(this, AREA_SIZE)
    const block = mapPages(this, THREAD_BLOCK_SIZE)
    if (area === 0 || block === 0) return false
    const { envp, ...rest } = start
    setPlatform(this.process, { ...rest, area })
    cx.threadPointer = block
    this.memory.setU32(block + Thread.tid, cx.tid)
    this.memory.setSize(block + Thread.stack, start.stack.low)
    this.memory.setSize(block + Thread.stackSize, start.stack.high - start.stack.low)
    this.memory.setSize(block + Thread.tls, Number(this.state.fsBase))
    link(this, block)
    for (const name of ['environ', '__environ', '_environ']) {
      const at = this.object(name)
      if (at !== 0) this.memory.setSize(at, envp)
    }
    const version = this.object('__libc_version')
    if (version !== 0) this.memory.u8.set(GLIBC_VERSION, version)
    return true
  }

  fail(errno: number): -1 {
    const block = this.cx.threadPointer
    if (this.options.observer.trace) this.failures.set(this.cx, errno)
    if (block !== 0) this.memory.setU32(block + Thread.errno, errno)
    return -1
  }

  object(name: string): number {
    return this.options.object(name)
  }

  string(address: number): string {
    const end = this.memory.cstrEnd(address)
    return end < 0 ? '' : decoded(this.memory.u8.subarray(address, end))
  }

  get callReturned(): number | undefined {
    return callbackReturn(this)
  }

  leaveCallbacks(below: number): void {
    const rsp = this.state.get(Gpr.rsp)
    this.state.setNumber(Gpr.rsp, below)
    this.options.coroutines.unwound(this.cx)
    this.state.set(Gpr.rsp, rsp)
  }

  gap(name: string, detail: string): void {
    this.options.observer.gap('model', name, detail, this.cx)
  }

  /** A gate was reached. A blocking function takes its first step at once, so that one that need not wait costs no turn. */
  hosted(cx: Context, id: number): number {
    this.cx = cx
    const entry = this.entries.get(id) ?? this.first(id)
    if (entry === undefined) return this.unknown(cx, `gate ${id.toString(16)}`)
    entry.count++
    const { bound, invoke } = entry
    try {
      if (invoke !== undefined) {
        invoke(this)
        return this.returned(cx)
      }
      return bound.row.status === 'missing' ? this.unknown(cx, bound.row.name) : this.serve(cx, bound)
    } catch (error) {
      if (this.survives(cx, bound.row.name, error)) return this.refuse()
      this.options.coroutines.begin(cx, this.owned(cx, bound.row.name, die(this)), () => {})
      return Hosted.leave
    }
  }

  private serve(cx: Context, bound: BoundFunction): number {
    const { row } = bound
    if (CANCELLATION_POINTS.has(row.name) && isCancelled(this)) {
      this.options.coroutines.begin(cx, this.owned(cx, row.name, leaveThread(this, CANCELED)), () => {})
      return Hosted.leave
    }
    const args = bound.arguments(this)
    const traced = this.traced(cx, row, args)
    if (row.flow === 'leaf' || row.flow === 'jump') {
      const value = (row.fn as LeafFn)(this, ...args)
      if (row.flow === 'jump') return Hosted.jumped
      traced?.(value)
      bound.result(this, value)
      return this.returned(cx)
    }
    const co = (row.fn as CoFn)(this, ...args)
    const finish = (value: unknown): void => {
      this.cx = cx
      traced?.(value)
      try {
        bound.result(this, value)
      } catch (error) {
        if (!this.survives(cx, row.name, error)) doom(this)
      }
      this.options.coroutines.leaveGate(cx)
    }
    if (row.flow === 'callback') {
      this.options.coroutines.begin(cx, this.owned(cx, row.name, co), finish)
      return Hosted.leave
    }
    const first = co.next()
    if (first.done) {
      traced?.(first.value)
      bound.result(this, first.value)
      return this.returned(cx)
    }
    this.options.coroutines.begin(cx, this.owned(cx, row.name, co, first.value), finish)
    return Hosted.leave
  }

  /** Begins the call's line in the trace, if there is one; what comes back ends it with the result. */
  private traced(cx: Context, row: FunctionRow, args: readonly unknown[]): ((value: unknown) => void) | undefined {
    const { trace } = this.options.observer
    if (trace === undefined) return undefined
    this.failures.delete(cx)
    const open = trace.begin(cx.tid, row.name, argumentTexts(row, this.memory, args))
    return (value) =>
      trace.end(open, callResult(row, this.memory, value, this.failures.get(cx)), typeof value === 'number' ? value : undefined)
  }

  /** A signal that the call raised or let through is taken before it returns (POSIX raise, sigprocmask). */
  private returned(cx: Context): number {
    if (!this.kernel.signalled(cx)) return Hosted.done
    const { coroutines } = this.options
    coroutines.begin(cx, takeSignals(), () => coroutines.leaveGate(cx))
    return Hosted.leave
  }

  /** The child has the parent's library state by the copy of its memory; only host-side facts are made anew. */
  fork(child: Process): Personality {
    const { linker, ...own } = this.options.forked?.(child) ?? { linker: undefined }
    const libc = new Libc({ ...this.options, ...own, process: child })
    const platform = platformOfProcess(this.process)
    if (platform !== undefined) setPlatform(child, { ...platform, linker })
    const cx = child.contexts[0]
    if (cx !== undefined) {
      cx.threadPointer = this.cx.threadPointer
      libc.cx = cx
      childForked(libc)
    }
    return libc
  }

  /** The handlers that pthread_atfork registered for children. */
  forked(cx: Context): Co<void> {
    return this.owned(cx, 'fork', inChild(this)) as Co<void>
  }

  contextEnded(cx: Context): void {
    if (cx.threadPointer !== 0) abandonMutexes(this, cx)
  }

  /** Names and counts, most called first, names in order among equals. */
  callCounts(): readonly (readonly [name: string, count: number])[] {
    const calls = new Map<string, number>()
    const { leaves } = this.options
    for (const [id, { bound, count }] of this.entries) {
      const answered = leaves === undefined ? 0 : this.cpu.answered(leaves, id)
      calls.set(bound.row.name, (calls.get(bound.row.name) ?? 0) + count + answered)
    }
    return [...calls].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  }

  /** A function is about to be called for the first time. */
  private first(id: number): Entry | undefined {
    const bound = this.options.functions.get(id)
    if (bound === undefined) return undefined
    const { name, status } = bound.row
    const traced = this.options.observer.trace !== undefined
    const invoke = status === 'missing' || traced || bound.invoke === undefined ? undefined : bound.invoke
    const entry = { bound, invoke, count: 0 }
    this.entries.set(id, entry)
    if (!traced && this.options.leaves !== undefined) {
      this.memory.setU32(HEAP_WORD, storage(this, '__libc_heap'))
      this.cpu.serve(this.options.leaves, id)
    }
    if (bound.tag !== undefined) this.options.observer.gap('called', name, bound.tag, this.cx)
    else if (status === 'stub') this.options.observer.gap('called', name, 'stub', this.cx)
    return entry
  }

  private unknown(cx: Context, name: string): number {
    this.options.observer.gap('model', name, 'called, but not modelled', cx)
    return this.refuse()
  }

  private refuse(): number {
    this.fail(ENOSYS)
    this.state.set(Gpr.rax, 0xffff_ffff_ffff_ffffn)
    return Hosted.done
  }

  /** Records what a row threw. True if it was a model gap, which the program may live with; a defect ends the process. */
  private survives(cx: Context, name: string, error: unknown): boolean {
    this.cx = cx
    const lacks = error instanceof ModelGap
    const text = error instanceof Error ? error.message : String(error)
    this.options.observer.gap('model', name, lacks ? text : `defect: ${text}`, cx)
    return lacks
  }

  /**
   * Keeps `cx` right around every step of a coroutine, whoever ran in between, and what it throws inside the library. A wait that a cancellation has
   * broken off ends the thread in place of the function.
   */
  private *owned(cx: Context, name: string, co: Co<unknown>, first?: Request): Co<unknown> {
    let answer: unknown
    if (first !== undefined) answer = yield first
    let cancelled = false
    let calls = false
    try {
      for (;;) {
        this.cx = cx
        const leaves: boolean = answer === 'signal' && !cancelled && CANCELLATION_POINTS.has(name) && isCancelled(this)
        cancelled ||= leaves
        const step = leaves ? co.return(undefined) : co.next(answer)
        if (step.done) return cancelled ? yield* this.owned(cx, name, leaveThread(this, CANCELED)) : step.value
        calls = 'call' in step.value
        answer = yield step.value
        calls = false
      }
    } catch (error) {
      if (this.survives(cx, name, error)) return this.fail(ENOSYS)
    } finally {
      // The called function was left by a jump or an exception.
      if (calls) co.return(undefined)
    }
    return yield* die(this)
  }
}

function* takeSignals(): Co<void> {
  yield { handlers: true }
}
