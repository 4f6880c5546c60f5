/** Translates a batch of functions of one object into one wasm module, whose functions go to consecutive slots. */
import { type Body, encodeModule } from '../wasm/module.ts'
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
  /** Starts of functions that could not be translated. */
  readonly refused: readonly number[]
}

/** `alone`: the functions call each other through slots only, so that any of them can be replaced. */
export function translateModule(batch: readonly FunctionCode[], alone: boolean): TranslatedModule {
  const index = new Map<number, number>()
  const ports = { inModule: (target: number) => (alone ? undefined : index.get(target)) }
  const refused: number[] = []
  const writers: FunctionWriter[] = []
  for (const fn of batch) {
    const writer = new FunctionWriter(fn, ports)
    if (writer.possible) {
      index.set(fn.start, IMPORTS.length + writers.length)
      writers.push(writer)
    } else refused.push(fn.start)
  }
  return { ...encode(writers.map((writer, i) => writer.write(i))), refused }
}

/** Translates functions of which it is known that they can be, each read when its turn comes: thousands at once would fill the memory. */
export function retranslateModule(starts: readonly number[], read: (place: number) => FunctionCode): Omit<TranslatedModule, 'refused'> {
  const index = new Map(starts.map((start, i) => [start, IMPORTS.length + i]))
  const ports = { inModule: (target: number) => index.get(target) }
  return encode(
    starts.map((_, i) => {
      const { code, ...rest } = new FunctionWriter(read(i), ports).write(i)
      const body = code.body()
      return { code: { body: () => body }, ...rest }
    }),
  )
}

function encode(functions: readonly (TranslatedFunction & { readonly code: Body })[]): Omit<TranslatedModule, 'refused'> {
  const bytes = encodeModule({
    types: TYPES,
    imports: IMPORTS,
    tables: ['slots'],
    functions: functions.map(({ code }) => ({ type: 0, code })),
    elements: { at: 'base', functions: functions.map((_, i) => IMPORTS.length + i) },
  })
  return { bytes, functions }
}
