import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { assemble, DATA, machine } from '../../test/run-flat.ts'
import { Gpr } from '../index.ts'
import { tableKind } from '../wasm/function-table.ts'
import type { CompiledCode, TranslationCache } from './cpu.ts'
import { HandlerBook } from './handler-book.ts'

const HANDLERS = `handlers-${tableKind()}`

const PROGRAM = assemble(
  `mov $200, %ebx\n xor %eax, %eax\n 1: add %rbx, %rax\n mov %rax, ${DATA}(,%rbx,8)\n pshufd $0x1b, %xmm0, %xmm1\n dec %ebx\n jnz 1b\n syscall`,
)
const OTHER = assemble(`mov $7, %eax\n imul $6, %rax, %rax\n bswap %rax\n pshufd $0x4e, %xmm0, %xmm1\n syscall`)

function folder(): TranslationCache & { values: Map<string, Uint8Array> } {
  const values = new Map<string, Uint8Array>()
  return {
    values,
    get: (key) => values.get(key),
    size: (key) => values.get(key)?.length ?? 0,
    put: (key, value) => void values.set(key, value),
    sum: crc32,
  }
}
function run(program: Uint8Array, handlers: HandlerBook): bigint {
  const cpu = machine(program, undefined, undefined, { engine: 'interpreter', handlers })
  expect(cpu.run(100_000).kind).toBe('syscall')
  cpu.flushCache()
  return cpu.state.get(Gpr.rax)
}

test('a book that was kept makes no handler again', () => {
  const cache = folder()
  const first = new HandlerBook(cache)
  expect(run(PROGRAM, first)).toBe(20_100n)
  const kept = cache.values.get(HANDLERS)
  const second = new HandlerBook(cache)
  expect(second.shapes).toBe(first.shapes)
  expect(second.patterns.save()).toEqual(first.patterns.save())
  expect(run(PROGRAM, second)).toBe(20_100n)
  expect(cache.values.get(HANDLERS)).toBe(kept)
})

test('a book without a handler is not kept', () => {
  const cache = folder()
  machine(PROGRAM, undefined, undefined, { handlers: new HandlerBook(cache) }).flushCache()
  expect(cache.values.size).toBe(0)
})

test('engines that share a book agree with engines that do not', () => {
  const alone = [PROGRAM, OTHER].map((program) => run(program, new HandlerBook()))
  const shared = new HandlerBook()
  for (let i = 0; i < 2; i++) expect([PROGRAM, OTHER].map((program) => run(program, shared))).toEqual(alone)
})

test('an engine goes on after another has had all handlers forgotten', () => {
  const handlers = new HandlerBook()
  const cpu = machine(PROGRAM, undefined, undefined, { engine: 'interpreter', handlers })
  expect(cpu.run(50).kind).toBe('fuel')
  handlers.clear()
  expect(run(OTHER, handlers)).toBe(run(OTHER, new HandlerBook()))
  expect(cpu.run(100_000).kind).toBe('syscall')
  expect(cpu.state.get(Gpr.rax)).toBe(20_100n)
})

test('no single changed bit, cut or addition of a kept book is used', () => {
  const cache = folder()
  run(PROGRAM, new HandlerBook(cache))
  const whole = cache.values.get(HANDLERS)!
  const shapesOf = (bytes: Uint8Array) => new HandlerBook({ get: () => bytes, size: () => bytes.length, put: () => {}, sum: crc32 }).shapes
  expect(shapesOf(whole)).toBeGreaterThan(0)
  for (let at = 0; at < whole.length; at += 13) {
    expect(shapesOf(whole.subarray(0, at))).toBe(0)
    const damaged = whole.slice()
    damaged[at] ^= 1 << (at & 7)
    expect(shapesOf(damaged)).toBe(0)
  }
  expect(shapesOf(Uint8Array.of(...whole, 0))).toBe(0)
})

test('machine code that is damaged is made again, though there is no new handler', () => {
  const optimised = new Set<unknown>()
  const saved: WebAssembly.Module[] = []
  const loaded: WebAssembly.Module[] = []
  const compiled: CompiledCode = {
    free: () => {},
    now: () => 0,
    claim: () => undefined,
    isOptimised: (fn) => optimised.has(fn),
    optimise: (fn) => void optimised.add(fn),
    save: (module) => Uint32Array.of(saved.push(module) - 1).buffer,
    load(code) {
      loaded.push(saved[new Uint32Array(code)[0]])
      return loaded.at(-1)
    },
  }
  const cache = { ...folder(), compiled }
  const again = () => run(PROGRAM, new HandlerBook(cache))
  for (let i = 0; i < 3; i++) expect(again()).toBe(20_100n)
  // The handlers' and the engine's own.
  expect([saved.length, loaded.length]).toEqual([2, 4])
  cache.values.set(`${HANDLERS}.0`, Uint8Array.of(1, 2, 3, 4))
  for (let i = 0; i < 2; i++) expect(again()).toBe(20_100n)
  expect([saved.length, loaded.length]).toEqual([4, 7])
  // The engine's own were made again as well, and lie where nobody else looked for them.
  cache.values.set(`${HANDLERS}.3`, Uint8Array.of(1, 2, 3, 4))
  for (let i = 0; i < 2; i++) expect(again()).toBe(20_100n)
  expect([saved.length, loaded.length]).toEqual([6, 10])
})
