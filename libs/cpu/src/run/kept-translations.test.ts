import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { GuestMemory } from '../memory/guest-memory.ts'
import { Code, I32 } from '../wasm/code.ts'
import { encodeModule } from '../wasm/module.ts'
import type { CodeModule, CompiledCode, TranslationCache } from './cpu.ts'
import { type Foresight, KeptTranslations, type MadeModule, type Renewal, type Warm } from './kept-translations.ts'
import { SLOTS } from './slots.ts'

const { memory } = new GuestMemory()
const object: CodeModule = { name: 'object', digest: 'digest', loadBias: 0, textStart: 0, textEnd: 0x10_0000, functionAt: () => undefined }

/** A module of functions that start at these addresses; all that it does is to be one. */
function moduleOf(starts: readonly number[]): MadeModule {
  const bytes = encodeModule({
    types: [{ params: [I32], results: [I32] }],
    imports: [],
    tables: [{ name: 'slots', size: SLOTS }],
    functions: starts.map((start) => ({ type: 0, code: new Code(1).i32(start) })),
    elements: { at: 'base', functions: starts.map((_, i) => i) },
  })
  return { bytes, functions: starts.map((start) => ({ end: start + 16, sum: start, entries: [start], groups: [] })) }
}
interface Live extends MadeModule {
  readonly compiled: WebAssembly.Module
}
const live = (starts: readonly number[]): Live => {
  const made = moduleOf(starts)
  return { ...made, compiled: new WebAssembly.Module(made.bytes) }
}
const PLAIN: Foresight = { part: 1 / 3, limit: 60_000, modules: 6 }
const startsOf = (modules: readonly Pick<MadeModule, 'functions'>[]) =>
  modules.map(({ functions }) => functions.map(({ entries }) => entries[0]))
const startsIn = (ranges: readonly { readonly start: number }[]) => ranges.map(({ start }) => start)
/** Takes everything for translated, and finds the warm functions warm. */
function renewal(warm: readonly Warm[] = []): Renewal {
  return {
    warm: () => warm,
    translate: (ranges) => moduleOf(startsIn(ranges)),
    fits: () => true,
    link: (compiled, slots) => {
      const base = new WebAssembly.Global({ value: 'i32', mutable: false }, 0)
      new WebAssembly.Instance(compiled, { env: { memory, slots, base } })
    },
  }
}
const warmed = (start: number, promotions: number): Warm => ({ range: { start, end: start + 16 }, promotions })

/** A cache whose host gives a number for machine code, and knows by it which module it was of. */
function cache(): TranslationCache & {
  readonly values: Map<string, Uint8Array>
  readonly loaded: WebAssembly.Module[]
  /** Milliseconds that have gone by, and what optimising a function takes. */
  readonly clock: { time: number; cost: number }
  claimed: boolean
} {
  const clock = { time: 0, cost: 1 }
  const values = new Map<string, Uint8Array>()
  const loaded: WebAssembly.Module[] = []
  const optimised = new Set<unknown>()
  const saved: WebAssembly.Module[] = []
  const compiled: CompiledCode = {
    now: () => clock.time,
    claim: () => {
      if (self.claimed) return undefined
      self.claimed = true
      return () => {
        self.claimed = false
      }
    },
    isOptimised: (fn) => optimised.has(fn),
    optimise: (fn) => {
      optimised.add(fn)
      clock.time += clock.cost
    },
    save: (module) => Uint32Array.of(saved.push(module) - 1).buffer,
    load: (code) => {
      const module = saved[new Uint32Array(code)[0]]
      loaded.push(module)
      return module
    },
    free: () => {},
  }
  const self = {
    values,
    loaded,
    clock,
    claimed: false,
    compiled,
    get: (key: string) => values.get(key),
    size: (key: string) => values.get(key)?.length ?? 0,
    put: (key: string, value: Uint8Array) => void values.set(key, value.slice()),
    sum: crc32,
  }
  return self
}
/** A run of so many ms. */
function run(
  kept: ReturnType<typeof cache>,
  ms: number,
  modules: readonly Live[],
  warm: readonly Warm[] = [],
  foresight = PLAIN,
): KeptTranslations {
  const translations = new KeptTranslations(kept, foresight)
  translations.read(object, renewal())
  for (const module of modules) translations.add(object, module, module.compiled)
  kept.clock.time += ms
  translations.store(renewal(warm), true)
  return translations
}
const keptIn = (kept: TranslationCache, foresight = PLAIN) => new KeptTranslations(kept, foresight).read(object, renewal())
const optimisedIn = (kept: TranslationCache) => keptIn(kept).modules.map(({ code }) => code.functions)

test('what was stored is read, with its machine code', () => {
  const kept = cache()
  const modules = [live([0x10, 0x20]), live([0x30])]
  run(kept, 1000, modules).refuse(object, 0x99)
  const read = keptIn(kept)
  expect(startsOf(read.modules)).toEqual([[0x10, 0x20], [0x30]])
  expect(read.modules.map(({ code }) => code.functions)).toEqual([2, 1])
  expect(kept.loaded).toEqual(modules.map(({ compiled }) => compiled))
})

test('a run learns what was warm, the warmest first, in half of its share of the time', () => {
  const kept = cache()
  run(kept, 20, [], [warmed(0x10, 1), warmed(0x20, 9), warmed(0x30, 2), warmed(0x40, 5)])
  expect(startsOf(keptIn(kept).modules)).toEqual([[0x20, 0x40, 0x30]])
})

test('a run without time optimises one function all the same', () => {
  const kept = cache()
  run(kept, 0, [live([0x10, 0x20, 0x30])])
  expect(optimisedIn(kept)).toEqual([1])
})

test('what there was no time to optimise is made up for later', () => {
  const kept = cache()
  kept.clock.cost = 60
  run(kept, 300, [live([0x10, 0x20, 0x30])])
  expect(optimisedIn(kept)).toEqual([2])
  run(kept, 3000, [])
  expect(optimisedIn(kept)).toEqual([3])
})

test('one run at a time changes what is kept, and one that comes later goes on from there', () => {
  const kept = cache()
  kept.claimed = true
  run(kept, 1000, [live([0x10])])
  expect(kept.values.size).toBe(0)
  kept.claimed = false
  const first = new KeptTranslations(kept, PLAIN)
  first.read(object, renewal())
  first.add(object, live([0x20, 0x30]))
  run(kept, 1000, [live([0x30, 0x40])])
  kept.clock.time += 1000
  first.store(renewal(), true)
  expect(startsOf(keptIn(kept).modules)).toEqual([[0x30, 0x40], [0x20]])
})

test('many small modules become one; the large one keeps its machine code', () => {
  const kept = cache()
  const large = live(Array.from({ length: 400 }, (_, i) => 0x1000 + i * 16))
  run(kept, 10_000, [large])
  const small = Array.from({ length: 8 }, (_, i) => 0x10 + i * 16)
  run(
    kept,
    10_000,
    small.map((start) => live([start])),
  )
  const read = keptIn(kept)
  expect(startsOf(read.modules)).toEqual([startsOf([large])[0], small])
  expect(read.modules.map(({ code }) => code.functions)).toEqual([400, 8])
  expect(kept.loaded.at(-2)).toBe(large.compiled)
})

test('as many modules become one as there is time to optimise again, and more if there are too many', () => {
  const sizes = (kept: TranslationCache) => keptIn(kept).modules.map(({ functions }) => functions.length)
  const kept = cache()
  const grow = (from: number, to: number) => {
    for (let i = from; i < to; i++) run(kept, 4, [live([0x10 + i * 16])])
  }
  grow(0, 20)
  expect(sizes(kept)).toEqual(Array<number>(20).fill(1))
  run(kept, 12, [])
  expect(sizes(kept)).toEqual([...Array<number>(17).fill(1), 3])
  expect(optimisedIn(kept)).toEqual(sizes(kept))
  grow(20, 26)
  expect(sizes(kept)).toEqual([3, 1, 1, 1, 1, 19])
})

test('modules keep their own machine code when one of them does not fit any more', () => {
  const kept = cache()
  const modules = [live([0x10]), live([0x20]), live([0x30])]
  run(kept, 1000, modules)
  const second = new KeptTranslations(kept, PLAIN)
  const fits: Renewal['fits'] = (_, functions) => functions[0].entries[0] !== 0x20
  const read = second.read(object, { fits })
  expect(startsOf(read.modules)).toEqual([[0x10], [0x30]])
  expect(kept.loaded.splice(0)).toEqual([modules[0].compiled, modules[2].compiled])
  const other = live([0x40])
  second.add(object, other, other.compiled)
  kept.clock.time += 1000
  second.store(renewal(), true)
  expect(startsOf(keptIn(kept).modules)).toEqual([[0x10], [0x30], [0x40]])
  expect(kept.loaded).toEqual([modules[0].compiled, modules[2].compiled, other.compiled])
  const values = (end: RegExp) => [...kept.values.keys()].filter((name) => end.test(name)).length
  // What was named when the second run began is left to others that read.
  expect([values(/\.\d+$/), values(/\.wasm$/)]).toEqual([4, 4])
})

test('who reads while another run stores finds all that there was', () => {
  const kept = cache()
  const before = [live([0x10, 0x20]), live([0x30]), live([0x40])]
  run(kept, 1000, before)
  const { put } = kept
  let looks = 0
  const watched: TranslationCache = {
    ...kept,
    put(key, value) {
      put(key, value)
      looks++
      const { modules } = keptIn(kept)
      expect(startsOf(modules).flat()).toEqual(expect.arrayContaining([0x10, 0x20, 0x30, 0x40]))
      for (const { code, functions } of modules) expect(code.functions).toBe(functions.length)
    },
  }
  const learner = new KeptTranslations(watched, { ...PLAIN, modules: 2 })
  learner.read(object, renewal())
  learner.add(object, live([0x50]))
  kept.clock.time += 10_000
  learner.store(renewal([warmed(0x60, 3)]), true)
  expect(looks).toBeGreaterThan(2)
  expect(startsOf(keptIn(kept).modules).flat().sort()).toEqual([0x10, 0x20, 0x30, 0x40, 0x50, 0x60])
})

test('code that changed is not kept', () => {
  const kept = cache()
  const first = new KeptTranslations(kept, PLAIN)
  first.add(object, live([0x10]))
  first.drop(object)
  kept.clock.time += 1000
  first.store(renewal(), true)
  expect(kept.values.size).toBe(0)
})
