import { E } from '../abi/error.ts'
import { Mode, Poll } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import type { MemoryBudget } from '../context/memory-budget.ts'
import { ByteQueue } from './byte-queue.ts'
import { blankStat, Handle } from './handle.ts'
import type { Inode } from './inode.ts'

/** Bytes that a pipe holds (kernel src/scheme/pipe.rs MAX_QUEUE_SIZE). Writes of up to PIPE_BUF are not split. */
export const CAPACITY = 65_536
const PIPE_BUF = 4096
/** fcntl(2), F_SETPIPE_SZ. */
const MOST = 2 ** 31

/** Bytes on their way from writers to readers. */
export class Channel {
  private readonly budget: MemoryBudget
  private bytes: ByteQueue
  /** Who has either end open, and is told of what happens at the other. */
  private readonly ends = { read: [] as Handle[], write: [] as Handle[] }
  /** How often an end was opened, ever: whoever waits for the other side sees one that came and went. */
  readonly came = { read: 0, write: 0 }

  private constructor(budget: MemoryBudget, capacity: number) {
    this.budget = budget
    this.bytes = new ByteQueue(capacity)
  }
  /** So many of them, or -ENOMEM. */
  static make(budget: MemoryBudget, count: number, capacity = CAPACITY): Channel[] | number {
    if (!budget.take(count * capacity)) return -E.NOMEM
    return Array.from({ length: count }, () => new Channel(budget, capacity))
  }

  get readers(): number {
    return this.ends.read.length
  }
  get writers(): number {
    return this.ends.write.length
  }
  enter(handle: Handle, end: 'read' | 'write'): void {
    this.ends[end].push(handle)
    this.came[end]++
    this.tell(end === 'read' ? 'write' : 'read', 0)
  }
  /** The buffer goes with the last who has an end open. */
  leave(handle: Handle, end: 'read' | 'write'): void {
    const { [end]: open } = this.ends
    open.splice(open.indexOf(handle), 1)
    if (this.readers + this.writers === 0) this.budget.take(-this.size)
  }
  /** As leave, and the other end hears that nobody is left. */
  hangUp(handle: Handle, end: 'read' | 'write'): void {
    this.leave(handle, end)
    this.tell(end === 'read' ? 'write' : 'read', this.ends[end].length === 0 ? -1 : 0)
  }
  private tell(end: 'read' | 'write', bits: number): void {
    for (const handle of this.ends[end]) handle.tell(bits)
  }

  take(into: Uint8Array): number {
    if (into.length === 0) return 0
    if (this.length === 0) return this.writers === 0 ? 0 : -E.AGAIN
    const full = this.outReady === 0
    const count = this.bytes.take(into)
    this.tell('write', full ? this.outReady : 0)
    return count
  }

  /** As take, which then gets the same bytes. */
  peek(into: Uint8Array): number {
    return this.bytes.peek(into)
  }

  put(from: Uint8Array): number {
    if (this.readers === 0) return -E.PIPE
    const { room } = this.bytes
    if (from.length === 0) return 0
    if (room === 0 || (from.length <= PIPE_BUF && room < from.length)) return -E.AGAIN
    const count = this.bytes.put(from)
    this.tell('read', Poll.IN)
    return count
  }

  get length(): number {
    return this.bytes.length
  }
  get size(): number {
    return this.bytes.capacity
  }
  /** A buffer of at least so many bytes, a power of two and no less than a page: its size, or why not. What it holds stays. */
  resize(least: number): number {
    if (least > MOST) return -E.INVAL
    const size = 2 ** Math.ceil(Math.log2(Math.max(least, PIPE_BUF)))
    if (size < this.length) return -E.BUSY
    if (!this.budget.take(size - this.size)) return -E.NOMEM
    const held = new Uint8Array(this.length)
    this.bytes.take(held)
    this.bytes = new ByteQueue(size)
    this.bytes.put(held)
    this.tell('write', this.outReady)
    return size
  }
  get inReady(): number {
    return (this.length > 0 ? Poll.IN : 0) | (this.writers === 0 ? Poll.HUP : 0)
  }
  get outReady(): number {
    return this.readers === 0 ? Poll.OUT | Poll.ERR : this.bytes.room >= PIPE_BUF ? Poll.OUT : 0
  }
}

/** One end of a pipe. */
export class PipeHandle extends Handle {
  readonly path = '/scheme/pipe'
  readonly channel: Channel
  private readonly end: 'read' | 'write'

  constructor(channel: Channel, end: 'read' | 'write') {
    super()
    this.channel = channel
    this.end = end
    channel.enter(this, end)
  }
  override get file(): Channel {
    return this.channel
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
    this.channel.hangUp(this, this.end)
  }
}

/** A FIFO as opened: either end or both, over the channel that all who have it open share. */
export class FifoHandle extends Handle {
  override readonly inode: Inode
  readonly channel: Channel
  private readonly reads: boolean
  private readonly writes: boolean

  constructor(inode: Inode, channel: Channel, reads: boolean, writes: boolean) {
    super()
    this.inode = inode
    this.reads = reads
    this.writes = writes
    this.channel = inode.channel = channel
    if (reads) channel.enter(this, 'read')
    if (writes) channel.enter(this, 'write')
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
    if (this.reads) channel.hangUp(this, 'read')
    if (this.writes) channel.hangUp(this, 'write')
    if (channel.readers + channel.writers === 0) inode.channel = undefined
  }
}
