/**
 * Hosted functions as WebAssembly: what programs call millions of times need not leave the engine for the host. A leaf does the common case and
 * changes nothing where it cannot; then the host's function is called as if there were none.
 */
import { pushSlow } from '../memory/fast-check.ts'
import { GUARD_WRITE } from '../translate/imports.ts'
import { Code, I32, I64, W } from '../wasm/code.ts'
import { encodeModule } from '../wasm/module.ts'
import { gpr, State } from './state-block.ts'

/** Engine memory of leaves: 16 words that the library keeps for them, then for each its address and how often it has answered. */
export const LEAF_DATA = 0x1000
const LEAF_TABLE = LEAF_DATA + 64
/** Leaves of one set, at most. */
const LEAVES = 64
const RSP = 4

/** Writes instructions that push 1 if the call is done, its result in rax, or 0 with nothing changed. */
export type LeafBody = (leaf: LeafCode) => void

export interface Leaf {
  /** Gate id. */
  readonly id: number
  readonly body: LeafBody
}

/** The code of one leaf, with what bodies have in common. */
export class LeafCode extends Code {
  constructor() {
    super(1)
  }
  /** Pushes a general register as i64. */
  register(index: number): this {
    return this.i32(0).mem(W.i64load, gpr(index))
  }
  /** Pushes the base of fs as i64. */
  threadPointer(): this {
    return this.i32(0).mem(W.i64load, State.fsBase)
  }
  /** The i64 on the stack becomes rax. */
  answer(): this {
    const value = this.local(I64)
    return this.set(value).i32(0).get(value).mem(W.i64store, gpr(0))
  }
  /** Pushes 0 if up to a page from the i64 local may be accessed, by one look; else another i32. */
  slow(address: number, write: boolean): this {
    pushSlow(this, address, write)
    return this
  }
  /** Pushes 0 if `size` bytes (an i32 local, below 2^20) from the i64 local may be accessed, else another i32. */
  barred(address: number, size: number, write: boolean): this {
    this.slow(address, write).get(size).i32(64).op(W.i32gtu, W.i32or).unlikely().if(I32)
    this.get(address).get(size)
    if (write) this.i32(GUARD_WRITE).op(W.i32or)
    return this.call(GUARD).else().i32(0).end()
  }
}

const GATE = 0
const GUARD = 1

/** The function of the leaf in place `index`: its address as i32 in, where to go on out, 0 = the state says. */
function whole(index: number, { body }: Leaf): Code {
  const code = new LeafCode()
  const at = LEAF_TABLE + index * 8
  const stack = code.local(I64)
  const back = code.local(I64)
  const fuel = code.local(I32)
  const eight = code.local(I32)
  code.register(RSP).set(stack).i32(8).set(eight)
  // Two gates may share a slot.
  code.i32(0).mem(W.i32load, at).get(0).op(W.i32ne)
  code.barred(stack, eight, false).op(W.i32or).unlikely().if().get(0).returnCall(GATE).end()
  code.block(I32)
  body(code)
  code.end().op(W.i32eqz).unlikely().if().get(0).returnCall(GATE).end()
  code
    .i32(0)
    .i32(0)
    .mem(W.i32load, at + 4)
    .i32(1)
    .op(W.i32add)
    .mem(W.i32store, at + 4)
  code.i32(0).i32(0).mem(W.i32load, State.fuel).i32(1).op(W.i32sub).tee(fuel).mem(W.i32store, State.fuel)
  code.i32(0).get(stack).i64(8n).op(W.i64add).mem(W.i64store, gpr(RSP))
  code.get(stack).op(W.i32wrap).mem(W.i64load).set(back)
  code.get(fuel).i32(0).op(W.i32lts).get(back).i64(32n).op(W.i64shru, W.i32wrap, W.i32or).unlikely().if()
  code.i32(0).get(back).mem(W.i64store, State.rip).i32(0).return().end()
  return code.get(back).op(W.i32wrap)
}

/** The leaves of a library; compiled once, however many engines use them. */
export class LeafSet {
  readonly #places = new Map<number, number>()
  readonly #module: () => WebAssembly.Module

  constructor(leaves: readonly Leaf[]) {
    if (leaves.length > LEAVES) throw new Error(`a set holds ${LEAVES} leaves, not ${leaves.length}`)
    for (const [place, { id }] of leaves.entries()) this.#places.set(id, place)
    let module: WebAssembly.Module | undefined
    this.#module = () => (module ??= new WebAssembly.Module(moduleOf(leaves)))
  }
  /** Where a leaf is in the set, or undefined. */
  place(id: number): number | undefined {
    return this.#places.get(id)
  }
  /** The functions by place, for one engine. */
  instantiate(imports: WebAssembly.ModuleImports): readonly unknown[] {
    const { exports } = new WebAssembly.Instance(this.#module(), { env: imports })
    return [...this.#places.values()].map((place) => exports[place])
  }
}

function moduleOf(leaves: readonly Leaf[]): Uint8Array<ArrayBuffer> {
  return encodeModule({
    types: [
      { params: [I32], results: [I32] },
      { params: [I64, I32], results: [I32] },
    ],
    tables: [],
    imports: [
      { name: 'gate', type: 0 },
      { name: 'guard', type: 1 },
    ],
    functions: leaves.map((leaf, place) => ({ type: 0, code: whole(place, leaf), export: String(place) })),
  })
}

/** Addresses of a leaf's two words: where its gate is, and how often it has answered. */
export const leafWords = (place: number): { readonly address: number; readonly answered: number } => ({
  address: LEAF_TABLE + place * 8,
  answered: LEAF_TABLE + place * 8 + 4,
})
