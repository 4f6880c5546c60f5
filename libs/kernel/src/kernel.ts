import type { Cpu, CpuPorts, GuestMemory } from '@bootgraph/cpu'
import { Mode, O } from './abi/flag.ts'
import type { KernelCalls, KernelGap, KernelPorts, Stat } from './calls.ts'
import type { Context, Process } from './context/context.ts'
import type { Co } from './context/coroutine.ts'
import { Delivery } from './context/delivery.ts'
import { Description } from './context/file.ts'
import { MemoryBudget } from './context/memory-budget.ts'
import type { ProcessState } from './context/process.ts'
import { ProcessTable } from './context/process-table.ts'
import type { Queue } from './context/queue.ts'
import { Random } from './context/random.ts'
import { Scheduler } from './context/switch.ts'
import { VirtualTime } from './context/timeout.ts'
import type { DebugSink, StdioPort } from './scheme/device.ts'
import { StdioHandle } from './scheme/device.ts'
import type { Handle } from './scheme/handle.ts'
import { type FileLayer, type Inode, mount, rootInode } from './scheme/inode.ts'
import { happened, IN } from './scheme/inotify.ts'
import { schemes } from './scheme/namespace.ts'
import { SocketTable } from './scheme/socket-table.ts'
import type { CallTrace } from './syscall/debug.ts'
import { eventCalls } from './syscall/event.ts'
import { fsCalls } from './syscall/fs.ts'
import { idCalls } from './syscall/ids.ts'
import { ipcCalls } from './syscall/ipc.ts'
import { limitCalls } from './syscall/limit.ts'
import { memCalls } from './syscall/mem.ts'
import { messageQueueCalls } from './syscall/message-queue.ts'
import { nameCalls } from './syscall/name.ts'
import { pidfdCalls } from './syscall/pidfd.ts'
import { processCalls } from './syscall/process.ts'
import { semaphoreCalls } from './syscall/semaphore.ts'
import { signalCalls } from './syscall/signal.ts'
import { socketCalls } from './syscall/socket.ts'
import type { Era } from './syscall/table.ts'
import { timeCalls } from './syscall/time.ts'

/** Fuel that a context may use before the next one gets its turn. */
const SLICE = 100_000
/** Virtual time at boot, nanoseconds since 1970; other seeds than 0 boot within a day of it. */
const EPOCH = 1_700_000_000_000_000_000n
const DAY = 86_400_000_000_000n

export interface KernelOptions {
  readonly ports: KernelPorts
  makeCpu(memory: GuestMemory, ports: CpuPorts): Cpu
  /** The engine is under way for the last time, if at all: its process has ended, or another program has taken its place. */
  cpuRetired?(cpu: Cpu): void
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
  /** Told of raw calls, if tracing is on. */
  readonly trace?: CallTrace
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
  /** What the seed decides beside the bytes that programs ask for: when the node boots, and how long turns are. */
  private readonly chance: Random | undefined
  readonly budget: MemoryBudget
  readonly root: Inode
  readonly sockets: SocketTable
  readonly table = new ProcessTable(this)
  readonly scheduler = new Scheduler(this)
  readonly signals = new Delivery(this)
  readonly time: VirtualTime
  readonly schemes = schemes(this)
  readonly futexes = new Map<string, Queue>()
  /** How often each raw call was made, by its name in the table of its era, or its number. */
  readonly rawCalls = new Map<string, number>()
  /** Numbers of what no file system numbers, given when they are asked for. */
  private readonly numbers = new WeakMap<object, number>()
  private numbered = 0
  private first: ProcessState | undefined

  constructor(options: KernelOptions) {
    this.options = options
    this.ports = options.ports
    const { seed } = options.ports
    this.random = new Random(seed)
    this.chance = seed === 0 ? undefined : new Random(-1 - seed)
    this.time = new VirtualTime(this, options.epoch ?? EPOCH + (this.chance ? this.chance.next() % DAY : 0n))
    this.budget = new MemoryBudget(options.ports.memoryLimit)
    this.sockets = new SocketTable(
      this.budget,
      (description) => this.closed(description),
      () => {
        const { pid = 0, ids } = this.scheduler.current?.process ?? {}
        return { pid, uid: ids?.uid ?? 0, gid: ids?.gid ?? 0 }
      },
    )
    this.root = rootInode(options.layers, this.budget, this.time.epoch)
    for (const { at, layer } of options.mounts ?? []) mount(this.root, at, layer, this.time.epoch)
    this.calls = {
      ...fsCalls(this),
      ...nameCalls(this),
      ...memCalls(this),
      ...processCalls(this),
      ...idCalls(),
      ...limitCalls(this),
      ...pidfdCalls(this),
      ...ipcCalls(this),
      ...messageQueueCalls(this),
      ...signalCalls(this),
      ...timeCalls(this),
      ...eventCalls(this),
      ...semaphoreCalls(this),
      ...socketCalls(this),
    }
  }

  /** Instructions of all processes since boot, where their engines count. */
  get instructions(): bigint {
    return this.scheduler.instructions
  }
  /** Nothing else could run now. */
  get idle(): boolean {
    return this.scheduler.ready.length === 0
  }
  /** Fuel of all processes since boot. */
  get fuel(): number {
    return this.scheduler.fuel
  }

  /** Makes the first process, pid 1, and loads `path` into it when it first runs; a load error ends it with status 127. */
  start(path: string, argv: readonly Uint8Array[], envp: readonly Uint8Array[], cwd: string, fds = this.options.stdio ?? []): Context {
    const process = this.table.newProcess(this.root, this.root) as ProcessState
    for (const [fd, port] of fds.entries()) {
      const handle = new StdioHandle(`/scheme/stdio/${fd}`, port, () => this.idle)
      process.files.add(new Description(handle, O.RDWR))
    }
    this.first = process
    const cx = this.table.newContext(process)
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
    const { first, scheduler, time } = this
    if (first === undefined) throw new Error('kernel.start comes before kernel.run')
    const stopAt = scheduler.fuel + (limits.budget ?? Number.POSITIVE_INFINITY)
    for (;;) {
      if (first.status !== undefined) return { kind: 'ended', status: (first.status >> 8) & 0xff, signal: first.status & 0x7f }
      if (scheduler.fuel >= stopAt) return { kind: 'budget' }
      if (limits.shouldStop?.()) return { kind: 'stopped' }
      time.ring()
      const cx = scheduler.ready.shift()
      if (cx === undefined) {
        if (!time.pass()) return { kind: 'deadlock', blocked: [...this.table.contexts.keys()] }
        continue
      }
      if (cx.state !== 'runnable' || cx.held || cx.process.stopped) continue
      scheduler.turn(cx, Math.min(this.turnLength(), stopAt - scheduler.fuel))
      scheduler.enqueue(cx)
    }
  }

  /** Half a slice to one and a half, as the seed has it; seed 0 makes all turns equal. */
  private turnLength(): number {
    return this.chance ? SLICE / 2 + Number(this.chance.next() % BigInt(SLICE)) : SLICE
  }

  /** Records what a process asked for in vain. */
  gap(process: Process, kind: KernelGap['kind'], name: string, detail: string, truth: KernelGap['truth'] = 'model'): void {
    this.ports.gap({ truth, kind, name, detail, program: (process as ProcessState).exe })
  }

  /** Pipes and sockets have no number of a file system, but each has one (Linux's pipefs and sockfs). */
  statOf(handle: Handle): Stat {
    const stat = handle.stat()
    const type = stat.mode & Mode.MASK
    if (stat.ino !== 0 || (type !== Mode.FIFO && type !== Mode.SOCK)) return stat
    let ino = this.numbers.get(handle.file)
    if (ino === undefined) this.numbers.set(handle.file, (ino = ++this.numbered))
    return { ...stat, ino }
  }

  /** Nobody holds a description any more. */
  closed(description: Description): void {
    const { inode } = description.handle
    inode?.lock(description, 'none')
    if (inode?.records?.release(description)) inode.unlocked.wake()
    if (inode && !(description.flags & O.PATH)) happened(inode, description.writable ? IN.CLOSE_WRITE : IN.CLOSE_NOWRITE)
    this.close(description.handle)
  }

  close(handle: Handle): void {
    handle.close()
    handle.tell(-1)
  }

  /** Starts a coroutine on a context that reached a gate; `finish` gets its result, writes registers and leaves the gate. */
  begin<T>(cx: Context, co: Co<T>, finish: (result: T) => void, gate = true): void {
    this.scheduler.begin(cx, co, finish, gate)
  }

  /** Pops the return address of a gate that was called: rip goes on behind the call. */
  leaveGate(cx: Context): void {
    this.scheduler.leaveGate(cx)
  }

  /** A hosted longjmp left stack frames: the coroutines that lived above are given up. */
  unwound(cx: Context): void {
    this.scheduler.unwound(cx)
  }
}
