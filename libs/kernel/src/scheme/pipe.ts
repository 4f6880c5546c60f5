import { E } from '../abi/error.ts'
import { Mode, Poll } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import type { MemoryBudget } from '../context/memory-budget.ts'
import { blankStat, Handle } from './handle.ts'
import type { Inode } from './inode.ts'

/** Bytes that a pipe holds (kernel src/scheme/pipe.rs MAX_QUEUE_SIZE). Writes of up to PIPE_BUF are not split. */
export const CAPACITY = 65_536
const PIPE_BUF = 4096

/** Bytes on their way from writers to readers. */
export class Channel {
  private readonly data = new Uint8Array(CAPACITY)
  private start = 0
  private used = 0
  readers = 0
  writers = 0
  /** How often an end was opened, ever: whoever waits for the other side sees one that came and went. */
  readonly came = { read: 0, write: 0 }
  /** Woken by every change of state. */
  readonly listeners: Handle[] = []
  private readonly budget: MemoryBudget

  private constructor(budget: MemoryBudget) {
    this.budget = budget
  }
  /** So many of them, or -ENOMEM. */
  static make(budget: MemoryBudget, count: number): Channel[] | number {
    if (!budget.take(count * CAPACITY)) return -E.NOMEM
    return Array.from({ length: count }, () => new Channel(budget))
  }
  /** The buffer goes with the last who listens. */
  leave(handle: Handle): void {
    this.listeners.splice(this.listeners.indexOf(handle), 1)
    if (this.listeners.length === 0) this.budget.take(-CAPACITY)
    this.notify()
  }

  take(into: Uint8Array): number {
    if (into.length === 0) return 0
    if (this.used === 0) return this.writers === 0 ? 0 : -E.AGAIN
    const count = Math.min(into.length, this.used)
    const first = Math.min(count, CAPACITY - this.start)
    into.set(this.data.subarray(this.start, this.start + first))
    into.set(this.data.subarray(0, count - first), first)
    this.start = (this.start + count) % CAPACITY
    this.used -= count
    this.notify()
    return count
  }

  put(from: Uint8Array): number {
    if (this.readers === 0) return -E.PIPE
    const room = CAPACITY - this.used
    if (from.length === 0) return 0
    if (room === 0 || (from.length <= PIPE_BUF && room < from.length)) return -E.AGAIN
    const count = Math.min(from.length, room)
    const at = (this.start + this.used) % CAPACITY
    const first = Math.min(count, CAPACITY - at)
    this.data.set(from.subarray(0, first), at)
    this.data.set(from.subarray(first, count), 0)
    this.used += count
    this.notify()
    return count
  }

  get length(): number {
    return this.used
  }
  get inReady(): number {
    return (this.used > 0 ? Poll.IN : 0) | (this.writers === 0 ? Poll.HUP : 0)
  }
  get outReady(): number {
    return this.readers === 0 ? Poll.OUT | Poll.ERR : CAPACITY - this.used >= PIPE_BUF ? Poll.OUT : 0
  }
  notify(): void {
    for (const handle of this.listeners) handle.changed.wake()
  }
}

/** One end of a pipe. */
export class PipeHandle extends Handle {
  readonly path = '/scheme/pipe'
  private readonly channel: Channel
  private readonly end: 'read' | 'write'

  constructor(channel: Channel, end: 'read' | 'write') {
    super()
    this.channel = channel
    this.end = end
    channel.listeners.push(this)
    if (end === 'read') channel.readers++
    else channel.writers++
  }
  override read(into: Uint8Array): number {
    return this.end === 'read' ? this.channel.take(into) : -E.BADF
  }
  override write(from: Uint8Array): number {
    return this.end === 'write' ? this.channel.put(from) : -E.BADF
  }
  override ready(): number {
    return this.end === 'read' ? this.channel.inReady : this.channel.outReady
  }
  override available(): number {
    return this.channel.length
  }
  override stat(): Stat {
    return blankStat(Mode.FIFO | 0o600, 0)
  }
  /** 2026: a write end is made by dup of the read end with "write"; 2019 has the same pair through pipe2. */
  override derive(payload: Uint8Array): Handle | number {
    return new TextDecoder().decode(payload) === 'write' ? new PipeHandle(this.channel, 'write') : -E.INVAL
  }
  override close(): void {
    if (this.end === 'read') this.channel.readers--
    else this.channel.writers--
    this.channel.leave(this)
  }
}

/** A FIFO as opened: either end or both, over the channel that all who have it open share. */
export class FifoHandle extends Handle {
  override readonly inode: Inode
  private readonly channel: Channel
  private readonly reads: boolean
  private readonly writes: boolean

  constructor(inode: Inode, channel: Channel, reads: boolean, writes: boolean) {
    super()
    this.inode = inode
    this.reads = reads
    this.writes = writes
    this.channel = inode.channel = channel
    channel.listeners.push(this)
    if (reads) {
      channel.readers++
      channel.came.read++
    }
    if (writes) {
      channel.writers++
      channel.came.write++
    }
    channel.notify()
  }
  get path(): string {
    return this.inode.path
  }
  /** A writer without a reader, which O_NONBLOCK refuses. */
  get unread(): boolean {
    return this.writes && this.channel.readers === 0
  }
  /** True once somebody had the other end open since `seen`. */
  met(seen: { readonly read: number; readonly write: number }): boolean {
    const { readers, writers, came } = this.channel
    return (!this.reads || writers > 0 || came.write > seen.write) && (!this.writes || readers > 0 || came.read > seen.read)
  }
  get seen(): { readonly read: number; readonly write: number } {
    return { ...this.channel.came }
  }
  override read(into: Uint8Array): number {
    return this.reads ? this.channel.take(into) : -E.BADF
  }
  override write(from: Uint8Array): number {
    return this.writes ? this.channel.put(from) : -E.BADF
  }
  override ready(): number {
    return (this.reads ? this.channel.inReady : 0) | (this.writes ? this.channel.outReady : 0)
  }
  override available(): number {
    return this.channel.length
  }
  override stat(): Stat {
    return this.inode.stat()
  }
  override close(): void {
    const { channel, inode } = this
    if (this.reads) channel.readers--
    if (this.writes) channel.writers--
    channel.leave(this)
    if (channel.listeners.length === 0) inode.channel = undefined
  }
}
