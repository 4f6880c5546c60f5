/** Where a scan reads: one byte is looked at ahead and given back at the end. */
import type { Co } from '@bootgraph/kernel'
import { answered } from '../../platform/answered.ts'
import type { LibcCall } from '../../registry/call.ts'
import { byteAt } from '../string/bytes.ts'
import { getByte } from './stream.ts'
import { ungetc } from './streams.ts'

export abstract class ScanInput {
  /** Bytes taken so far. */
  taken = 0
  #ahead: number | undefined;

  /** The next byte, or -1 at the end. */
  *peek(): Co<number> {
    return (this.#ahead ??= yield* this.read())
  }
  skip(): void {
    this.#ahead = undefined
    this.taken++
  }
  /** The byte that was looked at and not taken, or -1. */
  get unused(): number {
    return this.#ahead ?? -1
  }
  protected abstract read(): Co<number>
  /** Gives an unused byte back to where it came from. */
  abstract finish(): void
}

export class TextInput extends ScanInput {
  readonly #c: LibcCall
  #at: number

  constructor(c: LibcCall, at: number) {
    super()
    this.#c = c
    this.#at = at
  }
  protected override read(): Co<number> {
    const byte = byteAt(this.#c, this.#at)
    if (byte > 0) this.#at++
    return answered(byte > 0 ? byte : -1)
  }
  override finish(): void {}
}

/** Bytes that the library made of another text. */
export class BytesInput extends ScanInput {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    super()
    this.#bytes = bytes
  }
  protected override read(): Co<number> {
    return answered(this.#bytes[this.taken] ?? -1)
  }
  override finish(): void {}
}

export class StreamInput extends ScanInput {
  readonly #c: LibcCall
  readonly #file: number

  constructor(c: LibcCall, file: number) {
    super()
    this.#c = c
    this.#file = file
  }
  protected override read(): Co<number> {
    return getByte(this.#c, this.#file)
  }
  override finish(): void {
    if (this.unused >= 0) ungetc(this.#c, this.unused, this.#file)
  }
}
