/** Which functions are translated, when, and into which slots. */
import { type GuestMemory, Perm } from '../memory/guest-memory.ts'
import { type FunctionCode, type Range, readFunction } from '../translate/function-code.ts'
import { type LandingGroup, siteAt } from '../translate/landing.ts'
import { type TranslatedFunction, translateModule } from '../translate/module-writer.ts'
import { Code, I32 } from '../wasm/code.ts'
import { encodeModule } from '../wasm/module.ts'
import type { CodeModule, TranslationCache } from './cpu.ts'
import type { Records } from './records.ts'
import { SLOTS, Slot, type SlotMap } from './slots.ts'
import { checksum, readStore, type StoredModule, writeStore } from './translation-store.ts'

/** Longer functions stay with the interpreter. */
const LIMIT = 20_000
/** Code without unwind tables is read this far from where it is entered. */
const UNBOUNDED = 0x1_0000
/** A batch that is not full is translated when its functions have become warm again this often; modules cost, so later ones wait longer. */
const PATIENCE = 100

/** Modules of one object that the cache keeps apart, at most: each costs its copy of the slot table. */
const MODULES = 8

interface Translated {
  readonly range: Range
  readonly entries: readonly number[]
}

export interface TranslatorOptions {
  /** Functions that wait before they are translated together. */
  readonly batch: number
  readonly cache?: TranslationCache | undefined
}

export class Translator {
  readonly #memory: GuestMemory
  readonly #records: Records
  readonly #slots: SlotMap
  readonly table = new WebAssembly.Table({ element: 'anyfunc', initial: SLOTS, maximum: SLOTS })
  readonly #imports: WebAssembly.ModuleImports
  readonly #batch: number
  #cache: TranslationCache | undefined
  #exactFloats = false
  /** By object: what the cache gave, then what was translated since. */
  readonly #kept = new Map<CodeModule, StoredModule[]>()
  readonly #changed = new Set<CodeModule>()
  /** Objects that the cache was not asked about yet. */
  readonly #dormant = new Set<CodeModule>()
  readonly #modules: CodeModule[] = []
  readonly #translated = new Map<number, Translated>()
  readonly #refused = new Set<number>()
  /** Those that are gone as well: calls of theirs may be under way. */
  readonly #bySlot: TranslatedFunction[] = []
  #waiting = new Map<number, Range>()
  #pressure = 0
  #next: number = Slot.first
  instances = 0
  /** Functions that came from the cache. */
  cached = 0
  bytes = 0

  constructor(memory: GuestMemory, records: Records, slots: SlotMap, imports: WebAssembly.ModuleImports, options: TranslatorOptions) {
    this.#memory = memory
    this.#records = records
    this.#slots = slots
    this.#imports = imports
    this.#batch = options.batch
    this.#cache = options.cache
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
    if (this.#cache !== undefined) this.#dormant.add(module)
  }
  /** Brings in what the cache has of an object that has become warm: a short run is not to pay for what long ones left. */
  #awaken(module: CodeModule): void {
    this.#dormant.delete(module)
    const bytes = this.#cache?.get(keyOf(module))
    const kept = (bytes && readStore(bytes))?.filter((each) => this.#fits(module, each) && this.#revive(each)) ?? []
    if (kept.length > 0) this.#kept.set(module, kept)
  }
  #fits({ textStart, textEnd }: CodeModule, { functions }: StoredModule): boolean {
    return functions.every(({ entries, end, sum }) => entries[0] >= textStart && end <= textEnd && this.#sumOf(entries[0], end) === sum)
  }
  /** False if the module does not compile. */
  #revive(stored: StoredModule): boolean {
    if (this.#next + stored.functions.length > SLOTS) return true
    try {
      this.#instantiate(stored)
      this.cached += stored.functions.length
      return true
    } catch (error) {
      if (!(error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError)) throw error
      return false
    }
  }
  /** Gives the cache what was translated since the last time; many small modules become one. */
  store(): void {
    for (const module of this.#changed) {
      let kept = this.#kept.get(module) ?? []
      if (kept.length > MODULES) kept = this.#merged(kept)
      if (kept.length > 0) this.#cache?.put(keyOf(module), writeStore(kept))
    }
    this.#changed.clear()
  }
  #merged(modules: readonly StoredModule[]): StoredModule[] {
    const ranges = modules.flatMap(({ functions }) => functions.map(({ end, entries }) => ({ start: entries[0], end })))
    const batch = ranges.map((range) => readFunction(this.#memory, range, LIMIT, this.#exactFloats)).filter((fn) => fn !== undefined)
    const { bytes, functions } = translateModule(batch, false)
    return [this.#storable(bytes, functions)]
  }
  #storable(bytes: Uint8Array<ArrayBuffer>, functions: readonly TranslatedFunction[]): StoredModule {
    return { bytes, functions: functions.map((each) => ({ ...each, sum: this.#sumOf(each.entries[0], each.end) })) }
  }
  #sumOf(start: number, end: number): number {
    this.#memory.settle(start, end - start)
    return checksum(this.#memory.bytes(start, end - start))[0]
  }

  /** The function around `address` has become warm. */
  promote(address: number): void {
    // Gates are the host's, which is asked at once.
    if (this.#memory.permissions[address >>> 12] & Perm.gate) return
    const module = this.#moduleAt(address)
    if (module && this.#dormant.has(module)) this.#awaken(module)
    const range = this.#rangeOf(address)
    if (this.#refused.has(range.start) || this.#translated.has(range.start)) return
    if (this.#waiting.has(range.start)) this.#pressure++
    else this.#waiting.set(range.start, range)
    if (this.#waiting.size >= this.#batch || this.#pressure >= PATIENCE * (1 + this.instances / 8)) this.flush()
  }

  /** Translates what waits, one module for each object. */
  flush(): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting = new Map()
    this.#pressure = 0
    const batches = new Map<CodeModule | undefined, FunctionCode[]>()
    for (const range of waiting) {
      const fn = readFunction(this.#memory, range, LIMIT, this.#exactFloats)
      if (fn === undefined) {
        this.#refused.add(range.start)
        continue
      }
      const module = this.#moduleAt(range.start)
      const batch = batches.get(module)
      if (batch) batch.push(fn)
      else batches.set(module, [fn])
    }
    for (const [module, batch] of batches) this.#install(batch, module)
  }

  #install(batch: readonly FunctionCode[], module: CodeModule | undefined): void {
    if (this.#next + batch.length > SLOTS) {
      for (const fn of batch) this.#refused.add(fn.start)
      return
    }
    const { bytes, functions, refused } = translateModule(batch, module === undefined)
    for (const start of refused) this.#refused.add(start)
    if (functions.length === 0) return
    const made = this.#storable(bytes, functions)
    this.#instantiate(made)
    if (module === undefined || this.#cache === undefined) return
    this.#kept.set(module, [...(this.#kept.get(module) ?? []), made])
    this.#changed.add(module)
  }
  #instantiate({ bytes, functions }: StoredModule): void {
    const base = new WebAssembly.Global({ value: 'i32', mutable: false }, this.#next)
    new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.#memory.memory, slots: this.table, base, ...this.#imports },
    })
    this.instances++
    this.bytes += bytes.length
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
    for (const module of gone) {
      this.#kept.delete(module)
      this.#changed.delete(module)
    }
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

  /** Float arithmetic is left to the host from now on, or no more: all translations go, and what comes is not kept. The caller forgets all records. */
  setExactFloats(exact: boolean): void {
    this.store()
    this.#cache = undefined
    this.#exactFloats = exact
    for (const [start, { entries }] of this.#translated) {
      this.#slots.set(start, Slot.interpret)
      for (const entry of entries) this.#records.untranslate(entry)
    }
    for (const each of [this.#translated, this.#kept, this.#dormant, this.#refused, this.#waiting]) each.clear()
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

/** What a translation depends on besides the translator, which is the cache's affair: the object's content and where it is. */
const keyOf = ({ digest, loadBias }: CodeModule): string => `${digest}-${loadBias.toString(16)}`

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
