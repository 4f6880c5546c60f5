import { E } from '../abi/error.ts'
import { Poll } from '../abi/flag.ts'
import type { Stat, TimerClock, TimerSetting } from '../calls.ts'
import type { Description } from '../context/file.ts'
import type { Timer, VirtualTime } from '../context/timeout.ts'
import { blankStat, Handle, type Watcher } from './handle.ts'

/** Bits of an interest beside those of poll (Linux sys/epoll.h). */
const EDGE = 0x8000_0000
const ONCE = 0x4000_0000
/** Wakes one of those that wait in several epolls; here it only restricts what else one may ask for (Linux fs/eventpoll.c). */
const EXCLUSIVE = 0x1000_0000
const WITH_EXCLUSIVE = EXCLUSIVE | EDGE | 0x2000_0000 | Poll.IN | Poll.OUT | Poll.ERR | Poll.HUP

/** Bits that poll has, with EPOLLRDHUP. */
const POLLED = 0x3fff

/** Epolls of which each watches the next, at most (Linux fs/eventpoll.c, EP_MAX_NESTS). */
const NESTED = 5

interface Interest extends Watcher {
  readonly description: Description
  events: number
  data: bigint
  spent: boolean
}

const asked = ({ events, spent }: Interest): number => (spent ? 0 : (events & POLLED) | Poll.ERR | Poll.HUP)
const ready = (interest: Interest): number => interest.description.handle.ready() & asked(interest)

/**
 * epoll(7): which of many descriptors are ready. A descriptor's interest goes when its last duplicate is closed. An edge is an event, not a
 * level that rises: what arrives where something lay already is told again.
 */
export class EpollHandle extends Handle {
  readonly path = 'anon_inode:[eventpoll]'
  private readonly interests = new Map<number, Interest>()
  /** Interests that something happened to, the longest waiting first; one that is level-triggered goes to the end when it was told. */
  private readonly happened = new Set<Interest>()

  override stat(): Stat {
    return blankStat(0o600, 0)
  }

  /** 0 or -errno. `op`: 1 add, 2 delete, 3 modify. */
  control(op: number, fd: number, description: Description, events: number, data: bigint): number {
    const known = this.interests.get(fd)
    const own = known?.description === description ? known : undefined
    if (events & EXCLUSIVE && op === 3) return -E.INVAL
    if (events & EXCLUSIVE && op === 1 && (events & ~WITH_EXCLUSIVE || description.handle instanceof EpollHandle)) return -E.INVAL
    if (op === 2) {
      if (own === undefined) return -E.NOENT
      this.forget(fd, own)
    } else if (op === 1) {
      if (own !== undefined) return -E.EXIST
      const { handle } = description
      if (handle instanceof EpollHandle && this.nestsTooDeep(handle)) return -E.LOOP
      if (known !== undefined) this.forget(fd, known)
      const interest: Interest = { description, events, data, spent: false, by: this, hear: (bits) => this.hear(fd, interest, bits) }
      this.interests.set(fd, interest)
      handle.watchers.add(interest)
      interest.hear(ready(interest))
    } else if (op === 3) {
      if (own === undefined) return -E.NOENT
      if (own.events & EXCLUSIVE) return -E.INVAL
      Object.assign(own, { events, data, spent: false })
      own.hear(ready(own))
    } else return -E.INVAL
    return 0
  }

  private hear(fd: number, interest: Interest, bits: number): void {
    if (interest.description.references === 0) this.forget(fd, interest)
    else if (bits & asked(interest)) {
      this.happened.add(interest)
      this.tell(Poll.IN)
    }
  }
  private forget(fd: number, interest: Interest): void {
    interest.description.handle.watchers.delete(interest)
    this.happened.delete(interest)
    this.interests.delete(fd)
  }
  /** Whether watching another epoll would close a circle, or make a chain too long. */
  private nestsTooDeep(handle: EpollHandle): boolean {
    const below = levelsOf(handle, ({ interests }) => [...interests.values()].map(({ description }) => description.handle))
    const above = levelsOf(this, ({ watchers }) => [...watchers].map(({ by }) => by))
    return below.some((level) => level.has(this)) || below.length + above.length > NESTED
  }

  /** What is ready, at most `max` of it. */
  take(max: number): { events: number; data: bigint }[] {
    const out: { events: number; data: bigint }[] = []
    for (const interest of [...this.happened]) {
      if (out.length >= max) break
      this.happened.delete(interest)
      const events = ready(interest)
      if (events === 0) continue
      out.push({ events, data: interest.data })
      if (interest.events & ONCE) interest.spent = true
      else if (!(interest.events & EDGE)) this.happened.add(interest)
    }
    return out
  }

  override ready(): number {
    return [...this.happened].some((interest) => ready(interest) !== 0) ? Poll.IN : 0
  }
  override close(): void {
    for (const [fd, interest] of this.interests) this.forget(fd, interest)
  }
}

/** An epoll and those behind it level by level, one level more than there may be at most. */
function levelsOf(from: EpollHandle, next: (of: EpollHandle) => readonly Handle[]): readonly ReadonlySet<EpollHandle>[] {
  const levels = [new Set([from])]
  while (levels.length <= NESTED) {
    const level = new Set([...levels.at(-1)!].flatMap(next).filter((handle) => handle instanceof EpollHandle))
    if (level.size === 0) break
    levels.push(level)
  }
  return levels
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
    this.tell(Poll.OUT)
    return 8
  }
  override write(from: Uint8Array): number {
    if (from.length < 8) return -E.INVAL
    const more = new DataView(from.buffer, from.byteOffset, 8).getBigUint64(0, true)
    if (more > COUNT_MAX) return -E.INVAL
    if (this.value + more > COUNT_MAX) return -E.AGAIN
    this.value += more
    this.tell(Poll.IN)
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
    const before = this.count
    this.count += BigInt(count)
    // Linux's does not go on before it is read (fs/timerfd.c).
    if (before === 0n) this.tell(Poll.IN)
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
