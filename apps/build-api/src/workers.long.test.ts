/** Two workers on one Redis share a build: units that only sleep, and units that run a real program. The figures are printed. */
import type { Action } from '@bootgraph/build-graph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RealService, realService } from '../test/real-service.ts'

const UNITS = { sleeping: 16, real: 24 } as const
/** A node that sleeps for five seconds: what else its start takes on a busy host is little beside them. */
const SLEEPER = `process.on('message', () =>
  setTimeout(() => {
    const report = { exit: { reason: 'exit', code: 0 }, gaps: [], fuel: 0, measured: { peakMemory: 0, time: {} } }
    process.send({ event: 'report', report }, () => process.disconnect())
  }, 5000))
`
let service: RealService

beforeAll(async () => {
  service = await realService('workers')
  await service.serve()
})
afterAll(() => service?.stop())

/** Seconds from the first attempt taken to the last reported. */
async function timeOf(build: string, actions: readonly Action[]): Promise<number> {
  await service.start(build, actions)
  await service.ended(build, 600)
  const { rows } = await service.pool.query<{ took: number; workers: number }>(
    `SELECT (max((stages->>'reported')::bigint) - min((stages->>'taken')::bigint))::int AS took, count(DISTINCT worker)::int AS workers
     FROM attempt WHERE build = $1 AND state = 'succeeded'`,
    [build],
  )
  expect(rows[0]!.workers).toBe(build.startsWith('one') ? 1 : 2)
  return rows[0]!.took / 1000
}

test('a second worker shortens a build of sleeping units by 1.7 times at least', async () => {
  const image = await service.registerImage(SLEEPER)
  const sleeping = (from: number) => Array.from({ length: UNITS.sleeping }, (_, i) => service.hello(from + i, { image }))
  const real = (from: number) => Array.from({ length: UNITS.real }, (_, i) => service.hello(from + i))
  const first = await service.work('first')
  const one = { sleeping: await timeOf('one-sleeping', sleeping(100)), real: await timeOf('one-real', real(200)) }
  const second = await service.work('second')
  const two = { sleeping: await timeOf('two-sleeping', sleeping(300)), real: await timeOf('two-real', real(400)) }
  for (const worker of [first, second]) await worker.end('SIGTERM')
  const ratio = { sleeping: one.sleeping / two.sleeping, real: one.real / two.real }
  process.stdout.write(`${JSON.stringify({ units: UNITS, concurrency: 2, one, two, ratio })}\n`)
  expect(ratio.sleeping).toBeGreaterThanOrEqual(1.7)
})
