/**
 * The heap, wholly in guest memory so that fork copies it. Each block has an 8-byte head { value u32, mark u32 } before its
 * address, which is 16-byte aligned. Small blocks come from chunks and go back to a list per size class; large ones are mappings.
 */
import { ENGINE_BASE, Perm } from '@bootgraph/cpu'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { storage } from '../storage.ts'
import { CLASSES, classOf, classSize, LARGEST } from './size-class.ts'

const PAGE = 4096
const FIRST_CHUNK = 1 << 20
const LAST_CHUNK = 1 << 23
const RW = Perm.read | Perm.write

/** What the head's value means: a size class, a number of pages, the distance back to the block that an aligned address is in. */
export const Mark = { small: 0x6c61_6d73, large: 0x6772_616c, inner: 0x726e_6e69, free: 0x6565_7266 } as const

/** A block of so many bytes at most stays where it is when it shrinks, however little is left. */
export const KEPT = 64
/** Offsets in the object __libc_heap. */
export const Heap = { next: 0, limit: 8, mapped: 16, used: 24, largeBytes: 32, largeCount: 40, lists: 64 } as const
export const HEAP_SIZE = Heap.lists + CLASSES * 8

const head = (c: LibcCall, at: number, value: number, mark: number): void => {
  c.memory.setU32(at - 8, value)
  c.memory.setU32(at - 4, mark)
}

const add = (c: LibcCall, at: number, change: number): void => c.memory.setSize(at, c.memory.getSize(at) + change)

/** A new chunk to cut from; an eighth of the heap, so that big programs ask seldom. */
function grow(c: LibcCall, heap: number): boolean {
  const mapped = c.memory.getSize(heap + Heap.mapped)
  const size = Math.max(FIRST_CHUNK, Math.min(LAST_CHUNK, Math.floor(mapped / 8 / PAGE) * PAGE))
  const at = c.kernel.mmap(c.cx, 0, size, RW, false, undefined, -1, 0)
  if (at < 0) return false
  c.memory.setSize(heap + Heap.next, at + 8)
  c.memory.setSize(heap + Heap.limit, at + size)
  add(c, heap + Heap.mapped, size)
  return true
}

function large(c: LibcCall, heap: number, size: number): number {
  const pages = Math.ceil((size + 16) / PAGE)
  const at = c.kernel.mmap(c.cx, 0, pages * PAGE, RW, false, undefined, -1, 0)
  if (at < 0) return 0
  head(c, at + 16, pages, Mark.large)
  add(c, heap + Heap.largeBytes, pages * PAGE)
  add(c, heap + Heap.largeCount, 1)
  return at + 16
}

/** Address of a block of `size` bytes, 16-byte aligned, or 0 if memory is out. */
export function take(c: LibcCall, size: number): number {
  const heap = storage(c, '__libc_heap')
  if (size > ENGINE_BASE || heap === 0) return 0
  if (size + 8 > LARGEST) return large(c, heap, size)
  const index = classOf(Math.max(size, 8) + 8)
  const list = heap + Heap.lists + index * 8
  const bytes = classSize(index)
  let at = c.memory.getU32(list)
  // The program may have written over a freed block: a link that is no address ends the list.
  if (at !== 0 && readable(c, at - 8, 16) && c.memory.getU32(at - 4) === Mark.free) c.memory.setSize(list, c.memory.getSize(at))
  else {
    if (at !== 0) c.memory.setSize(list, 0)
    let next = c.memory.getSize(heap + Heap.next)
    if (next === 0 || next + bytes > c.memory.getSize(heap + Heap.limit)) {
      if (!grow(c, heap)) return 0
      next = c.memory.getSize(heap + Heap.next)
    }
    if (!writable(c, next, bytes)) return 0
    c.memory.setSize(heap + Heap.next, next + bytes)
    at = next + 8
  }
  head(c, at, index, Mark.small)
  add(c, heap + Heap.used, bytes)
  return at
}

/** As take, with an alignment that is a power of two. */
export function takeAligned(c: LibcCall, align: number, size: number): number {
  if (align <= 16) return take(c, size)
  const block = take(c, size + align)
  if (block === 0 || block % align === 0) return block
  const at = Math.ceil((block + 16) / align) * align
  head(c, at, at - block, Mark.inner)
  return at
}

export interface Block {
  /** The address that malloc gave, behind the head that says how to give it back. */
  readonly start: number
  /** Bytes from the program's address to the block's end. */
  readonly usable: number
  /** Pages of a mapping, or 0. */
  readonly pages: number
}

/** The live block at an address of the program; undefined if there is none. */
export function blockAt(c: LibcCall, at: number): Block | undefined {
  if (at % 16 !== 0 || at < 16 || !writable(c, at - 8, 8)) return undefined
  const value = c.memory.getU32(at - 8)
  switch (c.memory.getU32(at - 4)) {
    case Mark.small:
      return value > 0 && value < CLASSES ? { start: at, usable: classSize(value) - 8, pages: 0 } : undefined
    case Mark.large:
      return at % PAGE === 16 ? { start: at, usable: value * PAGE - 16, pages: value } : undefined
    case Mark.inner: {
      const start = at - value
      // An inner address lies in a real block, never in another inner one.
      if (start < 16 || !readable(c, start - 8, 8) || c.memory.getU32(start - 4) === Mark.inner) return undefined
      const outer = blockAt(c, start)
      return outer === undefined ? undefined : { ...outer, usable: outer.usable - value }
    }
    default:
      return undefined
  }
}

/** Gives a block back. */
export function give(c: LibcCall, block: Block): void {
  const heap = storage(c, '__libc_heap')
  if (block.pages > 0) {
    add(c, heap + Heap.largeBytes, -block.pages * PAGE)
    add(c, heap + Heap.largeCount, -1)
    c.kernel.munmap(c.cx, block.start - 16, block.pages * PAGE)
    return
  }
  const index = c.memory.getU32(block.start - 8)
  const list = heap + Heap.lists + index * 8
  c.memory.setU32(block.start - 4, Mark.free)
  c.memory.setSize(block.start, c.memory.getSize(list))
  c.memory.setSize(list, block.start)
  add(c, heap + Heap.used, -classSize(index))
}
