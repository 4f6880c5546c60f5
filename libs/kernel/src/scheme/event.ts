import { E } from '../abi/error.ts'
import { Poll } from '../abi/flag.ts'
import type { Handle } from './handle.ts'
import { Handle as Base } from './handle.ts'

const READ = 1
const WRITE = 2

interface Interest {
  readonly handle: Handle
  readonly flags: number
  readonly data: bigint
}

/** Scheme event: write Event {id, flags, data} of 24 bytes to say what matters, read those that are ready (level-triggered). */
export class EventHandle extends Base {
  readonly path = '/scheme/event'
  private readonly interests = new Map<number, Interest>()
  private readonly resolve: (fd: number) => Handle | undefined

  constructor(resolve: (fd: number) => Handle | undefined) {
    super()
    this.resolve = resolve
  }
  override write(from: Uint8Array): number {
    if (from.length < 24) return -E.INVAL
    const view = new DataView(from.buffer, from.byteOffset, from.length)
    const fd = Number(view.getBigUint64(0, true))
    const flags = view.getUint32(8, true)
    const handle = this.resolve(fd)
    if (handle === undefined) return -E.BADF
    if (flags === 0) this.interests.delete(fd)
    else this.interests.set(fd, { handle, flags, data: view.getBigUint64(16, true) })
    return 24
  }
  override read(into: Uint8Array): number {
    if (into.length < 24) return -E.INVAL
    const view = new DataView(into.buffer, into.byteOffset, into.length)
    let at = 0
    for (const [fd, { handle, flags, data }] of this.interests) {
      const ready = (handle.ready() & (Poll.IN | Poll.HUP) ? READ : 0) | (handle.ready() & Poll.OUT ? WRITE : 0)
      if ((ready & flags) === 0 || at + 24 > into.length) continue
      view.setBigUint64(at, BigInt(fd), true)
      view.setBigUint64(at + 8, BigInt(ready & flags), true)
      view.setBigUint64(at + 16, data, true)
      at += 24
    }
    return at > 0 ? at : -E.AGAIN
  }
  /** What a reader must wait for. */
  sources(): Handle[] {
    return [...this.interests.values()].map(({ handle }) => handle)
  }
  override ready(): number {
    return this.read(new Uint8Array(24)) > 0 ? Poll.IN : 0
  }
}
