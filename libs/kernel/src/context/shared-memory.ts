import type { AddressSpace, Mappable } from './memory.ts'

/** Anonymous memory that processes share (mmap MAP_SHARED without a file). As long as a single one has it, it lies in that one's pages alone. */
export class SharedMemory implements Mappable {
  readonly mappers = new Set<AddressSpace>()
  version = 0
  private readonly length: number
  private bytes: Uint8Array | undefined

  constructor(length: number) {
    this.length = length
  }
  size(): number {
    return this.mappers.size > 0 ? this.length : 0
  }
  read(into: Uint8Array, offset: number): number {
    // Nothing was written that others are to see: their pages are zero.
    if (this.bytes === undefined) return 0
    into.set(this.bytes.subarray(offset, offset + into.length))
    return into.length
  }
  write(from: Uint8Array, offset: number): number {
    if (this.mappers.size < 2) return 0
    this.bytes ??= new Uint8Array(this.length)
    this.bytes.set(from, offset)
    return from.length
  }
}
