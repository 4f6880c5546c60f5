/** Bytes in the order in which they came, up to a capacity. */
export class ByteQueue {
  private readonly data: Uint8Array
  private start = 0
  private used = 0

  constructor(capacity: number) {
    this.data = new Uint8Array(capacity)
  }
  get length(): number {
    return this.used
  }
  get room(): number {
    return this.data.length - this.used
  }
  /** Takes what there is room for, and says how many bytes. */
  put(from: Uint8Array): number {
    const count = Math.min(from.length, this.room)
    for (let i = 0; i < count; i++) this.data[(this.start + this.used + i) % this.data.length] = from[i]
    this.used += count
    return count
  }
  take(into: Uint8Array): number {
    const count = Math.min(into.length, this.used)
    for (let i = 0; i < count; i++) into[i] = this.data[(this.start + i) % this.data.length]
    this.start = (this.start + count) % this.data.length
    this.used -= count
    return count
  }
  clear(): void {
    this.used = 0
  }
}
