/**
 * Decoding by example. Instructions that share prefixes, opcode and the kind of their ModRM differ in registers, constants and addresses alone.
 * What one of them becomes as a record is learned from the decoder once; the others are filled in from their bytes (`quick-decoder.ts`).
 */
import { type CompiledRow, Kind, lookUp, Width } from '../decode/compiled-map.ts'
import type { Instruction } from '../decode/decoder.ts'
import { gpr, State } from './state-block.ts'

/** Bits and shifts of a key, above the opcode of 9 bits (0x100 = behind 0F). */
export const Key = {
  reg: 9,
  register: 1 << 12,
  wide: 1 << 13,
  rex: 1 << 14,
  smallBit: 15,
  small: 1 << 15,
  repeat: 16,
  segment: 18,
  size: 1 << 20,
} as const
/** How an opcode uses ModRM: not at all, for operands, or its reg field is part of the opcode. By prefix as `lookUp`, then opcode. */
export const Modrm = { none: 0, operands: 1, grouped: 2 } as const
export const MODRM_USES = new Uint8Array(4 * 512)
for (let i = 0; i < MODRM_USES.length; i++) {
  const prefix = i >> 9
  const row = lookUp((i & 0x100) !== 0, i & 0xff, prefix === 2 ? 0xf3 : prefix === 3 ? 0xf2 : 0, prefix === 1)
  MODRM_USES[i] = row.grouped ? Modrm.grouped : row.modrm ? Modrm.operands : Modrm.none
}

/** State-block addresses of registers by class and number. */
const Class = { gpr: 0, byte: 16, xmm: 32 } as const
export const PLACES = Uint16Array.from({ length: 48 }, (_, i) => {
  if (i < Class.byte) return gpr(i)
  if (i < Class.xmm) return i >= Class.byte + 4 && i < Class.byte + 8 ? gpr(i - Class.byte - 4) + 1 : gpr(i - Class.byte)
  return State.xmm + (i - Class.xmm) * 16
})

/** A pattern's words of 32 bits. A register field is 0 (none) or 1 + operand + 4 · class. */
export const P = {
  /** Handler slots for targets ahead, and for the others. */
  ahead: 0,
  back: 1,
  /** Registers that the opcode implies: a in the upper half, then b and c. */
  first: 2,
  others: 3,
  reg: 4,
  rm: 5,
  opcode: 6,
  /** Bytes of the immediate and of the relative target. */
  immediate: 7,
  relative: 8,
  memory: 9,
  constant: 10,
  ends: 11,
  size: 12,
} as const
/** Patterns, at most; there is none of number 0. */
export const PATTERNS = 4096
/** Added to the length of an instruction that nothing is decoded behind. */
export const ENDS = 32

/** Where an engine has its patterns. */
export interface PatternStore {
  put(number: number, key: number, words: Int32Array): void
  remove(key: number): void
}

export class Patterns {
  readonly #words = new Int32Array(PATTERNS * P.size)
  readonly #keys = new Int32Array(PATTERNS)
  readonly #numbers = new Map<number, number>()
  #count = 0
  /** Patterns that were made or changed, in that order; engines that have come to its end know all. */
  readonly #changes: number[] = []

  clear(): void {
    this.#numbers.clear()
    this.#changes.length = 0
    this.#count = 0
  }
  /** Goes up with everything that is learned. */
  get version(): number {
    return this.#changes.length
  }
  /** All patterns, to be had back by `restore`. */
  save(): Uint8Array {
    const size = 1 + P.size
    const all = new Int32Array(this.#count * size)
    for (let number = 1; number <= this.#count; number++) {
      const at = (number - 1) * size
      all[at] = this.#keys[number]
      all.set(this.#words.subarray(number * P.size, (number + 1) * P.size), at + 1)
    }
    return new Uint8Array(all.buffer)
  }
  restore(saved: Uint8Array): void {
    const size = 1 + P.size
    const all = new Int32Array(new Uint8Array(saved).buffer)
    this.clear()
    for (let at = 0; at < all.length; at += size) {
      const number = ++this.#count
      this.#keys[number] = all[at]
      this.#words.set(all.subarray(at + 1, at + size), number * P.size)
      this.#numbers.set(all[at], number)
      this.#changes.push(number)
    }
  }
  /** Brings a store that has the first `from` changes to the newest state; gives how many it has then. */
  bring(store: PatternStore, from: number): number {
    for (let i = from; i < this.#changes.length; i++) this.#bring(store, this.#changes[i])
    return this.#changes.length
  }
  #bring(store: PatternStore, number: number): void {
    store.put(number, this.#keys[number], this.#words.subarray(number * P.size, (number + 1) * P.size))
  }

  /**
   * Learns from an instruction of this key that no pattern knew. `slot` is its handler's, `agrees` says whether the store makes of it what the
   * decoder did: what would not come out the same is not learned.
   */
  learn(store: PatternStore, key: number, insn: Instruction, slot: number, ends: boolean, agrees: () => boolean): void {
    const known = this.#numbers.get(key)
    if (known === undefined && this.#count + 2 > PATTERNS) return
    const side = insn.target <= insn.rip ? P.back : P.ahead
    const number = known ?? ++this.#count
    const at = number * P.size + side
    if (known === undefined) {
      this.#fill(number * P.size, key, insn, ends)
      this.#keys[number] = key
    }
    const before = this.#words[at]
    this.#words[at] = slot
    this.#bring(store, number)
    if (agrees()) {
      this.#numbers.set(key, number)
      this.#changes.push(number)
      return
    }
    this.#words[at] = before
    if (known === undefined) {
      this.#count--
      store.remove(key)
    } else this.#bring(store, number)
  }

  #fill(at: number, key: number, insn: Instruction, ends: boolean): void {
    const words = this.#words.fill(0, at, at + P.size)
    const repeat = (key >> Key.repeat) & 3
    const small = (key & Key.small) !== 0
    const row: CompiledRow = lookUp((key & 0x100) !== 0, key & 0xff, repeat === 2 ? 0xf3 : repeat === 3 ? 0xf2 : 0, small)
    const inRegister = (key & Key.register) !== 0
    const { forms } = (inRegister ? row.register : row.memory)[row.grouped ? (key >> Key.reg) & 7 : 0]
    words[at + P.ends] = ends ? 1 : 0
    const byteClass = key & Key.rex ? Class.gpr : Class.byte
    const implied = (n: number, number: number) => {
      const place = PLACES[number]
      words[at + (n === 0 ? P.first : P.others)] |= place << (n === 1 ? 0 : 16)
    }
    for (const [n, { kind, width: letter }] of forms.entries()) {
      const operand = insn.operands[n]
      const field = (from: number) => 1 + n + 8 * from
      const general = operand?.width === 1 ? byteClass : Class.gpr
      if (kind === Kind.reg) words[at + P.reg] = field(general)
      else if (kind === Kind.xmm) words[at + P.reg] = field(Class.xmm)
      else if (kind === Kind.opcode) words[at + P.opcode] = field(general)
      else if (kind === Kind.rm || kind === Kind.xmmRm) {
        if (!inRegister) words[at + P.memory] = 1
        else words[at + P.rm] = field(kind === Kind.xmmRm ? Class.xmm : general)
      } else if (kind === Kind.accumulator) implied(n, 0)
      else if (kind === Kind.count) implied(n, 1)
      else if (kind === Kind.one) words[at + P.constant] = 1
      else if (kind === Kind.immediate)
        words[at + P.immediate] =
          letter === Width.b ? 1 : letter === Width.w ? 2 : letter === Width.v ? operand.width : Math.min(operand.width, 4)
      else if (kind === Kind.pushed) words[at + P.immediate] = letter === Width.b ? 1 : small ? 2 : 4
      else if (kind === Kind.relative) words[at + P.relative] = letter === Width.b ? 1 : 4
    }
  }
}
