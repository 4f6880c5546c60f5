// biome-ignore-all lint/correctness/useYield: coroutines of the tests end at once
import { createCpu, GuestMemory, Hosted, Perm } from '@bootgraph/cpu'
import { expect, test } from 'vitest'
import type { KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import { type ArgumentText, CallTrace, quoted, rawArguments, resultText, tracedCalls } from './debug.ts'
import { syscallTable } from './table.ts'

const text = new TextEncoder()

test('a call is one line at its end; what another context interrupts is two, and what never ends is said to be unfinished', () => {
  const lines: string[] = []
  const trace = new CallTrace((line) => void lines.push(line))
  const outer = trace.begin(1, 'qsort', ['0x1000', '3'])
  trace.end(trace.begin(1, 'strcmp', ['"a"', '"b"']), '-1', -1)
  trace.end(outer)
  const waiting = trace.begin(1, 'read', ['0', (result) => (result === undefined ? '0x2000' : `"${'x'.repeat(result)}"`)])
  const other = trace.begin(2, 'getpid', [])
  trace.end(other, '7', 7)
  trace.end(waiting, '2', 2)
  trace.begin(2, 'exit', ['0'])
  trace.begin(1, 'pause', [])
  trace.close()
  expect(lines).toEqual([
    '1 strcmp("a", "b") = -1',
    '1 qsort(0x1000, 3)',
    '1 read(0, 0x2000, <unfinished ...>',
    '2 getpid() = 7',
    '1 <... read resumed> = 2',
    '2 exit(0, <unfinished ...>',
    '1 pause(<unfinished ...>',
  ])
})

test('raw calls show paths and bytes that are given, and bytes that come back', () => {
  const { memory } = createCpu(new GuestMemory(), { hosted: () => Hosted.done })
  memory.protect(0x2_0000, 4096, Perm.read | Perm.write)
  memory.u8.set(text.encode('file:/etc/passwd'), 0x2_0000)
  const row = (name: string) => [...syscallTable('2019-11').values()].find((each) => each.name === name)!
  const said = (name: string, args: number[], result?: number) =>
    rawArguments(row(name), args, memory).map((each: ArgumentText) => (typeof each === 'string' ? each : each(result)))
  expect(said('OPEN', [0x2_0000, 9, 0x1_0000])).toEqual(['"file:/etc"', '9', '0x10000'])
  expect(said('WRITE', [1, 0x2_0000, 4])).toEqual(['1', '"file"', '4'])
  expect(said('READ', [3, 0x2_0000, 16], 4)).toEqual(['3', '"file"', '16'])
  expect(said('READ', [3, 0x2_0000, 16], -9)).toEqual(['3', '0x20000', '16'])
  expect(said('OPEN', [0x5_0000, 9, 0])[0]).toBe('0x50000')
  expect([resultText(-2), resultText(3), resultText(0x4000_0000)]).toEqual(['-ENOENT', '3', '0x40000000'])
  expect(quoted(new Uint8Array([0, 0x22, 0x5c, 0xff]))).toBe('"\\x00\\"\\\\\\xff"')
  expect(quoted(text.encode('y'.repeat(100)))).toBe(`"${'y'.repeat(48)}"…`)
})

test('traced calls answer as the plain ones do, and each has its line', () => {
  const lines: string[] = []
  const plain = {
    stat: (_cx: Context, _dirfd: number, path: string) => (path === '/there' ? { size: 7 } : -2),
    *read(_cx: Context, _fd: number, into: Uint8Array) {
      into.set(text.encode('abc'))
      return 3
    },
    *open() {
      return -13
    },
    signalled: () => false,
  }
  const calls = tracedCalls(plain as unknown as KernelCalls, new CallTrace((line) => void lines.push(line)))
  const cx = { tid: 4, process: {} } as unknown as Context
  expect(calls.stat(cx, -100, '/there', true)).toEqual({ size: 7 })
  expect(calls.stat(cx, -100, '/no', true)).toBe(-2)
  const bytes = new Uint8Array(8)
  expect(calls.read(cx, 0, bytes).next()).toEqual({ done: true, value: 3 })
  expect(calls.open(cx, '/x', 0x1_0000, 12345).next().value).toBe(-13)
  expect(calls.signalled(cx)).toBe(false)
  expect(lines).toEqual([
    '4 sys_stat(-100, "/there", true) = {size: 7}',
    '4 sys_stat(-100, "/no", true) = -ENOENT',
    '4 sys_read(0, "abc") = 3',
    '4 sys_open("/x", 0x10000) = -EACCES',
  ])
})
