/**
 * Translations that outlive a run: what the cache has of each object, what a run adds to it, and the machine code that the host's optimising
 * compiler made of them. Which modules an object has is one value of the cache; the WebAssembly and the machine code of each are others.
 */
import type { Range } from '../translate/function-code.ts'
import { functionTable, tableKind } from '../wasm/function-table.ts'
import { type CodeMark, keepCode, NO_CODE, optimise, withCode } from './compiled-code.ts'
import type { CodeModule, CompiledCode, TranslationCache } from './cpu.ts'
import { SLOTS } from './slots.ts'
import { readStore, type StoredFunction, type StoredModule, stampOf, type WasmMark, writeStore } from './translation-store.ts'

/** Of so many modules most become one even where there is no time to optimise it. */
const TOO_MANY = 24
/** A module of so many times the size of all smaller ones is much larger. */
const LARGE = 4
/** What a run does for later ones. */
export interface Foresight {
  /** A part of the time that the run took itself, and ms, at most. */
  readonly part: number
  readonly limit: number
  /** Modules of one object that stay apart, at most: each costs its copy of the slot table, and calls between them are slower than within one. */
  readonly modules: number
}
const FORESIGHT: Foresight = { part: 1 / 2, limit: 60_000, modules: 6 }
/** Milliseconds to optimise a function of so many bytes of WebAssembly, about. */
const cost = (bytes: number, functions = 1): number => functions + bytes / 1250
/** The same of so many functions of a module. */
const costOf = ({ size, functions }: LiveModule, count: number): number => cost((size * count) / functions.length, count)
/** Bytes of WebAssembly for a byte of x86-64, about. */
const GROWTH = 7

/** A translated module. */
export interface MadeModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** In the order of their slots. */
  readonly functions: readonly StoredFunction[]
}
/** A module that the host has taken. */
export interface LiveModule {
  /** Bytes of its WebAssembly. */
  readonly size: number
  readonly functions: readonly StoredFunction[]
  readonly compiled: WebAssembly.Module
}
interface KeptModule extends LiveModule {
  code: CodeMark
  /** Where the cache has its WebAssembly, or that itself as long as it does not. */
  wasm: WasmMark | Uint8Array
}
const fresh = ({ bytes, functions }: MadeModule, compiled = new WebAssembly.Module(bytes)): KeptModule => ({
  size: bytes.length,
  functions,
  compiled,
  code: NO_CODE,
  wasm: bytes,
})
/** A function that is interpreted and, by how often it was promoted, worth a translation. */
export interface Warm {
  readonly range: Range
  readonly promotions: number
}
/** What it takes to make modules. */
export interface Renewal {
  warm(object: CodeModule): readonly Warm[]
  /** One module of those functions that can be translated; undefined if there is none. */
  translate(ranges: readonly Range[]): MadeModule | undefined
  fits(object: CodeModule, functions: readonly StoredFunction[]): boolean
  /** Puts a module's functions into a table, from its first slot. */
  link(compiled: WebAssembly.Module, table: WebAssembly.Table): void
}
interface Kept {
  modules: KeptModule[]
  /** Not as the cache has them. */
  changed: boolean
  readonly refused: Set<number>
  /** Modules from here on were made in this run. */
  own: number
  /** Of the cache's value when it was read or written. */
  stamp: string
  /** Numbers of the values that it names: who reads it meanwhile must find them as they are. */
  named: Named
}
interface Named {
  readonly wasm: readonly number[]
  readonly code: readonly number[]
}
const namedBy = (modules: readonly StoredModule[]): Named => ({
  wasm: modules.map(({ wasm }) => wasm.value),
  code: modules.flatMap(({ code }) => (code.functions > 0 ? [code.value] : [])),
})
const nothing = (): Kept => ({ modules: [], changed: false, refused: new Set(), own: 0, stamp: '', named: namedBy([]) })

export class KeptTranslations {
  readonly #cache: TranslationCache
  readonly #foresight: Foresight
  readonly #compiled: CompiledCode | undefined
  readonly #kept = new Map<CodeModule, Kept>()
  /** When this began, or last looked ahead. */
  #since: number

  constructor(cache: TranslationCache, foresight = FORESIGHT) {
    this.#cache = cache
    this.#foresight = foresight
    this.#compiled = cache.compiled
    this.#since = this.#now()
  }
  #now(): number {
    return this.#compiled?.now() ?? 0
  }
  /** Bytes of what tells which modules the cache has of an object. */
  sizeOf(object: CodeModule): number {
    return this.#cache.size(keyOf(object))
  }
  /** What the cache has of an object and `fits` its code. */
  read(object: CodeModule, renewal: Pick<Renewal, 'fits'>, bytes = this.#cache.get(keyOf(object))): Readonly<Kept> {
    const key = keyOf(object)
    const store = bytes && readStore(bytes, this.#cache.sum)
    const named = namedBy(store?.modules ?? [])
    const kept: Kept = { ...nothing(), refused: new Set(store?.refused), stamp: stampOf(bytes), named }
    for (const each of store?.modules ?? []) {
      const module = renewal.fits(object, each.functions) ? this.#taken(each, key) : undefined
      if (module) kept.modules.push(module)
      else kept.changed = true
    }
    kept.own = kept.modules.length
    this.#kept.set(object, kept)
    return kept
  }
  /** Undefined if the cache has not got the module's WebAssembly, or the host does not take it. */
  #taken({ wasm, code, functions }: StoredModule, key: string): KeptModule | undefined {
    const bytes = this.#cache.get(wasmKey(key, wasm.value)) as Uint8Array<ArrayBuffer> | undefined
    if (bytes?.length !== wasm.length || this.#cache.sum(bytes) !== wasm.sum) return undefined
    try {
      const known = withCode(this.#cache, key, bytes, code)
      const compiled = known ?? new WebAssembly.Module(bytes)
      // The host has its own copy.
      if (bytes.length === bytes.buffer.byteLength) this.#compiled?.free(bytes.buffer)
      return { size: wasm.length, functions, compiled, code: known ? code : NO_CODE, wasm }
    } catch (error) {
      if (error instanceof WebAssembly.CompileError) return undefined
      throw error
    }
  }
  #of(object: CodeModule): Kept {
    let kept = this.#kept.get(object)
    if (kept === undefined) this.#kept.set(object, (kept = nothing()))
    return kept
  }
  /** A module that was made in this run. */
  add(object: CodeModule, made: MadeModule, compiled?: WebAssembly.Module): void {
    const kept = this.#of(object)
    kept.modules.push(fresh(made, compiled))
    kept.changed = true
  }
  /** A function that cannot be translated, of an object that was read or has translations. */
  refuse(object: CodeModule, start: number): void {
    const kept = this.#kept.get(object)
    if (kept === undefined || kept.refused.has(start)) return
    kept.refused.add(start)
    kept.changed = true
  }
  /** The object's code has changed: what is kept of it is of no use in this run. */
  drop(object: CodeModule): void {
    this.#kept.delete(object)
  }

  /**
   * Gives the cache what is new. Where machine code is kept, only a run that `learns` does so, if no other does at the same time: it translates
   * what was warm and optimises what is translated.
   */
  store(renewal: Renewal, learns: boolean): void {
    if (this.#compiled === undefined) {
      for (const kept of this.#kept.values()) if (kept.modules.length > this.#foresight.modules) this.#merge(kept, kept.modules, renewal)
      this.#put()
      return
    }
    const release = learns ? this.#compiled.claim() : undefined
    if (release === undefined) return
    try {
      const now = this.#now()
      const { part, limit } = this.#foresight
      this.#learn(renewal, now + Math.min((now - this.#since) * part, limit))
      this.#put()
    } finally {
      release()
      this.#since = this.#now()
    }
  }
  #put(): void {
    for (const [object, kept] of this.#kept) {
      if (!kept.changed) continue
      const modules = kept.modules.map((each) => ({ ...each, wasm: this.#keepWasm(object, kept, each) }))
      const bytes = writeStore({ modules, refused: [...kept.refused] }, this.#cache.sum)
      this.#cache.put(keyOf(object), bytes)
      kept.stamp = stampOf(bytes)
      kept.named = namedBy(modules)
      kept.own = kept.modules.length
      kept.changed = false
    }
  }
  /** Gives the cache what it has not. */
  #keepWasm(object: CodeModule, { modules, named }: Kept, module: KeptModule): WasmMark {
    const { wasm } = module
    if (!(wasm instanceof Uint8Array)) return wasm
    const value = free([...named.wasm, ...modules.flatMap((each) => (each.wasm instanceof Uint8Array ? [] : [each.wasm.value]))])
    this.#cache.put(wasmKey(keyOf(object), value), wasm)
    module.wasm = { length: wasm.length, sum: this.#cache.sum(wasm), value }
    return module.wasm
  }

  /** `end`: a time of the host's clock. */
  #learn(renewal: Renewal, end: number): void {
    const candidates: (Warm & { readonly object: CodeModule })[] = []
    let unfinished = 0
    for (const object of [...this.#kept.keys()]) {
      const lost = this.#catchUp(object, renewal)
      const known = new Set(this.#of(object).modules.flatMap(({ functions }) => functions.map(({ entries }) => entries[0])))
      unfinished += this.#unfinished(this.#of(object))
      for (const each of [...lost, ...renewal.warm(object)]) if (!known.has(each.range.start)) candidates.push({ ...each, object })
    }
    candidates.sort((a, b) => b.promotions - a.promotions)
    const learned = new Map<CodeModule, Range[]>()
    // Half of the time is for what is put together with what is new: so modules stay few, and are optimised again seldom.
    let time = (end - this.#now() - unfinished) / 2
    for (const { object, range } of candidates) {
      time -= cost((range.end - range.start) * GROWTH)
      if (time < 0) break
      const ranges = learned.get(object)
      if (ranges) ranges.push(range)
      else learned.set(object, [range])
    }
    for (const [object, ranges] of learned) {
      const made = renewal.translate(ranges)
      if (made) this.add(object, made)
    }
    // What one leaves of its share is the next ones'.
    const objects = [...this.#kept.entries()].sort(([, a], [, b]) => this.#unfinished(a) - this.#unfinished(b))
    let some = false
    for (const [i, [object, kept]] of objects.entries()) {
      const until = this.#now() + (end - this.#now()) / (objects.length - i)
      const together = this.#mergeable(kept, until)
      if (together.length > 0) this.#merge(kept, together, renewal)
      // However slow the host is, every run comes a little further.
      some = this.#optimise(object, kept, renewal, until, !some) || some
    }
  }
  /** Milliseconds to optimise what is not yet. */
  #unfinished({ modules }: Kept): number {
    return modules.reduce((sum, module) => sum + costOf(module, module.functions.length - module.code.functions), 0)
  }
  /** If another run has stored the object since it was read, goes on from there. Gives functions that were translated in this run, which are lost. */
  #catchUp(object: CodeModule, renewal: Renewal): Warm[] {
    const before = this.#of(object)
    const bytes = this.#cache.get(keyOf(object))
    if (stampOf(bytes) === before.stamp) return []
    const own = before.modules.slice(before.own).flatMap(({ functions }) => functions)
    this.read(object, renewal, bytes)
    return own.map(({ entries, end }) => ({ range: { start: entries[0], end }, promotions: Number.POSITIVE_INFINITY }))
  }
  /**
   * The modules that become one: what is merged loses its machine code, so as many of the smallest as there is time to make it anew for, besides
   * what is to be optimised anyway. Nothing if that is only one, or there are few enough; a module much larger than the others only if there would
   * be too many without it.
   */
  #mergeable(kept: Kept, end: number): readonly KeptModule[] {
    const { modules } = kept
    const most = this.#foresight.modules
    if (modules.length <= most) return []
    const bySize = [...modules].sort((a, b) => a.size - b.size)
    const forced = modules.length >= TOO_MANY ? modules.length - most + 1 : 0
    let time = end - this.#now() - this.#unfinished(kept)
    let sum = 0
    const taken: KeptModule[] = []
    for (const module of bySize) {
      time -= costOf(module, module.code.functions)
      const enough = modules.length - taken.length < most
      if (taken.length >= forced && (time < 0 || (enough && module.size > sum * LARGE))) break
      taken.push(module)
      sum += module.size
    }
    return taken.length > 1 ? taken : []
  }
  #merge(kept: Kept, together: readonly KeptModule[], renewal: Renewal): void {
    const merged = renewal.translate(together.flatMap(({ functions }) => functions.map(({ entries, end }) => ({ start: entries[0], end }))))
    if (merged === undefined) return
    kept.modules = [...kept.modules.filter((each) => !together.includes(each)), fresh(merged)]
    kept.own = 0
    kept.changed = true
  }
  /** True if anything was optimised, at least once if it `must` be. */
  #optimise(object: CodeModule, kept: Kept, renewal: Renewal, end: number, must: boolean): boolean {
    let any = false
    for (const module of kept.modules.toReversed()) {
      const { length } = module.functions
      if (module.code.functions === length || (this.#now() > end && (any || !must))) continue
      const table = functionTable(SLOTS)
      renewal.link(module.compiled, table)
      const functions = Array.from({ length }, (_, slot) => table.get(slot))
      const count = optimise(this.#compiled!, functions, end)
      if (count <= module.code.functions) continue
      const taken = kept.modules.flatMap(({ code }) => (code.functions > 0 ? [code.value] : []))
      module.code = keepCode(this.#cache, keyOf(object), free([...kept.named.code, ...taken]), module.compiled, count)
      kept.changed = any = true
    }
    return any
  }
}

/** What a translation depends on besides the translator, which is the cache's affair: the object's content, where it is, and the host's tables. */
const keyOf = ({ digest, loadBias }: CodeModule): string => `${digest}-${loadBias.toString(16)}-${tableKind()}`
/** Of the WebAssembly of one of its modules. */
const wasmKey = (key: string, value: number): string => `${key}.${value}.wasm`
/** The least number that is not taken. */
function free(taken: readonly number[]): number {
  let value = 0
  while (taken.includes(value)) value++
  return value
}
