import { expect, test } from 'vitest'
import { type ActionResult, cacheable, outcomeDigest, succeeded } from './action-result.ts'
import { between } from './execution.ts'
import { sha256 } from './sha256.ts'

const empty = sha256(new Uint8Array())
const passed: ActionResult = {
  version: 1,
  action: empty,
  exit: { reason: 'exit', code: 0 },
  outputs: empty,
  missingOutputs: [],
  stdout: empty,
  stderr: empty,
  gaps: [],
  fuel: 5,
  measured: { peakMemory: 1, time: { run: 1 } },
}

test('exit 0 with a declared output missing has failed', () => {
  expect(succeeded(passed)).toBe(true)
  expect(succeeded({ ...passed, missingOutputs: ['/out/a'] })).toBe(false)
  expect(succeeded({ ...passed, exit: { reason: 'exit', code: 1 } })).toBe(false)
  expect(succeeded({ ...passed, exit: { reason: 'timeout', code: 0 } })).toBe(false)
})

test('only what the guest decided is cached', () => {
  expect(cacheable({ ...passed, exit: { reason: 'exit', code: 1 } })).toBe(true)
  expect(cacheable({ ...passed, exit: { reason: 'budget', code: 124 } })).toBe(true)
  for (const reason of ['timeout', 'defect'] as const) expect(cacheable({ ...passed, exit: { reason, code: 1 } })).toBe(false)
})

test('what may differ between equal runs is no part of the outcome', () => {
  expect(outcomeDigest({ ...passed, measured: { peakMemory: 9, time: {} } })).toBe(outcomeDigest(passed))
  expect(outcomeDigest({ ...passed, fuel: 6 })).not.toBe(outcomeDigest(passed))
})

test('time between stages is known when both were passed', () => {
  const attempt = {
    unit: 'u',
    number: 1,
    action: empty,
    worker: undefined,
    state: 'running',
    leaseUntil: undefined,
    cached: false,
  } as const
  expect(between({ ...attempt, stages: { queued: 5, taken: 12 } }, 'queued', 'taken')).toBe(7)
  expect(between({ ...attempt, stages: { queued: 5 } }, 'queued', 'taken')).toBeUndefined()
})
