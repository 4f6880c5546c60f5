/**
 * Decoding by example. Instructions that share prefixes, opcode and the kind of their ModRM differ in registers, constants and addresses alone.
 * What one of them becomes as a record is learned from the decoder once; the others are filled in from their bytes, at a tenth of the price.
 */
import { type CompiledRow, Kind, lookUp, Width } from '../decode/compiled-map.ts'
import type { Instruction } from '../decode/decoder.ts'
import { Op } from './op-record.ts'
import { gpr, State } from './state-block.ts'

/** Bytes that `write` may look at; they must be executable and of one page. */
export const REACH = 24
const LONGEST = 15

/** Bits of a key, above the opcode of 9 bits (0x100 = behind 0F). */
const Key = { reg: 9, register: 1 << 12, wide: 1 << 13, rex: 1 << 14, small: 1 << 15, repeat: 16, segment: 18, size: 1 << 20 } as const
/** How an opcode uses ModRM: not at all, for operands, or its reg field is part of the opcode. By prefix as `lookUp`, then opcode. */
const Modrm = { none: 0, operands: 1, grouped: 2 } as const
const MODRM = Uint8Array.from({ length: 4 * 512 }, (_, i) => {
  const [, small, f3, f2] = [0, 1, 2, 3].map((each) => i >> 9 === each)
  const row = lookUp((i & 0x100) !== 0, i & 0xff, f3 ? 0xf3 : f2 ? 0xf2 : 0, small)
  return row.grouped ? Modrm.grouped : row.modrm ? Modrm.operands : Modrm.none
})

/** State-block addresses of registers by class and number. */
const Class = { gpr: 0, byte: 16, xmm: 32 } as const
const PLACES = Uint16Array.from({ length: 48 }, (_, i) => {
  if (i < Class.byte) return gpr(i)
  if (i < Class.xmm) return i >= Class.byte + 4 && i < Class.byte + 8 ? gpr(i - Class.byte - 4) + 1 : gpr(i - Class.byte)
  return State.xmm + (i - Class.xmm) * 16
})

/** A pattern's words. A register field is 0 (none) or 1 + operand + 4 · class. */
const P = {
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
const PATTERNS = 4096
/** Added to the length of an instruction that nothing is decoded behind. */
export const ENDS = 32

export class Patterns {
  readonly #index = new Uint16Array(Key.size)
  readonly #patterns = new Int32Array(PATTERNS * P.size)
  #count = 0
  #key = 0

  clear(): void {
    this.#index.fill(0)
    this.#count = 0
  }

  /** Writes the record of the instruction at `at` to `words`; gives its length, and `ENDS` with it, or 0: the decoder is to be asked. */
  write(bytes: Uint8Array, at: number, words: Uint32Array, word: number): number {
    let p = at
    let byte = bytes[p++]
    let key = 0
    for (; p - at < 5; byte = bytes[p++]) {
      if (byte === 0x66) key |= Key.small
      else if (byte === 0xf3) key = (key & ~(3 << Key.repeat)) | (2 << Key.repeat)
      else if (byte === 0xf2) key = (key & ~(3 << Key.repeat)) | (3 << Key.repeat)
      else if (byte === 0x64) key = (key & ~(3 << Key.segment)) | (1 << Key.segment)
      else if (byte === 0x65) key = (key & ~(3 << Key.segment)) | (2 << Key.segment)
      else break
    }
    let rex = 0
    if ((byte & 0xf0) === 0x40) {
      rex = byte
      key |= rex & 8 ? Key.rex | Key.wide : Key.rex
      byte = bytes[p++]
    }
    if (byte === 0x0f) byte = 0x100 | bytes[p++]
    key |= byte
    const repeat = (key >> Key.repeat) & 3
    const use = MODRM[((repeat || (key & Key.small ? 1 : 0)) << 9) | byte]
    let modrm = 0
    if (use !== Modrm.none) {
      modrm = bytes[p++]
      if (use === Modrm.grouped) key |= ((modrm >> 3) & 7) << Key.reg
      if (modrm >= 0xc0) key |= Key.register
    }
    this.#key = key
    // 90h is xchg of the accumulator, unless it is nop.
    const pattern = byte === 0x90 ? 0 : this.#index[key] * P.size
    if (pattern === 0) return 0
    const patterns = this.#patterns

    let address = 0
    let scale = 0
    let displacement = 0
    let relative = false
    if (patterns[pattern + P.memory] !== 0) {
      const mod = modrm >> 6
      let count = mod === 1 ? 1 : mod === 2 ? 4 : 0
      let base = modrm & 7
      let index: number = State.zero
      if (base === 4) {
        const sib = bytes[p++]
        scale = sib >> 6
        const number = ((sib >> 3) & 7) | ((rex & 2) << 2)
        if (number !== 4) index = PLACES[number]
        base = sib & 7
        if (base === 5 && mod === 0) {
          base = -1
          count = 4
        }
      } else if (base === 5 && mod === 0) {
        base = -1
        relative = true
        count = 4
      }
      address = (base < 0 ? State.zero : PLACES[base | ((rex & 1) << 3)]) | (index << 16)
      if (count === 1) displacement = (bytes[p] << 24) >> 24
      else if (count === 4) displacement = signed32(bytes, p)
      p += count
    }
    let low = patterns[pattern + P.constant]
    let high = 0
    switch (patterns[pattern + P.immediate]) {
      case 1:
        low = (bytes[p++] << 24) >> 24
        high = low >> 31
        break
      case 2:
        low = ((bytes[p] | (bytes[p + 1] << 8)) << 16) >> 16
        high = low >> 31
        p += 2
        break
      case 4:
        low = signed32(bytes, p)
        high = low >> 31
        p += 4
        break
      case 8:
        low = signed32(bytes, p)
        high = signed32(bytes, p + 4)
        p += 8
    }
    let target = 0
    const branch = patterns[pattern + P.relative]
    if (branch !== 0) {
      const offset = branch === 1 ? (bytes[p] << 24) >> 24 : signed32(bytes, p)
      p += branch
      target = (p + offset) >>> 0
    }
    const length = p - at
    const slot = patterns[pattern + (target <= at ? P.back : P.ahead)]
    if (slot === 0 || length > LONGEST) return 0
    if (relative) displacement += p

    let first = patterns[pattern + P.first] | slot
    let others = patterns[pattern + P.others]
    const put = patterns[pattern + P.reg]
    if (put !== 0) {
      const place = PLACES[(put >> 3) + (((modrm >> 3) & 7) | ((rex & 4) << 1))]
      if ((put & 7) === 1) first |= place << 16
      else others |= place << ((put & 7) === 2 ? 0 : 16)
    }
    const fromRm = patterns[pattern + P.rm] | patterns[pattern + P.opcode]
    if (fromRm !== 0) {
      const number = patterns[pattern + P.rm] !== 0 ? modrm & 7 : byte & 7
      const place = PLACES[(fromRm >> 3) + (number | ((rex & 1) << 3))]
      if ((fromRm & 7) === 1) first |= place << 16
      else others |= place << ((fromRm & 7) === 2 ? 0 : 16)
    }
    words[word] = first
    words[word + 1] = others
    words[word + 2] = address
    words[word + 3] = scale
    words[word + 4] = displacement
    words[word + 5] = Math.floor(displacement / 0x1_0000_0000)
    words[word + 6] = low
    words[word + 7] = high
    words[word + 8] = at
    words[word + 9] = p
    words[word + 10] = target
    words[word + 11] = 0
    return patterns[pattern + P.ends] !== 0 ? length | ENDS : length
  }

  /**
   * Learns from an instruction that `write` did not know and whose record the decoder's answer gave at `word`; the record behind it is
   * written to. What would not come out the same is not learned.
   */
  learn(bytes: Uint8Array, insn: Instruction, words: Uint32Array, word: number, ends: boolean): void {
    const behind = word + Op.size / 4
    if (this.write(bytes, insn.rip, words, behind) !== 0) return
    const key = this.#key
    const known = this.#index[key]
    if (known === 0 && this.#count + 2 > PATTERNS) return
    const slot = words[word] & 0xffff
    const side = insn.target <= insn.rip ? P.back : P.ahead
    const number = known || ++this.#count
    if (known === 0) this.#fill(number * P.size, key, insn, ends)
    this.#patterns[number * P.size + side] = slot
    this.#index[key] = number
    const length = this.write(bytes, insn.rip, words, behind)
    const same = length === (ends ? insn.length | ENDS : insn.length) && sameRecord(words, word, behind)
    if (same) return
    this.#patterns[number * P.size + side] = 0
    if (known === 0) this.#index[key] = 0
  }

  #fill(at: number, key: number, insn: Instruction, ends: boolean): void {
    const patterns = this.#patterns.fill(0, at, at + P.size)
    const repeat = (key >> Key.repeat) & 3
    const small = (key & Key.small) !== 0
    const row: CompiledRow = lookUp((key & 0x100) !== 0, key & 0xff, repeat === 2 ? 0xf3 : repeat === 3 ? 0xf2 : 0, small)
    const inRegister = (key & Key.register) !== 0
    const { forms } = (inRegister ? row.register : row.memory)[row.grouped ? (key >> Key.reg) & 7 : 0]
    patterns[at + P.ends] = ends ? 1 : 0
    const byteClass = key & Key.rex ? Class.gpr : Class.byte
    const implied = (n: number, number: number) => {
      const place = PLACES[number]
      patterns[at + (n === 0 ? P.first : P.others)] |= place << (n === 1 ? 0 : 16)
    }
    for (const [n, { kind, width: letter }] of forms.entries()) {
      const operand = insn.operands[n]
      const field = (from: number) => 1 + n + 8 * from
      const general = operand?.width === 1 ? byteClass : Class.gpr
      if (kind === Kind.reg) patterns[at + P.reg] = field(general)
      else if (kind === Kind.xmm) patterns[at + P.reg] = field(Class.xmm)
      else if (kind === Kind.opcode) patterns[at + P.opcode] = field(general)
      else if (kind === Kind.rm || kind === Kind.xmmRm) {
        if (!inRegister) patterns[at + P.memory] = 1
        else patterns[at + P.rm] = field(kind === Kind.xmmRm ? Class.xmm : general)
      } else if (kind === Kind.accumulator) implied(n, 0)
      else if (kind === Kind.count) implied(n, 1)
      else if (kind === Kind.one) patterns[at + P.constant] = 1
      else if (kind === Kind.immediate)
        patterns[at + P.immediate] =
          letter === Width.b ? 1 : letter === Width.w ? 2 : letter === Width.v ? operand.width : Math.min(operand.width, 4)
      else if (kind === Kind.pushed) patterns[at + P.immediate] = letter === Width.b ? 1 : small ? 2 : 4
      else if (kind === Kind.relative) patterns[at + P.relative] = letter === Width.b ? 1 : 4
    }
  }
}

function sameRecord(words: Uint32Array, a: number, b: number): boolean {
  for (let i = 0; i < Op.size / 4; i++) if (words[a + i] !== words[b + i]) return false
  return true
}
const signed32 = (bytes: Uint8Array, at: number): number => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
