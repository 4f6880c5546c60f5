/**
 * Interpreter handlers by the shape of an instruction: what it does, operand sizes and kinds. A shape's handler is one
 * small wasm function in the interpreter's table; it is made when the shape is first decoded, in batches.
 */
import type { Instruction } from '../decode/decoder.ts'
import { formNumber, semanticsOf } from '../isa/table.ts'
import { I32, I64 } from '../wasm/code.ts'
import { encodeModule, type FuncType } from '../wasm/module.ts'
import { ENTER_HANDLER } from './base-module.ts'
import { HandlerEmitter } from './handler-emitter.ts'

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

/** All that an instruction's handler depends on. */
function shapeOf(insn: Instruction): number | string {
  const form = formNumber(insn)
  if (!takesConstant(insn.name)) return form
  const last = insn.operands.at(-1)
  return last?.kind === 'i' ? `${form}#${last.value}` : form
}
const constants = new Map<string, boolean>()
/** Whether instructions of this name differ by their constant, too. */
function takesConstant(name: string): boolean {
  let takes = constants.get(name)
  if (takes === undefined) constants.set(name, (takes = IMMEDIATE_SHAPE.test(name)))
  return takes
}

export class Handlers {
  /** Slot 0 is never called, slot `ENTER_HANDLER` is the engine's. */
  readonly table = new WebAssembly.Table({ element: 'anyfunc', initial: SLOTS, maximum: SLOTS })
  readonly #memory: WebAssembly.Memory
  readonly #heat: number
  #ports: HandlerPorts | undefined
  readonly #slots = new Map<number | string, number>()
  #pending: Instruction[] = []
  #generation = 1

  /** `heat`: calls and back edges to an address after which `Special.promote` is told of it; 0 = never. */
  constructor(memory: WebAssembly.Memory, heat: number) {
    this.#memory = memory
    this.#heat = heat
  }
  connect(ports: HandlerPorts): void {
    this.#ports = ports
  }

  /** The slot of an instruction's handler; it exists after the next `flush`. */
  slot(insn: Instruction): number {
    const shape = shapeOf(insn)
    let slot = this.#slots.get(shape)
    if (slot === undefined) {
      slot = this.#slots.size + ENTER_HANDLER + 1
      this.#slots.set(shape, slot)
      this.#pending.push(insn)
    }
    return slot
  }

  /** Whether the handler is made for the very constant of the instruction. */
  takesConstant(insn: Instruction): boolean {
    return takesConstant(insn.name)
  }

  /** Makes the handlers asked for since the last time. */
  flush(): void {
    if (this.#pending.length === 0) return
    const functions = this.#pending.map((insn) => {
      const emitter = new HandlerEmitter(insn, this.#heat)
      semanticsOf(insn.name)(emitter)
      return { type: 0, code: emitter.code }
    })
    const at = this.#slots.size + ENTER_HANDLER + 1 - functions.length
    const bytes = encodeModule({
      types: TYPES,
      tables: ['table'],
      imports: IMPORTS,
      functions,
      elements: { at, functions: functions.map((_, i) => IMPORTS.length + i) },
    })
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: this.#memory, table: this.table, ...this.#ports } })
    this.#pending = []
  }

  /** How many tables there were. */
  get generation(): number {
    return this.#generation
  }
  /** Slots that are still free. */
  get room(): number {
    return SLOTS - 1 - ENTER_HANDLER - this.#slots.size
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
