import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { arrayPort, fileOf } from '../../test/array-port.ts'
import { mapDso } from '../dso.ts'
import { frameRecords, functionAt, functionRanges } from './eh-frame.ts'
import { callerOf, Dwarf, type Registers } from './unwind.ts'

const dir = mkdtempSync(join(tmpdir(), 'eh-frame-'))
const run = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: dir, encoding: 'utf8', stdio: 'pipe' })
const functions = Array.from(
  { length: 40 },
  (_, i) => `__attribute__((noinline${i % 3 ? '' : ', cold'})) int f${i}(int a) { return a * ${i}; }`,
)
// A clean-up gives its record a personality, hence a second kind of CIE.
functions.push(
  'void g(void); static void end(int *p) { (*p)++; } void with_cleanup(void) { int n __attribute__((cleanup(end))) = 0; g(); }',
)
writeFileSync(join(dir, 'f.c'), functions.join('\n'))
run('gcc', '-O2', '-fexceptions', '-shared', '-fPIC', 'f.c', '-o', 'libf.so')

function ranges(damage?: (image: Uint8Array, hdr: number) => unknown): { found: Uint32Array; base: number } {
  const port = arrayPort(new Uint8Array(20 << 20))
  const mapped = mapDso(port, fileOf('libf.so', new Uint8Array(readFileSync(join(dir, 'libf.so')))))
  if (!mapped.ok) throw new Error(mapped.error.expected)
  damage?.(port.memory.u8, mapped.value.ehFrameHdr)
  return { found: functionRanges(port.memory.view, mapped.value), base: mapped.value.base }
}

test('ranges are those that readelf reads, sorted', () => {
  const { found, base } = ranges()
  const expected = [...run('readelf', '--debug-dump=frames', 'libf.so').matchAll(/pc=([0-9a-f]+)\.\.([0-9a-f]+)/g)]
    .map(([, from, to]) => [Number.parseInt(from, 16), Number.parseInt(to, 16)])
    .sort(([a], [b]) => a - b)
  expect(expected.length).toBeGreaterThanOrEqual(40)
  expect(Array.from({ length: found.length / 2 }, (_, i) => [found[i * 2] - base, found[i * 2 + 1] - base])).toEqual(expected)
})

test('the search table finds the function around each address', () => {
  const port = arrayPort(new Uint8Array(20 << 20))
  const mapped = mapDso(port, fileOf('libf.so', new Uint8Array(readFileSync(join(dir, 'libf.so')))))
  if (!mapped.ok) throw new Error(mapped.error.expected)
  const { view } = port.memory
  const all = functionRanges(view, mapped.value)
  for (let i = 0; i < all.length; i += 2)
    for (const address of [all[i], all[i + 1] - 1]) expect(functionAt(view, mapped.value, address)).toEqual([all[i], all[i + 1]])
  expect(functionAt(view, mapped.value, mapped.value.start)).toBeUndefined()
})

test('a damaged table gives fewer ranges, never an exception', () => {
  const whole = ranges().found.length
  let fewer = 0
  for (let byte = 0; byte < 12; byte++)
    for (const value of [0, 0x7f, 0x80, 0xff]) {
      const found = ranges((u8, hdr) => (u8[hdr + byte] = value)).found
      if (found.length < whole) fewer++
    }
  expect(fewer).toBeGreaterThan(0)
})

test('at its first instruction a function has been called from the address on the stack; damaged tables give a caller or none, never an exception', () => {
  const port = arrayPort(new Uint8Array(20 << 20))
  const mapped = mapDso(port, fileOf('libf.so', new Uint8Array(readFileSync(join(dir, 'libf.so')))))
  if (!mapped.ok) throw new Error(mapped.error.expected)
  const { view, u8 } = port.memory
  const memory = { view, readable: (at: number, bytes: number) => at >= 0 && at + bytes <= u8.length, settle: () => {} }
  const stack = 19 << 20
  view.setUint32(stack, 0x1234_5678, true)
  const { starts, records } = frameRecords(view, mapped.value)
  const caller = (at: number): Registers | undefined => {
    const registers: (number | undefined)[] = []
    registers[Dwarf.rsp] = stack
    registers[Dwarf.rbp] = stack + 64
    registers[Dwarf.returnAddress] = at + 1
    return callerOf(memory, mapped.value, registers)
  }
  for (const start of starts.slice(1)) {
    const found = caller(start)
    if (found === undefined) continue
    expect([found[Dwarf.returnAddress], found[Dwarf.rsp]]).toEqual([0x1234_5678, stack + 8])
  }
  expect(caller(starts[starts.length - 1])).toBeDefined()
  let seed = 20191127
  const random = (below: number) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % below
  const from = Math.min(...records)
  const length = Math.max(...records) + 40 - from
  const whole = u8.slice(from, from + length)
  for (let i = 0; i < 5000; i++) {
    u8.set(whole, from)
    for (let n = 1 + random(4); n > 0; n--) u8[from + random(length)] = random(256)
    caller(starts[random(starts.length)] + random(32))
  }
})
