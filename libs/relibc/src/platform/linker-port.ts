/** What the C library asks of the dynamic linker that loaded its program. The node wires it; a static image has none. */

import type { Co } from '@bootgraph/kernel'

/** An object of the link map, as dl_iterate_phdr and dladdr describe it. */
export interface LoadedObject {
  readonly path: string
  readonly base: number
  /** Guest address and count of its program headers. */
  readonly phdr: number
  readonly phnum: number
  /** Mapped extent, [start, end). */
  readonly start: number
  readonly end: number
  readonly dynamic: number
  /** Guest address of .eh_frame_hdr, or 0. */
  readonly ehFrameHdr: number
  /** TLS module number, 0 if it has none. */
  readonly tlsModule: number
}

/** A place that a call returns to. */
export interface Frame {
  readonly address: number
  readonly object: Pick<LoadedObject, 'path' | 'base'>
  /** The function around it: where it begins, and its name if the object exports it. */
  readonly function?: { readonly start: number; readonly name?: string }
}

/** An answer of the linker: a value, or the text that dlerror gives. */
export type Linked = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly error: string }

export interface LinkerPort {
  /** `path` undefined = the main program. `flags` are RTLD_* of glibc. Runs initialisers. */
  dlopen(path: string | undefined, flags: number, caller: number): Co<Linked>
  /** handle 0 = RTLD_DEFAULT, -1 = RTLD_NEXT (as seen from `caller`); a thread-local variable is the one of the thread given. */
  dlsym(handle: number, name: string, version: string | undefined, caller: number, threadPointer: number): Co<Linked>
  dlclose(handle: number): Co<Linked>
  /** The object that holds an address, as an unwinder asks for it. */
  objectAt(address: number): LoadedObject | undefined
  /** `entry`: where the symbol's table has it. */
  dladdr(
    address: number,
  ):
    | { readonly object: LoadedObject; readonly symbol?: { readonly name: string; readonly address: number; readonly entry: number } }
    | undefined
  /**
   * The calls under way in the context that runs, innermost first, as far as unwind tables tell: it is at a call of the library, or at the
   * instruction `at`, which comes first then.
   */
  callers(limit: number, at?: number): readonly Frame[]
  /** In load order, main program first. */
  objects(): readonly LoadedObject[]
  /** Address of a thread-local variable, allocating the module's block on first use. */
  tlsGetAddr(threadPointer: number, module: number, offset: number): number
  /** TLS blocks and thread control block of a new thread; the thread pointer, or 0 when memory is out. */
  allocateThread(): number
  freeThread(threadPointer: number): void
  /** Finalisers of all objects, in reverse order of their initialisers. */
  finalise(): Co<void>
}
