/** The arguments behind `...` of a call at its gate: registers first, then the stack (System V AMD64 ABI §3.5.7). */
import { Gpr, Perm } from '@bootgraph/cpu'
import { INTEGER_ARGUMENTS } from './argument-registers.ts'
import type { LibcCall } from './call.ts'

/** Bytes of the register save area that hold integer registers, and with the vector registers. */
const SAVED_INTEGERS = 48
const SAVED_ALL = 176

const bitsOf = (xmm: Uint8Array): bigint => new DataView(xmm.buffer, xmm.byteOffset, 8).getBigUint64(0, true)

/** Copies what registers hold, so that it stays true after a function waited. */
export class VaList {
  readonly #c: LibcCall
  readonly #integers: bigint[]
  /** Bits, not numbers: a number that is no NaN of the host's own may lose its sign on the way through an array. */
  readonly #vectors: bigint[]
  #overflow: number

  private constructor(c: LibcCall, integers: bigint[], vectors: bigint[], overflow: number) {
    this.#c = c
    this.#integers = integers
    this.#vectors = vectors
    this.#overflow = overflow
  }

  /** `overflow`: offset from rsp of the first stack argument not taken yet. */
  static ofCall(c: LibcCall, integers: number, vectors: number, overflow: number): VaList {
    const left = INTEGER_ARGUMENTS.slice(integers).map((r) => c.state.get(r))
    const floats = [0, 1, 2, 3, 4, 5, 6, 7].slice(vectors).map((r) => bitsOf(c.state.xmm(r)))
    return new VaList(c, left, floats, c.state.low(Gpr.rsp) + overflow)
  }

  /**
   * The arguments behind a `va_list` (psABI §3.5.7: gp_offset, fp_offset, overflow area, register save area), or undefined
   * if the guest may not read it. The caller's va_list is not moved on: C leaves it indeterminate after the call.
   */
  static ofPointer(c: LibcCall, at: number): VaList | undefined {
    const { memory } = c
    if (!memory.accessible(at, 24, Perm.read)) return undefined
    const [integerAt, vectorAt] = [memory.getU32(at), memory.getU32(at + 4)]
    const [overflow, saved] = [memory.getSize(at + 8), memory.getSize(at + 16)]
    const integers: bigint[] = []
    const vectors: bigint[] = []
    const readable = (offset: number): boolean => memory.accessible(saved + offset, 8, Perm.read)
    for (let o = integerAt; o < SAVED_INTEGERS && readable(o); o += 8) integers.push(memory.getU64(saved + o))
    for (let o = vectorAt; o < SAVED_ALL && readable(o); o += 16) vectors.push(memory.getU64(saved + o))
    return new VaList(c, integers, vectors, overflow)
  }

  u64(): bigint {
    return this.#integers.shift() ?? this.#stack()
  }
  i64(): bigint {
    return BigInt.asIntN(64, this.u64())
  }
  int(): number {
    return Number(BigInt.asIntN(32, this.u64()))
  }
  ptr(): number {
    return Number(this.u64())
  }
  f64(): number {
    const view = new DataView(new ArrayBuffer(8))
    view.setBigUint64(0, this.f64Bits(), true)
    return view.getFloat64(0, true)
  }
  /** A double as it lies in memory, whichever NaN it is. */
  f64Bits(): bigint {
    return this.#vectors.shift() ?? this.#stack()
  }
  /** The ten bytes of a long double, which is always on the stack, 16-byte aligned. */
  f80(): Uint8Array {
    const at = (this.#overflow + 15) & ~15
    this.#overflow = (at >>> 0) + 16
    const { memory } = this.#c
    return memory.accessible(at >>> 0, 10, Perm.read) ? memory.bytes(at >>> 0, 10).slice() : new Uint8Array(10)
  }

  #stack(): bigint {
    const at = this.#overflow
    this.#overflow += 8
    return this.#c.memory.accessible(at, 8, Perm.read) ? this.#c.memory.getU64(at) : 0n
  }
}
