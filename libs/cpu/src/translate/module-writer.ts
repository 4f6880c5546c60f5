/** Translates a batch of functions of one object into one wasm module, whose functions go to consecutive slots. */
import { SLOTS } from '../run/slots.ts'
import { encodeModule } from '../wasm/module.ts'
import type { FunctionCode } from './function-code.ts'
import { FunctionWriter } from './function-writer.ts'
import { IMPORTS, TYPES } from './imports.ts'
import type { LandingGroup } from './landing.ts'

export interface TranslatedFunction {
  /** The end of its guest code. */
  readonly end: number
  /** The addresses at which it can be entered; the first is its start. */
  readonly entries: readonly number[]
  readonly groups: readonly LandingGroup[]
}
export interface TranslatedModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** In the order of the slots. */
  readonly functions: readonly TranslatedFunction[]
}

/**
 * `read` gives the function at a place of `starts`; each is read when its turn comes, as thousands at once would fill the memory.
 * `alone`: the functions call each other through slots only, so that any of them can be replaced.
 */
export function translateModule(starts: readonly number[], read: (place: number) => FunctionCode, alone: boolean): TranslatedModule {
  const index = new Map(alone ? [] : starts.map((start, i) => [start, IMPORTS.length + i]))
  const ports = { inModule: (target: number) => index.get(target) }
  const functions = starts.map((_, i) => {
    const { code, ...rest } = new FunctionWriter(read(i), ports).write(i)
    const body = code.body()
    return { type: 0, code: { body: () => body }, ...rest }
  })
  const bytes = encodeModule({
    types: TYPES,
    imports: IMPORTS,
    tables: [{ name: 'slots', size: SLOTS }],
    functions,
    elements: { at: 'base', functions: functions.map((_, i) => IMPORTS.length + i) },
  })
  return { bytes, functions }
}
