/** Which functions are translated, when, and into which slots. */
import { type GuestMemory, Perm } from '../memory/guest-memory.ts'
import { type FunctionCode, type Range, readFunction } from '../translate/function-code.ts'
import { type LandingGroup, siteAt } from '../translate/landing.ts'
import { type TranslatedFunction, translateModule } from '../translate/module-writer.ts'
import { Code, I32 } from '../wasm/code.ts'
import { functionTable } from '../wasm/function-table.ts'
import { encodeModule } from '../wasm/module.ts'
import { type CodeModule, type Measure, type TranslationCache, unmeasured } from './cpu.ts'
import { KeptTranslations, type LiveModule, type MadeModule, type Renewal, type Warm } from './kept-translations.ts'
import type { Records } from './records.ts'
import { SLOTS, Slot, type SlotMap } from './slots.ts'

/** Longer functions stay with the interpreter. */
const LIMIT = 20_000
/** Code without unwind tables is read this far from where it is entered. */
const UNBOUNDED = 0x1_0000
/**
 * Visits of an object's functions that make it worth while to bring in what the cache has of it, for each byte that tells which modules those are:
 * by then about half of what that costs has been lost to interpreting. A run is not to pay for objects that it hardly uses, and the more is kept the
 * longer it goes without.
 */
const VISITS = 3.4
/** A batch that is not full is translated when its functions have become warm again this often; modules cost, so later ones wait longer. */
const PATIENCE = 400

interface Translated {
  readonly range: Range
  readonly entries: readonly number[]
}

export interface TranslatorOptions {
  /** Functions that wait before they are translated together. */
  readonly batch: number
  readonly cache?: TranslationCache | undefined
  readonly measure?: Measure | undefined
}

export class Translator {
  readonly #memory: GuestMemory
  readonly #records: Records
  readonly #slots: SlotMap
  readonly table = functionTable(SLOTS)
  readonly #imports: WebAssembly.ModuleImports
  readonly #batch: number
  #kept: KeptTranslations | undefined
  /** Whether the cache has machine code. */
  readonly provident: boolean
  readonly #sum: TranslationCache['sum']
  readonly #measure: Measure
  #exactFloats = false
  /** Functions that are interpreted, by their start. */
  readonly #warm = new Map<number, Warm>()
  /** Objects that the cache was not asked for yet: visits of their functions until it is worth while. */
  readonly #dormant = new Map<CodeModule, number>()
  readonly #modules: CodeModule[] = []
  readonly #translated = new Map<number, Translated>()
  readonly #refused = new Set<number>()
  /** Those that are gone as well: calls of theirs may be under way. */
  readonly #bySlot: TranslatedFunction[] = []
  #waiting = new Map<number, Range>()
  #pressure = 0
  #next: number = Slot.first
  instances = 0
  /** Functions that came from the cache, and those of them that came with machine code. */
  cached = 0
  compiled = 0
  bytes = 0

  constructor(memory: GuestMemory, records: Records, slots: SlotMap, imports: WebAssembly.ModuleImports, options: TranslatorOptions) {
    this.#memory = memory
    this.#records = records
    this.#slots = slots
    this.#imports = imports
    this.#batch = options.batch
    this.#kept = options.cache && new KeptTranslations(options.cache)
    this.provident = options.cache?.compiled !== undefined
    this.#sum = options.cache?.sum ?? (() => 0)
    this.#measure = options.measure ?? unmeasured
  }
  /** Fills the slots that are not translations. */
  connect(interpret: unknown, gate: (pc: number) => number): void {
    this.table.set(Slot.interpret, interpret)
    this.table.set(Slot.gate, asWasm(this.#memory.memory, gate))
  }
  /** A slot for a function that is no translation. */
  occupy(fn: unknown): number {
    this.table.set(this.#next, fn)
    return this.#next++
  }
  get functions(): number {
    return this.#translated.size
  }
  moduleLoaded(module: CodeModule): void {
    this.#modules.push(module)
    if (this.#kept !== undefined) this.#dormant.set(module, this.#kept.sizeOf(module) * VISITS)
  }
  readonly #renewal: Renewal = {
    warm: (module) => [...this.#warm.values()].filter(({ range }) => this.#moduleAt(range.start) === module),
    translate: (ranges) => this.#translate(ranges, false),
    fits: ({ textStart, textEnd }, functions) =>
      functions.every(({ entries, end, sum }) => entries[0] >= textStart && end <= textEnd && this.#sumOf(entries[0], end) === sum),
    link: (compiled, table) => this.#link(compiled, table, 0),
  }
  /** A dormant object's function was visited so often: what the cache has of it is brought in once that is worth while. */
  #stir(module: CodeModule, visits: number): void {
    const left = this.#dormant.get(module)
    if (left === undefined) return
    if (left <= visits) this.#measure('compile', () => this.#awaken(module))
    else this.#dormant.set(module, left - visits)
  }
  #awaken(module: CodeModule): void {
    this.#dormant.delete(module)
    const { modules, refused } = this.#kept!.read(module, this.#renewal)
    for (const each of modules) {
      if (this.#next + each.functions.length > SLOTS) continue
      this.#install(each)
      this.cached += each.functions.length
      this.compiled += each.code.functions
    }
    for (const start of refused) this.#refused.add(start)
  }
  /** Gives the cache what was translated since the last time; if it `learns`, what this run would have liked to be translated, and optimised. */
  store(learns: boolean): void {
    this.#kept?.store(this.#renewal, learns)
  }
  /** What cannot be translated is left out and remembered. */
  #translate(all: readonly Range[], alone: boolean): MadeModule | undefined {
    const ranges = all.filter((range) => this.#isReadable(range))
    if (ranges.length === 0) return undefined
    const starts = ranges.map(({ start }) => start)
    const { bytes, functions } = translateModule(starts, (i) => this.#read(ranges[i])!, alone)
    return {
      bytes,
      functions: functions.map(({ end, entries, groups }) => ({ end, entries, groups, sum: this.#sumOf(entries[0], end) })),
    }
  }
  #read(range: Range): FunctionCode | undefined {
    return readFunction(this.#memory, range, LIMIT, this.#exactFloats)
  }
  #isReadable(range: Range): boolean {
    const readable = this.#read(range) !== undefined
    if (!readable) this.#refuse(range.start)
    return readable
  }
  #refuse(start: number): void {
    this.#refused.add(start)
    const module = this.#moduleAt(start)
    if (module) this.#kept?.refuse(module, start)
  }
  #sumOf(start: number, end: number): number {
    this.#memory.settle(start, end - start)
    return this.#sum(this.#memory.bytes(start, end - start))
  }

  /** The function around `address` has become warmer by one promotion, which is so many visits; it is translated when it has had `enough` of them. */
  promote(address: number, enough: number, visits = 1): void {
    // Gates are the host's, which is asked at once.
    if (this.#memory.permissions[address >>> 12] & Perm.gate) return
    const module = this.#moduleAt(address)
    if (module) this.#stir(module, visits)
    const range = this.#rangeOf(address)
    if (this.#refused.has(range.start) || this.#translated.has(range.start)) return
    const promotions = (this.#warm.get(range.start)?.promotions ?? 0) + 1
    this.#warm.set(range.start, { range, promotions })
    if (promotions < enough) return
    if (module) this.#stir(module, Number.POSITIVE_INFINITY)
    if (this.#translated.has(range.start)) return
    if (this.#waiting.has(range.start)) this.#pressure++
    else this.#waiting.set(range.start, range)
    if (this.#waiting.size >= this.#batch || this.#pressure >= PATIENCE * (1 + this.instances / 8)) this.flush()
  }

  /** Translates what waits, one module for each object. */
  flush(): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting = new Map()
    this.#pressure = 0
    const batches = new Map<CodeModule | undefined, Range[]>()
    for (const range of waiting) {
      this.#warm.delete(range.start)
      const module = this.#moduleAt(range.start)
      const batch = batches.get(module)
      if (batch) batch.push(range)
      else batches.set(module, [range])
    }
    for (const [module, batch] of batches) this.#make(batch, module)
  }

  #make(batch: readonly Range[], module: CodeModule | undefined): void {
    if (this.#next + batch.length > SLOTS) {
      for (const { start } of batch) this.#refused.add(start)
      return
    }
    const made = this.#measure('translate', () => this.#translate(batch, module === undefined))
    if (made === undefined) return
    const { bytes, functions } = made
    const compiled = this.#measure('compile', () => {
      const fresh = new WebAssembly.Module(bytes)
      this.#install({ size: bytes.length, functions, compiled: fresh })
      return fresh
    })
    if (module !== undefined) this.#kept?.add(module, made, compiled)
  }
  #link(compiled: WebAssembly.Module, slots: WebAssembly.Table, first: number): void {
    const base = new WebAssembly.Global({ value: 'i32', mutable: false }, first)
    new WebAssembly.Instance(compiled, { env: { memory: this.#memory.memory, slots, base, ...this.#imports } })
  }
  #install({ size, compiled, functions }: LiveModule): void {
    this.#link(compiled, this.table, this.#next)
    this.instances++
    this.bytes += size
    for (const each of functions) {
      const { end, entries } = each
      const slot = this.#next++
      const [start] = entries
      this.#bySlot[slot] = each
      this.#translated.set(start, { range: { start, end }, entries })
      if (this.#slots.get(start) === Slot.interpret) this.#slots.set(start, slot)
      for (const entry of entries) this.#records.translate(entry, slot)
    }
  }

  /** Where the translation in a slot was left, and what its locals held. */
  landing(slot: number, site: number): { readonly rip: number; readonly group: LandingGroup } {
    const { entries, end, groups } = this.#bySlot[slot]
    const { group, rip } = siteAt({ start: entries[0], end }, site)
    return { rip, group: groups[group] }
  }

  /** Translations of an object call each other directly, so all of its go when a part of it changes. True if any went. */
  codeChanged(address: number, length: number): boolean {
    const end = address + length
    const gone = new Set<CodeModule>()
    for (const module of this.#modules) if (module.textStart < end && address < module.textEnd) gone.add(module)
    // What is dormant is compared with the code before it is used.
    for (const module of gone) this.#kept?.drop(module)
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
    for (const [start, { range }] of this.#warm) if (start < end && address < range.end) this.#warm.delete(start)
    return any
  }

  /** Float arithmetic is left to the host from now on, or no more: all translations go, and what comes is not kept. The caller forgets all records. */
  setExactFloats(exact: boolean): void {
    this.store(false)
    this.#kept = undefined
    this.#dormant.clear()
    this.#exactFloats = exact
    for (const [start, { entries }] of this.#translated) {
      this.#slots.set(start, Slot.interpret)
      for (const entry of entries) this.#records.untranslate(entry)
    }
    for (const each of [this.#translated, this.#refused, this.#waiting, this.#warm]) each.clear()
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
    const module = this.#moduleAt(address)
    const stub = stubAt(this.#memory, address)
    if (stub > 0) return { start: address, end: address + stub }
    const known = module?.functionAt(address)
    if (known) return { start: known[0], end: known[1] }
    return { start: address, end: Math.min(address + UNBOUNDED, module?.textEnd ?? Number.POSITIVE_INFINITY) }
  }
}

/** Bytes of `jmp [rip + x]`, with or without the prefixes of control-flow protection; 0 = something else. Unwind tables take a whole section of such stubs for one function. */
function stubAt({ u8 }: GuestMemory, address: number): number {
  let at = address
  if (u8[at] === 0xf3 && u8[at + 1] === 0x0f && u8[at + 2] === 0x1e && u8[at + 3] === 0xfa) at += 4
  if (u8[at] === 0xf2) at++
  return u8[at] === 0xff && u8[at + 1] === 0x25 ? at + 6 - address : 0
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
