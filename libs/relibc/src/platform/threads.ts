/** Life of threads: making control blocks, starting, ending. The list of live threads hangs in the process area. */

import { Perm } from '@bootgraph/cpu'
import { type Co, callGuest } from '@bootgraph/kernel'
import { abandonMutexes } from '../header/pthread/robust.ts'
import type { LibcCall } from '../registry/call.ts'
import { platformOf } from './platform.ts'
import { Area, KEYS_MAX, THREAD_BLOCK_SIZE, Thread } from './thread-block.ts'

const EAGAIN = 11
export const PAGE = 4096
/** glibc's and rustc's usual default. */
export const DEFAULT_STACK = 8 * 1024 * 1024
const DESTRUCTOR_ITERATIONS = 4
const RW = Perm.read | Perm.write

export const pageUp = (size: number): number => Math.ceil(size / PAGE) * PAGE

/** Anonymous zero pages, or 0. */
export function mapPages(c: LibcCall, size: number): number {
  const at = c.kernel.mmap(c.cx, 0, pageUp(size), RW, false, undefined, -1, 0)
  return at < 0 ? 0 : at
}

export interface ThreadRequest {
  readonly start: number
  readonly argument: number
  readonly stackSize: number
  readonly guardSize: number
  /** A stack of the caller's own, or 0. */
  readonly stack: number
  readonly detached: boolean
}

/** Makes a thread that enters the library first; gives its block, or -errno. */
export function makeThread(c: LibcCall, request: ThreadRequest): number {
  const own = request.stack === 0
  const guard = own ? pageUp(request.guardSize) : 0
  const stackSize = own ? pageUp(request.stackSize) : request.stackSize
  const size = guard + (own ? stackSize : 0) + pageUp(THREAD_BLOCK_SIZE)
  const mapping = mapPages(c, size)
  if (mapping === 0) return -EAGAIN
  if (guard > 0) c.kernel.mprotect(c.cx, mapping, guard, 0)
  const tls = platformOf(c).linker?.allocateThread() ?? 0
  const stack = own ? mapping + guard : request.stack
  const block = mapping + size - pageUp(THREAD_BLOCK_SIZE)
  const { memory } = c
  memory.setSize(block + Thread.stack, stack)
  memory.setSize(block + Thread.stackSize, stackSize)
  memory.setSize(block + Thread.guardSize, guard)
  memory.setSize(block + Thread.mapping, mapping)
  memory.setSize(block + Thread.mappingSize, size)
  memory.setSize(block + Thread.start, request.start)
  memory.setSize(block + Thread.argument, request.argument)
  memory.setSize(block + Thread.tls, tls)
  memory.setU32(block + Thread.detached, request.detached ? 1 : 0)
  memory.bytes(block + Thread.name, 16).set(memory.bytes(c.cx.threadPointer + Thread.name, 16))
  const tid = c.kernel.clone(c.cx, c.object('__libc_thread_entry'), block, Math.floor((stack + stackSize) / 16) * 16, tls)
  if (tid < 0) {
    c.kernel.munmap(c.cx, mapping, size)
    return tid
  }
  memory.setU32(block + Thread.tid, tid)
  const context = c.process.contexts.find((each) => each.tid === tid)
  if (context !== undefined) context.threadPointer = block
  link(c, block)
  return block
}

/** Puts a block at the head of the process's list. */
export function link(c: LibcCall, block: number): void {
  const head = platformOf(c).area + Area.threads
  c.memory.setSize(block + Thread.next, c.memory.getSize(head))
  c.memory.setSize(head, block)
}

function unlink(c: LibcCall, block: number): void {
  let at = platformOf(c).area + Area.threads
  while (c.memory.getSize(at) !== 0) {
    const next = c.memory.getSize(at)
    if (next === block) {
      c.memory.setSize(at, c.memory.getSize(block + Thread.next))
      return
    }
    at = next + Thread.next
  }
}

/** True if `block` is a thread that has not been reclaimed. */
export function isThread(c: LibcCall, block: number): boolean {
  for (let at = c.memory.getSize(platformOf(c).area + Area.threads); at !== 0; at = c.memory.getSize(at + Thread.next)) {
    if (at === block) return true
  }
  return false
}

/** Number of threads not yet reclaimed. */
export function threadCount(c: LibcCall): number {
  let count = 0
  for (let at = c.memory.getSize(platformOf(c).area + Area.threads); at !== 0; at = c.memory.getSize(at + Thread.next)) count++
  return count
}

/** Gives stack, TLS and block back. The thread must have ended, or be about to without touching them again. */
export function reclaim(c: LibcCall, block: number): void {
  unlink(c, block)
  const tls = c.memory.getSize(block + Thread.tls)
  if (tls !== 0) platformOf(c).linker?.freeThread(tls)
  const mapping = c.memory.getSize(block + Thread.mapping)
  if (mapping !== 0) c.kernel.munmap(c.cx, mapping, c.memory.getSize(block + Thread.mappingSize))
}

/** One registered thread-local destructor: { next, function, object }, 24 bytes from the guest's heap area. */
export const TlsDestructor = { next: 0, fn: 8, object: 16, size: 24 } as const

/** Runs thread-local destructors (last registered first), then key destructors up to four rounds. */
export function* runDestructors(c: LibcCall, block: number): Co<void> {
  const { memory } = c
  for (let head = memory.getSize(block + Thread.destructors); head !== 0; head = memory.getSize(block + Thread.destructors)) {
    memory.setSize(block + Thread.destructors, memory.getSize(head + TlsDestructor.next))
    yield* callGuest(memory.getSize(head + TlsDestructor.fn), memory.getSize(head + TlsDestructor.object))
  }
  const keys = platformOf(c).area + Area.keys
  for (let round = 0; round < DESTRUCTOR_ITERATIONS; round++) {
    let again = false
    for (let key = 0; key < KEYS_MAX; key++) {
      const slot = block + Thread.values + key * 8
      const value = memory.getSize(slot)
      const destructor = memory.getSize(keys + key * 16 + 8)
      if (value === 0 || destructor === 0) continue
      memory.setSize(slot, 0)
      again = true
      yield* callGuest(destructor, value)
    }
    if (!again) return
  }
}

/** Ends the calling thread, whose result is in its block; the last one ends the process with status 0. */
export function* endThread(c: LibcCall): Co<never> {
  const block = c.cx.threadPointer
  const { cx } = c
  yield* runDestructors(c, block)
  abandonMutexes(c, cx)
  c.memory.setU32(block + Thread.ended, 1)
  c.kernel.futexWake(cx, block + Thread.ended, 0x7fff_ffff)
  if (c.process.contexts.length === 1) return yield* c.kernel.exit(cx, 0)
  if (c.memory.getU32(block + Thread.detached) !== 0) reclaim(c, block)
  return yield* c.kernel.exitThread(cx)
}

/** In a forked child only the calling thread lives on: the list is cut to it and it learns its new tid. */
export function childForked(c: LibcCall): void {
  const block = c.cx.threadPointer
  if (block === 0) return
  const { area } = platformOf(c)
  c.memory.setSize(area + Area.threads, block)
  c.memory.setU32(area + Area.timerThread, 0)
  c.memory.setSize(block + Thread.robust, 0)
  c.memory.setSize(block + Thread.next, 0)
  c.memory.setU32(block + Thread.tid, c.cx.tid)
}
