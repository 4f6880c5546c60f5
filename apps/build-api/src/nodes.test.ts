/** Nodes that a worker runs, over a real Redis: of two images at once, ended by a cancel, brought to their end by a worker that drains. */
import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { launcherFault, NO_NETWORK } from '@bootgraph/build-graph/execute'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nodesOf, type RealService, realService, until } from '../test/real-service.ts'

/** A node that says nothing for some time, milliseconds; the report tells the time as fuel. */
const sleeper = (time: number) => `process.on('message', () =>
  setTimeout(() => {
    const report = { exit: { reason: 'exit', code: 0 }, gaps: [], fuel: ${time}, measured: { peakMemory: 0, time: {} } }
    process.send({ event: 'report', report }, () => process.disconnect())
  }, ${time}))
`
let service: RealService
beforeAll(async () => {
  service = await realService('nodes')
  await service.serve()
})
afterAll(() => service?.stop())

interface AttemptRow {
  readonly worker: string
  readonly state: string
  readonly fuel: number | null
  readonly reported: string | null
}
async function attemptsOf(build: string): Promise<readonly AttemptRow[]> {
  const { rows } = await service.pool.query<AttemptRow>(
    `SELECT worker, state, (result->>'fuel')::int AS fuel, stages->>'reported' AS reported
     FROM attempt WHERE build = $1 ORDER BY unit, number`,
    [build],
  )
  return rows
}
test('two builds with different node images run at once on one worker', async () => {
  const [one, other] = [await service.registerImage(sleeper(2000)), await service.registerImage(sleeper(2001))]
  const worker = await service.work('both')
  await service.start('one', [service.hello(1, { image: one })])
  await service.start('other', [service.hello(1, { image: other })])
  await until('a node of each image', 30, async () => nodesOf(worker).length === 2)
  await Promise.all(['one', 'other'].map((build) => service.ended(build, 30)))
  await worker.end('SIGTERM')
  const [a, b] = [(await attemptsOf('one'))[0]!, (await attemptsOf('other'))[0]!]
  expect([a, b].map(({ state, fuel }) => ({ state, fuel }))).toEqual([
    { state: 'succeeded', fuel: 2000 },
    { state: 'succeeded', fuel: 2001 },
  ])
  expect(a.worker).toBe(b.worker)
})

const unshares = launcherFault(NO_NETWORK, tmpdir()) === undefined

test.runIf(unshares)('a node is in a network and among users of its own', async () => {
  const image = await service.registerImage(sleeper(1500))
  const worker = await service.work('apart')
  await service.start('apart', [service.hello(1, { image })])
  const namespaceOf = (pid: number, kind: string) => readlinkSync(`/proc/${pid}/ns/${kind}`)
  const apart = (pid: number) => ['net', 'user'].every((kind) => namespaceOf(pid, kind) !== namespaceOf(worker.child.pid!, kind))
  await until('a node apart', 30, async () => nodesOf(worker).some(apart))
  await service.ended('apart', 30)
  await worker.end('SIGTERM')
})

test('a cancel ends the node that runs', async () => {
  const image = await service.registerImage(sleeper(600_000))
  const worker = await service.work('cancelled')
  await service.start('endless', [service.hello(1, { image })])
  await until('a node', 30, async () => nodesOf(worker).length === 1)
  expect((await fetch(`${service.url()}/api/v1/builds/endless/cancel`, { method: 'POST' })).status).toBe(200)
  await until('the end of the node', 30, async () => nodesOf(worker).length === 0)
  await worker.end('SIGTERM')
  const { rows } = await service.pool.query(
    `SELECT b.state, u.state AS unit FROM build b JOIN unit u ON u.build = b.id WHERE b.id = 'endless'`,
  )
  expect(rows).toEqual([{ state: 'cancelled', unit: 'cancelled' }])
  expect((await attemptsOf('endless')).map(({ fuel }) => fuel)).toEqual([null])
})

test('a worker that drains brings what is under way to its end and takes nothing more', async () => {
  const image = await service.registerImage(sleeper(3000))
  const worker = await service.work('draining', { concurrency: 1 })
  await service.start(
    'drained',
    [1, 2].map((seed) => service.hello(seed, { image })),
  )
  await until('one under way', 30, async () => nodesOf(worker).length === 1)
  const gone = once(worker.child, 'exit')
  worker.child.kill('SIGTERM')
  expect((await gone)[0]).toBe(0)
  const done = (await attemptsOf('drained')).filter(({ reported }) => reported !== null)
  expect(done.map(({ state, fuel }) => ({ state, fuel }))).toEqual([{ state: 'succeeded', fuel: 3000 }])
  const next = await service.work('next')
  await service.ended('drained', 30)
  await next.end('SIGTERM')
  const workers = (await attemptsOf('drained')).filter(({ state }) => state === 'succeeded').map((each) => each.worker)
  expect(new Set(workers).size).toBe(2)
})
