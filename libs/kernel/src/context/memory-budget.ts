/** What the host takes for a thing beside its content, bytes: rounded up from what V8 needs for it. */
export const Cost = { inode: 2048, name: 512, descriptor: 1024, datagram: 512 } as const

/**
 * Bytes that a node may hold in its address spaces and in what its kernel keeps for programs: contents of files, shared memory, buffers of
 * pipes and sockets, and the things themselves. Pages without any permission are free.
 */
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
