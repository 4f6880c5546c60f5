/** Machine code of WebAssembly modules, kept in the cache as the host gave it; what it must look like is told elsewhere, by a mark. */
import type { CompiledCode, TranslationCache } from './cpu.ts'

/** Which machine code belongs to a module. */
export interface CodeMark {
  /** How many functions of the module are optimised; 0 = there is no code. */
  readonly functions: number
  readonly sum: number
  /** Number of the value that has it. */
  readonly value: number
}
export const NO_CODE: CodeMark = { functions: 0, sum: 0, value: 0 }

/** Optimises functions until `end`, a time of the host's clock, but at least one. Gives how many of them are optimised. */
export function optimise(compiled: CompiledCode, functions: readonly unknown[], end: number): number {
  let count = 0
  let any = false
  for (const fn of functions) {
    const done = compiled.isOptimised(fn)
    if (!done && any && compiled.now() > end) continue
    if (!done) {
      compiled.optimise(fn)
      any = true
    }
    count++
  }
  return count
}

/** Keeps the code of a module of which so many functions are optimised, at least one, as the value of that number. */
export function keepCode(cache: TranslationCache, key: string, value: number, module: WebAssembly.Module, functions: number): CodeMark {
  const code = new Uint8Array(cache.compiled!.save(module))
  cache.put(codeKey(key, value), code)
  const mark = { functions, sum: cache.sum(code), value }
  cache.compiled!.free(code.buffer)
  return mark
}

/** The module of these bytes with the code that has the mark; undefined = there is none, it is damaged, or the host refuses it. */
export function withCode(cache: TranslationCache, key: string, bytes: Uint8Array, mark: CodeMark): WebAssembly.Module | undefined {
  const code = cache.compiled && mark.functions > 0 ? cache.get(codeKey(key, mark.value)) : undefined
  if (code === undefined || cache.sum(code) !== mark.sum) return undefined
  // The host takes all of a buffer for code.
  const whole = code.length === code.buffer.byteLength ? code : new Uint8Array(code)
  const module = cache.compiled!.load(whole.buffer as ArrayBuffer, bytes)
  cache.compiled!.free(whole.buffer as ArrayBuffer)
  return module
}

const codeKey = (key: string, value: number): string => `${key}.${value}`
