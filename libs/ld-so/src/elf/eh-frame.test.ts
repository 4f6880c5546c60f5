import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { arrayPort, fileOf } from '../../test/array-port.ts'
import { mapDso } from '../dso.ts'
import { functionAt, functionRanges } from './eh-frame.ts'

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
