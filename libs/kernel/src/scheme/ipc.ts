import { E } from '../abi/error.ts'
import { Cost, type MemoryBudget } from '../context/memory-budget.ts'
import { Queue } from '../context/queue.ts'
import type { Inode } from './inode.ts'

export const IPC = { CREAT: 0o1000, EXCL: 0o2000, NOWAIT: 0o4000, PRIVATE: 0 } as const

/** What every object of System V has: struct ipc_perm and times in seconds. */
export abstract class IpcObject {
  uid = 0
  gid = 0
  readonly changed = new Queue('ipc')
  removed = false
  changedAt = 0n
  readonly key: number
  mode: number

  constructor(key: number, mode: number) {
    this.key = key
    this.mode = mode
  }
  /** Bytes that it has of the budget. */
  get cost(): number {
    return Cost.inode
  }
}

export interface Message {
  readonly type: bigint
  readonly bytes: Uint8Array
}

/** msgop(2). */
export class MessageQueue extends IpcObject {
  readonly messages: Message[] = []
  /** Bytes that may wait. */
  limit = 16_384
  sentAt = 0n
  receivedAt = 0n
  lastSender = 0
  lastReceiver = 0

  override get cost(): number {
    return Cost.inode + this.bytes + this.messages.length * Cost.datagram
  }
  get bytes(): number {
    return this.messages.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }
}

export interface SemaphoreOperation {
  readonly number: number
  readonly change: number
  readonly nowait: boolean
  readonly undo: boolean
}

/** semop(2): counters that several operations change at once. */
export class SemaphoreSet extends IpcObject {
  readonly values: Uint16Array
  readonly pids: Uint32Array
  /** Who waits for which counter to grow, or to be zero. */
  readonly waiting = new Set<SemaphoreOperation>()
  /** What each process did under SEM_UNDO, by counter: it is taken back when the process ends. */
  readonly done = new Map<object, Map<number, number>>()
  operatedAt = 0n

  constructor(key: number, mode: number, count: number) {
    super(key, mode)
    this.values = new Uint16Array(count)
    this.pids = new Uint32Array(count)
  }
  /** Counters from `first` on as they are wanted, whatever was done before. */
  set(wanted: readonly number[], first: number, pid: number): void {
    this.values.set(wanted, first)
    this.pids.fill(pid, first, first + wanted.length)
    for (const changes of this.done.values()) for (const [i] of wanted.entries()) changes.delete(first + i)
    this.changed.wake()
  }
  override get cost(): number {
    return Cost.inode + this.values.byteLength + this.pids.byteLength
  }
}

/** shmop(2): memory that is mapped as a file is. */
export class Segment extends IpcObject {
  readonly inode: Inode
  readonly size: number
  readonly creator: number
  attachedAt = 0n
  detachedAt = 0n
  lastUser = 0

  constructor(key: number, mode: number, size: number, inode: Inode, creator: number) {
    super(key, mode)
    this.size = size
    this.inode = inode
    this.creator = creator
  }
}

/** The objects of one kind, by number and by key. */
export class IpcTable<T extends IpcObject> {
  private readonly objects = new Map<number, T>()
  private readonly budget: MemoryBudget
  private next = 0

  constructor(budget: MemoryBudget) {
    this.budget = budget
  }

  /** As msgget and its kin: the number of what has the key, or of a new one. `fits` answers 0, or -errno for a known one. */
  get(key: number, flags: number, make: () => T | number, fits: (known: T) => number = () => 0): number {
    const known = key === IPC.PRIVATE ? undefined : [...this.objects].find(([, object]) => object.key === key && !object.removed)
    if (known !== undefined) {
      if (flags & IPC.CREAT && flags & IPC.EXCL) return -E.EXIST
      return fits(known[1]) || known[0]
    }
    if (key !== IPC.PRIVATE && !(flags & IPC.CREAT)) return -E.NOENT
    const made = make()
    if (typeof made === 'number') return made
    if (!this.budget.take(made.cost)) return -E.NOSPC
    this.objects.set(this.next, made)
    return this.next++
  }
  at(id: number): T | number {
    return this.objects.get(id) ?? -E.INVAL
  }
  /** Forgets what is gone. */
  prune(gone: (object: T) => boolean): void {
    for (const [id, object] of this.objects) if (gone(object)) this.remove(id)
  }
  /** Whoever waits for it hears that it is gone. */
  remove(id: number): void {
    const object = this.objects.get(id)
    this.objects.delete(id)
    if (object === undefined) return
    object.removed = true
    this.budget.take(-object.cost)
    object.changed.wake()
  }
}
