/**
 * Interpreter handlers by the shape of an instruction: what it does, operand sizes and kinds. A shape's handler is one
 * small wasm function in the interpreter's table; it is made when the shape is first decoded, in batches.
 */
import type { Instruction } from '../decode/decoder.ts'
import { INTEGER, type Semantics } from '../isa/integer.ts'
import { RARE } from '../isa/integer-rare.ts'
import { SSE_SEMANTICS } from '../isa/sse.ts'
import { CONVERSIONS } from '../isa/sse-convert.ts'
import { Code, I32, I64, W } from '../wasm/code.ts'
import { encodeModule, type FuncType } from '../wasm/module.ts'
import { HandlerEmitter } from './handler-emitter.ts'
import { Op } from './op-record.ts'

const TABLE: Readonly<Record<string, Semantics>> = {
  ...INTEGER,
  ...RARE,
  ...CONVERSIONS,
  ...SSE_SEMANTICS,
  /** Ends a run of records that no branch ends: goes on at the next instruction's own block. */
  goto: (e) => e.branch(),
}

const HANDLER: FuncType = { params: [I32], results: [I32] }
const TYPES: readonly FuncType[] = [
  HANDLER,
  { params: [I32, I32, I32, I32], results: [I32] },
  { params: [I64, I32, I32], results: [I32] },
  { params: [I64, I64, I32], results: [I64] },
  { params: [I32, I32], results: [] },
]
/** In the order of `Import`. */
const IMPORTS = [
  { name: 'access', type: 1 },
  { name: 'divide', type: 2 },
  { name: 'mulHigh', type: 3 },
  { name: 'special', type: 4 },
]
/** Shuffles take their constant from the instruction: one handler each. */
const IMMEDIATE_SHAPE = /^(pshuf|shufp|ps[lr]ldq|cmp[ps][sd]|pinsrw|pextrw)/
/** Handlers that one interpreter can hold. */
const SLOTS = 8192

export interface HandlerPorts {
  access(low: number, high: number, size: number, write: number): number
  divide(divisor: bigint, width: number, signed: number): number
  mulHigh(a: bigint, b: bigint, signed: number): bigint
  special(what: number, record: number): void
}

export const isKnown = (name: string): boolean => name in TABLE

/** All that an instruction's handler depends on. */
export function shapeOf(insn: Instruction): string {
  const operands = insn.operands.map((each) =>
    each.kind === 'm'
      ? `m${each.width}${each.segment === 'none' ? '' : 's'}${each.segment === 'gs' ? 'g' : ''}${each.short ? 'a' : ''}`
      : `${each.kind}${each.width}`,
  )
  const constant = IMMEDIATE_SHAPE.test(insn.name) ? insn.operands.at(-1) : undefined
  const back = insn.target <= insn.rip ? 'b' : ''
  return `${insn.name}.${insn.width}.${operands.join('.')}.${insn.condition}.${insn.repeat}${back}${constant?.kind === 'i' ? `#${constant.value}` : ''}`
}

export class Handlers {
  readonly #table = new WebAssembly.Table({ element: 'anyfunc', initial: SLOTS, maximum: SLOTS })
  readonly #imports: WebAssembly.Imports
  readonly #slots = new Map<string, number>()
  #pending: Instruction[] = []
  #generation = 1
  readonly loop: (record: number) => void

  constructor(memory: WebAssembly.Memory, ports: HandlerPorts) {
    this.#imports = { env: { memory, table: this.#table, ...ports } }
    const code = new Code(1)
    code.loop().get(0).get(0).mem(W.i32load16u, Op.handler).callIndirect(0).tee(0).brIf(0).end()
    const bytes = encodeModule({
      types: [...TYPES, { params: [I32], results: [] }],
      imports: IMPORTS,
      functions: [{ type: TYPES.length, code, export: 'loop' }],
    })
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), this.#imports)
    this.loop = exports.loop as (record: number) => void
  }

  /** The slot of an instruction's handler; it exists after the next `flush`. */
  slot(insn: Instruction): number {
    const shape = shapeOf(insn)
    let slot = this.#slots.get(shape)
    if (slot === undefined) {
      slot = this.#slots.size + 1
      this.#slots.set(shape, slot)
      this.#pending.push(insn)
    }
    return slot
  }

  /** Makes the handlers asked for since the last time. */
  flush(): void {
    if (this.#pending.length === 0) return
    const functions = this.#pending.map((insn) => {
      const emitter = new HandlerEmitter(insn)
      TABLE[insn.name](emitter)
      return { type: 0, code: emitter.code }
    })
    const at = this.#slots.size + 1 - functions.length
    const bytes = encodeModule({
      types: TYPES,
      imports: IMPORTS,
      functions,
      elements: { at, functions: functions.map((_, i) => IMPORTS.length + i) },
    })
    new WebAssembly.Instance(new WebAssembly.Module(bytes), this.#imports)
    this.#pending = []
  }

  /** How many tables there were. */
  get generation(): number {
    return this.#generation
  }
  /** Slots that are still free. */
  get room(): number {
    return SLOTS - 1 - this.#slots.size
  }
  /** Forgets all handlers; records made before must not run again. */
  clear(): void {
    this.#slots.clear()
    this.#generation++
    this.#pending = []
  }

  get shapes(): number {
    return this.#slots.size
  }
}
