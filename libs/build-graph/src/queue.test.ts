import { expect, test } from 'vitest'
import { jobId, parseActionJob } from './queue.ts'
import { sha256 } from './sha256.ts'

const action = sha256(new Uint8Array())
const job = { build: 'b1', unit: 'u-2', attempt: 1, action }

test('a job survives the queue, and its id is one that BullMQ takes', () => {
  expect(parseActionJob(JSON.parse(JSON.stringify(job)))).toEqual(job)
  expect(jobId(job)).toBe('b1.u-2.1')
  expect(jobId(job)).not.toMatch(/:|^\d+$/)
})

test.each([
  null,
  'x',
  {},
  { ...job, attempt: 0 },
  { ...job, attempt: 1.5 },
  { ...job, action: 'x' },
  { ...job, unit: 'a.b' },
  { ...job, build: '' },
])('%j is none of ours', (value) => expect(parseActionJob(value)).toBeUndefined())
