/** Bytes → instruction. Addresses and displacements are as the hardware forms them; rip-relative ones are folded to absolute. */

import { ONE_BYTE, type Row, TWO_BYTE } from './opcode-map.ts'
import { SSE } from './sse-map.ts'

export type Operand =
  /** A general register; `high` = ah, ch, dh, bh. */
  | { readonly kind: 'r'; readonly index: number; readonly high: boolean; readonly width: number }
  | {
      readonly kind: 'm'
      /** Register number or -1. */
      readonly base: number
      readonly index: number
      readonly scale: number
      readonly displacement: bigint
      readonly segment: 'none' | 'fs' | 'gs'
      /** 67h prefix: the sum is cut to 32 bits. */
      readonly short: boolean
      readonly width: number
    }
  | { readonly kind: 'x'; readonly index: number; readonly width: number }
  | { readonly kind: 'i'; readonly value: bigint; readonly width: number }

export interface Instruction {
  readonly name: string
  /** Operand size in bytes. */
  readonly width: number
  readonly operands: readonly Operand[]
  /** Condition code 0 .. 15, else -1. */
  readonly condition: number
  readonly rip: number
  readonly length: number
  /** Guest address of a relative branch. */
  readonly target: number
  /** 0, 0xF2 or 0xF3. */
  readonly repeat: number
}

/** One-byte opcodes that 64-bit mode does not have (SDM vol. 2, table A-2). */
const INVALID = new Set([
  0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6, 0xea,
])

/** What executes it gets #UD: an opcode that does not exist, or (`unsupported`) one that is not in the tables. */
const undefinedAt = (rip: number, name = 'unsupported'): Instruction => ({
  name,
  width: 4,
  operands: [],
  condition: -1,
  rip,
  length: 1,
  target: 0,
  repeat: 0,
})

/** @returns the instruction at `rip`, or undefined if its bytes run out of `bytes` (which start at `rip`; at most 15 are looked at). */
export function decode(bytes: Uint8Array, rip: number): Instruction | undefined {
  const limit = Math.min(bytes.length, 15)
  let at = 0
  let rex = 0
  let small = false
  let short = false
  let repeat = 0
  let segment: 'none' | 'fs' | 'gs' = 'none'
  prefixes: for (; at < limit; at++) {
    switch (bytes[at]) {
      case 0x66:
        small = true
        break
      case 0x67:
        short = true
        break
      case 0xf2:
      case 0xf3:
        repeat = bytes[at]
        break
      case 0x64:
        segment = 'fs'
        break
      case 0x65:
        segment = 'gs'
        break
      case 0x26:
      case 0x2e:
      case 0x36:
      case 0x3e:
      case 0xf0:
        break
      default:
        break prefixes
    }
  }
  if (at < limit && (bytes[at] & 0xf0) === 0x40) rex = bytes[at++]
  if (at >= limit) return undefined
  let opcode = bytes[at++]
  let row: Row | undefined
  const extended = opcode === 0x0f
  if (extended) {
    if (at >= limit) return undefined
    opcode = bytes[at++]
    row = TWO_BYTE[opcode] ?? SSE[repeat === 0xf3 ? 2 : repeat === 0xf2 ? 3 : small ? 1 : 0][opcode]
  } else row = ONE_BYTE[opcode]
  if (row === undefined) return undefinedAt(rip, !extended && INVALID.has(opcode) ? 'ud2' : 'unsupported')

  const size = rex & 8 ? 8 : small ? 2 : 4
  let modrm = -1
  const needsModrm = typeof row !== 'string' || /[EGMUVWX]/.test(row.slice(row.indexOf(' ') + 1))
  if (needsModrm && row !== 'gate') {
    if (at >= limit) return undefined
    modrm = bytes[at++]
  }
  const spec = typeof row === 'string' ? row : row[(modrm >> 3) & 7]
  if (spec === '') return undefinedAt(rip)
  const space = spec.indexOf(' ')
  const name = space < 0 ? spec : spec.slice(0, space)
  const forms = space < 0 ? [] : spec.slice(space + 1).split(',')

  // The memory operand's bytes come before any immediate.
  let memory: { base: number; index: number; scale: number; displacement: number; relative: boolean } | undefined
  if (modrm >= 0 && modrm >> 6 !== 3) {
    const mod = modrm >> 6
    let base = modrm & 7
    let index = -1
    let scale = 0
    let bytesOfDisplacement = mod === 1 ? 1 : mod === 2 ? 4 : 0
    let relative = false
    if (base === 4) {
      if (at >= limit) return undefined
      const sib = bytes[at++]
      scale = sib >> 6
      index = ((sib >> 3) & 7) | ((rex & 2) << 2)
      if (index === 4) index = -1
      base = sib & 7
      if (base === 5 && mod === 0) {
        base = -1
        bytesOfDisplacement = 4
      } else base |= (rex & 1) << 3
    } else if (base === 5 && mod === 0) {
      base = -1
      relative = true
      bytesOfDisplacement = 4
    } else base |= (rex & 1) << 3
    if (at + bytesOfDisplacement > limit) return undefined
    const displacement = bytesOfDisplacement === 0 ? 0 : bytesOfDisplacement === 1 ? (bytes[at] << 24) >> 24 : signed32(bytes, at)
    at += bytesOfDisplacement
    memory = { base, index, scale, displacement, relative }
  }

  const wide = name === 'push' || name === 'pop' ? (small ? 2 : 8) : size
  const widthOf = (letter: string): number => {
    switch (letter) {
      case 'b':
        return 1
      case 'w':
        return 2
      case 'd':
        return 4
      case 'q':
        return small && (name === 'push' || name === 'pop') ? 2 : 8
      case 'x':
        return 16
      case 'y':
        return rex & 8 ? 8 : 4
      case 'z':
        return wide
      default:
        return size
    }
  }
  const register = (index: number, width: number): Operand =>
    width === 1 && rex === 0 && index >= 4 && index < 8
      ? { kind: 'r', index: index - 4, high: true, width }
      : { kind: 'r', index, high: false, width }

  const operands: Operand[] = []
  let target = 0
  let width = 0
  for (const form of forms) {
    const letter = form.at(-1)!
    const w = widthOf(letter)
    if (width === 0) width = w
    switch (form[0]) {
      case 'V':
        operands.push({ kind: 'x', index: ((modrm >> 3) & 7) | ((rex & 4) << 1), width: 16 })
        break
      case 'U':
      case 'W':
        if (memory === undefined) {
          operands.push({ kind: 'x', index: (modrm & 7) | ((rex & 1) << 3), width: w })
          break
        }
        if (form[0] === 'U') return undefinedAt(rip)
        operands.push({ kind: 'm', ...memory, displacement: BigInt(memory.displacement), segment, short, width: w })
        break
      case 'E':
      case 'M':
        if (memory === undefined) {
          if (form[0] === 'M') return undefinedAt(rip)
          operands.push(register((modrm & 7) | ((rex & 1) << 3), w))
        } else {
          const { base, index, scale, displacement } = memory
          const bytesOfOperand = name === 'pinsrw' ? 2 : w
          operands.push({ kind: 'm', base, index, scale, displacement: BigInt(displacement), segment, short, width: bytesOfOperand })
        }
        break
      case 'X':
        // The size of the memory operand is the instruction's own business.
        if (memory !== undefined)
          operands.push({ kind: 'm', ...memory, displacement: BigInt(memory.displacement), segment, short, width: 10 })
        operands.push({ kind: 'i', value: BigInt(((opcode & 7) << 8) | modrm), width: 4 })
        break
      case 'G':
        operands.push(register(((modrm >> 3) & 7) | ((rex & 4) << 1), w))
        break
      case 'Z':
        operands.push(register((opcode & 7) | ((rex & 1) << 3), w))
        break
      case 'A':
        operands.push(register(0, w))
        break
      case 'C':
        operands.push(register(1, 1))
        break
      case '1':
        operands.push({ kind: 'i', value: 1n, width: 1 })
        break
      case 'I': {
        const count = letter === 'b' ? 1 : letter === 'w' || (w === 2 && letter !== 'v') ? 2 : letter === 'v' ? w : 4
        if (at + count > limit) return undefined
        operands.push({ kind: 'i', value: immediate(bytes, at, count), width: name === 'push' ? wide : w })
        if (name === 'push') width = wide
        at += count
        break
      }
      case 'J': {
        const count =
          opcode === 0xeb || (opcode >= 0xe0 && opcode <= 0xe3) || (opcode >= 0x70 && opcode < 0x80 && row === ONE_BYTE[opcode]) ? 1 : 4
        if (at + count > limit) return undefined
        const offset = count === 1 ? (bytes[at] << 24) >> 24 : signed32(bytes, at)
        at += count
        target = (rip + at + offset) >>> 0
        width = 8
        break
      }
      default:
        // A bare width letter: string instructions.
        width = w
    }
  }
  if (name === 'enter') {
    // The frame's size, and above it the nesting level.
    if (at + 3 > limit) return undefined
    operands.push({ kind: 'i', value: immediate(bytes, at, 3) & 0xff_ffffn, width: 4 })
    at += 3
  }
  if (name === 'gate') {
    if (at + 4 > limit) return undefined
    operands.push({ kind: 'i', value: BigInt(signed32(bytes, at) >>> 0), width: 4 })
    at += 4
  }
  const folded = memory?.relative
    ? operands.map((each) => (each.kind === 'm' ? { ...each, displacement: each.displacement + BigInt(rip + at) } : each))
    : operands
  return {
    name: opcode === 0x90 && name === 'xchg' && !(rex & 1) ? 'nop' : name,
    width: width || size,
    operands: folded,
    condition: name.includes('cc') ? opcode & 15 : -1,
    rip,
    length: at,
    target,
    repeat,
  }
}

const signed32 = (bytes: Uint8Array, at: number): number => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)

/** Sign-extended little-endian immediate. */
function immediate(bytes: Uint8Array, at: number, count: number): bigint {
  let value = 0n
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i])
  return BigInt.asIntN(count * 8, value)
}
