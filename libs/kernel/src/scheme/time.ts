import { E } from '../abi/error.ts'
import type { Kernel } from '../kernel.ts'
import { Handle } from './handle.ts'

/** Scheme time: time/1 (realtime) and time/4 (monotonic) read as a TimeSpec {sec i64, nsec i32} of 16 bytes. */
export class TimeHandle extends Handle {
  readonly path: string
  private readonly kernel: Kernel
  private readonly realtime: boolean

  static open(kernel: Kernel, ref: string): Handle | number {
    return ref === '1' || ref === '4' ? new TimeHandle(kernel, ref) : -E.NOENT
  }
  private constructor(kernel: Kernel, ref: string) {
    super()
    this.kernel = kernel
    this.realtime = ref === '1'
    this.path = `/scheme/time/${ref}`
  }
  override read(into: Uint8Array): number {
    if (into.length < 16) return -E.INVAL
    const time = this.realtime ? this.kernel.time.now : this.kernel.time.monotonic
    const view = new DataView(into.buffer, into.byteOffset, 16)
    view.setBigInt64(0, time / 1_000_000_000n, true)
    view.setBigInt64(8, time % 1_000_000_000n, true)
    return 16
  }
}
