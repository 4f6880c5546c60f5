/** A growable WebAssembly function body. Method names are the instructions' own, with dots left out. */

const VOID = 0x40
export const I32 = 0x7f
export const I64 = 0x7e
export const F32 = 0x7d
export const F64 = 0x7c
export const V128 = 0x7b

/** Locals, instructions, end: as the code section wants them. */
export interface Body {
  readonly bytes: Uint8Array
  /** Where instructions that hardly ever branch begin, from the body's start. */
  readonly unlikely: readonly number[]
}

export class Code {
  #bytes = new Uint8Array(256)
  #length = 0
  /** Blocks, loops and ifs that are open. */
  depth = 0
  /** What was written last: an i64.extend_i32_u, an i64 without an upper half, a local.set; each by where it ended. */
  #extended = -1
  #narrow = -1
  #setStart = -1
  #setEnd = -1
  #setLocal = -1
  #unlikely: number[] = []
  readonly #params: number
  readonly #locals: number[] = []

  constructor(params: number) {
    this.#params = params
  }

  get length(): number {
    return this.#length
  }
  /** What was written so far; valid until the next write. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
  /** The `if` or `br_if` that is written next is hardly ever taken: the host keeps what it leads to out of the way. */
  unlikely(): this {
    this.#unlikely.push(this.#length)
    return this
  }
  /** Takes the instructions away, not the locals. */
  take(): Body {
    const body = { bytes: this.bytes.slice(), unlikely: this.#unlikely }
    this.#unlikely = []
    this.#length = 0
    this.depth = 0
    this.#forget()
    return body
  }
  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    wider.set(this.bytes)
    this.#bytes = wider
  }

  /** A new local of a value type; gives its index. It is zero until set. */
  local(type: number): number {
    this.#locals.push(type)
    return this.#params + this.#locals.length - 1
  }
  /** i32.wrap_i64; takes back an extension that stands before it. */
  wrap(): this {
    if (this.#extended === this.#length) {
      this.#length--
      return this
    }
    return this.op(W.i32wrap)
  }
  /** i64.extend_i32_u */
  extend(): this {
    this.op(W.i64extendU)
    this.#extended = this.#length
    this.#narrow = this.#length
    return this
  }
  /** The i64 on the stack loses its upper half, unless it has none. */
  cut32(): this {
    return this.#narrow === this.#length ? this : this.wrap().extend()
  }
  op(...bytes: number[]): this {
    this.#room(bytes.length)
    for (let i = 0; i < bytes.length; i++) this.#bytes[this.#length++] = bytes[i]
    return this
  }
  append(bytes: Uint8Array, unlikely: readonly number[] = []): this {
    for (const at of unlikely) this.#unlikely.push(this.#length + at)
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    this.#forget()
    return this
  }
  /** An opcode and an unsigned immediate. */
  #with(opcode: number, value: number): this {
    this.#room(6)
    this.#bytes[this.#length++] = opcode
    return this.u32(value)
  }
  get(local: number): this {
    if (this.#setEnd === this.#length && this.#setLocal === local) {
      this.#length = this.#setStart
      this.#setEnd = -1
      return this.tee(local)
    }
    return this.#with(0x20, local)
  }
  set(local: number): this {
    this.#setStart = this.#length
    this.#setLocal = local
    this.#with(0x21, local)
    this.#setEnd = this.#length
    return this
  }
  tee(local: number): this {
    return this.#with(0x22, local)
  }
  globalGet(index: number): this {
    return this.#with(0x23, index)
  }
  i32(value: number): this {
    return this.op(0x41).#signed32(value | 0)
  }
  i64(value: bigint): this {
    const whole = BigInt.asIntN(64, value)
    const short = Number(whole)
    this.op(0x42)
    return short >= -0x8000_0000 && short < 0x8000_0000 ? this.#signed32(short) : this.#signed(whole)
  }
  /** A load or store: opcode, constant offset; the address is on the stack. Always declared unaligned. */
  mem(opcode: number, offset = 0): this {
    this.#room(8)
    this.#bytes[this.#length++] = opcode
    this.#bytes[this.#length++] = 0
    this.u32(offset)
    if (opcode === W.i64load32u || opcode === W.i64load8u || opcode === W.i64load16u) this.#narrow = this.#length
    return this
  }
  block(result = VOID): this {
    this.depth++
    return this.op(0x02, result)
  }
  loop(result = VOID): this {
    this.depth++
    return this.op(0x03, result)
  }
  if(result = VOID): this {
    this.depth++
    return this.op(0x04, result)
  }
  else(): this {
    return this.op(0x05)
  }
  end(): this {
    this.depth--
    return this.op(0x0b)
  }
  #forget(): void {
    this.#extended = -1
    this.#narrow = -1
    this.#setEnd = -1
  }
  br(depth: number): this {
    return this.#with(0x0c, depth)
  }
  brIf(depth: number): this {
    return this.#with(0x0d, depth)
  }
  /** Branches to one of `depths` by the i32 on the stack; the last is for all else. */
  brTable(depths: readonly number[]): this {
    this.#with(0x0e, depths.length - 1)
    for (const depth of depths) this.u32(depth)
    return this
  }
  return(): this {
    return this.op(0x0f)
  }
  drop(): this {
    return this.op(0x1a)
  }
  call(func: number): this {
    return this.#with(0x10, func)
  }
  callIndirect(type: number, table = 0): this {
    return this.#with(0x11, type).u32(table)
  }
  returnCall(func: number): this {
    return this.#with(0x12, func)
  }
  returnCallIndirect(type: number, table = 0): this {
    return this.#with(0x13, type).u32(table)
  }
  /** An instruction of the 0xFD page. */
  simd(opcode: number, ...immediates: number[]): this {
    return this.#with(0xfd, opcode).op(...immediates)
  }
  u32(value: number): this {
    this.#room(5)
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
    return this
  }
  #signed32(value: number): this {
    this.#room(5)
    let rest = value
    for (;;) {
      const byte = rest & 0x7f
      rest >>= 7
      const last = (rest === 0 && !(byte & 0x40)) || (rest === -1 && (byte & 0x40) !== 0)
      this.#bytes[this.#length++] = last ? byte : byte | 0x80
      if (last) return this
    }
  }
  #signed(value: bigint): this {
    let rest = value
    for (;;) {
      const byte = Number(rest & 0x7fn)
      rest >>= 7n
      const last = (rest === 0n && !(byte & 0x40)) || (rest === -1n && (byte & 0x40) !== 0)
      this.op(last ? byte : byte | 0x80)
      if (last) return this
    }
  }
  body(): Body {
    const out = new Code(0)
    const groups: number[] = []
    for (const type of this.#locals) {
      if (groups.at(-1) === type) groups[groups.length - 2]++
      else groups.push(1, type)
    }
    out.u32(groups.length / 2)
    for (let i = 0; i < groups.length; i += 2) out.u32(groups[i]).op(groups[i + 1])
    out.append(this.bytes, this.#unlikely).op(0x0b)
    return { bytes: out.bytes, unlikely: out.#unlikely }
  }
}

/** Numeric opcodes by name; memory opcodes take an offset through `Code.mem`. */
export const W = {
  select: 0x1b,
  i32load: 0x28,
  i64load: 0x29,
  i32load8s: 0x2c,
  i32load8u: 0x2d,
  i32load16u: 0x2f,
  i64load8s: 0x30,
  i64load8u: 0x31,
  i64load16s: 0x32,
  i64load16u: 0x33,
  i64load32s: 0x34,
  i64load32u: 0x35,
  i32store: 0x36,
  i64store: 0x37,
  i32store8: 0x3a,
  i32store16: 0x3b,
  i64store8: 0x3c,
  i64store16: 0x3d,
  i64store32: 0x3e,
  i32eqz: 0x45,
  i32eq: 0x46,
  i32ne: 0x47,
  i32lts: 0x48,
  i32ltu: 0x49,
  i32gts: 0x4a,
  i32gtu: 0x4b,
  i32les: 0x4c,
  i32leu: 0x4d,
  i32ges: 0x4e,
  i32geu: 0x4f,
  i64eqz: 0x50,
  i64eq: 0x51,
  i64ne: 0x52,
  i64lts: 0x53,
  i64ltu: 0x54,
  i64gts: 0x55,
  i64gtu: 0x56,
  i64les: 0x57,
  i64leu: 0x58,
  i64ges: 0x59,
  i64geu: 0x5a,
  i32popcnt: 0x69,
  i32add: 0x6a,
  i32sub: 0x6b,
  i32mul: 0x6c,
  i32and: 0x71,
  i32or: 0x72,
  i32xor: 0x73,
  i32shl: 0x74,
  i32shru: 0x76,
  i32rotl: 0x77,
  i32rotr: 0x78,
  i32clz: 0x67,
  i64clz: 0x79,
  i64ctz: 0x7a,
  i64popcnt: 0x7b,
  i64add: 0x7c,
  i64sub: 0x7d,
  i64mul: 0x7e,
  i64divs: 0x7f,
  i64divu: 0x80,
  i64rems: 0x81,
  i64remu: 0x82,
  i64and: 0x83,
  i64or: 0x84,
  i64xor: 0x85,
  i64shl: 0x86,
  i64shrs: 0x87,
  i64shru: 0x88,
  i64rotl: 0x89,
  i64rotr: 0x8a,
  i32wrap: 0xa7,
  i64extendS: 0xac,
  i64extendU: 0xad,
  i64extend8s: 0xc2,
  i64extend16s: 0xc3,
  i64extend32s: 0xc4,
} as const
