/** One engine's table of interpreter handlers, filled from the book that the engines of a process share. */
import type { Instruction } from '../decode/decoder.ts'
import { functionTable } from '../wasm/function-table.ts'
import { ENTER_HANDLER, HANDLER_SLOTS } from './base-module.ts'
import { type Measure, unmeasured } from './cpu.ts'
import type { HandlerBook } from './handler-book.ts'
import type { Patterns } from './patterns.ts'

export interface HandlerPorts {
  access(low: number, high: number, size: number, write: number): number
  divide(divisor: bigint, width: number, signed: number): number
  mulHigh(a: bigint, b: bigint, signed: number): bigint
  special(what: number, record: number): void
}

export class Handlers {
  readonly table = functionTable(HANDLER_SLOTS)
  readonly #memory: WebAssembly.Memory
  readonly #book: HandlerBook
  readonly #measure: Measure
  #ports: HandlerPorts | undefined
  /** Slot behind the last one that is filled. */
  #filled = ENTER_HANDLER + 1
  #generation: number

  constructor(memory: WebAssembly.Memory, book: HandlerBook, measure = unmeasured) {
    this.#memory = memory
    this.#book = book
    this.#measure = measure
    this.#generation = book.generation
  }
  connect(ports: HandlerPorts): void {
    this.#ports = ports
  }
  get patterns(): Patterns {
    return this.#book.patterns
  }
  /** The slot of an instruction's handler; it exists after the next `flush`. */
  slot(insn: Instruction): number {
    return this.#book.slot(insn)
  }
  /** Fills the table with all that the book has. */
  flush(): void {
    if (ENTER_HANDLER + 1 + this.#book.shapes > this.#filled) this.#measure('compile', () => this.#fill())
  }
  #fill(): void {
    const end = this.#book.flush()
    for (const { module } of this.#book.modulesFrom(this.#filled))
      new WebAssembly.Instance(module, { env: { memory: this.#memory, table: this.table, ...this.#ports } })
    this.#filled = end
  }

  /** Makes room for the shapes of `count` instructions. false = by forgetting all handlers: records made before must not run again. */
  makeRoom(count: number): boolean {
    if (this.#book.room < count) this.#book.clear()
    if (this.#generation === this.#book.generation) return true
    this.#generation = this.#book.generation
    this.#filled = ENTER_HANDLER + 1
    return false
  }
  /** Whether there is room for one more shape, and the slots are those that records were made with. */
  get areReady(): boolean {
    return this.#book.room > 0 && this.#generation === this.#book.generation
  }
  /** How many tables there were. */
  get generation(): number {
    return this.#generation
  }
  get shapes(): number {
    return this.#book.shapes
  }
}
