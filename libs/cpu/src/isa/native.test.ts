/** Every row of the opcode maps, in all operand forms, sizes and addressing modes, on this engine and on the host's processor. */
import { afterAll, expect, test } from 'vitest'
import { nameOf } from '../../test/native/encodings.ts'
import { Host } from '../../test/native/host.ts'
import { COMPARED, compareWithHost } from '../../test/native/suite.ts'
import { isFloat } from '../run/exact-floats.ts'

const X87 = COMPARED.filter((form) => form.row.startsWith('x87'))
const FLOATS = COMPARED.filter((form) => isFloat(nameOf(form)) || /^(ld|st)mxcsr|^fxrstor/.test(form.row))
const host = new Host()
afterAll(() => host.close())

test('what the maps list ends as on the host: registers, flags, memory, faults', () => {
  const { cases, differences } = compareWithHost(host, { seed: 20260701, variants: 5, states: 4, engine: { engine: 'interpreter' } })
  expect(differences).toEqual([])
  expect(cases).toBeGreaterThan(30_000)
})

test.each(['interpreter', 'translator'] as const)(
  'rounding, flushing, exception flags and #XM by MXCSR are as on the host: %s',
  (engine) => {
    const { cases, differences } = compareWithHost(host, {
      seed: 20261125,
      variants: 8,
      states: 4,
      forms: FLOATS,
      engine: { engine },
      state: { mxcsr: 'any' },
    })
    expect(differences).toEqual([])
    expect(cases).toBeGreaterThan(3000)
  },
)

test('what the engine lacks is x87 transcendental functions alone', () => {
  const { unsupported } = compareWithHost(host, { seed: 1, variants: 64, states: 1, forms: X87 })
  const transcendental = new Set(['f0', 'f1', 'f2', 'f3', 'f9', 'fb', 'fe', 'ff'].map((modrm) => `x87 d9${modrm}`))
  expect([...unsupported].filter((each) => !transcendental.has(each))).toEqual([])
})
