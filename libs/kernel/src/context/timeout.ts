import type { Kernel } from '../kernel.ts'
import { SIG } from './signal.ts'

/** Virtual nanoseconds that one unit of fuel (a back edge or a call) takes. */
export const FUEL_NS = 5n

/** The node's clock: fuel moves it, and it jumps when everybody sleeps. */
export class VirtualTime {
  readonly epoch: bigint
  private readonly kernel: Kernel
  private jumped = 0n

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

  /** Wakes the sleepers and rings the alarms whose time has come. */
  ring(): void {
    const { table, signals } = this.kernel
    for (const process of table.processes.values()) {
      if (process.alarm === undefined || process.alarm > this.monotonic) continue
      process.alarm = undefined
      signals.send(process, undefined, { signal: SIG.ALRM, code: 0x80, pid: 0, status: 0, address: 0 })
    }
    for (const cx of table.contexts.values()) if (cx.until !== undefined && cx.until <= this.monotonic) cx.wake('timeout')
  }

  /** Nobody is runnable: virtual time jumps to the next timeout. False if there is none. */
  pass(): boolean {
    const { table } = this.kernel
    let next: bigint | undefined
    for (const cx of table.contexts.values()) if (cx.until !== undefined && (next === undefined || cx.until < next)) next = cx.until
    for (const { alarm } of table.processes.values()) if (alarm !== undefined && (next === undefined || alarm < next)) next = alarm
    if (next === undefined) return false
    if (next > this.monotonic) this.jumped += next - this.monotonic
    return true
  }
}
