import { expect, test } from 'vitest'
import { GuestMemory } from '../memory/guest-memory.ts'
import { Code, I32 } from '../wasm/code.ts'
import { encodeModule } from '../wasm/module.ts'
import type { CodeModule, CompiledCode, TranslationCache } from './cpu.ts'
import { KeptTranslations, type LiveModule, type Renewal } from './kept-translations.ts'
import type { StoredModule } from './translation-store.ts'

const { memory } = new GuestMemory()
const object: CodeModule = { name: 'object', digest: 'digest', loadBias: 0, textStart: 0, textEnd: 0x10_0000, functionAt: () => undefined }
const ALWAYS = Number.POSITIVE_INFINITY

/** A module of functions that start at these addresses; all that it does is to be one. */
function moduleOf(starts: readonly number[]): StoredModule {
  const bytes = encodeModule({
    types: [{ params: [I32], results: [I32] }],
    imports: [],
    tables: ['slots'],
    functions: starts.map((start) => ({ type: 0, code: new Code(1).i32(start) })),
    elements: { at: 'base', functions: starts.map((_, i) => i) },
  })
  return { bytes, functions: starts.map((start) => ({ end: start + 16, sum: start, entries: [start], groups: [] })) }
}
const live = (starts: readonly number[]): LiveModule => {
  const stored = moduleOf(starts)
  return { ...stored, compiled: new WebAssembly.Module(stored.bytes) }
}
const startsOf = (modules: readonly StoredModule[]) => modules.map(({ functions }) => functions.map(({ entries }) => entries[0]))
const merging: Renewal = {
  learned: () => undefined,
  merged: (modules) => moduleOf(startsOf(modules).flat()),
  link: (compiled, slots, first) => {
    const base = new WebAssembly.Global({ value: 'i32', mutable: false }, first)
    new WebAssembly.Instance(compiled, { env: { memory, slots, base } })
  },
}

/** A cache whose host gives a number for machine code, and knows by it which module it was of. */
function cache(): TranslationCache & { readonly values: Map<string, Uint8Array>; readonly loaded: WebAssembly.Module[] } {
  const values = new Map<string, Uint8Array>()
  const loaded: WebAssembly.Module[] = []
  const optimised = new Set<unknown>()
  const saved: WebAssembly.Module[] = []
  const compiled: CompiledCode = {
    isOptimised: (fn) => optimised.has(fn),
    optimise: (fn) => void optimised.add(fn),
    save: (module) => Uint32Array.of(saved.push(module) - 1).buffer,
    load: (code) => {
      const module = saved[new Uint32Array(code)[0]]
      loaded.push(module)
      return module
    },
  }
  return { values, loaded, compiled, get: (key) => values.get(key), put: (key, value) => void values.set(key, value.slice()) }
}

test('what was stored is read, with its machine code', () => {
  const kept = cache()
  const modules = [live([0x10, 0x20]), live([0x30])]
  const first = new KeptTranslations(kept)
  for (const module of modules) first.add(object, module)
  first.refuse(object, 0x99)
  first.store([object], merging, ALWAYS)
  const read = new KeptTranslations(kept).read(object, () => true)
  expect(startsOf(read.modules)).toEqual([[0x10, 0x20], [0x30]])
  expect(read.codes.map(({ functions }) => functions)).toEqual([2, 1])
  expect([...read.refused]).toEqual([0x99])
  expect(kept.loaded).toEqual(modules.map(({ compiled }) => compiled))
})

test('what there was no time for is made up for later', () => {
  const kept = cache()
  const first = new KeptTranslations(kept)
  first.add(object, live([0x10]))
  first.store([object], merging, 0)
  const second = new KeptTranslations(kept)
  expect(second.read(object, () => true).codes.map(({ functions }) => functions)).toEqual([0])
  expect(kept.loaded).toEqual([])
  second.store([object], merging, ALWAYS)
  expect(new KeptTranslations(kept).read(object, () => true).codes.map(({ functions }) => functions)).toEqual([1])
  expect(kept.loaded.length).toBe(1)
})

test('many small modules become one; the large one keeps its machine code', () => {
  const kept = cache()
  const first = new KeptTranslations(kept)
  const large = live(Array.from({ length: 400 }, (_, i) => 0x1000 + i * 16))
  first.add(object, large)
  first.store([object], merging, ALWAYS)
  const second = new KeptTranslations(kept)
  second.read(object, () => true)
  for (let i = 0; i < 8; i++) second.add(object, live([0x10 + i * 16]))
  second.store([object], merging, ALWAYS)
  const read = new KeptTranslations(kept).read(object, () => true)
  expect(startsOf(read.modules)).toEqual([startsOf([large])[0], Array.from({ length: 8 }, (_, i) => 0x10 + i * 16)])
  expect(read.codes.map(({ functions }) => functions)).toEqual([400, 8])
  expect(kept.loaded.at(-2)).toBe(large.compiled)
})

test('behind a module that does not fit any more, machine code is not taken for that of another', () => {
  const kept = cache()
  const first = new KeptTranslations(kept)
  for (const start of [0x10, 0x20, 0x30]) first.add(object, live([start]))
  first.store([object], merging, ALWAYS)
  const second = new KeptTranslations(kept)
  const read = second.read(object, ({ functions }) => functions[0].entries[0] !== 0x20)
  expect(startsOf(read.modules)).toEqual([[0x10], [0x30]])
  expect(read.codes.map(({ functions }) => functions)).toEqual([1, 0])
  second.store([object], merging, ALWAYS)
  const third = new KeptTranslations(kept).read(object, () => true)
  expect(startsOf(third.modules)).toEqual([[0x10], [0x30]])
  expect(third.codes.map(({ functions }) => functions)).toEqual([1, 1])
})

test('code that changed is not kept', () => {
  const kept = cache()
  const first = new KeptTranslations(kept)
  first.add(object, live([0x10]))
  first.drop(object)
  first.store([object], merging, ALWAYS)
  expect(kept.values.size).toBe(0)
})
