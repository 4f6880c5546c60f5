/** Text under construction, as bytes. */
export class ByteText {
  #bytes = new Uint8Array(128)
  length = 0

  add(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
  }
  /** Characters below 256, one byte each. */
  latin(text: string): void {
    this.#reserve(text.length)
    for (let i = 0; i < text.length; i++) this.#bytes[this.length++] = text.charCodeAt(i)
  }
  padded(bytes: Uint8Array, width: number, left: boolean): void {
    const spaces = ' '.repeat(Math.max(width - bytes.length, 0))
    if (!left) this.latin(spaces)
    this.add(bytes)
    if (left) this.latin(spaces)
  }
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + more))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
