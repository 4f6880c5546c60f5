/** What an instruction reads, writes and may end in, found by running its row once per form with an emitter that only takes notes. */
import type { Instruction, Operand } from '../decode/decoder.ts'
import { Emitter, type FlagWrites, type Place, type Push, type StatusFlag } from '../isa/emitter.ts'
import { formNumber, semanticsOf } from '../isa/table.ts'
import { Code } from '../wasm/code.ts'

/** Bits of flag masks. */
export const Flag = { cf: 1, of: 2, af: 4, zf: 8, sf: 16, pf: 32, all: 63 } as const
/** Bit of a register in register masks: general ones are 0 .. 15, xmm 16 .. 31. */
const XMM = 16

/** An access that the row checks, in the row's order. */
export interface Access {
  /** Base register and displacement where the address is no more than that. */
  readonly place: Place | 'operand' | undefined
  readonly size: number
  readonly write: boolean
}

/** Of a form: operands by position, implied registers by mask. */
interface Form {
  readonly reads: number
  readonly writes: number
  readonly used: number
  readonly defined: number
  readonly flagsUsed: number
  readonly flagsDefined: number
  readonly accesses: readonly Access[]
  /** Can end in a fault of its own, access checks apart. */
  readonly raises: boolean
  /** The host does the whole instruction. */
  readonly special: boolean
  readonly address: boolean
}

/** Masks of one instruction. What is written in part or on a condition is used too. */
export interface Effects {
  readonly used: number
  readonly defined: number
  readonly flagsUsed: number
  readonly flagsDefined: number
  readonly accesses: readonly Access[]
  readonly raises: boolean
  readonly special: boolean
}

class Notes extends Emitter {
  readonly code = new Code(0)
  readonly insn: Instruction
  reads = 0
  writes = 0
  used = 0
  defined = 0
  flagsUsed = 0
  flagsDefined = 0
  readonly accesses: Access[] = []
  raises = false
  isSpecial = false
  usesAddress = false

  constructor(insn: Instruction) {
    super()
    this.insn = insn
  }
  local(type: number): number {
    return this.code.local(type)
  }
  effectiveAddress(beyond?: Push): void {
    this.usesAddress = true
    beyond?.()
  }
  check(_local: number, size: number, write: boolean, place?: Place | 'operand'): void {
    this.accesses.push({ place, size, write })
  }
  read(n: number): void {
    this.reads |= 1 << n
  }
  write(n: number, _value: number, width = this.insn.operands[n].width): void {
    this.writes |= 1 << n
    if (this.code.depth > 0 || width < 4) this.reads |= 1 << n
  }
  readV(n: number): void {
    this.reads |= 1 << n
  }
  writeV(n: number): void {
    this.writes |= 1 << n
    if (this.code.depth > 0) this.reads |= 1 << n
  }
  readGpr(index: number): void {
    this.used |= 1 << index
  }
  writeGpr(index: number, _value: number, width = 8): void {
    this.defined |= 1 << index
    if (this.code.depth > 0 || width < 4) this.used |= 1 << index
  }
  constant(n: number): number | undefined {
    return immediateOf(this.insn.operands[n])
  }
  setFlags(flags: FlagWrites): void {
    const mask = writtenFlags(flags)
    this.flagsDefined |= mask
    if (this.code.depth > 0) this.flagsUsed |= mask
  }
  flag(flag: StatusFlag): void {
    this.flagsUsed |= Flag[flag]
  }
  direction(): void {}
  setDirection(): void {}
  raise(): void {
    this.raises = true
  }
  special(): void {
    this.isSpecial = true
  }
  specialAt(): void {
    this.isSpecial = true
  }
  divideWide(): void {
    this.used |= 5
    this.defined |= 5
  }
  mulHigh(): void {}
  repeat(element: () => void, stop?: Push): void {
    if (this.insn.repeat === 0) {
      element()
      return
    }
    this.used |= 2
    this.defined |= 2
    this.code.loop()
    element()
    stop?.()
    this.code.end()
  }
  next(): void {}
  fallThrough(): void {}
  branch(condition?: Push): void {
    condition?.()
  }
  jump(): void {}
  enter(): void {}
  leave(): void {}
}

export function writtenFlags(flags: FlagWrites): number {
  let mask = 0
  if (flags.cf !== undefined) mask |= Flag.cf
  if (flags.of !== undefined) mask |= Flag.of
  if (flags.af !== undefined) mask |= Flag.af
  if (flags.zf !== undefined || flags.result !== undefined) mask |= Flag.zf
  if (flags.sf !== undefined || flags.result !== undefined) mask |= Flag.sf
  if (flags.pf !== undefined || flags.result !== undefined) mask |= Flag.pf
  return mask
}

export const immediateOf = (operand: Operand): number | undefined =>
  operand.kind === 'i' ? Number(BigInt.asIntN(32, operand.value)) : undefined

const forms = new Map<number | string, Form>()
/** Shifts by a constant 0 write nothing. */
const COUNTED = new Set(['shl', 'shr', 'sar', 'rol', 'ror', 'shld', 'shrd'])

function formOf(insn: Instruction): Form {
  const number = formNumber(insn)
  const key = COUNTED.has(insn.name) ? `${number} ${immediateOf(insn.operands.at(-1)!)}` : number
  let form = forms.get(key)
  if (form === undefined) {
    const notes = new Notes(insn)
    semanticsOf(insn.name)(notes)
    form = { ...notes, raises: notes.raises, special: notes.isSpecial, address: notes.usesAddress }
    forms.set(key, form)
  }
  return form
}

export function effectsOf(insn: Instruction): Effects {
  const form = formOf(insn)
  let { used, defined } = form
  for (let n = 0; n < insn.operands.length; n++) {
    const operand = insn.operands[n]
    if (operand.kind === 'm') {
      if (operand.base >= 0) used |= 1 << operand.base
      if (operand.index >= 0) used |= 1 << operand.index
    } else if (operand.kind !== 'i') {
      const bit = 1 << (operand.kind === 'x' ? operand.index + XMM : operand.index)
      if (form.reads & (1 << n)) used |= bit
      if (form.writes & (1 << n)) defined |= bit
    }
  }
  const { flagsUsed, flagsDefined, accesses, raises, special } = form
  return { used, defined, flagsUsed, flagsDefined, accesses, raises, special }
}
