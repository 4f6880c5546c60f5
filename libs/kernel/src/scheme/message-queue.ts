import { E } from '../abi/error.ts'
import { Mode, Poll } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import { Cost, type MemoryBudget } from '../context/memory-budget.ts'
import type { ProcessState } from '../context/process.ts'
import { Queue } from '../context/queue.ts'
import { blankStat, Handle } from './handle.ts'

export interface PostedMessage {
  readonly bytes: Uint8Array
  readonly priority: number
}

/** A process that wants to be told of the first message in an empty queue. */
export interface Notice {
  readonly process: ProcessState
  /** Runs when it comes. */
  readonly tell: () => void
}

/** A queue of mq_overview(7): its messages by falling priority, the oldest first. */
export class PostedQueue {
  readonly changed = new Queue('mqueue')
  readonly name: string
  readonly mode: number
  /** Messages at most, and bytes of each. */
  readonly limit: number
  readonly size: number
  readonly handles = new Set<PostedQueueHandle>()
  readonly messages: PostedMessage[] = []
  /** How many wait for a message: they are told before a notice is. */
  receivers = 0
  notice: Notice | undefined
  unlinked = false
  private readonly budget: MemoryBudget

  constructor(budget: MemoryBudget, name: string, mode: number, limit: number, size: number) {
    this.budget = budget
    this.name = name
    this.mode = mode
    this.limit = limit
    this.size = size
  }

  put(message: PostedMessage): number {
    if (this.messages.length >= this.limit) return -E.AGAIN
    if (!this.budget.take(Cost.datagram + message.bytes.length)) return -E.NOMEM
    const behind = this.messages.findIndex(({ priority }) => priority < message.priority)
    this.messages.splice(behind < 0 ? this.messages.length : behind, 0, message)
    const { notice } = this
    if (notice !== undefined && this.messages.length === 1 && this.receivers === 0) {
      this.notice = undefined
      notice.tell()
    }
    this.tell(Poll.IN)
    return 0
  }
  take(): PostedMessage | number {
    const first = this.messages.shift()
    if (first === undefined) return -E.AGAIN
    this.budget.take(-Cost.datagram - first.bytes.length)
    this.tell(Poll.OUT)
    return first
  }
  /** Gives back what it has of the budget, once it has neither a name nor a user. */
  expire(): void {
    if (!this.unlinked || this.handles.size > 0) return
    this.budget.take(-Cost.inode - this.messages.reduce((sum, { bytes }) => sum + Cost.datagram + bytes.length, 0))
    this.messages.length = 0
  }
  private tell(bits: number): void {
    this.changed.wake()
    for (const handle of this.handles) handle.tell(bits)
  }
}

/** A descriptor of a queue, mqd_t. */
export class PostedQueueHandle extends Handle {
  readonly queue: PostedQueue

  constructor(queue: PostedQueue) {
    super()
    this.queue = queue
    queue.handles.add(this)
  }
  get path(): string {
    return `/${this.queue.name}`
  }
  override stat(): Stat {
    return { ...blankStat(Mode.FILE | this.queue.mode, 1), size: 80 }
  }
  override ready(): number {
    const { messages, limit } = this.queue
    return (messages.length > 0 ? Poll.IN : 0) | (messages.length < limit ? Poll.OUT : 0)
  }
  override close(): void {
    this.queue.handles.delete(this)
    this.queue.expire()
  }
}
