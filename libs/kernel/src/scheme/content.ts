import { PAGE } from '@bootgraph/cpu'

/** Pages of a block, whose bytes lie together. */
const PAGES = 16
const BLOCK = PAGES * PAGE

interface Block {
  /** From the block's beginning on; what is missing at the end is zero. */
  bytes: Uint8Array
  /** A bit for each page that is held. */
  pages: number
}

const ceiling = (offset: number): number => Math.ceil(offset / PAGE) * PAGE
const floor = (offset: number): number => Math.floor(offset / PAGE) * PAGE

/** The bytes of a file by pages. What was never written is a hole: it is not held, and reads as zeros. */
export class Content {
  /** Pages that are held, and what the host keeps for them: of each block those up to its last one. */
  held = 0
  kept = 0
  private readonly blocks = new Map<number, Block>()

  read(into: Uint8Array, offset: number): void {
    for (const { block, from, to, at } of parts(offset, offset + into.length)) {
      const part = into.subarray(at, at + to - from)
      const found = this.blocks.get(block)?.bytes.subarray(from, to)
      if (found) part.set(found)
      part.fill(0, found?.length ?? 0)
    }
  }

  write(bytes: Uint8Array, offset: number): void {
    this.hold(offset, offset + bytes.length)
    for (const { block, from, to, at } of parts(offset, offset + bytes.length)) {
      this.room(this.blocks.get(block)!, to).set(bytes.subarray(at, at + to - from), from)
    }
  }

  /** How many pages more would be kept if [start, end) were held. */
  missing(start: number, end: number): number {
    let count = 0
    for (const { block, to } of parts(start, end)) count += Math.max(0, Math.ceil(to / PAGE) - upTo(this.blocks.get(block)))
    return count
  }

  /** The pages of [start, end) are no holes any more. */
  hold(start: number, end: number): void {
    for (const { block, from, to } of parts(start, end)) {
      let found = this.blocks.get(block)
      if (found === undefined) this.blocks.set(block, (found = { bytes: new Uint8Array(0), pages: 0 }))
      const before = upTo(found)
      for (let page = Math.floor(from / PAGE); page * PAGE < to; page++) {
        if (!((found.pages >> page) & 1)) this.held++
        found.pages |= 1 << page
      }
      this.kept += upTo(found) - before
    }
  }

  /** Zeros at [start, end), where whole pages become holes; `end` may be Infinity. */
  punch(start: number, end: number): void {
    const [first, last] = [ceiling(start), floor(end)]
    for (const [number, block] of this.blocks) {
      const base = number * BLOCK
      if (base + BLOCK <= start || base >= end) continue
      const before = upTo(block)
      block.bytes.fill(0, Math.max(start - base, 0), end - base)
      for (let page = 0; page < PAGES; page++) {
        const at = base + page * PAGE
        if (at < first || at >= last || !((block.pages >> page) & 1)) continue
        block.pages &= ~(1 << page)
        this.held--
      }
      const after = upTo(block)
      this.kept += after - before
      if (after === 0) this.blocks.delete(number)
      else if (after < before) block.bytes = block.bytes.slice(0, after * PAGE)
    }
  }

  /** The first place from `offset` on, and before `end`, that is held, or with `hole` that is not; `end` if there is none. */
  next(offset: number, end: number, hole: boolean): number {
    for (let at = offset; at < end; at = floor(at) + PAGE) {
      const block = Math.floor(at / BLOCK)
      if (!hole && !this.blocks.has(block)) at = this.behind(block) * BLOCK - PAGE
      else if (this.has(at) !== hole) return at
    }
    return end
  }

  /** The first block behind one that has any page; Infinity if there is none. */
  private behind(block: number): number {
    let first = Number.POSITIVE_INFINITY
    for (const number of this.blocks.keys()) if (number > block && number < first) first = number
    return first
  }

  private has(offset: number): boolean {
    const block = this.blocks.get(Math.floor(offset / BLOCK))
    return block !== undefined && ((block.pages >> Math.floor((offset % BLOCK) / PAGE)) & 1) === 1
  }

  /** The block's bytes, at least so many. */
  private room(block: Block, size: number): Uint8Array {
    const { bytes } = block
    if (bytes.length >= size) return bytes
    block.bytes = new Uint8Array(Math.min(BLOCK, Math.max(size, 2 * bytes.length, 256)))
    block.bytes.set(bytes)
    return block.bytes
  }
}

/** Pages of a block up to the last that is held. */
const upTo = (block: Block | undefined): number => (block ? 32 - Math.clz32(block.pages) : 0)

/** The parts of [start, end) by blocks: bytes [from, to) of each, `at` behind the start. */
function* parts(start: number, end: number): Generator<{ block: number; from: number; to: number; at: number }> {
  for (let offset = start; offset < end; ) {
    const block = Math.floor(offset / BLOCK)
    const from = offset - block * BLOCK
    const to = Math.min(BLOCK, end - block * BLOCK)
    yield { block, from, to, at: offset - start }
    offset += to - from
  }
}
