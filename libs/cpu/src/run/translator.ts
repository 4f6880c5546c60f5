/** Which functions are translated, when, and into which slots. */
import { type GuestMemory, Perm } from '../memory/guest-memory.ts'
import { type FunctionCode, type Range, readFunction } from '../translate/function-code.ts'
import { translateModule } from '../translate/module-writer.ts'
import { Code, I32 } from '../wasm/code.ts'
import { encodeModule } from '../wasm/module.ts'
import type { CodeModule } from './cpu.ts'
import type { Records } from './records.ts'
import { SLOTS, Slot, type SlotMap } from './slots.ts'

/** Longer functions stay with the interpreter. */
const LIMIT = 20_000
/** Code without unwind tables is read this far from where it is entered. */
const UNBOUNDED = 0x1_0000
/** Calls for a batch that is not full: when functions that wait in it have become warm again this often, it is translated. */
const PATIENCE = 24

interface Translated {
  readonly range: Range
  readonly entries: readonly number[]
}

export interface TranslatorOptions {
  /** Functions that wait before they are translated together. */
  readonly batch: number
}

export class Translator {
  readonly #memory: GuestMemory
  readonly #records: Records
  readonly #slots: SlotMap
  readonly table = new WebAssembly.Table({ element: 'anyfunc', initial: SLOTS, maximum: SLOTS })
  readonly #imports: WebAssembly.ModuleImports
  readonly #batch: number
  readonly #modules: CodeModule[] = []
  readonly #translated = new Map<number, Translated>()
  readonly #refused = new Set<number>()
  #waiting = new Map<number, Range>()
  #pressure = 0
  #next: number = Slot.first
  instances = 0
  bytes = 0

  constructor(memory: GuestMemory, records: Records, slots: SlotMap, imports: WebAssembly.ModuleImports, options: TranslatorOptions) {
    this.#memory = memory
    this.#records = records
    this.#slots = slots
    this.#imports = imports
    this.#batch = options.batch
  }
  /** Fills the slots that are not translations. */
  connect(interpret: unknown, gate: (pc: number) => number): void {
    this.table.set(Slot.interpret, interpret)
    this.table.set(Slot.gate, asWasm(this.#memory.memory, gate))
  }
  get functions(): number {
    return this.#translated.size
  }
  moduleLoaded(module: CodeModule): void {
    this.#modules.push(module)
  }

  /** The function around `address` has become warm. False if it will never be translated. */
  promote(address: number): boolean {
    // Gates are the host's, which is asked at once.
    if (this.#memory.permissions[address >>> 12] & Perm.gate) return false
    const range = this.#rangeOf(address)
    if (this.#refused.has(range.start)) return false
    if (this.#translated.has(range.start)) return false
    if (this.#waiting.has(range.start)) this.#pressure++
    else this.#waiting.set(range.start, range)
    if (this.#waiting.size >= this.#batch || this.#pressure >= PATIENCE) this.flush()
    return true
  }

  /** Translates what waits, one module for each object. */
  flush(): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting = new Map()
    this.#pressure = 0
    const batches = new Map<CodeModule | undefined, FunctionCode[]>()
    for (const range of waiting) {
      const fn = readFunction(this.#memory, range, LIMIT)
      if (fn === undefined) {
        this.#refused.add(range.start)
        continue
      }
      const module = this.#moduleAt(range.start)
      const batch = batches.get(module)
      if (batch) batch.push(fn)
      else batches.set(module, [fn])
    }
    for (const [module, batch] of batches) this.#install(batch, module === undefined)
  }

  #install(batch: readonly FunctionCode[], alone: boolean): void {
    if (this.#next + batch.length > SLOTS) {
      for (const fn of batch) this.#refused.add(fn.start)
      return
    }
    const { bytes, functions, refused } = translateModule(batch, alone)
    for (const start of refused) this.#refused.add(start)
    if (functions.length === 0) return
    const base = new WebAssembly.Global({ value: 'i32', mutable: false }, this.#next)
    new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.#memory.memory, slots: this.table, base, ...this.#imports },
    })
    this.instances++
    this.bytes += bytes.length
    const byStart = new Map(batch.map((fn) => [fn.start, fn]))
    for (const entries of functions) {
      const slot = this.#next++
      const { start, end } = byStart.get(entries[0])!
      this.#translated.set(start, { range: { start, end }, entries })
      if (this.#slots.get(start) === Slot.interpret) this.#slots.set(start, slot)
      for (const entry of entries) this.#records.translate(entry, slot)
    }
  }

  /** Translations of an object call each other directly, so all of its go when a part of it changes. True if any went. */
  codeChanged(address: number, length: number): boolean {
    const end = address + length
    const gone = new Set<CodeModule>()
    for (const module of this.#modules) if (module.textStart < end && address < module.textEnd) gone.add(module)
    let any = false
    for (const [start, { range, entries }] of this.#translated) {
      const module = this.#moduleAt(start)
      if (!(module && gone.has(module)) && !(range.start < end && address < range.end)) continue
      any = true
      this.#translated.delete(start)
      this.#slots.set(start, Slot.interpret)
      for (const entry of entries) this.#records.untranslate(entry)
    }
    for (const start of [...this.#refused]) if (start >= address - UNBOUNDED && start < end) this.#refused.delete(start)
    for (const [start, range] of this.#waiting) if (start < end && address < range.end) this.#waiting.delete(start)
    return any
  }

  #moduleAt(address: number): CodeModule | undefined {
    // The object loaded last at a place is the one that is there.
    for (let i = this.#modules.length - 1; i >= 0; i--) {
      const module = this.#modules[i]
      if (address >= module.textStart && address < module.textEnd) return module
    }
    return undefined
  }
  #rangeOf(address: number): Range {
    const known = this.#moduleAt(address)?.functionAt(address)
    if (known) return { start: known[0], end: known[1] }
    return { start: address, end: address + UNBOUNDED }
  }
}

/** A table takes wasm functions only: one that calls the host's. */
function asWasm(memory: WebAssembly.Memory, host: (pc: number) => number): unknown {
  const bytes = encodeModule({
    types: [{ params: [I32], results: [I32] }],
    tables: [],
    imports: [{ name: 'host', type: 0 }],
    functions: [{ type: 0, code: new Code(1).get(0).call(0), export: 'call' }],
  })
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, host } }).exports.call
}
