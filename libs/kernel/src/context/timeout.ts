import type { IntervalTimer, TimerClock, TimerSetting } from '../calls.ts'
import type { Kernel } from '../kernel.ts'
import type { ProcessState } from './process.ts'
import { SIG } from './signal.ts'

/** Virtual nanoseconds that one unit of fuel (a back edge or a call) takes. */
export const FUEL_NS = 5n

/** Something that happens at a time, and again each interval after it. */
export interface Timer {
  readonly clock: TimerClock
  /** What somebody has computed, if the timer goes by that and not by the node's clock. */
  readonly computed?: () => bigint
  /** Monotonic, or as much as is to be computed; undefined while it is not armed. */
  at: bigint | undefined
  /** 0n: once. */
  interval: bigint
  /** Told how many times it went off since it was last told. */
  expired(count: number): void
}

/** The node's clock: fuel moves it, and it jumps when everybody sleeps. */
export class VirtualTime {
  readonly epoch: bigint
  private readonly kernel: Kernel
  private jumped = 0n
  private readonly timers = new Set<Timer>()

  /** `epoch` is the time at boot, nanoseconds since 1970. */
  constructor(kernel: Kernel, epoch: bigint) {
    this.kernel = kernel
    this.epoch = epoch
  }

  /** Virtual nanoseconds since boot. */
  get monotonic(): bigint {
    return BigInt(this.kernel.fuel) * FUEL_NS + this.jumped
  }

  get now(): bigint {
    return this.epoch + this.monotonic
  }

  add(timer: Timer): void {
    this.timers.add(timer)
  }
  set(timer: Timer, { value, interval, absolute }: TimerSetting): void {
    const from = absolute ? (timer.clock === 'realtime' ? -this.epoch : 0n) : this.of(timer)
    timer.at = value === 0n ? undefined : from + value
    timer.interval = value === 0n ? 0n : interval
  }
  /** What is left of it; never 0 while it is armed. */
  left(timer: Timer): { value: bigint; interval: bigint } {
    const { at, interval } = timer
    const value = at === undefined ? 0n : at - this.of(timer)
    return { value: at !== undefined && value <= 0n ? 1n : value, interval }
  }
  drop(timer: Timer): void {
    this.timers.delete(timer)
  }

  /** What a timer goes by, now. */
  private of({ computed }: Timer): bigint {
    return computed ? computed() : this.monotonic
  }

  /** A timer of setitimer, where `real` is the one of alarm too. */
  intervalOf(process: ProcessState, which: IntervalTimer): Timer {
    const signal = { real: SIG.ALRM, virtual: SIG.VTALRM, profile: SIG.PROF }[which]
    const timer: Timer = {
      clock: 'monotonic',
      ...(which === 'real' ? {} : { computed: () => BigInt(this.kernel.scheduler.fuelOf(process)) * FUEL_NS }),
      at: undefined,
      interval: 0n,
      expired: () => this.kernel.signals.send(process, undefined, { signal, code: 0x80, pid: 0, status: 0, address: 0 }),
    }
    this.add(timer)
    process.timers.add(timer)
    return timer
  }

  /** Wakes the sleepers and rings the timers whose time has come. */
  ring(): void {
    const { table } = this.kernel
    for (const timer of this.timers) {
      if (timer.at === undefined) continue
      const now = this.of(timer)
      if (timer.at > now) continue
      const more = timer.interval > 0n ? (now - timer.at) / timer.interval : 0n
      timer.at = timer.interval > 0n ? timer.at + (more + 1n) * timer.interval : undefined
      timer.expired(Number(more) + 1)
    }
    for (const cx of table.contexts.values()) if (cx.until !== undefined && cx.until <= this.monotonic) cx.wake('timeout')
  }

  /** Nobody is runnable: virtual time jumps to the next timeout. False if there is none. */
  pass(): boolean {
    const { table } = this.kernel
    let next: bigint | undefined
    for (const cx of table.contexts.values()) if (cx.until !== undefined && (next === undefined || cx.until < next)) next = cx.until
    for (const { at, computed } of this.timers)
      if (at !== undefined && computed === undefined && (next === undefined || at < next)) next = at
    if (next === undefined) return false
    if (next > this.monotonic) this.jumped += next - this.monotonic
    return true
  }
}
