/**
 * From a frame to the one that called it, by the call frame instructions of `.eh_frame` (DWARF 5, 6.4; psABI 3.7 for the numbers of registers).
 * Frames that are described by expressions, as those of signal handlers and procedure linkage tables, end a walk.
 */
import { recordAt, type Settle, type UnwindImage } from './eh-frame.ts'

/** DWARF's numbers; the return address has one, too. */
export const Dwarf = { rbx: 3, rbp: 6, rsp: 7, r12: 12, r13: 13, r14: 14, r15: 15, returnAddress: 16 } as const
const COUNT = 17

/** Values by DWARF number, undefined where they are not known; `returnAddress` is where the frame goes on. */
export type Registers = readonly (number | undefined)[]

export interface Memory {
  readonly view: DataView
  /** Whether so many bytes may be read. */
  readable(address: number, length: number): boolean
  readonly settle: Settle
}

/** Where a caller's value is: in place, nowhere, at an offset from the frame's canonical address, or in another register. */
type Rule = 'same' | 'unknown' | { readonly offset: number } | { readonly register: number }
interface Row {
  /** Register and offset of the canonical frame address; undefined where an expression gives it. */
  cfa: { readonly register: number; readonly offset: number } | undefined
  rules: Rule[]
}

/** The bytes of a table, up to an end; what lies behind it reads as 0. */
class Bytes {
  readonly #view: DataView
  at: number
  readonly end: number

  constructor(view: DataView, at: number, end: number) {
    this.#view = view
    this.at = at
    this.end = end
  }
  get left(): boolean {
    return this.at < this.end
  }
  byte(): number {
    return this.left ? this.#view.getUint8(this.at++) : 0
  }
  fixed(bytes: number): number {
    let value = 0
    for (let i = 0; i < bytes; i++) value += this.byte() * 2 ** (8 * i)
    return value
  }
  unsigned(): number {
    return this.#leb()[0]
  }
  signed(): number {
    const [value, weight, negative] = this.#leb()
    return negative ? value - weight : value
  }
  #leb(): [value: number, weight: number, negative: boolean] {
    let value = 0
    let weight = 1
    for (;;) {
      const next = this.byte()
      value += (next & 0x7f) * weight
      weight *= 128
      if (!(next & 0x80)) return [value, weight, (next & 0x40) !== 0]
    }
  }
}

interface Common {
  readonly codeFactor: number
  readonly dataFactor: number
  readonly augmented: boolean
  readonly initial: Bytes
}

function commonAt(view: DataView, at: number, { end }: UnwindImage, settle: Settle): Common | undefined {
  const next = at + 4 + view.getUint32(at, true)
  if (next > end) return undefined
  settle(at, next - at)
  const bytes = new Bytes(view, at + 8, next)
  const version = bytes.byte()
  let augmentation = ''
  for (let letter = bytes.byte(); letter !== 0 && augmentation.length < 8; letter = bytes.byte())
    augmentation += String.fromCharCode(letter)
  const codeFactor = bytes.unsigned()
  const dataFactor = bytes.signed()
  const returns = version === 1 ? bytes.byte() : bytes.unsigned()
  if (returns !== Dwarf.returnAddress || (augmentation !== '' && augmentation[0] !== 'z') || augmentation.includes('S')) return undefined
  const augmented = augmentation !== ''
  if (augmented) {
    const length = bytes.unsigned()
    bytes.at += length
  }
  return { codeFactor, dataFactor, augmented, initial: bytes }
}

/** Follows instructions up to an address; false if there is one that is not known. */
function follow(
  bytes: Bytes,
  row: Row,
  { codeFactor, dataFactor }: Common,
  first: readonly Rule[],
  from: number,
  address: number,
): boolean {
  const remembered: Row[] = []
  let location = from
  const set = (register: number, rule: Rule): void => {
    if (register < COUNT) row.rules[register] = rule
  }
  const expression = (): void => {
    const length = bytes.unsigned()
    bytes.at += length
  }
  while (bytes.left) {
    const code = bytes.byte()
    const operand = code & 0x3f
    switch (code >>> 6) {
      case 1:
        location += operand * codeFactor
        if (location > address) return true
        continue
      case 2:
        set(operand, { offset: bytes.unsigned() * dataFactor })
        continue
      case 3:
        set(operand, first[operand] ?? 'same')
        continue
    }
    switch (code) {
      case 0x00:
        break
      case 0x02:
      case 0x03:
      case 0x04:
        location += bytes.fixed(2 ** (code - 2)) * codeFactor
        if (location > address) return true
        break
      case 0x05:
        set(bytes.unsigned(), { offset: bytes.unsigned() * dataFactor })
        break
      case 0x06: {
        const register = bytes.unsigned()
        set(register, first[register] ?? 'same')
        break
      }
      case 0x07:
        set(bytes.unsigned(), 'unknown')
        break
      case 0x08:
        set(bytes.unsigned(), 'same')
        break
      case 0x09:
        set(bytes.unsigned(), { register: bytes.unsigned() })
        break
      case 0x0a:
        remembered.push({ cfa: row.cfa, rules: [...row.rules] })
        break
      case 0x0b: {
        const last = remembered.pop()
        if (last === undefined) return false
        row.cfa = last.cfa
        row.rules = last.rules
        break
      }
      case 0x0c:
        row.cfa = { register: bytes.unsigned(), offset: bytes.unsigned() }
        break
      case 0x0d:
        row.cfa = row.cfa && { ...row.cfa, register: bytes.unsigned() }
        break
      case 0x0e:
        row.cfa = row.cfa && { ...row.cfa, offset: bytes.unsigned() }
        break
      case 0x0f:
        expression()
        row.cfa = undefined
        break
      case 0x10:
      case 0x16:
        set(bytes.unsigned(), 'unknown')
        expression()
        break
      case 0x11:
        set(bytes.unsigned(), { offset: bytes.signed() * dataFactor })
        break
      case 0x12:
        row.cfa = { register: bytes.unsigned(), offset: bytes.signed() * dataFactor }
        break
      case 0x13:
        row.cfa = row.cfa && { ...row.cfa, offset: bytes.signed() * dataFactor }
        break
      case 0x2e:
        bytes.unsigned()
        break
      default:
        return false
    }
  }
  return true
}

/** The registers of the frame that called this one; undefined where the tables do not say, or say what cannot be. */
export function callerOf(memory: Memory, image: UnwindImage, registers: Registers): Registers | undefined {
  const { view, settle } = memory
  // The call is before the address that it returns to, which may be another function's.
  const address = (registers[Dwarf.returnAddress] ?? 0) - 1
  const record = recordAt(view, image, address, settle)
  if (record === undefined) return undefined
  const next = record.at + 4 + view.getUint32(record.at, true)
  if (next > image.end) return undefined
  settle(record.at, next - record.at)
  const common = commonAt(view, record.cie, image, settle)
  if (common === undefined) return undefined
  const row: Row = { cfa: undefined, rules: Array.from({ length: COUNT }, () => 'same') }
  row.cfa = { register: Dwarf.rsp, offset: 0 }
  if (!follow(common.initial, row, common, [], record.from, record.from)) return undefined
  const bytes = new Bytes(view, record.rest, next)
  if (common.augmented) {
    const length = bytes.unsigned()
    bytes.at += length
  }
  if (!follow(bytes, row, common, [...row.rules], record.from, address)) return undefined
  const base = row.cfa && registers[row.cfa.register]
  if (base === undefined) return undefined
  const cfa = base + row.cfa!.offset
  const stack = registers[Dwarf.rsp]
  // Stacks grow down: a caller's frame lies above.
  if (stack === undefined || !(cfa > stack)) return undefined
  const found = row.rules.map((rule, register) => {
    if (rule === 'same') return registers[register]
    if (rule === 'unknown') return undefined
    if ('register' in rule) return registers[rule.register]
    return wordAt(memory, cfa + rule.offset)
  })
  found[Dwarf.rsp] = cfa
  return found[Dwarf.returnAddress] ? found : undefined
}

/** Undefined for what is no address of the guest. */
function wordAt({ view, readable, settle }: Memory, at: number): number | undefined {
  if (at < 0 || at >= 0xffff_fff8 || !readable(at, 8)) return undefined
  settle(at, 8)
  return view.getUint32(at + 4, true) === 0 ? view.getUint32(at, true) : undefined
}
