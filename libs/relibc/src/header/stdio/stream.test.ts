import { GuestMemory, Perm } from '@bootgraph/cpu'
import { expect, test } from 'vitest'
import { setPlatform } from '../../platform/platform.ts'
import type { LibcCall } from '../../registry/call.ts'
import { collect } from '../../registry/registry.ts'
import { textHeaders } from '../text.ts'
import { flushAll, prepareStreams, standard } from './stream.ts'

const { functions } = collect(textHeaders)
const DATA = 0x6_0000
const OBJECTS: Record<string, number> = { stdin: 0x7_0000, stdout: 0x7_0008, stderr: 0x7_0010 }

function machine(input: string) {
  const memory = new GuestMemory()
  memory.protect(0x1_0000, 0x8_0000, Perm.read | Perm.write)
  let top = 0x100_0000
  let from = 0
  let errno = 0
  const bytes = new TextEncoder().encode(input)
  const written: string[] = []
  const kernel = {
    fstat: () => ({ mode: 0x8000 }),
    mmap(_cx: unknown, _at: number, size: number) {
      memory.protect(top, size, Perm.read | Perm.write)
      top += size
      return top - size
    },
    munmap: (_cx: unknown, at: number, size: number) => memory.protect(at, size, 0),
    // biome-ignore lint/correctness/useYield: this kernel never waits
    *read(_cx: unknown, _fd: number, into: Uint8Array) {
      const part = bytes.subarray(from, from + Math.min(into.length, 7))
      into.set(part)
      from += part.length
      return part.length
    },
    // biome-ignore lint/correctness/useYield: this kernel never waits
    *write(_cx: unknown, fd: number, text: Uint8Array) {
      written.push(`${fd}:${new TextDecoder().decode(text)}`)
      return text.length
    },
  }
  const process = {}
  setPlatform(process as never, { area: 0x4_0000 } as never)
  const c = {
    memory,
    kernel,
    process,
    cx: { process },
    object: (n: string) => OBJECTS[n] ?? 0,
    fail(e: number) {
      errno = e
      return -1
    },
  } as unknown as LibcCall
  prepareStreams(c)
  const run = (co: unknown): unknown => (typeof co === 'object' ? (co as Generator).next().value : co)
  const call = (name: string, ...args: unknown[]): unknown => run((functions.get(name)!.row.fn as (...a: unknown[]) => unknown)(c, ...args))
  const place = (text: string): number => {
    memory.u8.set(new TextEncoder().encode(`${text}\0`), DATA)
    return DATA
  }
  return { c, memory, written, call, place, flush: () => run(flushAll(c)), errno: () => errno }
}

test('stdout keeps text until it is flushed, stderr does not', () => {
  const m = machine('')
  m.call('puts', m.place('one'))
  m.call('fputs', m.place('two'), standard(m.c, 'stderr'))
  expect(m.written).toEqual(['2:two'])
  m.flush()
  expect(m.written).toEqual(['2:two', '1:one\n'])
})

test('lines come whole over short reads, with what was pushed back first', () => {
  const m = machine('first line\nsecond')
  const stdin = standard(m.c, 'stdin')
  m.call('ungetc', 33, stdin)
  expect(m.call('fgets', DATA, 100, stdin)).toBe(DATA)
  expect(new TextDecoder().decode(m.memory.bytes(DATA, 12))).toBe('!first line\n')
  expect(m.call('fread', DATA, 1, 100, stdin)).toBe(6)
  expect(m.call('feof', stdin)).toBe(1)
})

test('a pointer that is no stream is refused', () => {
  const m = machine('')
  expect([m.call('fputc', 65, 0x900_0000), m.errno()]).toEqual([-1, 9])
  expect([m.call('fputs', 0x900_0000, standard(m.c, 'stdout')), m.errno()]).toEqual([-1, 14])
})
