import { E } from '../abi/error.ts'
import { Mode, Poll } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import type { Random } from '../context/random.ts'
import { blankStat, Handle } from './handle.ts'

/** Scheme null: reads are at the end, writes vanish. */
export class NullHandle extends Handle {
  readonly path: string = '/scheme/null'
  override readonly placeless = true
  override read(_into: Uint8Array): number {
    return 0
  }
  override write(from: Uint8Array): number {
    return from.length
  }
  override stat(): Stat {
    return { ...blankStat(Mode.CHR | 0o666, 3), rdev: 0x103 }
  }
}

/** Scheme zero. */
export class ZeroHandle extends NullHandle {
  override readonly path = '/scheme/zero'
  override read(into: Uint8Array): number {
    into.fill(0)
    return into.length
  }
}

/** Scheme rand: the node's seeded generator. */
export class RandHandle extends NullHandle {
  override readonly path = '/scheme/rand'
  private readonly random: Random
  constructor(random: Random) {
    super()
    this.random = random
  }
  override read(into: Uint8Array): number {
    this.random.fill(into)
    return into.length
  }
}

/** A file whose text is made when it is opened: what proc and sys serve. */
export class TextHandle extends Handle {
  override readonly positioned = true
  readonly path: string
  private readonly bytes: Uint8Array
  constructor(path: string, text: string | Uint8Array) {
    super()
    this.path = path
    this.bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  }
  override read(into: Uint8Array, offset: number): number {
    const part = this.bytes.subarray(offset, offset + into.length)
    into.set(part)
    return part.length
  }
  override size(): number {
    return this.bytes.length
  }
  override stat(): Stat {
    return blankStat(Mode.FILE | 0o444, 0)
  }
}

/** Where bytes of the scheme debug go: the serial console of the machine. */
export type DebugSink = (bytes: Uint8Array) => void

/** Scheme debug: the kernel's log. Output only. */
export class DebugHandle extends Handle {
  readonly path = '/scheme/debug'
  private readonly sink: DebugSink
  constructor(sink: DebugSink) {
    super()
    this.sink = sink
  }
  override write(from: Uint8Array): number {
    this.sink(from)
    return from.length
  }
  override ready(): number {
    return Poll.OUT
  }
}

/** A descriptor of the host that the guest was given as 0, 1 or 2. */
export interface StdioPort {
  /** Bytes read (0 = end), or 'would-block'. `mayBlock` is true when nothing else in the node could run meanwhile. */
  read(into: Uint8Array, mayBlock: boolean): number | 'would-block'
  /** All bytes are taken. False if nobody reads any more. */
  write(from: Uint8Array): boolean
  readonly kind: 'terminal' | 'pipe' | 'file'
}

/** A host descriptor as a guest file. */
export class StdioHandle extends Handle {
  readonly path: string
  readonly port: StdioPort
  private readonly idle: () => boolean
  constructor(path: string, port: StdioPort, idle: () => boolean) {
    super()
    this.path = path
    this.port = port
    this.idle = idle
  }
  override read(into: Uint8Array): number {
    const got = this.port.read(into, this.idle())
    return got === 'would-block' ? -E.AGAIN : got
  }
  override write(from: Uint8Array): number {
    return this.port.write(from) ? from.length : -E.PIPE
  }
  override stat(): Stat {
    const type = { terminal: Mode.CHR, pipe: Mode.FIFO, file: Mode.FILE }[this.port.kind]
    return blankStat(type | 0o620, 1)
  }
}
