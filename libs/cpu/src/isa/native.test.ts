/** Every row of the opcode maps, in all operand forms, sizes and addressing modes, on this engine and on the host's processor. */
import { afterAll, expect, test } from 'vitest'
import { Host } from '../../test/native/host.ts'
import { COMPARED, compareWithHost } from '../../test/native/suite.ts'

const X87 = COMPARED.filter((form) => form.row.startsWith('x87'))
const host = new Host()
afterAll(() => host.close())

test('what the maps list ends as on the host: registers, flags, memory, faults', () => {
  const { cases, differences } = compareWithHost(host, { seed: 20260701, variants: 5, states: 4, engine: { engine: 'interpreter' } })
  expect(differences).toEqual([])
  expect(cases).toBeGreaterThan(30_000)
})

test('what the engine lacks is x87 transcendental functions alone', () => {
  const { unsupported } = compareWithHost(host, { seed: 1, variants: 64, states: 1, forms: X87 })
  const transcendental = new Set(['f0', 'f1', 'f2', 'f3', 'f9', 'fb', 'fe', 'ff'].map((modrm) => `x87 d9${modrm}`))
  expect([...unsupported].filter((each) => !transcendental.has(each))).toEqual([])
})
