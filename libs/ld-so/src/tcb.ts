/**
 * Thread-local storage, variant II (psABI 3.4.6, "Thread-Local Storage"): static blocks lie below the thread pointer, the thread
 * control block begins at it. fs:0 holds the pointer itself, fs:8 the vector of blocks, fs:0x28 the stack guard.
 */

import { alignUp } from './elf/byte-writer.ts'
import type { Segment } from './elf/segment.ts'
import type { LoaderPort } from './loader-port.ts'

/**
 * The thread's vector of blocks, in its control block: 64-bit words by module from `offset` on, 0 where there is no block yet. It has those of
 * the first `modules`, module 0 of which is none.
 */
export const DTV = { offset: 0x400, modules: 256 } as const

/** What has thread-local storage: an object, or a whole static image. */
export interface TlsModule {
  /** Load bias of the segment's addresses. */
  readonly base: number
  readonly tls: Segment | undefined
  /** 1-based; 0 without TLS. */
  tlsModule: number
  /** Distance of the static block below the thread pointer; 0 while it has none. */
  tlsOffset: number
}

interface Block {
  readonly address: number
  readonly length: number
  readonly own: boolean
}
interface Thread {
  readonly start: number
  readonly length: number
  /** Block address by module; absent until first use. */
  readonly blocks: Map<number, Block>
}

export interface TlsOptions {
  /** Bytes from the thread pointer on that belong to libc. */
  readonly tcbSize: number
  /** Static space kept for objects opened later that use initial-exec. */
  readonly surplus: number
  /** Low and high word of fs:0x28. */
  readonly stackGuard: readonly [number, number]
}

export class Tls {
  readonly #port: LoaderPort
  readonly #options: TlsOptions
  readonly #modules: (TlsModule | undefined)[] = [undefined]
  readonly #threads = new Map<number, Thread>()
  #used = 0
  #limit = Number.POSITIVE_INFINITY
  #align = 64

  constructor(port: LoaderPort, options: TlsOptions) {
    this.#port = port
    this.#options = options
  }

  addModule(dso: TlsModule): void {
    if (dso.tls) dso.tlsModule = this.#modules.push(dso) - 1
  }

  removeModule(dso: TlsModule): void {
    if (dso.tlsModule === 0) return
    this.#modules[dso.tlsModule] = undefined
    for (const [pointer, thread] of this.#threads) {
      const block = thread.blocks.get(dso.tlsModule)
      if (block?.own) this.#port.release(block.address, block.length)
      thread.blocks.delete(dso.tlsModule)
      this.#note(pointer, dso.tlsModule, 0)
    }
  }

  /** Bytes below the thread pointer that the static blocks take so far, and their alignment. */
  get staticSize(): number {
    return this.#used
  }
  get staticAlign(): number {
    return this.#align
  }

  /** True once threads exist: what comes now was not there when their static blocks were laid out. */
  get started(): boolean {
    return this.#threads.size > 0
  }

  /** The same storage in a forked child, whose memory is a copy; `moduleOf` maps the parent's modules to the child's. */
  fork(port: LoaderPort, moduleOf: (parent: TlsModule) => TlsModule): Tls {
    const child = new Tls(port, this.#options)
    child.#modules.splice(0, 1, ...this.#modules.map((each) => each && moduleOf(each)))
    for (const [pointer, thread] of this.#threads) child.#threads.set(pointer, { ...thread, blocks: new Map(thread.blocks) })
    child.#used = this.#used
    child.#limit = this.#limit
    child.#align = this.#align
    return child
  }

  /** Gives the module a place at a fixed distance below every thread pointer; false when no surplus is left. */
  makeStatic(dso: TlsModule): boolean {
    if (dso.tlsOffset !== 0 || !dso.tls) return true
    const align = Math.max(1, dso.tls.align)
    const offset = alignUp(this.#used + dso.tls.memsz, align)
    if (offset > this.#limit || (this.#threads.size > 0 && align > this.#align)) return false
    for (const thread of this.#threads.values()) if (thread.blocks.has(dso.tlsModule)) return false
    this.#align = Math.max(this.#align, align)
    this.#used = offset
    dso.tlsOffset = offset
    for (const [pointer, thread] of this.#threads) this.#place(pointer, thread, dso)
    return true
  }

  #place(pointer: number, thread: Thread, dso: TlsModule): void {
    const address = pointer - dso.tlsOffset
    this.#fill(dso, address)
    this.#give(pointer, thread, dso.tlsModule, { address, length: dso.tls?.memsz ?? 0, own: false })
  }

  #give(pointer: number, thread: Thread, module: number, block: Block): void {
    thread.blocks.set(module, block)
    this.#note(pointer, module, block.address)
  }
  /** The same in the thread's own vector. A static image has no number for its block. */
  #note(pointer: number, module: number, address: number): void {
    if (module > 0 && module < DTV.modules) this.#port.memory.view.setUint32(pointer + DTV.offset + module * 8, address, true)
  }

  #fill(dso: TlsModule, address: number): void {
    if (dso.tls) this.#port.settle?.(dso.base + dso.tls.vaddr, dso.tls.filesz)
    if (dso.tls) this.#port.memory.u8.copyWithin(address, dso.base + dso.tls.vaddr, dso.base + dso.tls.vaddr + dso.tls.filesz)
  }

  /** Storage of a new thread; gives its thread pointer, undefined without address space. */
  allocate(): number | undefined {
    if (this.#limit === Number.POSITIVE_INFINITY) this.#limit = this.#used + this.#options.surplus
    const below = alignUp(this.#limit, this.#align)
    const length = alignUp(below + this.#options.tcbSize, 4096)
    const start = this.#port.reserve(0, length, Math.max(4096, this.#align))
    if (start === undefined) return undefined
    this.#port.protect(start, length, 6)
    const pointer = start + below
    const thread: Thread = { start, length, blocks: new Map() }
    this.#threads.set(pointer, thread)
    const { view } = this.#port.memory
    for (const at of [0, 0x10]) view.setUint32(pointer + at, pointer, true)
    view.setUint32(pointer + 8, pointer + DTV.offset, true)
    view.setUint32(pointer + 0x28, this.#options.stackGuard[0], true)
    view.setUint32(pointer + 0x2c, this.#options.stackGuard[1], true)
    for (const dso of this.#modules) if (dso && dso.tlsOffset !== 0) this.#place(pointer, thread, dso)
    return pointer
  }

  free(pointer: number): void {
    const thread = this.#threads.get(pointer)
    if (!thread) return
    this.#threads.delete(pointer)
    for (const block of thread.blocks.values()) if (block.own) this.#port.release(block.address, block.length)
    this.#port.release(thread.start, thread.length)
  }

  /** Address of a variable as `__tls_get_addr` answers it; undefined for an unknown thread or module, or without address space. */
  address(pointer: number, module: number, offset: number): number | undefined {
    const thread = this.#threads.get(pointer)
    const dso = this.#modules[module]
    if (!thread || !dso?.tls) return undefined
    const known = thread.blocks.get(module)
    if (known) return known.address + offset
    const length = alignUp(dso.tls.memsz, 4096)
    const address = this.#port.reserve(0, length, Math.max(4096, dso.tls.align))
    if (address === undefined) return undefined
    this.#port.protect(address, length, 6)
    this.#fill(dso, address)
    this.#give(pointer, thread, module, { address, length, own: true })
    return address + offset
  }
}
