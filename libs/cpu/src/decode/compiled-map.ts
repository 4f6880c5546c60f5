/** The opcode maps as the decoder reads them: each row's operands as numbers, by opcode and mandatory prefix. */
import { ONE_BYTE, type Row, TWO_BYTE } from './opcode-map.ts'
import { SSE } from './sse-map.ts'

/** Where an operand comes from. */
export const Kind = {
  rm: 1,
  reg: 2,
  xmm: 3,
  xmmRm: 4,
  opcode: 5,
  accumulator: 6,
  count: 7,
  one: 8,
  immediate: 9,
  pushed: 10,
  relative: 11,
  absolute: 12,
  x87: 13,
  frame: 14,
  gate: 15,
  implied: 16,
} as const
/** Its width as the row says it; `stack` = 64 bits, or 16 by prefix. */
export const Width = { v: 0, b: 1, w: 2, d: 3, q: 4, x: 5, y: 6, z: 7, stack: 8 } as const
const BYTES: Readonly<Record<number, number>> = { [Width.b]: 1, [Width.w]: 2, [Width.d]: 4, [Width.q]: 8, [Width.x]: 16 }

export interface Form {
  readonly kind: number
  readonly width: number
  /** Bytes, 0 where prefixes decide. */
  readonly fixed: number
}
export interface Compiled {
  readonly name: string
  readonly forms: readonly Form[]
  readonly conditional: boolean
  /** xchg with the accumulator: 90h alone is nop. */
  readonly exchange: boolean
  /** Bytes of a memory operand that is narrower than the register would be, else 0. */
  readonly memoryWidth: number
}
export interface CompiledRow {
  readonly modrm: boolean
  /** The rows are eight, by ModRM.reg. */
  readonly grouped: boolean
  readonly memory: readonly Compiled[]
  readonly register: readonly Compiled[]
}

const KINDS: Readonly<Record<string, number>> = {
  E: Kind.rm,
  M: Kind.rm,
  G: Kind.reg,
  V: Kind.xmm,
  U: Kind.xmmRm,
  W: Kind.xmmRm,
  Z: Kind.opcode,
  A: Kind.accumulator,
  C: Kind.count,
  '1': Kind.one,
  I: Kind.immediate,
  J: Kind.relative,
  O: Kind.absolute,
  X: Kind.x87,
  F: Kind.frame,
  K: Kind.gate,
}

const UNDEFINED: Compiled = { name: 'ud2', forms: [], conditional: false, exchange: false, memoryWidth: 0 }
const STACK = /^(push|pop|pushf|popf)$/

function compile(text: string, inRegister: boolean): Compiled {
  const [name, list = ''] = text.split(' ')
  const letters = list === '' ? [] : list.split(',')
  // M is memory only, U and the rows that name neither are registers only.
  if (name === '' || letters.some((each) => each[0] === (inRegister ? 'M' : 'U'))) return UNDEFINED
  const stack = STACK.test(name)
  const forms = letters.map((each): Form => {
    const letter = each.at(-1) as keyof typeof Width
    let kind = each.length === 1 && letter in Width ? Kind.implied : KINDS[each[0]]
    let width: number = letter in Width ? Width[letter] : Width.v
    if (stack && kind === Kind.immediate) kind = Kind.pushed
    else if (stack && width === Width.q) width = Width.stack
    return { kind, width, fixed: BYTES[width] ?? 0 }
  })
  return {
    name,
    forms,
    conditional: name.includes('cc'),
    exchange: name === 'xchg',
    memoryWidth: name === 'pinsrw' ? 2 : 0,
  }
}

function compileRow(row: Row | undefined, missing: string): CompiledRow {
  const specs = row === undefined ? [missing] : typeof row === 'string' ? [row] : row
  const split = (each: string): [string, string] => {
    const at = each.indexOf('|')
    return at < 0 ? [each, each] : [each.slice(0, at), each.slice(at + 1)]
  }
  const grouped = specs.length > 1
  return {
    modrm: grouped || /[EGMUVWX]/.test(specs[0].slice(specs[0].indexOf(' ') + 1)),
    grouped,
    memory: specs.map((each) => compile(split(each)[0], false)),
    register: specs.map((each) => compile(split(each)[1], true)),
  }
}

/** EVEX and VEX; what else the one-byte map does not list is not there in 64-bit mode (SDM vol. 2, table A-2). */
const PRESENT = new Set([0x62, 0xc4, 0xc5])
const ONE = Array.from({ length: 256 }, (_, code) => compileRow(ONE_BYTE[code], PRESENT.has(code) ? 'unsupported' : 'ud2'))
/** Opcodes that the two-byte map has for no prefix (table A-3); what else it does not list is MMX or newer than SSE2. */
const ABSENT = new Set([0x04, 0x0a, 0x0c, 0x24, 0x25, 0x26, 0x27, 0x36, 0x39, 0x3b, 0x3c, 0x3d, 0x3e, 0xa6, 0xa7])
/** By mandatory prefix: none, 66h, F3h, F2h. A row for the prefix goes before one for any. */
const TWO = SSE.map((rows) =>
  Array.from({ length: 256 }, (_, code) => compileRow(rows[code] ?? TWO_BYTE[code], ABSENT.has(code) ? 'ud2' : 'unsupported')),
)

export function lookUp(extended: boolean, opcode: number, repeat: number, small: boolean): CompiledRow {
  if (!extended) return ONE[opcode]
  return TWO[repeat === 0xf3 ? 2 : repeat === 0xf2 ? 3 : small ? 1 : 0][opcode]
}
