import { digestOf } from '@bootgraph/build-graph'
import { expect, test } from 'vitest'
import { parseActionResult } from './result-parser.ts'

const digest = digestOf({})
const occurrence = { found: 'load', symbol: '__fprintf_chk', module: '/bin/x', count: 1, stack: ['x!main+0x4'] }
const gap = { truth: 'upstream', component: 'relibc', kind: 'symbol-missing', name: 'fprintf', occurrences: [occurrence] }
const good = {
  version: 1,
  action: digest,
  exit: { reason: 'exit', code: 0 },
  outputs: digest,
  missingOutputs: [],
  stdout: digest,
  stderr: digest,
  gaps: [gap],
  fuel: 7,
  measured: { peakMemory: 1, time: { run: 0.5 } },
}

test('a whole result passes as it is, also without outputs', () => {
  expect(parseActionResult(good)).toEqual({ ok: true, value: good })
  const { outputs: _, ...bare } = good
  expect(parseActionResult(bare).ok).toBe(true)
})

test.each([
  ['no object', null, 'result is no object'],
  ['an unknown member', { ...good, admin: true }, 'unknown member "admin"'],
  ['a prototype member', JSON.parse('{"__proto__": 1}'), '__proto__'],
  ['another version', { ...good, version: 2 }, 'result.version'],
  ['a short digest', { ...good, stdout: 'abc' }, 'result.stdout'],
  ['an unknown reason', { ...good, exit: { reason: 'toString', code: 0 } }, 'result.exit.reason'],
  ['a code beyond a byte', { ...good, exit: { reason: 'exit', code: 256 } }, 'result.exit.code'],
  ['a NUL, which the database cannot hold', { ...good, missingOutputs: ['a\0'] }, 'result.missingOutputs[0]'],
  ['a lone surrogate', { ...good, gaps: [{ ...gap, name: '\ud800' }] }, 'result.gaps[0].name'],
  ['an unknown kind', { ...good, gaps: [{ ...gap, kind: 'other' }] }, 'result.gaps[0].kind'],
  ['a broken occurrence', { ...good, gaps: [{ ...gap, occurrences: [{ ...occurrence, count: -1 }] }] }, 'occurrences[0].count'],
  ['a fraction of fuel', { ...good, fuel: 0.5 }, 'result.fuel'],
  ['a negative time', { ...good, measured: { peakMemory: 0, time: { run: -1 } } }, 'result.measured.time'],
  ['too long a list', { ...good, missingOutputs: Array(20_001).fill('x') }, 'result.missingOutputs'],
])('%s is refused by name', (_, value, error) => {
  const parsed = parseActionResult(value)
  expect(parsed.ok ? '' : parsed.error).toContain(error)
})
