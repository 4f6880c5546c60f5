/** What both sides get: code slots and cases, in the binary layout that `runner.c` reads. */

const PAGE = 4096
const FX = 512
export const MIDDLE = 512
export const TAIL = 128
/** Bytes of one instruction's slot: itself, then int3. */
export const SLOT = 32
export const CODE_AT = 0x2000_0000
/** Pages: read-only, two writable ones, a hole, one without any right. */
export const DATA_AT = 0x3000_0000
export const WRITABLE_AT = DATA_AT + PAGE
export const MIDDLE_AT = WRITABLE_AT + PAGE - MIDDLE / 2
export const TAIL_AT = WRITABLE_AT + 2 * PAGE - TAIL
export const HOLE_AT = DATA_AT + 3 * PAGE
export const GUARD_AT = DATA_AT + 4 * PAGE
export const FS_BASE = WRITABLE_AT
export const GS_BASE = WRITABLE_AT + 64

/** Offsets in bytes of a case and of a result; a result has three more numbers before the fx image. */
export const At = { gpr: 0, rip: 128, rflags: 136, vector: 144, code: 152, address: 160 } as const
const HEADER = 48
const CASE_FX = 144
const RESULT_FX = 168
export const CASE_SIZE = CASE_FX + FX + MIDDLE + TAIL
export const RESULT_SIZE = RESULT_FX + FX + MIDDLE + TAIL
/** Offsets in an fxsave image. */
export const Fx = { control: 0, status: 2, tags: 4, mxcsr: 24, st: 32, xmm: 160, end: 416 } as const

/** One case: a view on the batch. */
export class Case {
  readonly bytes: Buffer
  readonly view: DataView
  readonly fx: Buffer
  readonly middle: Buffer
  readonly tail: Buffer
  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.fx = bytes.subarray(CASE_FX, CASE_FX + FX)
    this.middle = bytes.subarray(CASE_FX + FX, CASE_FX + FX + MIDDLE)
    this.tail = bytes.subarray(CASE_FX + FX + MIDDLE)
  }
  gpr(index: number): bigint {
    return this.view.getBigUint64(At.gpr + index * 8, true)
  }
  setGpr(index: number, value: bigint): void {
    this.view.setBigUint64(At.gpr + index * 8, BigInt.asUintN(64, value), true)
  }
}

/** What a case ended in. */
export class Result {
  readonly view: DataView
  readonly fx: Buffer
  readonly middle: Buffer
  readonly tail: Buffer
  constructor(bytes: Buffer) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.fx = bytes.subarray(RESULT_FX, RESULT_FX + FX)
    this.middle = bytes.subarray(RESULT_FX + FX, RESULT_FX + FX + MIDDLE)
    this.tail = bytes.subarray(RESULT_FX + FX + MIDDLE)
  }
  get(offset: number): bigint {
    return this.view.getBigUint64(offset, true)
  }
  set(offset: number, value: bigint): void {
    this.view.setBigUint64(offset, BigInt.asUintN(64, value), true)
  }
  gpr(index: number): bigint {
    return this.get(At.gpr + index * 8)
  }
}

export interface Results {
  readonly results: Result[]
  /** Both writable pages after the last case. */
  readonly writable: Buffer
}

export function splitResults(bytes: Buffer, count: number): Results {
  const results = Array.from({ length: count }, (_, i) => new Result(bytes.subarray(i * RESULT_SIZE, (i + 1) * RESULT_SIZE)))
  return { results, writable: bytes.subarray(count * RESULT_SIZE) }
}

export class Batch {
  readonly code: Buffer
  readonly readable = Buffer.from(Array.from({ length: PAGE }, (_, i) => (i * 167 + 13) & 0xff))
  readonly cases: Case[]
  readonly #bytes: Buffer

  constructor(instructions: readonly Uint8Array[], cases: number) {
    this.code = Buffer.alloc(Math.ceil((instructions.length * SLOT + 1) / PAGE) * PAGE, 0xcc)
    for (const [i, bytes] of instructions.entries()) this.code.set(bytes, i * SLOT)
    this.#bytes = Buffer.alloc(HEADER + this.code.length + PAGE + cases * CASE_SIZE)
    const header = [CODE_AT, this.code.length, DATA_AT, FS_BASE, GS_BASE, cases]
    for (const [i, value] of header.entries()) this.#bytes.writeBigUInt64LE(BigInt(value), i * 8)
    this.code.copy(this.#bytes, HEADER)
    this.readable.copy(this.#bytes, HEADER + this.code.length)
    const first = HEADER + this.code.length + PAGE
    this.cases = Array.from({ length: cases }, (_, i) => new Case(this.#bytes.subarray(first + i * CASE_SIZE, first + (i + 1) * CASE_SIZE)))
  }
  /** Standard input of the runner. */
  get input(): Buffer {
    return this.#bytes
  }
}

/** Address of the slot of instruction `index`. */
export const slotAt = (index: number): number => CODE_AT + index * SLOT
