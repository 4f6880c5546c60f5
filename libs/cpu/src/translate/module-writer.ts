/** Translates a batch of functions of one object into one wasm module, whose functions go to consecutive slots. */
import { encodeModule } from '../wasm/module.ts'
import type { FunctionCode } from './function-code.ts'
import { translateFunction } from './function-writer.ts'
import { IMPORTS, TYPES } from './imports.ts'

export interface TranslatedModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** In the order of the slots: the addresses at which each function can be entered; the first is its start. */
  readonly functions: readonly (readonly number[])[]
  /** Starts of functions that could not be translated. */
  readonly refused: readonly number[]
}

/** `alone`: the functions call each other through slots only, so that any of them can be replaced. */
export function translateModule(batch: readonly FunctionCode[], alone: boolean): TranslatedModule {
  let kept = batch
  const refused: number[] = []
  for (;;) {
    const index = new Map(kept.map((fn, i) => [fn.start, IMPORTS.length + i]))
    const ports = { inModule: (target: number) => (alone ? undefined : index.get(target)) }
    const translations = kept.map((fn) => translateFunction(fn, ports))
    const failed = kept.filter((_, i) => translations[i] === undefined)
    if (failed.length > 0) {
      for (const fn of failed) refused.push(fn.start)
      kept = kept.filter((_, i) => translations[i] !== undefined)
      continue
    }
    const bytes = encodeModule({
      types: TYPES,
      imports: IMPORTS,
      tables: ['slots'],
      functions: translations.map((each) => ({ type: 0, code: each!.code })),
      elements: { at: 'base', functions: translations.map((_, i) => IMPORTS.length + i) },
    })
    return { bytes, functions: translations.map((each) => each!.entries), refused }
  }
}
