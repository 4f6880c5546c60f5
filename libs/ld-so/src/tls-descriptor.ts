/**
 * TLS descriptors (Oliva, "Thread-Local Storage Descriptors"; psABI 4.4.1): a function and its argument; called with the
 * descriptor in rax it gives the variable's distance from the thread pointer in rax and keeps every other register.
 */
import type { LoaderPort } from './loader-port.ts'
import { put64 } from './reloc/x86_64.ts'

/** mov rax, [rax+8]; ret: the argument is the distance. */
export const STATIC_RESOLVER = Uint8Array.of(0x48, 0x8b, 0x40, 0x08, 0xc3)

const PAGE = 4096
/** Where the dynamic resolver and the address that it calls lie in the code page. */
const DYNAMIC = 16
const TARGET = 64
// biome-ignore format: one instruction per line
const DYNAMIC_RESOLVER = Uint8Array.of(
  0x57,                                  // push rdi
  0x48, 0x8b, 0x78, 0x08,                // mov rdi, [rax+8]: a module and an offset
  0xff, 0x15, TARGET - DYNAMIC - 11, 0, 0, 0, // call [rip + __tls_get_addr]
  0x64, 0x48, 0x2b, 0x04, 0x25, 0, 0, 0, 0, // sub rax, fs:0
  0x5f,                                  // pop rdi
  0xc3,                                  // ret
)

/** The resolvers and the arguments that they need, in memory of the linker's own. */
export class Descriptors {
  readonly #port: LoaderPort
  #code = 0
  #next = 0
  #end = 0

  constructor(port: LoaderPort) {
    this.#port = port
  }

  /** For a block at a fixed distance; `distance` is negative. */
  fixed(distance: number): readonly [number, number] | undefined {
    return this.#prepare() ? [this.#code, distance] : undefined
  }

  /** For a block that a thread gets on first use, through the guest's `__tls_get_addr`. */
  onUse(module: number, offset: number, getAddress: number): readonly [number, number] | undefined {
    if (!this.#prepare()) return undefined
    if (this.#next + 16 > this.#end) {
      const at = this.#page(6)
      if (at === undefined) return undefined
      this.#next = at
      this.#end = at + PAGE
    }
    const { view } = this.#port.memory
    put64(view, this.#code + TARGET, getAddress)
    const argument = this.#next
    this.#next += 16
    put64(view, argument, module)
    put64(view, argument + 8, offset)
    return [this.#code + DYNAMIC, argument]
  }

  /** The same in a forked child, whose memory is a copy. */
  fork(port: LoaderPort): Descriptors {
    const child = new Descriptors(port)
    child.#code = this.#code
    child.#next = this.#next
    child.#end = this.#end
    return child
  }

  #prepare(): boolean {
    if (this.#code !== 0) return true
    const at = this.#page(5)
    if (at === undefined) return false
    this.#code = at
    this.#port.memory.u8.set(STATIC_RESOLVER, at)
    this.#port.memory.u8.set(DYNAMIC_RESOLVER, at + DYNAMIC)
    return true
  }

  #page(flags: number): number | undefined {
    const at = this.#port.reserve(0, PAGE, PAGE)
    if (at !== undefined) this.#port.protect(at, PAGE, flags)
    return at
  }
}
