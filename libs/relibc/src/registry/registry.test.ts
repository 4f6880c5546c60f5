import { createCpu, Gpr, GuestMemory, Hosted, Perm } from '@bootgraph/cpu'
import { expect, test } from 'vitest'
import { platformHeaders } from '../header/platform.ts'
import type { LibcCall } from './call.ts'
import { alias, gateId, leaf } from './define.ts'
import { compileArguments, compileResult, parseSignature } from './marshal.ts'
import { collect } from './registry.ts'
import type { VaList } from './va-list.ts'

const header = (...rows: Parameters<typeof collect>[0][number]['rows']) => ({ name: 'x', spec: '', rows })

test('every platform row has a gate of its own and a signature that compiles', () => {
  const registry = collect(platformHeaders)
  expect(registry.functions.size).toBeGreaterThan(200)
  for (const [name, bound] of registry.functions) expect(registry.get(gateId(name))).toBe(bound)
})

test('a name twice, an alias of nothing and an unknown class are refused', () => {
  const row = leaf('f', 'int()', () => 0)
  expect(() => collect([header(row, row)])).toThrow("symbol 'f' has two rows")
  expect(() => collect([header(alias('g', 'f'))])).toThrow('has no row')
  expect(() => parseSignature('int(word)')).toThrow("no argument class 'word'")
})

test('arguments come from registers, then the stack; results go to rax with their sign', () => {
  const cpu = createCpu(new GuestMemory(), { hosted: () => Hosted.done })
  const c = { memory: cpu.memory, state: cpu.state } as unknown as LibcCall
  cpu.memory.protect(0x20000, 4096, Perm.read | Perm.write)
  cpu.state.setNumber(Gpr.rsp, 0x20ff8 - 64)
  cpu.state.set(7, 0xffff_fffen)
  cpu.state.set(6, 0xffff_ffff_ffff_fffdn)
  cpu.state.setXmmF64(0, 1.5)
  cpu.memory.setU64(0x20ff8 - 56, 77n)
  const read = compileArguments(['int', 'long', 'f64', 'uint', 'uint', 'uint', 'uint', 'int', '...'])
  const args = read(c)
  expect(args.slice(0, 3)).toEqual([-2, -3, 1.5])
  expect(args[7]).toBe(77)
  cpu.memory.setU64(0x20ff8 - 48, 88n)
  expect((args[8] as VaList).int()).toBe(88)
  compileResult('int', [])(c, -1)
  expect(cpu.state.get(Gpr.rax)).toBe(0xffff_ffff_ffff_ffffn)
})
