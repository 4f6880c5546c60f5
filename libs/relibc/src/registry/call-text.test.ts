import { createCpu, GuestMemory, Hosted, Perm } from '@bootgraph/cpu'
import { expect, test } from 'vitest'
import { coreHeaders } from '../header/core.ts'
import { platformHeaders } from '../header/platform.ts'
import { textHeaders } from '../header/text.ts'
import { argumentTexts, callResult, TEXTS } from './call-text.ts'
import { leaf } from './define.ts'
import { parseSignature } from './marshal.ts'
import { collect } from './registry.ts'

test('every text belongs to a pointer of a function that is there', () => {
  const registry = collect([...platformHeaders, ...coreHeaders, ...textHeaders])
  for (const [name, kinds] of Object.entries(TEXTS)) {
    const row = registry.functions.get(name)?.row
    expect(row?.name, name).toBe(name)
    const { result, parameters } = parseSignature(row!.signature)
    const [given, gives] = kinds.split(':')
    for (const [i, kind] of [...given].entries()) if ('srw'.includes(kind)) expect(parameters[i], `${name} ${i}`).toBe('ptr')
    if (gives !== undefined) expect(result, name).toBe('ptr')
  }
})

test('strings, bytes that are given, bytes that come back, modes and errors by name', () => {
  const { memory } = createCpu(new GuestMemory(), { hosted: () => Hosted.done })
  memory.protect(0x20000, 4096, Perm.read | Perm.write)
  memory.u8.set(new TextEncoder().encode('/etc/"x"\n\0'), 0x20000)
  const said = (row: Parameters<typeof argumentTexts>[0], args: readonly unknown[], result?: number) =>
    argumentTexts(row, memory, args).map((each) => (typeof each === 'string' ? each : each(result)))
  const open = leaf('open', 'int(ptr, int, uint)', () => 0)
  expect(said(open, [0x20000, 0, 12345])).toEqual(['"/etc/\\"x\\"\\n"', '0'])
  expect(said(open, [0x20000, 0x41, 0o644])).toEqual(['"/etc/\\"x\\"\\n"', '65', '0644'])
  expect(said(open, [0, 0, 0])[0]).toBe('0')
  expect(said(open, [0x5000, 0, 0])[0]).toBe('0x5000')
  const read = leaf('read', 'long(int, ptr, size)', () => 0)
  expect(said(read, [3, 0x20000, 100], 4)).toEqual(['3', '"/etc"', '100'])
  expect(said(read, [3, 0x20000, 100], -1)).toEqual(['3', '0x20000', '100'])
  expect(callResult(read, memory, -1, 2)).toBe('-1 ENOENT')
  expect(
    said(
      leaf('write', 'long(int, ptr, size)', () => 0),
      [1, 0x20000, 2],
    ),
  ).toEqual(['1', '"/e"', '2'])
  expect(
    callResult(
      leaf('getenv', 'ptr(ptr)', () => 0),
      memory,
      0x20000,
      undefined,
    ),
  ).toBe('"/etc/\\"x\\"\\n"')
  expect(
    callResult(
      leaf('free', 'void(ptr)', () => {}),
      memory,
      undefined,
      undefined,
    ),
  ).toBeUndefined()
  expect(
    said(
      leaf('printf', 'int(ptr, ...)', () => 0),
      [0x20000, {}],
    )[1],
  ).toBe('…')
})
