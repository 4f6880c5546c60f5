/**
 * What the dynamic linker needs of the machine below it. The node wires it to kernel calls; tests wire it to plain arrays.
 * Addresses are guest addresses below 4 GiB, lengths are bytes; calls never throw for guest reasons.
 */
export interface LoaderPort {
  /** Guest memory as bytes; the linker reads and writes only what it mapped. */
  readonly memory: { readonly u8: Uint8Array; readonly view: DataView }
  /** Opens a regular file by guest path; undefined if it does not exist or cannot be read. */
  open(path: string): LoaderFile | undefined
  /** Reserves address space: at `address` exactly if not 0 (undefined when taken), else anywhere, `align`ed. Pages are zero, without permissions. */
  reserve(address: number, length: number, align: number): number | undefined
  /**
   * Leaves reserved pages to be filled when they are first touched, with the bytes that begin `offset` behind `address`. Absent: everything is
   * read at once.
   */
  defer?(address: number, length: number, fill: (offset: number, into: Uint8Array) => void): void
  /** Fills what was deferred of a range; the linker does so before it looks at it. */
  settle?(address: number, length: number): void
  release(address: number, length: number): void
  /** Sets page permissions: bits of ELF p_flags (PF_X 1, PF_W 2, PF_R 4) plus PF_GATE. */
  protect(address: number, length: number, flags: number): void
  /**
   * A name that no object in scope defines. The node decides by surface and mode:
   * an address to bind to, 'null' (weak), or 'fail' (load error, or lookup error at first call when lazy).
   */
  missing(symbol: MissingSymbol): number | 'null' | 'fail'
  /** The definition of a name in an object stands in for what the chosen date lacks: weak references do not see it. Absent: none does. */
  withheld?(name: string, object: string): boolean
  /** An ability of ld.so is about to be used; false = the chosen date lacks it and it must not be served. Names are rows of ld-so-features. */
  ability(name: string, object: string): boolean
  /** Whether the chosen date has an ability; asking is no demand. Absent: it has all. */
  has?(name: string): boolean
  /** An object is in memory at its final place, not relocated yet; addresses of the guest, `ehFrameHdr` 0 if it has none. */
  mapped?(object: MappedObject): void
  /** Work on an object begins; it lasts until the next one begins. For measuring: the linker has no clock. */
  working?(what: 'map' | 'bind' | 'start', object: string): void
  /** One line for `--trace loader`: `ld.so what(of what) = outcome`. */
  trace?(line: string): void
}

/** p_flags bit (in PF_MASKOS) of a segment that holds hosted-call gates. */
export const PF_GATE = 0x0010_0000

export interface MappedObject {
  readonly path: string
  readonly digest: string
  readonly base: number
  readonly start: number
  readonly end: number
  readonly ehFrameHdr: number
}

export interface LoaderFile {
  readonly path: string
  /** The same for every name of one file, such as its inode; the path if absent. */
  readonly identity?: unknown
  readonly size: number
  /** SHA-256 of the content, hex; the identity in the link map and of cached translations. */
  readonly digest: string
  /** Copies bytes [offset, offset + into.length) of the file; short at end of file. Returns the count. */
  read(offset: number, into: Uint8Array): number
  /** Copies bytes that are there, any time later; present where the file's content cannot change. */
  later?(offset: number, into: Uint8Array): void
}

export interface MissingSymbol {
  readonly name: string
  readonly version: string | undefined
  readonly requester: string
  readonly weak: boolean
  readonly kind: 'function' | 'object' | 'tls' | 'unknown'
  /**
   * Only called through the PLT of an object that does not ask for immediate binding: a lazy ld.so would miss it at the first call.
   * This linker binds at load all the same, so 'fail' stops the load; an address that reports at the call keeps the lazy outcome.
   */
  readonly lazy: boolean
}

/** The linker needs guest code run (IFUNC resolver, initialiser, finaliser); answered with rax. */
export interface GuestCall {
  readonly call: number
  readonly args: readonly number[]
}

/** A computation that may need guest calls on the way. */
export type Linking<T> = Generator<GuestCall, T, bigint>
