import type { CpuState, GuestMemory } from '@bootgraph/cpu'
import type { Context, KernelCalls, Process } from '@bootgraph/kernel'
import type { Abi } from '../abi/layout.ts'

/**
 * What a hosted function sees. One object per process, whose `cx` is set to the calling context before each call, so that
 * a leaf call allocates nothing. After a `yield`, `cx` must not be trusted: a blocking function keeps its own copy first.
 *
 * All state of the library lives in guest memory (FILE objects, heap, errno, keys), so that fork needs no more than a copy of it.
 */
export interface LibcCall {
  readonly memory: GuestMemory
  readonly state: CpuState
  readonly kernel: KernelCalls
  readonly process: Process
  cx: Context
  readonly abi: Abi
  /** Addresses of the library's own objects that were looked up (`storage`). */
  readonly storages: Map<string, number>
  /** Sets errno of the current context and gives -1. */
  fail(errno: number): -1
  /** Address of a data symbol as the program sees it (after copy relocations). */
  object(name: string): number
  /** The NUL-terminated text at `address`: UTF-8, or a host string that is not well-formed. */
  string(address: number): string
  /** Gives up the calls of guest functions whose stack lies below an address: an exception has left them. */
  leaveCallbacks(below: number): void
  /** The model lacks something: recorded, never silent. */
  gap(name: string, detail: string): void
}
