import { E } from '../abi/error.ts'
import { Poll } from '../abi/flag.ts'
import type { Stat, TimerClock, TimerSetting } from '../calls.ts'
import type { Description } from '../context/file.ts'
import type { Timer, VirtualTime } from '../context/timeout.ts'
import { blankStat, Handle } from './handle.ts'

/** Bits of an interest beside those of poll (Linux sys/epoll.h). */
const EDGE = 0x8000_0000
const ONCE = 0x4000_0000

interface Interest {
  readonly description: Description
  events: number
  data: bigint
  /** Edge-triggered: what was ready when it was last looked at. */
  last: number
  spent: boolean
}

/** epoll(7): which of many descriptors are ready. A descriptor's interest goes when its last duplicate is closed. */
export class EpollHandle extends Handle {
  readonly path = 'anon_inode:[eventpoll]'
  private readonly interests = new Map<number, Interest>()

  override stat(): Stat {
    return blankStat(0o600, 0)
  }

  /** 0 or -errno. `op`: 1 add, 2 delete, 3 modify. */
  control(op: number, fd: number, description: Description, events: number, data: bigint): number {
    const known = this.interests.get(fd)
    const own = known?.description === description ? known : undefined
    if (op === 2) {
      if (own === undefined) return -E.NOENT
      this.interests.delete(fd)
    } else if (op === 1) {
      if (own !== undefined) return -E.EXIST
      if (description.handle.inode !== undefined && !description.handle.inode.isFifo) return -E.PERM
      this.interests.set(fd, { description, events: events >>> 0, data, last: 0, spent: false })
    } else if (op === 3) {
      if (own === undefined) return -E.NOENT
      Object.assign(own, { events: events >>> 0, data, last: 0, spent: false })
    } else return -E.INVAL
    this.changed.wake()
    return 0
  }

  /** What is ready, at most `max` of it; `keep` leaves edges and one-shot interests as they are. */
  take(max: number, keep = false): { events: number; data: bigint }[] {
    const out: { events: number; data: bigint }[] = []
    for (const [fd, interest] of this.interests) {
      const { description, events, data, spent } = interest
      if (description.references === 0) {
        this.interests.delete(fd)
        continue
      }
      if (spent) continue
      const ready = description.handle.ready() & ((events & 0x1fff) | Poll.ERR | Poll.HUP)
      const told = events & EDGE ? ready & ~interest.last : ready
      if (!keep && (out.length < max || told === 0)) interest.last = ready
      if (told === 0 || out.length >= max) continue
      out.push({ events: ready, data })
      if (!keep && events & ONCE) interest.spent = true
    }
    return out
  }

  sources(): Handle[] {
    return [...this.interests.values()].flatMap(({ description: { handle } }) =>
      handle instanceof EpollHandle ? [handle, ...handle.sources()] : [handle],
    )
  }
  override ready(): number {
    return this.take(1, true).length > 0 ? Poll.IN : 0
  }
}

const COUNT_MAX = 0xffff_ffff_ffff_fffen

/** eventfd(2): a counter that writes add to and reads take, whole or by one. */
export class CounterHandle extends Handle {
  readonly path = 'anon_inode:[eventfd]'
  private value: bigint
  private readonly single: boolean

  constructor(value: bigint, single: boolean) {
    super()
    this.value = value
    this.single = single
  }
  override stat(): Stat {
    return blankStat(0o600, 0)
  }
  override read(into: Uint8Array): number {
    if (into.length < 8) return -E.INVAL
    if (this.value === 0n) return -E.AGAIN
    const taken = this.single ? 1n : this.value
    new DataView(into.buffer, into.byteOffset, 8).setBigUint64(0, taken, true)
    this.value -= taken
    this.changed.wake()
    return 8
  }
  override write(from: Uint8Array): number {
    if (from.length < 8) return -E.INVAL
    const more = new DataView(from.buffer, from.byteOffset, 8).getBigUint64(0, true)
    if (more > COUNT_MAX) return -E.INVAL
    if (this.value + more > COUNT_MAX) return -E.AGAIN
    this.value += more
    this.changed.wake()
    return 8
  }
  override ready(): number {
    return (this.value > 0n ? Poll.IN : 0) | (this.value < COUNT_MAX ? Poll.OUT : 0)
  }
}

/** timerfd(2): reads say how often the timer went off since the last. */
export class TimerHandle extends Handle implements Timer {
  readonly path = 'anon_inode:[timerfd]'
  at: bigint | undefined
  interval = 0n
  private count = 0n
  private readonly time: VirtualTime

  readonly clock: TimerClock

  constructor(time: VirtualTime, clock: TimerClock) {
    super()
    this.time = time
    this.clock = clock
    time.add(this)
  }
  expired(count: number): void {
    this.count += BigInt(count)
    this.changed.wake()
  }
  set(setting: TimerSetting): void {
    this.time.set(this, setting)
    this.count = 0n
  }
  override stat(): Stat {
    return blankStat(0o600, 0)
  }
  override read(into: Uint8Array): number {
    if (into.length < 8) return -E.INVAL
    if (this.count === 0n) return -E.AGAIN
    new DataView(into.buffer, into.byteOffset, 8).setBigUint64(0, this.count, true)
    this.count = 0n
    return 8
  }
  override ready(): number {
    return this.count > 0n ? Poll.IN : 0
  }
  override close(): void {
    this.time.drop(this)
  }
}
