/** Every instruction form of the toolchain's code that is not VEX: decoded to its end, and equal to the host's processor in both engines. */
import { afterAll, expect, test } from 'vitest'
import { assembleForms, RUSTC_FORMS } from '../../test/native/forms.ts'
import { Host } from '../../test/native/host.ts'
import { compareInstructions } from '../../test/native/suite.ts'
import { decode } from '../decode/decoder.ts'

/** Newer than SSE2, behind bits that cpuid does not advertise. */
const NEWER = /^(pshufb|palignr|pblendw|pclmulqdq|pinsrd|pextrd|crc32|sha(1|256)(rnds[24]|nexte|msg[12])|rdrand|rdseed|xgetbv) ?/
/** bsf to a processor without it; what cpuid says is the point of it. */
const OTHER = /^(tzcnt|cpuid)\b/

const host = new Host()
afterAll(() => host.close())
const code = assembleForms(RUSTC_FORMS)
const all = RUSTC_FORMS.map((row, i) => ({ row, bytes: code[i] }))

test('all forms are there', () => {
  expect(all.length).toBe(750)
})

test('a form that cpuid advertises is decoded to its end', () => {
  const wrong = all.filter(({ row, bytes }) => !NEWER.test(row) && decode(bytes, 0x1000)?.length !== bytes.length)
  expect(wrong.map(({ row }) => row)).toEqual([])
})

test('a form that is newer is reported as missing', () => {
  const newer = all.filter(({ row }) => NEWER.test(row))
  const { unsupported } = compareInstructions(host, newer, { seed: 1, states: 1 })
  expect([...unsupported].sort()).toEqual(newer.map(({ row }) => row).sort())
})

test.each(['interpreter', 'translator'] as const)('forms end as on the host: %s', (engine) => {
  const forms = all.filter(({ row }) => !NEWER.test(row) && !OTHER.test(row))
  const { cases, differences, unsupported } = compareInstructions(host, forms, { seed: 20261125, states: 10, engine: { engine } })
  expect(differences).toEqual([])
  expect([...unsupported]).toEqual([])
  expect(cases).toBeGreaterThan(7000)
})
