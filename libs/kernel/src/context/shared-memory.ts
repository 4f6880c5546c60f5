import { PAGE } from '@bootgraph/cpu'
import type { AddressSpace, Mappable } from './memory.ts'
import type { MemoryBudget } from './memory-budget.ts'

const CHUNK = 0x1_0000

/** Anonymous memory that processes share (mmap MAP_SHARED without a file). As long as a single one has it, it lies in that one's pages alone. */
export class SharedMemory implements Mappable {
  readonly blank = true
  readonly mappers = new Set<AddressSpace>()
  readonly holders = new Set<AddressSpace>()
  private readonly length: number
  private readonly budget: MemoryBudget
  private claimed = 0
  /** What was ever written, by number; all else is zero. */
  private readonly chunks = new Map<number, Uint8Array>()

  /** Whole pages are shared, as they are mapped. */
  constructor(length: number, budget: MemoryBudget) {
    this.length = Math.ceil(length / PAGE) * PAGE
    this.budget = budget
  }
  /** From the second that has it on, there is a copy beside its pages. */
  claim(): boolean {
    const room = Math.ceil(this.length / CHUNK) * CHUNK
    if (!this.budget.take(room - this.claimed)) return false
    this.claimed = room
    return true
  }
  expire(): void {
    if (this.holders.size > 0) return
    this.budget.take(-this.claimed)
    this.claimed = 0
  }
  size(): number {
    return this.length
  }
  /** Leaves what was never written as it is: zero, for whoever asks. */
  read(into: Uint8Array, offset: number): number {
    for (const { number, from, at, count } of pieces(offset, into.length)) {
      const chunk = this.chunks.get(number)
      if (chunk) into.set(chunk.subarray(from, from + count), at)
    }
    return into.length
  }
  write(source: Uint8Array, offset: number): number {
    for (const { number, from, at, count } of pieces(offset, source.length)) {
      let chunk = this.chunks.get(number)
      if (chunk === undefined) this.chunks.set(number, (chunk = new Uint8Array(CHUNK)))
      chunk.set(source.subarray(at, at + count), from)
    }
    return source.length
  }
}

/** The parts of chunks that a range has: chunk, where in it, where in the range, bytes. */
function* pieces(offset: number, length: number): Generator<{ number: number; from: number; at: number; count: number }> {
  for (let at = 0; at < length; ) {
    const number = Math.floor((offset + at) / CHUNK)
    const from = offset + at - number * CHUNK
    const count = Math.min(CHUNK - from, length - at)
    yield { number, from, at, count }
    at += count
  }
}
