/** An append-only little-endian byte buffer, and a string table over it. */

export const alignUp = (value: number, align: number): number => (align <= 1 ? value : Math.ceil(value / align) * align)

export class ByteWriter {
  #bytes = new Uint8Array(4096)
  #view = new DataView(this.#bytes.buffer)
  length = 0

  #room(count: number): number {
    const at = this.length
    this.length += count
    if (this.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    return at
  }

  u8(value: number): void {
    const at = this.#room(1)
    this.#view.setUint8(at, value)
  }

  u16(value: number): void {
    const at = this.#room(2)
    this.#view.setUint16(at, value, true)
  }

  u32(value: number): void {
    const at = this.#room(4)
    this.#view.setUint32(at, value >>> 0, true)
  }

  /** A 64-bit field; negative numbers are sign-extended. */
  u64(value: number): void {
    this.u32(value)
    this.u32(Math.floor(value / 0x1_0000_0000))
  }

  bytes(value: Uint8Array): void {
    const at = this.#room(value.length)
    this.#bytes.set(value, at)
  }

  /** Zero bytes up to `offset`. */
  padTo(offset: number): void {
    if (offset > this.length) this.#room(offset - this.length)
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.length)
  }
}

export class StringTable {
  readonly #out = new ByteWriter()
  readonly #at = new Map<string, number>([['', 0]])

  constructor() {
    this.#out.u8(0)
  }

  add(text: string): number {
    const known = this.#at.get(text)
    if (known !== undefined) return known
    const at = this.#out.length
    this.#at.set(text, at)
    this.#out.bytes(new TextEncoder().encode(`${text}\0`))
    return at
  }

  done(): Uint8Array {
    return this.#out.done()
  }
}
