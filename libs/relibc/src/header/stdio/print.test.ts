import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GuestMemory, Perm } from '@bootgraph/cpu'
import { expect, test } from 'vitest'
import { collect } from '../../registry/registry.ts'
import { textHeaders } from '../text.ts'

const compiler = (() => {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
if (!compiler) console.log('print.test: no cc on this host, the comparison with native text is skipped')

const FORMAT = 0x2_0000
const LIST = 0x2_1000
const STACK = 0x2_2000
const OUT = 0x3_0000
const memory = new GuestMemory()
memory.protect(0x2_0000, 0x2_0000, Perm.read | Perm.write)
let errno = 0
const c = {
  memory,
  state: { x87Control: 0x37f },
  fail: (e: number) => {
    errno = e
    return -1
  },
}
const { functions } = collect(textHeaders)
const call = (name: string, ...args: unknown[]): unknown => {
  const fn = functions.get(name)!.row.fn as (...all: unknown[]) => unknown
  return fn(c, ...args)
}
const place = (at: number, text: string): void => memory.u8.set(new TextEncoder().encode(`${text}\0`), at)

/** What vsnprintf makes of one format and arguments that lie in the overflow area of a va_list. */
function printed(format: string, kind: string, value: string): string {
  place(FORMAT, format)
  place(STACK + 256, value)
  if (kind === 'd') memory.setF64(STACK, call('strtod', STACK + 256, 0) as number)
  else if (kind === 'L') memory.u8.set(call('strtold', STACK + 256, 0) as Uint8Array, STACK)
  else if (kind === 's') memory.setSize(STACK, STACK + 256)
  else memory.setU64(STACK, BigInt.asUintN(64, BigInt(value)))
  memory.setU32(LIST, 48)
  memory.setU32(LIST + 4, 176)
  memory.setSize(LIST + 8, STACK)
  memory.setSize(LIST + 16, 0)
  const length = call('vsnprintf', OUT, 0xf000, FORMAT, LIST) as number
  return new TextDecoder().decode(memory.bytes(OUT, length))
}

const REALS =
  '0 -0.0 1 -1.5 0.1 2.5 3.5 9.995 99.5 999999.5 1e10 123456789.125 1e15 1e16 1e17 1e21 1e22 1e23 5e-324 2.2250738585072014e-308 2.2250738585072011e-308 1.7976931348623157e308 1.7976931348623159e308 4.9e-325 0x1.fffffffffffffp3 0x1.8p-1074 0x1.00000000000008p0 0x1.000000000000080001p0 inf -inf nan 3.14159265358979323846264338327950288 8.5 0.5 1e-5 0.0001 0.00012345678 6.02214076e23 1e-400 1e400 9007199254740993 0x.8p4 7.0e-46 3.4028236e38'.split(
    ' ',
  )
const corpus: [format: string, kind: string, value: string][] = []
for (const value of REALS)
  for (const conversion of ['e', 'f', 'g', 'a', 'G', 'A'])
    for (const style of ['', '.0', '.3', '#.0', '+012.1', '-14.2', ' 030', '.20', '#'])
      for (const [kind, length] of [
        ['d', ''],
        ['L', 'L'],
      ])
        corpus.push([`[%${style}${length}${conversion}]`, kind, value])
for (const value of ['0', '1', '-1', '255', '-2147483648', '4294967295', '9223372036854775807', '-9223372036854775808'])
  for (const conversion of ['d', 'u', 'x', 'X', 'o', 'i'])
    for (const style of ['', '.0', '8', '-8', '08', '+', ' ', '#', '#12', '#012', '+.5', '8.3'])
      for (const length of ['', 'l', 'll', 'h', 'hh', 'z', 'j']) corpus.push([`[%${style}${length}${conversion}]`, 'i', value])
for (const value of ['', 'a', 'hello world', 'äö'])
  for (const style of ['', '8', '-8', '.3', '8.2', '.0']) corpus.push([`[%${style}s]`, 's', value])
corpus.push(['%p', 'i', '0'], ['%p', 'i', '4096'], ['%10p|', 'i', '255'], ['%c', 'i', '65'], ['%5c|', 'i', '65'], ['%%|%d', 'i', '5'])

test.skipIf(!compiler)(
  'text of numbers equals the native library’s',
  () => {
    const quote = (text: string): string => JSON.stringify(text)
    const argument = (kind: string, value: string): string =>
      kind === 'd'
        ? `strtod(${quote(value)}, 0)`
        : kind === 'L'
          ? `strtold(${quote(value)}, 0)`
          : kind === 's'
            ? quote(value)
            : `${BigInt.asUintN(64, BigInt(value))}ULL`
    const lines = corpus.map(([format, kind, value]) => `printf(${quote(`${format}\n`)}, ${argument(kind, value)});`)
    const directory = mkdtempSync(join(tmpdir(), 'print-'))
    writeFileSync(join(directory, 'a.c'), `#include <stdio.h>\n#include <stdlib.h>\nint main(void) {\n${lines.join('\n')}\n}\n`)
    execFileSync('cc', ['-O0', '-w', '-fno-builtin', '-o', join(directory, 'a'), join(directory, 'a.c')])
    const native = execFileSync(join(directory, 'a')).toString().split('\n')
    rmSync(directory, { recursive: true })
    // glibc drops the zeros that # asks for when %g rounds up to a power of ten that needs an exponent; C11 7.21.6.1 keeps them.
    const kept = ([format, , value]: (typeof corpus)[number]) => !(value === '999999.5' && /^\[%#L?[gG]/.test(format))
    const wrong = corpus.flatMap(([format, kind, value], i) => {
      const ours = printed(format, kind, value)
      return ours === native[i] || !kept([format, kind, value]) ? [] : [`${format} ${value}: ${ours} is not ${native[i]}`]
    })
    expect(wrong).toEqual([])
  },
  60_000,
)

test('a bad format pointer, string or destination is EFAULT', () => {
  expect([call('vsnprintf', OUT, 9, 0x900_0000, LIST), errno]).toEqual([-1, 14])
  place(FORMAT, '%s')
  memory.setSize(STACK, 0x900_0000)
  expect([call('vsnprintf', OUT, 9, FORMAT, LIST), errno]).toEqual([-1, 14])
  place(FORMAT, 'text')
  expect([call('vsnprintf', 0x900_0000, 9, FORMAT, LIST), errno]).toEqual([-1, 14])
})
