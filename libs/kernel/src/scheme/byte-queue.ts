/** Bytes in the order in which they came, up to a capacity. */
export class ByteQueue {
  readonly capacity: number
  private readonly data: Uint8Array
  private start = 0
  private used = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.data = new Uint8Array(capacity)
  }
  get length(): number {
    return this.used
  }
  get room(): number {
    return this.capacity - this.used
  }
  /** Takes what there is room for, and says how many bytes. */
  put(from: Uint8Array): number {
    const count = Math.min(from.length, this.room)
    const at = (this.start + this.used) % this.capacity
    const first = Math.min(count, this.capacity - at)
    this.data.set(from.subarray(0, first), at)
    this.data.set(from.subarray(first, count), 0)
    this.used += count
    return count
  }
  take(into: Uint8Array): number {
    const count = this.peek(into)
    this.start = (this.start + count) % this.capacity
    this.used -= count
    return count
  }
  /** As take, which then gets the same bytes. */
  peek(into: Uint8Array): number {
    const count = Math.min(into.length, this.used)
    const first = Math.min(count, this.capacity - this.start)
    into.set(this.data.subarray(this.start, this.start + first))
    into.set(this.data.subarray(0, count - first), first)
    return count
  }
  clear(): void {
    this.used = 0
  }
}
