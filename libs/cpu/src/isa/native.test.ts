/** Every row of the opcode maps, in all operand forms, sizes and addressing modes, on this engine and on the host's processor. */
import { afterAll, expect, test } from 'vitest'
import { type Form, nameOf } from '../../test/native/encodings.ts'
import { Host } from '../../test/native/host.ts'
import { COMPARED, compareWithHost } from '../../test/native/suite.ts'
import { isFloat } from '../run/exact-floats.ts'

const X87 = COMPARED.filter((form) => form.row.startsWith('x87'))
const FLOATS = COMPARED.filter((form) => isFloat(nameOf(form)) || /^(ld|st)mxcsr|^fxrstor/.test(form.row))
/** f2xm1, fyl2x, fptan, fpatan, fyl2xp1, fsincos, fsin and fcos as forms of their own. */
const TRANSCENDENTAL = [0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff].map(
  (modrm): Form => ({ row: 'x87', mandatory: [], opcode: [0xd9, modrm], group: -1, only: undefined }),
)
const host = new Host()
afterAll(() => host.close())

test('what the maps list ends as on the host: registers, flags, memory, faults', () => {
  const { cases, differences } = compareWithHost(host, { seed: 20260701, variants: 5, states: 4, engine: { engine: 'interpreter' } })
  expect(differences).toEqual([])
  expect(cases).toBeGreaterThan(30_000)
})

test('what the maps list ends as on the host in translations', () => {
  const forms = COMPARED.filter((form) => !/mxcsr|fxrstor/.test(form.row))
  const { cases, translated, differences } = compareWithHost(host, {
    seed: 20261125,
    variants: 2,
    states: 5,
    engine: { engine: 'translator' },
    forms,
  })
  expect(differences).toEqual([])
  expect(cases).toBeGreaterThan(15_000)
  expect(translated).toBeGreaterThan(3000)
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

test('transcendental x87 functions are within a last place of the host’s', () => {
  const { cases, differences } = compareWithHost(host, { seed: 42, variants: 4, states: 60, forms: TRANSCENDENTAL })
  expect(differences).toEqual([])
  expect(cases).toBe(1920)
})

test('the engine lacks no x87 instruction', () => {
  const { unsupported } = compareWithHost(host, { seed: 1, variants: 64, states: 1, forms: X87 })
  expect([...unsupported]).toEqual([])
})
