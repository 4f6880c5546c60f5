/** Bytes that all address spaces of a node may hold together; pages without any permission are free. */
export class MemoryBudget {
  readonly limit: number
  /** Now, and at most so far. */
  used = 0
  peak = 0
  /** How often there was not enough. */
  refusals = 0

  constructor(limit: number) {
    this.limit = limit
  }
  /** False, with nothing taken, where the limit would be passed. Fewer bytes than 0 are given back. */
  take(bytes: number): boolean {
    if (bytes > 0 && this.used + bytes > this.limit) {
      this.refusals++
      return false
    }
    this.used += bytes
    if (this.used > this.peak) this.peak = this.used
    return true
  }
}
