import type { Cpu, SavedState } from '@bootgraph/cpu'
import type { Capabilities, IntervalTimer, Personality, SigAction } from '../calls.ts'
import type { Handle } from '../scheme/handle.ts'
import type { Inode } from '../scheme/inode.ts'
import type { Terminal } from '../scheme/pty.ts'
import type { Context, Process } from './context.ts'
import type { Co, Woken } from './coroutine.ts'
import type { FileTable } from './file.ts'
import { FIRST_LIMITS, type Limit } from './limits.ts'
import type { AddressSpace } from './memory.ts'
import { PendingSignals } from './pending-signals.ts'
import { Queue, type Sleeper } from './queue.ts'
import type { Timer } from './timeout.ts'

/** Where the heap of brk begins: as far up as Redox's 0x80_0000_0000 lies in its larger space. */
export const HEAP_BASE = 0x8000_0000

/** One coroutine that a context is inside of. */
export interface Frame {
  readonly co: Co<unknown>
  readonly finish: (result: never) => void
  /** Begun by a hosted function, whose return address is still on the stack; else by a `syscall` instruction or the kernel itself. */
  readonly gate: boolean
  /** What the coroutine waits for: the host may go on, a guest function returns, or signal handlers return. */
  mode: 'host' | 'call' | 'handlers'
  /** What the next resumption answers. */
  answer: unknown
  /** Registers to come back to when the guest function returns. */
  saved: SavedState | undefined
  /** What `saved` was and will be again. */
  spare: SavedState | undefined
  /** Stack pointer when guest code was called; at a higher one the coroutine was jumped out of. */
  floor: number
  handlers: number
  restart: boolean
}

/** A signal handler that runs: where its frame lies and what it interrupted. */
export interface Delivered {
  readonly at: number
  readonly saved: SavedState
}

/** Who sent a signal, or what faulted; becomes siginfo. */
export interface SignalInfo {
  readonly signal: number
  readonly code: number
  readonly pid: number
  readonly status: number
  readonly address: number
  /** What the sender of a queued signal or a timer gives along (si_value). */
  readonly value?: bigint
  /** Of a signal that a processor exception became: its vector, and the error code of a page fault (`Fault` of the cpu). */
  readonly fault?: { readonly vector: number; readonly code: number }
}

export class ContextState implements Context, Sleeper {
  tid: number
  readonly process: ProcessState
  saved: SavedState
  readonly frames: Frame[] = []
  readonly delivered: Delivered[] = []
  threadPointer = 0
  name = ''
  state: 'runnable' | 'blocked' | 'ended' = 'runnable'
  /** Another context of its process is in exec: it gets no turns. */
  held = false
  mask = 0n
  readonly pending = new PendingSignals()
  altStack = { sp: 0, size: 0, flags: 2 }
  fuel = 0
  queues: Queue[] = []
  until: bigint | undefined
  interruptible = false
  private readonly runnable: (cx: ContextState) => void

  constructor(tid: number, process: ProcessState, saved: SavedState, runnable: (cx: ContextState) => void) {
    this.tid = tid
    this.process = process
    this.saved = saved
    this.runnable = runnable
  }

  get coroutines(): Co<unknown>[] {
    return this.frames.map((frame) => frame.co)
  }

  sleep(queues: readonly Queue[], until: bigint | undefined, interruptible: boolean): void {
    this.state = 'blocked'
    this.queues = [...queues]
    this.until = until
    this.interruptible = interruptible
    for (const queue of queues) queue.sleepers.push(this)
  }

  wake(answer: Woken): void {
    if (this.state !== 'blocked') return
    for (const queue of this.queues) queue.remove(this)
    this.queues = []
    this.until = undefined
    this.state = 'runnable'
    const frame = this.frames.at(-1)
    if (frame) frame.answer = answer
    this.runnable(this)
  }

  /** Leaves every queue for good and drops the coroutines. */
  end(): void {
    for (const queue of this.queues) queue.remove(this)
    this.queues = []
    this.state = 'ended'
    this.until = undefined
  }
}

/** As many as Linux 6.1 knows. */
export const ALL_CAPABILITIES: Capabilities = { effective: (1n << 41n) - 1n, permitted: (1n << 41n) - 1n, inheritable: 0n }

/** What a process was before exec, with the contexts that stand still meanwhile. */
export interface Former {
  readonly cpu: Cpu
  readonly space: AddressSpace
  readonly personality: Personality | undefined
  readonly others: readonly ContextState[]
}

export class ProcessState implements Process {
  readonly pid: number
  cpu: Cpu
  space: AddressSpace
  /**
   * While exec loads another image: what it comes back to if it fails. It may never come back, as a process may end in an initialiser, or
   * exec there again, so that there are several, the oldest first.
   */
  readonly formers: Former[] = []
  files: FileTable
  readonly contexts: ContextState[] = []
  personality: Personality | undefined
  /** The context whose registers are in the cpu now. */
  loaded: ContextState | undefined
  parent: ProcessState | undefined
  readonly children: ProcessState[] = []
  pgid: number
  sid: number
  /** The terminal that controls its session. */
  terminal: Terminal | undefined
  readonly ids = { uid: 0, euid: 0, suid: 0, gid: 0, egid: 0, sgid: 0, groups: [0] }
  /** Those of user 0 on Linux; nothing depends on them. */
  capabilities: Capabilities = ALL_CAPABILITIES
  /** Told when it ends: descriptors that stand for it, and what is taken back then. */
  readonly handles = new Set<Pick<Handle, 'tell'>>()
  root: Inode
  cwd: Inode
  umask = 0o022
  /** -20 to 19. */
  nice = 0
  exe = ''
  argv: readonly Uint8Array[] = []
  actions = new Map<number, SigAction>()
  readonly pending = new PendingSignals()
  /** The timers behind alarm and setitimer, made when first set. */
  readonly intervals = new Map<IntervalTimer, Timer>()
  /** Timers by their ids, from timer_create. */
  readonly ownTimers = new Map<number, Timer & { overrun: number }>()
  /** Files with record locks of this process. */
  readonly locked = new Set<Inode>()
  limits: readonly Limit[] = FIRST_LIMITS
  /** What goes off when it has computed as long as RLIMIT_CPU lets it. */
  workLimit: Timer | undefined
  /** All of them, which end with the process. */
  readonly timers = new Set<Timer>()
  /** The break: first address behind the heap. */
  heapEnd = HEAP_BASE
  /** Wait status once it has ended. */
  status: number | undefined
  stopped = false
  /** A stop or continue that waitpid has not told yet. */
  report: number | undefined
  readonly childChanged = new Queue('child')
  fuel = 0
  /** Fuel of the children that were waited for, and of theirs. */
  childFuel = 0

  constructor(pid: number, cpu: Cpu, space: AddressSpace, files: FileTable, root: Inode, cwd: Inode) {
    this.pid = pid
    this.pgid = pid
    this.sid = pid
    this.cpu = cpu
    this.space = space
    this.files = files
    this.root = root
    this.cwd = cwd
  }
}
