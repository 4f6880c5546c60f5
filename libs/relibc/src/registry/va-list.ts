/** The arguments behind `...` of a call at its gate: registers first, then the stack (System V AMD64 ABI §3.5.7). */
import { Gpr, Perm } from '@bootgraph/cpu'
import { INTEGER_ARGUMENTS } from './argument-registers.ts'
import type { LibcCall } from './call.ts'

/** Copies what registers hold, so that it stays true after a function waited. */
export class VaList {
  readonly #c: LibcCall
  readonly #integers: bigint[]
  readonly #vectors: number[]
  #overflow: number

  private constructor(c: LibcCall, integers: bigint[], vectors: number[], overflow: number) {
    this.#c = c
    this.#integers = integers
    this.#vectors = vectors
    this.#overflow = overflow
  }

  /** `overflow`: offset from rsp of the first stack argument not taken yet. */
  static ofCall(c: LibcCall, integers: number, vectors: number, overflow: number): VaList {
    const left = INTEGER_ARGUMENTS.slice(integers).map((r) => c.state.get(r))
    const floats = [0, 1, 2, 3, 4, 5, 6, 7].slice(vectors).map((r) => c.state.xmmF64(r))
    return new VaList(c, left, floats, c.state.low(Gpr.rsp) + overflow)
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
    const value = this.#vectors.shift()
    if (value !== undefined) return value
    const bits = new DataView(new ArrayBuffer(8))
    bits.setBigUint64(0, this.#stack(), true)
    return bits.getFloat64(0, true)
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
