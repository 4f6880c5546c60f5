/**
 * Translations that outlive a run: what the cache has of each object, what a run adds to it, and the machine code that the host's optimising
 * compiler made of them. An object's modules are one value of the cache, the machine code of each is another.
 */
import { type CodeMark, keepCode, NO_CODE, optimise, withCode } from './compiled-code.ts'
import type { CodeModule, TranslationCache } from './cpu.ts'
import { readStore, type StoredModule, writeStore } from './translation-store.ts'

/** Modules of one object that stay apart, at most: each costs its copy of the slot table, and calls between them are slower than within one. */
const MODULES = 6
/** Smaller modules than such a part of the largest become one first. */
const SMALL = 1 / 4

/** A module that the host has taken. */
export interface LiveModule extends StoredModule {
  readonly compiled: WebAssembly.Module
}
/** What it takes to make modules anew. */
export interface Renewal {
  /** Functions of the object that the run would have liked to be translated. */
  learned(object: CodeModule): StoredModule | undefined
  /** One module of the functions of several. */
  merged(modules: readonly StoredModule[]): StoredModule
  /** Puts a module's functions into a table, from its first slot. */
  link(compiled: WebAssembly.Module, table: WebAssembly.Table, first: number): void
}
interface Kept {
  modules: LiveModule[]
  /** Not as the cache has them. */
  changed: boolean
  /** By the module's place. */
  codes: CodeMark[]
  readonly refused: Set<number>
}

export class KeptTranslations {
  readonly #cache: TranslationCache
  readonly #kept = new Map<CodeModule, Kept>()

  constructor(cache: TranslationCache) {
    this.#cache = cache
  }
  /** Whether what is kept comes with machine code, so that it costs next to nothing to use. */
  get cheap(): boolean {
    return this.#cache.compiled !== undefined
  }

  /** What the cache has of an object and `fits` its code. */
  read(object: CodeModule, fits: (module: StoredModule) => boolean): Readonly<Kept> {
    const key = keyOf(object)
    const bytes = this.#cache.get(key)
    const store = bytes && readStore(bytes)
    const kept: Kept = { modules: [], changed: false, codes: [], refused: new Set(store?.refused) }
    for (const [i, each] of (store?.modules ?? []).entries()) {
      const code = store!.codes[i]
      const compiled = fits(each) ? this.#compile(each, codeKey(key, i), code) : undefined
      // Code is found by its module's place, which is another one behind a module that is dropped.
      if (compiled === undefined) kept.changed = true
      else {
        kept.modules.push({ ...each, compiled: compiled.module })
        kept.codes.push(compiled.known && !kept.changed ? code : NO_CODE)
      }
    }
    this.#kept.set(object, kept)
    return kept
  }
  /** Undefined if the host does not take the bytes; `known`: its code came from the cache. */
  #compile({ bytes }: StoredModule, key: string, code: CodeMark): { module: WebAssembly.Module; known: boolean } | undefined {
    const known = withCode(this.#cache, key, bytes, code)
    if (known) return { module: known, known: true }
    try {
      return { module: new WebAssembly.Module(bytes), known: false }
    } catch (error) {
      if (error instanceof WebAssembly.CompileError) return undefined
      throw error
    }
  }
  #of(object: CodeModule): Kept {
    let kept = this.#kept.get(object)
    if (kept === undefined) this.#kept.set(object, (kept = { modules: [], changed: false, codes: [], refused: new Set() }))
    return kept
  }
  /** A module that was made in this run. */
  add(object: CodeModule, module: LiveModule): void {
    const kept = this.#of(object)
    kept.modules.push(module)
    kept.codes.push(NO_CODE)
    kept.changed = true
  }
  /** A function that cannot be translated. */
  refuse(object: CodeModule, start: number): void {
    const kept = this.#of(object)
    if (!kept.refused.has(start)) kept.changed = true
    kept.refused.add(start)
  }
  /** The object's code has changed: what is kept of it is of no use in this run. */
  drop(object: CodeModule): void {
    this.#kept.delete(object)
  }

  /** Gives the cache what is new. Functions are optimised for later runs until `end`, a time of performance.now(). */
  store(objects: readonly CodeModule[], renewal: Renewal, end: number): void {
    const { compiled } = this.#cache
    for (const object of objects) {
      const learned = compiled && performance.now() < end ? renewal.learned(object) : undefined
      if (learned) this.add(object, { ...learned, compiled: new WebAssembly.Module(learned.bytes) })
      const kept = this.#kept.get(object)
      if (kept === undefined) continue
      this.#arrange(kept, renewal, end)
      if (compiled) this.#optimise(object, kept, renewal, end)
      if (kept.changed) this.#cache.put(keyOf(object), writeStore({ ...kept, refused: [...kept.refused] }))
      kept.changed = false
    }
  }
  /** Makes one module of small ones, or of all. */
  #arrange(kept: Kept, renewal: Renewal, end: number): void {
    const { modules } = kept
    if (modules.length <= MODULES) return
    const largest = Math.max(...modules.map(({ bytes }) => bytes.length))
    const isSmall = (module: LiveModule) => module.bytes.length < largest * SMALL
    const apart = modules.filter((each) => !isSmall(each))
    const few = apart.length < MODULES
    const together = few ? modules.filter(isSmall) : modules
    // What is merged loses its machine code.
    if (this.cheap && modules.length < 4 * MODULES && performance.now() > end) return
    const merged = renewal.merged(together)
    kept.codes = few ? [...apart.map((each, i) => (each === modules[i] ? kept.codes[i] : NO_CODE)), NO_CODE] : [NO_CODE]
    kept.modules = [...(few ? apart : []), { ...merged, compiled: new WebAssembly.Module(merged.bytes) }]
    kept.changed = true
  }
  #optimise(object: CodeModule, kept: Kept, renewal: Renewal, end: number): void {
    for (let i = kept.modules.length - 1; i >= 0; i--) {
      const module = kept.modules[i]
      const { length } = module.functions
      if (kept.codes[i].functions === length || performance.now() > end) continue
      const table = new WebAssembly.Table({ element: 'anyfunc', initial: length })
      renewal.link(module.compiled, table, 0)
      const functions = Array.from({ length }, (_, slot) => table.get(slot))

      const count = optimise(this.#cache, functions, end)
      if (count <= kept.codes[i].functions) continue
      kept.codes[i] = keepCode(this.#cache, codeKey(keyOf(object), i), module.compiled, count)
      kept.changed = true
    }
  }
}

/** What a translation depends on besides the translator, which is the cache's affair: the object's content and where it is. */
const keyOf = ({ digest, loadBias }: CodeModule): string => `${digest}-${loadBias.toString(16)}`
const codeKey = (key: string, place: number): string => `${key}.${place}`
