import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { assemble, DATA, machine } from '../../test/run-flat.ts'
import { Gpr } from '../index.ts'
import { NO_CODE } from './compiled-code.ts'
import type { CodeModule, CpuOptions, TranslationCache } from './cpu.ts'
import { readStore, writeStore } from './translation-store.ts'

const modules = [
  {
    wasm: { length: 5, sum: 0xffff_fffd, value: 0 },
    code: { functions: 1, sum: 0xffff_fffe, value: 3 },
    functions: [{ end: 0x4010, sum: 77, entries: [0x4000, 0x4008], groups: [{ flags: 63, goes: 'here' as const }] }],
  },
  {
    wasm: { length: 1, sum: 8, value: 4 },
    code: NO_CODE,
    functions: [
      { end: 7, sum: 0xffff_ffff, entries: [5], groups: [] },
      {
        end: 90,
        sum: 0,
        entries: [20, 30, 40],
        groups: [
          { flags: 0, goes: 'target' as const },
          { flags: 8, goes: 'on' as const },
        ],
      },
    ],
  },
]

const stored = {
  modules,
  refused: [0x4020, 0x4030],
}

test('what was written reads back', () => {
  expect(readStore(writeStore(stored, crc32), crc32)).toEqual(stored)
  const nothing = { modules: [], refused: [] }
  expect(readStore(writeStore(nothing, crc32), crc32)).toEqual(nothing)
})

test('no single changed bit, cut or addition reads back', () => {
  const whole = writeStore(stored, crc32)
  for (let at = 0; at < whole.length; at++) {
    expect(readStore(whole.subarray(0, at), crc32)).toBeUndefined()
    for (let bit = 0; bit < 8; bit++) {
      const damaged = whole.slice()
      damaged[at] ^= 1 << bit
      expect(readStore(damaged, crc32)).toBeUndefined()
    }
  }
  expect(readStore(Uint8Array.of(...whole, 0), crc32)).toBeUndefined()
})

const CODE = 0x40_0000
const PROGRAM = assemble(
  `mov $200, %ebx\n 1: mov %ebx, %edi\n call 2f\n add %rax, %r12\n dec %ebx\n jnz 1b\n mov %r12, %rax\n syscall
   .balign 16\n 2: xor %eax, %eax\n 3: add %rdi, %rax\n mov %rax, ${DATA}(,%rdi,8)\n dec %edi\n jnz 3b\n ret`,
)

function run(
  cache: TranslationCache | undefined,
  digest = 'program',
  heat = 5,
): { outcome: unknown; counters: Readonly<Record<string, number>> } {
  const options: CpuOptions = { promotion: { heat, batch: 1 }, ...(cache ? { cache } : {}) }
  const cpu = machine(PROGRAM, undefined, undefined, options)
  const module: CodeModule = {
    name: 'program',
    digest,
    loadBias: CODE,
    textStart: CODE,
    textEnd: CODE + PROGRAM.length,
    functionAt: () => undefined,
  }
  cpu.moduleLoaded(module)
  const exits: unknown[] = []
  for (let kind = 'fuel'; kind === 'fuel'; ) {
    const exit = cpu.run(101)
    kind = exit.kind
    exits.push([exit, cpu.state.rip, cpu.state.get(Gpr.rax), cpu.state.get(Gpr.rdi)])
  }
  cpu.flushCache()
  return { outcome: [exits, cpu.fuelUsed, Buffer.from(cpu.memory.bytes(DATA, 2048)).toString('hex')], counters: cpu.counters() }
}

function memoryCache(): TranslationCache & { readonly values: Map<string, Uint8Array> } {
  const values = new Map<string, Uint8Array>()
  return {
    values,
    get: (key) => values.get(key),
    size: (key) => values.get(key)?.length ?? 0,
    put: (key, value) => values.set(key, value),
    sum: crc32,
  }
}

test('cold, warm and without a cache a run is the same; warm it translates nothing', () => {
  const cache = memoryCache()
  const without = run(undefined)
  const cold = run(cache)
  const warm = run(cache)
  expect(cold.outcome).toEqual(without.outcome)
  expect(warm.outcome).toEqual(without.outcome)
  expect(cold.counters.cachedFunctions).toBe(0)
  expect(warm.counters.cachedFunctions).toBeGreaterThan(0)
  expect(warm.counters.translatedFunctions).toBe(warm.counters.cachedFunctions)
})

test('the more is kept of an object, the more it must be visited before that is brought in', () => {
  const cache = memoryCache()
  const { outcome } = run(cache)
  // Too many for a translation of its own.
  const heat = 40_000
  for (const [size, comes] of [
    [10, true],
    [3_500, true],
    [12_000, false],
  ] as const) {
    const again = run({ ...cache, put: () => {}, size: () => size }, 'program', heat)
    expect(again.outcome).toEqual(outcome)
    expect(again.counters.cachedFunctions > 0).toBe(comes)
  }
})

const indexOf = (cache: { readonly values: ReadonlyMap<string, Uint8Array> }) => [...cache.values.keys()].find((key) => !key.includes('.'))!
const flipped = (good: Uint8Array): Uint8Array => {
  const bad = good.slice()
  bad[bad.length >> 1] ^= 1
  return bad
}

test('a damaged, cut or foreign value is as good as none, and is replaced', () => {
  const cache = memoryCache()
  const expected = run(cache).outcome
  const all = run(cache).counters.cachedFunctions
  const index = indexOf(cache)
  const wasm = () => `${index}.${readStore(cache.values.get(index)!, crc32)!.modules[0].wasm.value}.wasm`
  for (const named of [() => index, wasm]) {
    for (const damage of [flipped, (good: Uint8Array) => good.subarray(0, good.length - 1), () => new Uint8Array()]) {
      const key = named()
      cache.values.set(key, damage(cache.values.get(key)!))
      const { outcome, counters } = run(cache)
      expect(outcome).toEqual(expected)
      expect(counters.cachedFunctions).toBeLessThan(all)
      expect(run(cache).counters.cachedFunctions).toBe(all)
    }
  }
})

test('what is whole by its sums and no WebAssembly is as good as none', () => {
  const cache = memoryCache()
  const expected = run(cache).outcome
  const key = indexOf(cache)
  const [value] = [...cache.values.keys()].filter((each) => each !== key)
  const other = Uint8Array.of(1, 2, 3)
  const store = readStore(cache.values.get(key)!, crc32)!
  const wasm = { length: other.length, sum: crc32(other), value: 0 }
  cache.values.set(value, other)
  cache.values.set(key, writeStore({ ...store, modules: store.modules.map((each) => ({ ...each, wasm })) }, crc32))
  const { outcome, counters } = run(cache)
  expect(outcome).toEqual(expected)
  expect(counters.cachedFunctions).toBe(0)
})

test('code that was changed since is translated anew', () => {
  const cache = memoryCache()
  run(cache)
  const key = indexOf(cache)
  const store = readStore(cache.values.get(key)!, crc32)!
  const others = store.modules.map((each) => ({ ...each, functions: each.functions.map((fn) => ({ ...fn, sum: fn.sum ^ 1 })) }))
  cache.values.set(key, writeStore({ ...store, modules: others }, crc32))
  expect(run(cache).counters.cachedFunctions).toBe(0)
})

test('another content at the same place does not get these translations', () => {
  const cache = memoryCache()
  run(cache)
  expect(run(cache, 'another').counters.cachedFunctions).toBe(0)
  expect([...cache.values.keys()].filter((key) => !key.includes('.')).length).toBe(2)
})
