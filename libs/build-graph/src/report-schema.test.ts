import { Compile } from 'typebox/schema'
import { expect, test } from 'vitest'
import type { NodeReport } from './node-contract.ts'
import { REPORT_SCHEMA } from './report-schema.ts'

const report: NodeReport = {
  version: 1,
  image: 'a'.repeat(64),
  exit: { reason: 'exit', code: 0 },
  request: { linkage: 'dynamic', surface: 'latest', mode: 'bridge', abi: 'auto', seed: 0 },
  gaps: [],
  calls: { open: 1 },
  syscalls: {},
  fuel: 1,
  memory: { limit: 1, refusals: 0 },
  linkMap: [],
  measured: { peakMemory: 1, guestPages: 1, time: { total: 1.5 }, counters: {} },
}

test('the schema is what docs/report.schema.json says (vitest -u writes it)', async () => {
  await expect(`${JSON.stringify(REPORT_SCHEMA, null, 2)}\n`).toMatchFileSnapshot('../../../docs/report.schema.json')
})

test('a report passes; one with a field too many, too few or of another kind does not', () => {
  const schema = Compile(REPORT_SCHEMA)
  expect(schema.Errors(report)).toEqual([true, []])
  const { fuel: _, ...less } = report
  for (const wrong of [
    less,
    { ...report, more: 1 },
    { ...report, version: 2 },
    { ...report, image: 'unknown' },
    { ...report, exit: { reason: 'bored', code: 0 } },
    { ...report, exit: { reason: 'exit', code: 256 } },
    { ...report, fuel: -1 },
    { ...report, instructions: 5 },
    { ...report, calls: { open: 'often' } },
    { ...report, gaps: [{ truth: 'upstream', component: 'relibc', kind: 'symbol-missing', name: 'x', occurrences: [] }] },
  ])
    expect(schema.Check(wrong), JSON.stringify(wrong)).toBe(false)
})
