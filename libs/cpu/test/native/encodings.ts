/** Machine code for every row of the opcode maps: operand sizes, register and memory forms, addressing modes, prefixes. */
import { ONE_BYTE, type Row, TWO_BYTE } from '../../src/decode/opcode-map.ts'
import { SSE } from '../../src/decode/sse-map.ts'
import { DATA_AT, GUARD_AT, HOLE_AT, MIDDLE_AT, SLOT, TAIL_AT } from './batch.ts'
import type { Random } from './random.ts'

/** A row of the maps as it is encoded. */
export interface Form {
  /** 'mnemonic operands' in the maps' notation. */
  readonly row: string
  readonly mandatory: readonly number[]
  readonly opcode: readonly number[]
  /** ModRM.reg where it chooses the row, else -1. */
  readonly group: number
  /** The row holds for memory or registers in ModRM only; its operands may not name it. */
  readonly only: 'memory' | 'register' | undefined
}
/** A form with its choices made. */
export interface Shape {
  readonly form: Form
  readonly size: 'plain' | 'small' | 'wide'
  readonly operand: 'none' | 'register' | 'memory'
  readonly lock: boolean
}

function rowsOf(rows: Row | undefined, mandatory: readonly number[], opcode: readonly number[]): Form[] {
  if (rows === undefined) return []
  const form = (row: string, group: number, only?: Form['only']): Form[] =>
    row === '' || row.startsWith('unsupported') ? [] : [{ row, mandatory, opcode, group, only }]
  return (typeof rows === 'string' ? [rows] : rows).flatMap((each, i) => {
    const group = typeof rows === 'string' ? -1 : i
    const [memory, register] = each.split('|')
    return register === undefined ? form(memory, group) : [...form(memory, group, 'memory'), ...form(register, group, 'register')]
  })
}

export const FORMS: readonly Form[] = [
  ...ONE_BYTE.flatMap((row, opcode) => rowsOf(row, [], [opcode])),
  ...TWO_BYTE.flatMap((row, opcode) => rowsOf(row, [], [0x0f, opcode])),
  ...SSE.flatMap((rows, i) =>
    Object.entries(rows).flatMap(([opcode, row]) => rowsOf(row, [[], [0x66], [0xf3], [0xf2]][i], [0x0f, Number(opcode)])),
  ),
]

export const nameOf = (form: Form): string => form.row.split(' ')[0]
const operandsOf = (form: Form): string[] => (form.row.split(' ')[1] ?? '').split(',').filter((each) => each !== '')
const takes = (form: Form, letters: string): boolean => operandsOf(form).some((each) => letters.includes(each[0]) && each !== 'z')

const LOCKABLE = /^(add|adc|and|bt[csr]|cmpxchg|cmpxchg8b|dec|inc|neg|not|or|sbb|sub|xor|xadd|xchg)$/

/** All shapes of a form. */
export function shapesOf(form: Form): Shape[] {
  const letters = operandsOf(form).map((each) => each.at(-1)!)
  const branch = takes(form, 'J') || /^(ret|call|jmp)$/.test(nameOf(form))
  const sized = /^(cbw|cwd|pushf|popf|nop|leave)$/.test(nameOf(form))
  const sizes: Shape['size'][] = ['plain']
  // Vendors differ in what the operand-size prefix does to near branches.
  if (!branch && form.mandatory.length === 0 && (sized || letters.some((each) => 'vzq'.includes(each)))) sizes.push('small')
  if (sized || letters.some((each) => 'vzy'.includes(each))) sizes.push('wide')
  const operands: Shape['operand'][] = []
  if (form.only === 'register' || (form.only === undefined && takes(form, 'EWUX'))) operands.push('register')
  if (form.only === 'memory' || (form.only === undefined && takes(form, 'EWMX'))) operands.push('memory')
  if (operands.length === 0) operands.push('none')
  return sizes.flatMap((size) =>
    operands.flatMap((operand) => {
      const locks = operand === 'memory' && LOCKABLE.test(nameOf(form)) && operandsOf(form)[0][0] === 'E' ? [false, true] : [false]
      return locks.map((lock) => ({ form, size, operand, lock }))
    }),
  )
}

const bytesOf = (value: number, count: number): number[] => Array.from({ length: count }, (_, i) => (value >>> (8 * i)) & 0xff)

function immediate(random: Random, count: number): number[] {
  const small = random.pick([0, 1, -1, 7, 8, 31, 32, 63, 127, -128])
  const wide = random.pick([0x7fff_ffff, 0x8000_0000, 0xffff, 0x7fff, 0x8000])
  return Array.from({ length: Math.ceil(count / 4) }, (_, i) => {
    const word = random.chance(30) ? random.u32() : random.chance(25) ? wide : i === 0 ? small : small < 0 ? -1 : 0
    return bytesOf(word, Math.min(4, count))
  }).flat()
}

/** ModRM (without reg), SIB and displacement of a memory operand, with the bits of REX that it needs; `at` = address behind it. */
function addressing(random: Random, after: (length: number) => number): { bytes: number[]; mod: number; rm: number; x: number; b: number } {
  const fixed = random.pick([
    MIDDLE_AT + random.below(480),
    TAIL_AT + random.below(140),
    DATA_AT + random.below(4096),
    HOLE_AT,
    GUARD_AT,
    0x40,
  ])
  const kind = random.below(8)
  if (kind === 0) return { mod: 0, rm: 5, x: 0, b: random.below(2), bytes: bytesOf(fixed - after(5), 4) }
  if (kind === 1) return { mod: 0, rm: 4, x: 0, b: 0, bytes: [0x25, ...bytesOf(fixed, 4)] }
  const mod = random.below(3)
  const b = random.below(2)
  const displacement =
    mod === 0 ? [] : mod === 1 ? [random.u32() & 0xff] : bytesOf(random.chance(50) ? random.u32() : random.below(4096), 4)
  if (kind < 5) {
    const rm = random.pick(mod === 0 ? [0, 1, 2, 3, 6, 7] : [0, 1, 2, 3, 5, 6, 7])
    return { mod, rm, x: 0, b, bytes: displacement }
  }
  const x = random.below(2)
  const base = random.below(8)
  const sib = (random.below(4) << 6) | (random.below(8) << 3) | base
  const extra = mod === 0 && base === 5 ? bytesOf(random.chance(50) ? random.u32() : fixed, 4) : displacement
  return { mod, rm: 4, x, b, bytes: [sib, ...extra] }
}

/** Bytes of one instruction of a shape, to lie at `at`. */
export function encode(shape: Shape, random: Random, at: number): Uint8Array {
  const { form } = shape
  const name = nameOf(form)
  const operands = operandsOf(form)
  const prefixes: number[] = []
  if (shape.lock) prefixes.push(0xf0)
  if (shape.size === 'small') prefixes.push(0x66)
  if (shape.operand === 'memory' && random.chance(10)) prefixes.push(random.pick([0x64, 0x65, 0x2e, 0x3e, 0x26]))
  if (shape.operand === 'memory' && random.chance(5)) prefixes.push(0x67)
  if (/^(movs|stos|lods)$/.test(name) && random.chance(50)) prefixes.push(random.pick([0xf3, 0xf3, 0xf2]))
  if (/^(cmps|scas)$/.test(name) && random.chance(66)) prefixes.push(random.pick([0xf3, 0xf2]))
  if (/^(movs|stos|lods|cmps|scas|jrcxz|loop.*|xlat)$/.test(name) && random.chance(15)) prefixes.push(0x67)
  if (takes(form, 'O') && random.chance(30)) prefixes.push(random.pick([0x64, 0x65, 0x67]))
  if (/^(movs|lods|cmps|xlat)$/.test(name) && random.chance(10)) prefixes.push(random.pick([0x64, 0x65]))
  for (let i = prefixes.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[prefixes[i], prefixes[j]] = [prefixes[j], prefixes[i]]
  }
  prefixes.push(...form.mandatory)
  let rex = shape.size === 'wide' ? 0x48 : random.chance(50) ? 0x40 : 0
  const head = prefixes.length + form.opcode.length
  const tail: number[] = []
  if (takes(form, 'O')) {
    const fixed = random.pick([MIDDLE_AT + random.below(480), TAIL_AT + random.below(140), DATA_AT + random.below(4096), HOLE_AT])
    const bytes = prefixes.includes(0x67) ? [] : random.chance(90) ? [0, 0, 0, 0] : bytesOf(random.u32(), 4)
    tail.push(...bytesOf(fixed, 4), ...bytes)
  }
  const immediates = operands.flatMap((each): number[] => {
    if (each[0] !== 'I') return []
    const letter = each.at(-1)
    // int 80h is a system call.
    if (name === 'int') return [random.pick([0, 1, 3, 4, 5, 13, 14, 0x7f, 0xff])]
    // A count above the operand's size would write something undefined.
    if (/^sh[lr]d$/.test(name) && shape.size === 'small') return [random.below(17)]
    if (letter === 'b') return immediate(random, 1)
    if (letter === 'w') return immediate(random, 2)
    const small = shape.size === 'small'
    return immediate(random, letter === 'v' && shape.size === 'wide' ? 8 : small ? 2 : 4)
  })
  if (name === 'enter')
    immediates.push(...bytesOf(random.below(2) ? random.below(128) : random.u32(), 2), random.pick([0, 0, 1, 2, 5, 0x23]))
  if (shape.operand !== 'none') {
    const reg = form.group >= 0 ? form.group : random.below(8)
    if (random.chance(50) && rex === 0 && !takes(form, 'X')) rex = 0x40
    if (rex !== 0 && form.group < 0) rex |= random.below(2) << 2
    if (shape.operand === 'register') {
      if (rex !== 0) rex |= random.below(2)
      tail.push(0xc0 | (reg << 3) | random.below(8))
    } else {
      const memory = addressing(random, (length) => at + head + (rex === 0 ? 0 : 1) + length + immediates.length)
      if (memory.x || memory.b) {
        if (rex !== 0) rex |= (memory.x << 1) | memory.b
      }
      tail.push((memory.mod << 6) | (reg << 3) | memory.rm, ...memory.bytes)
    }
  } else if (rex !== 0) rex |= random.below(2)
  tail.push(...immediates)
  if (takes(form, 'J')) {
    const short = operands.includes('Jb')
    const length = head + (rex === 0 ? 0 : 1) + (short ? 1 : 4)
    // Every target is an int3: in this slot, at the end of the one before, or out of the code.
    const offset = random.pick(short ? [0, 1, 3, -length - 1] : [0, 1, 4, -length - 1, 0x100_0000])
    tail.push(...bytesOf(offset, short ? 1 : 4))
  }
  const bytes = Uint8Array.from([...prefixes, ...(rex === 0 ? [] : [rex]), ...form.opcode, ...tail])
  if (bytes.length > 15 || bytes.length >= SLOT) return encode(shape, random, at)
  return bytes
}
