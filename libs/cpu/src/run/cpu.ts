import type { GuestMemory } from '../memory/guest-memory.ts'
import type { Exit } from './exit.ts'
import type { HandlerBook } from './handler-book.ts'
import type { LeafSet } from './leaf-set.ts'

/** What the engine calls back into. */
export interface CpuPorts {
  /**
   * A gate `0F 3F id32` was reached at rip, in a page with Perm.gate. The whole guest state is in the state block.
   * Returns one of `Hosted`. Never throws.
   */
  hosted(id: number): number
  /**
   * An instruction that the hardware has and this engine lacks was reached: it ends in #UD next, through no fault of the guest's.
   * `text` gives name (where decoded), bytes and address.
   */
  unsupported?(text: string): void
}

export interface CpuOptions {
  /** `mixed` promotes warm functions; `interpreter` never translates; `translator` translates all it can at once. */
  readonly engine?: 'mixed' | 'interpreter' | 'translator'
  /** In place of the engine's own: visits of an address that make its function warm, and functions translated together. */
  readonly promotion?: { readonly heat: number; readonly batch: number }
  /** Bytes of guest stack that nested translated calls may use at once; the host stack must hold a frame for every 16 of them. */
  readonly stackSpan?: number
  /** Count exact guest instructions, by the interpreter alone; `handlers`, if given, must count as well. */
  readonly count?: boolean
  /** Persistent translation cache. */
  readonly cache?: TranslationCache
  /** Interpreter handlers shared with other engines; without it the engine has its own. */
  readonly handlers?: HandlerBook
  /** Where the engine's own work is measured. */
  readonly measure?: Measure
}

/** Does a piece of the engine's work, which is never part of another, and takes its time; the engine has no clock. */
export type Measure = <T>(what: 'translate' | 'compile', work: () => T) => T
export const unmeasured: Measure = (_, work) => work()

/**
 * Where translations by this very engine are kept between runs: another version's are to be kept apart. Values are opaque; a damaged one is
 * found out by the engine and ignored. Neither call fails: what cannot be read is absent, what cannot be kept is not.
 */
export interface TranslationCache {
  /** The value belongs to the caller. */
  get(key: string): Uint8Array | undefined
  /** Bytes of a value; 0 = there is none. */
  size(key: string): number
  put(key: string, value: Uint8Array): void
  /** An unsigned number of 32 bits by which damage is found out. */
  readonly sum: (bytes: Uint8Array) => number
  /** Where the host lets its machine code be kept. */
  readonly compiled?: CompiledCode
}

/** The machine code that the host's optimising compiler makes of WebAssembly functions, as bytes. */
export interface CompiledCode {
  /** Milliseconds of a clock. */
  now(): number
  /** The right to change what is kept, which one run at a time has: what gives it up, or undefined if another has it. */
  claim(): (() => void) | undefined
  isOptimised(fn: unknown): boolean
  /** Compiles a function at once; some ms. */
  optimise(fn: unknown): void
  /** The code of a module of which at least one function is optimised. */
  save(module: WebAssembly.Module): ArrayBuffer
  /** The module of these bytes with the code that was saved for it, which is all of the buffer; undefined if the host refuses it. */
  load(code: ArrayBuffer, bytes: Uint8Array): WebAssembly.Module | undefined
  /** A buffer that is not used any more, before the collector finds out: it may have hundreds of megabytes. */
  free(buffer: ArrayBuffer): void
}

/** The live registers of the context that the engine runs now; a window on the state block. */
export interface CpuState {
  /** 64-bit value of register `index` (encoding order). */
  get(index: number): bigint
  set(index: number, value: bigint): void
  /** Low 32 bits, unsigned: what a pointer or size argument is. */
  low(index: number): number
  high(index: number): number
  /** Sets a register to a whole number of less than 2^53 in size, a negative one extended to 64 bits. */
  setNumber(index: number, value: number): void
  rip: bigint
  fsBase: bigint
  gsBase: bigint
  /** RFLAGS image, materialised. */
  rflags: number
  /** Its exception flags are kept from where they were first asked for (`Cpu.keepFloatFlags`). */
  mxcsr: number
  /** x87's control word, and its status word with TOP as bits 11 .. 13; what is written to TOP is ignored. */
  x87Control: number
  x87Status: number
  /** Live 16-byte view of an xmm register. */
  xmm(index: number): Uint8Array
  xmmF64(index: number): number
  setXmmF64(index: number, value: number): void
  /** x87: push a double / an 80-bit value (10 bytes) as a function result in st(0); read one. */
  pushSt(bytes80: Uint8Array): void
  popSt(): Uint8Array
}

/** All registers of a context that does not run now; opaque bytes. */
export type SavedState = Uint8Array

/** One engine over one address space. */
export interface Cpu {
  readonly memory: GuestMemory
  readonly state: CpuState
  /** Runs the current state until something ends it. `fuel` = back edges and calls allowed, 1 .. 2^31 - 1. */
  run(fuel: number): Exit
  /** Fuel used since construction, a deterministic count equal in every engine. */
  readonly fuelUsed: number
  /** Charges fuel for work done outside guest code (hosted calls). */
  charge(fuel: number): void
  /**
   * The gate `id` is answered by its leaf in WebAssembly from its next call on, except where instructions are counted. All sets that one
   * engine is given are the same. A call costs the fuel of a hosted one.
   */
  serve(set: LeafSet, id: number): void
  /** Calls that a leaf has answered without the host. */
  answered(set: LeafSet, id: number): number
  /** Whether it counts instructions. */
  readonly counts: boolean
  /** Instructions executed, if counted: a repeated one once, a faulting one not, the gate of a hosted call as one. */
  readonly instructions: bigint
  /** `into`: saved registers that are not needed any more; they become these. */
  save(into?: SavedState): SavedState
  restore(saved: SavedState): void
  /** A fresh state: registers 0, MXCSR 0x1F80, FCW 0x37F. */
  reset(): void
  /**
   * From now on SSE arithmetic sets MXCSR's exception flags, at the price of exact arithmetic in software. A control word other than
   * the plain one (nearest, all masked, denormals kept) and stmxcsr do the same; only `reset` takes it back.
   */
  keepFloatFlags(): void
  /** Code in this range was mapped, unmapped, written or protected anew: forget what was derived from it. */
  codeChanged(address: number, length: number): void
  /** Says that an ELF file's text lies here, so that translations can be found in the cache. */
  moduleLoaded(module: CodeModule): void
  /** Ends the running slice at the next fuel point with exit `interrupt`. */
  interrupt(): void
  /** Writes what was learnt to the cache. */
  flushCache(): void
  /**
   * The engine is not used any more: all of memory that is not the guest's is blank again. False while it runs; then nothing has happened.
   * Afterwards the cache gets nothing, and there are no counters.
   */
  end(): boolean
  /** Named counters for the report (deterministic ones and measured ones apart). */
  counters(): { readonly [name: string]: number }
}

export interface CodeModule {
  readonly name: string
  /** Digest of the ELF file's content, hex. */
  readonly digest: string
  readonly loadBias: number
  readonly textStart: number
  readonly textEnd: number
  /** The [start, end) of the function around an address, by the unwind tables; undefined where they say nothing. */
  functionAt(address: number): readonly [number, number] | undefined
}
