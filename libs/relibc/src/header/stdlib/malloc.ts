/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/malloc.html and its neighbours. */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, object, type SymbolRow } from '../../registry/define.ts'
import { abortCall, segfault } from '../fault.ts'
import { storage } from '../storage.ts'
import { blockAt, give, HEAP_SIZE, Heap, KEPT, take, takeAligned } from './heap.ts'

const ENOMEM = 12
const EINVAL = 22
const PAGE = 4096

const answer = (c: LibcCall, at: number): number => (at === 0 ? c.fail(ENOMEM) + 1 : at)

export const malloc = (c: LibcCall, size: number): number => answer(c, take(c, size))

export function calloc(c: LibcCall, count: number, size: number): number {
  const at = malloc(c, count * size)
  if (at !== 0 && blockAt(c, at)?.pages === 0) c.memory.bytes(at, count * size).fill(0)
  return at
}

/** An address that malloc did not give, or that was freed, aborts the program, as glibc does. */
export function free(c: LibcCall, at: number): void {
  if (at === 0) return
  const block = blockAt(c, at)
  if (block === undefined) abortCall(c)
  else give(c, block)
}

export function realloc(c: LibcCall, at: number, size: number): number {
  if (at === 0) return malloc(c, size)
  const block = blockAt(c, at)
  if (block === undefined) return abortCall(c)
  if (size === 0) {
    give(c, block)
    return 0
  }
  if (size <= block.usable && (block.usable <= KEPT || size > block.usable / 2)) return at
  const to = malloc(c, size)
  if (to === 0) return 0
  c.memory.u8.copyWithin(to, at, at + Math.min(size, block.usable))
  give(c, block)
  return to
}

const powerOfTwo = (n: number): boolean => n > 0 && n <= 0x8000_0000 && Number.isInteger(Math.log2(n))

function memalign(c: LibcCall, align: number, size: number): number {
  if (!powerOfTwo(align)) return c.fail(EINVAL) + 1
  return answer(c, takeAligned(c, align, size))
}

function posixMemalign(c: LibcCall, out: number, align: number, size: number): number {
  if (!powerOfTwo(align) || align % 8 !== 0) return EINVAL
  if (!writable(c, out, 8)) return segfault(c)
  const at = takeAligned(c, align, size)
  if (at === 0) return ENOMEM
  c.memory.setSize(out, at)
  return 0
}

/** struct mallinfo2 (fields of 8 bytes) and mallinfo (4): arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost. */
function info(c: LibcCall, out: number, width: 4 | 8): number {
  if (!writable(c, out, width * 10)) return segfault(c)
  const heap = storage(c, '__libc_heap')
  const [mapped, used, largeBytes, largeCount] = [Heap.mapped, Heap.used, Heap.largeBytes, Heap.largeCount].map((at) =>
    c.memory.getSize(heap + at),
  )
  const fields = [mapped, 0, 0, largeCount, largeBytes, 0, 0, used, mapped - used, 0]
  fields.forEach((value, i) => {
    if (width === 8) c.memory.setSize(out + i * 8, value)
    else c.memory.setU32(out + i * 4, value)
  })
  return out
}

export const mallocRows: readonly SymbolRow[] = [
  object('__libc_heap', HEAP_SIZE, 16),
  leaf('malloc', 'ptr(size)', malloc),
  leaf('free', 'void(ptr)', free),
  alias('cfree', 'free'),
  leaf('calloc', 'ptr(size, size)', calloc),
  leaf('realloc', 'ptr(ptr, size)', realloc),
  leaf('aligned_alloc', 'ptr(size, size)', memalign),
  alias('memalign', 'aligned_alloc'),
  leaf('posix_memalign', 'int(ptr, size, size)', posixMemalign),
  leaf('valloc', 'ptr(size)', (c, size: number) => memalign(c, PAGE, size)),
  leaf('malloc_usable_size', 'size(ptr)', (c, at: number) => (at === 0 ? 0 : (blockAt(c, at)?.usable ?? abortCall(c)))),
  leaf('malloc_trim', 'int(size)', () => 0),
  ...['mtrace', 'muntrace'].map((name) => leaf(name, 'void()', () => {}, 'partial', 'nothing is written to MALLOC_TRACE')),
  leaf('mallopt', 'int(int, int)', () => 1, 'partial', 'parameters of the heap have no effect'),
  leaf('pvalloc', 'ptr(size)', (c, size: number) => memalign(c, PAGE, Math.ceil(size / PAGE) * PAGE)),
  leaf('mallinfo2', 'ptr(ptr)', (c, out: number) => info(c, out, 8)),
  leaf('mallinfo', 'ptr(ptr)', (c, out: number) => info(c, out, 4)),
]
