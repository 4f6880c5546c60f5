/** Bytes → instruction. Addresses and displacements are as the hardware forms them; rip-relative ones are folded to absolute. */

import { type Compiled, type CompiledRow, Kind, lookUp, Width } from './compiled-map.ts'

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

/** An instruction's bytes are at most so many; longer ones are #GP. */
const LONGEST = 15

/** One-byte opcodes whose address or count is implied: prefixes on it make them `implied`, which the host executes. */
const IMPLIED = new Set([0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, 0xd7, 0xe0, 0xe1, 0xe2, 0xe3])
export const Implied = { short: 0x100, fs: 0x200, gs: 0x400, repe: 0x800, repne: 0x1000 } as const

/** Instructions that take a lock prefix, when their first operand is in memory (SDM vol. 2, LOCK). */
const LOCKABLE = new Set('add adc and btc btr bts cmpxchg cmpxchg8b dec inc neg not or sbb sub xor xadd xchg'.split(' '))

const bare = (name: string, rip: number, length: number): Instruction => ({
  name,
  width: 4,
  operands: [],
  condition: -1,
  rip,
  length,
  target: 0,
  repeat: 0,
})

/**
 * The instruction at `rip`, whose bytes start at `from`; undefined if they run out of the `available` bytes there (at most 15 are looked at).
 * An opcode that does not exist is `ud2`, one that is not in the tables `unsupported`, one of more than 15 bytes `hlt` (#GP).
 */
export function decode(bytes: Uint8Array, rip: number, from = 0, available = bytes.length - from): Instruction | undefined {
  const limit = from + Math.min(available, LONGEST)
  const outOfBytes = () => (available >= LONGEST ? bare('hlt', rip, LONGEST) : undefined)
  let at = from
  let rex = 0
  let small = false
  let short = false
  let lock = false
  let repeat = 0
  let segment: 'none' | 'fs' | 'gs' = 'none'
  let opcode = 0
  prefixes: for (; ; at++) {
    if (at >= limit) return outOfBytes()
    opcode = bytes[at]
    switch (opcode) {
      case 0x66:
        small = true
        break
      case 0x67:
        short = true
        break
      case 0xf0:
        lock = true
        break
      case 0xf2:
      case 0xf3:
        repeat = opcode
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
        break
      default:
        // A REX prefix counts only directly before the opcode.
        if ((opcode & 0xf0) !== 0x40) break prefixes
        rex = opcode
        continue
    }
    rex = 0
  }
  at++
  const extended = opcode === 0x0f
  if (extended) {
    if (at >= limit) return outOfBytes()
    opcode = bytes[at++]
  }
  const row: CompiledRow = lookUp(extended, opcode, repeat, small)
  let modrm = -1
  let spec: Compiled
  if (row.modrm) {
    if (at >= limit) return outOfBytes()
    modrm = bytes[at++]
    spec = (modrm >= 0xc0 ? row.register : row.memory)[row.grouped ? (modrm >> 3) & 7 : 0]
  } else spec = row.memory[0]
  const { name, forms } = spec
  if (name === 'ud2') return bare(name, rip, at - from)

  // The memory operand's bytes come before any immediate.
  const inMemory = modrm >= 0 && modrm < 0xc0
  let base = -1
  let index = -1
  let scale = 0
  let displacement = 0
  let relative = false
  if (inMemory) {
    const mod = modrm >> 6
    let count = mod === 1 ? 1 : mod === 2 ? 4 : 0
    base = modrm & 7
    if (base === 4) {
      if (at >= limit) return outOfBytes()
      const sib = bytes[at++]
      scale = sib >> 6
      index = ((sib >> 3) & 7) | ((rex & 2) << 2)
      if (index === 4) index = -1
      base = sib & 7
      if (base === 5 && mod === 0) {
        base = -1
        count = 4
      } else base |= (rex & 1) << 3
    } else if (base === 5 && mod === 0) {
      base = -1
      relative = true
      count = 4
    } else base |= (rex & 1) << 3
    if (at + count > limit) return outOfBytes()
    displacement = count === 0 ? 0 : count === 1 ? (bytes[at] << 24) >> 24 : signed32(bytes, at)
    at += count
  }

  const size = rex & 8 ? 8 : small ? 2 : 4
  const operands: Operand[] = []
  let target = 0
  let width = 0
  let memoryAt = -1
  for (let n = 0; n < forms.length; n++) {
    const { kind, width: letter, fixed } = forms[n]
    let w = fixed
    if (w === 0)
      w =
        letter === Width.y
          ? rex & 8
            ? 8
            : 4
          : letter === Width.stack
            ? small
              ? 2
              : 8
            : letter === Width.z && kind === Kind.rm
              ? Math.min(size, 4)
              : size
    if (width === 0) width = w
    switch (kind) {
      case Kind.rm:
        if (inMemory) {
          memoryAt = n
          operands.push({ kind: 'm', base, index, scale, displacement: BigInt(displacement), segment, short, width: spec.memoryWidth || w })
        } else operands.push(register((modrm & 7) | ((rex & 1) << 3), w, rex))
        break
      case Kind.reg:
        operands.push(register(((modrm >> 3) & 7) | ((rex & 4) << 1), w, rex))
        break
      case Kind.xmm:
        operands.push({ kind: 'x', index: ((modrm >> 3) & 7) | ((rex & 4) << 1), width: 16 })
        break
      case Kind.xmmRm:
        if (inMemory) {
          memoryAt = n
          operands.push({ kind: 'm', base, index, scale, displacement: BigInt(displacement), segment, short, width: w })
        } else operands.push({ kind: 'x', index: (modrm & 7) | ((rex & 1) << 3), width: w })
        break
      case Kind.opcode:
        operands.push(register((opcode & 7) | ((rex & 1) << 3), w, rex))
        break
      case Kind.accumulator:
        operands.push({ kind: 'r', index: 0, high: false, width: w })
        break
      case Kind.count:
        operands.push({ kind: 'r', index: 1, high: false, width: 1 })
        break
      case Kind.one:
        operands.push({ kind: 'i', value: 1n, width: 1 })
        break
      case Kind.immediate: {
        const count = letter === Width.b ? 1 : letter === Width.w ? 2 : letter === Width.v ? w : Math.min(w, 4)
        if (at + count > limit) return outOfBytes()
        operands.push({ kind: 'i', value: immediate(bytes, at, count), width: w })
        at += count
        break
      }
      case Kind.pushed: {
        const count = letter === Width.b ? 1 : small ? 2 : 4
        if (at + count > limit) return outOfBytes()
        width = small ? 2 : 8
        operands.push({ kind: 'i', value: immediate(bytes, at, count), width })
        at += count
        break
      }
      case Kind.relative: {
        const count = letter === Width.b ? 1 : 4
        if (at + count > limit) return outOfBytes()
        const offset = count === 1 ? (bytes[at] << 24) >> 24 : signed32(bytes, at)
        at += count
        target = (rip + at - from + offset) >>> 0
        width = 8
        break
      }
      case Kind.absolute: {
        const count = short ? 4 : 8
        if (at + count > limit) return outOfBytes()
        const where = short ? BigInt.asUintN(32, immediate(bytes, at, 4)) : immediate(bytes, at, 8)
        operands.push({ kind: 'm', base: -1, index: -1, scale: 0, displacement: where, segment, short, width: w })
        at += count
        break
      }
      case Kind.x87:
        // The size of the memory operand is the instruction's own business.
        if (inMemory) {
          memoryAt = operands.length
          operands.push({ kind: 'm', base, index, scale, displacement: BigInt(displacement), segment, short, width: 10 })
        }
        operands.push({ kind: 'i', value: BigInt((small ? 0x800 : 0) | ((opcode & 7) << 8) | modrm), width: 4 })
        break
      case Kind.frame:
        // enter: the frame's size, and above it the nesting level.
        if (at + 3 > limit) return outOfBytes()
        operands.push({ kind: 'i', value: immediate(bytes, at, 3) & 0xff_ffffn, width: 4 })
        at += 3
        break
      case Kind.gate:
        if (at + 4 > limit) return outOfBytes()
        operands.push({ kind: 'i', value: BigInt(signed32(bytes, at) >>> 0), width: 4 })
        at += 4
        break
      default:
        // A string instruction's width.
        width = w
    }
  }
  if (!extended && (short || segment !== 'none') && IMPLIED.has(opcode) && !lock) {
    const prefixes = (short ? Implied.short : 0) | (segment === 'none' ? 0 : Implied[segment])
    const repeats = repeat === 0xf3 ? Implied.repe : repeat === 0xf2 ? Implied.repne : 0
    const value = BigInt(opcode | prefixes | repeats)
    return { ...bare('implied', rip, at - from), operands: [{ kind: 'i', value, width: 4 }], width: width || 1, target }
  }
  if (lock && !(LOCKABLE.has(name) && operands[0]?.kind === 'm')) return bare('ud2', rip, at - from)
  if (relative && memoryAt >= 0) {
    const memory = operands[memoryAt] as Extract<Operand, { kind: 'm' }>
    operands[memoryAt] = { ...memory, displacement: BigInt(displacement + rip + at - from) }
  }
  return {
    name: spec.exchange && !(rex & 1) && opcode === 0x90 ? 'nop' : name,
    width: width || size,
    operands,
    condition: spec.conditional ? opcode & 15 : -1,
    rip,
    length: at - from,
    target,
    repeat,
  }
}

const register = (index: number, width: number, rex: number): Operand =>
  width === 1 && rex === 0 && index >= 4 && index < 8
    ? { kind: 'r', index: index - 4, high: true, width }
    : { kind: 'r', index, high: false, width }

const signed32 = (bytes: Uint8Array, at: number): number => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)

/** Sign-extended little-endian immediate. */
function immediate(bytes: Uint8Array, at: number, count: number): bigint {
  if (count === 1) return BigInt((bytes[at] << 24) >> 24)
  if (count === 4) return BigInt(signed32(bytes, at))
  let value = 0n
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i])
  return BigInt.asIntN(count * 8, value)
}
