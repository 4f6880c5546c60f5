/** Real programs through everything that is real: API, PostgreSQL, Redis, workers as processes, a node image. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type ActionResult, actionDigest, sha256 } from '@bootgraph/build-graph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCollector } from '../test/collector.ts'
import { greeting, type Process, type RealService, realService, until } from '../test/real-service.ts'
import { counts } from './domain/counts.ts'

let service: RealService
let server: Process

beforeAll(async () => {
  service = await realService('story')
  server = await service.serve()
})
afterAll(() => service?.stop())

const hello = (...args: Parameters<RealService['hello']>) => service.hello(...args)

const GRAPH = [[], [], [0], [0, 1], [2, 3], [4], [4], [5, 6]]

test('a graph of real programs is built though a worker is killed in the middle, one result for each unit', async () => {
  const first = await service.work('first')
  await service.start(
    'hello',
    GRAPH.map((_, i) => hello(i)),
    GRAPH,
  )
  const taken = () =>
    service.pool.query<{ unit: string; worker: string }>(`SELECT unit, worker FROM attempt WHERE build = 'hello' AND state = 'running'`)
  await until('something built and something under way', 30, async () => {
    const { built } = await counts(service.pool, 'hello')
    return built >= 2 && (await taken()).rowCount! > 0
  })
  await first.end('SIGKILL')
  // What it had sent before it died still counts.
  await sleep(200)
  const orphans = (await taken()).rows
  const second = await service.work('second')
  await service.ended('hello', 40)

  expect(await counts(service.pool, 'hello')).toMatchObject({ built: GRAPH.length, total: GRAPH.length })
  const { rows } = await service.pool.query<{ unit: string; number: number; worker: string; result: ActionResult }>(
    `SELECT unit, number, worker, result FROM attempt WHERE build = 'hello' ORDER BY unit`,
  )
  expect(rows.map(({ unit, number }) => ({ unit, number }))).toEqual(GRAPH.map((_, i) => ({ unit: `u${i}`, number: 1 })))
  for (const [i, { result }] of rows.entries()) expect(result.stdout).toBe(sha256(new TextEncoder().encode(greeting(i))))
  expect(orphans.length).toBeGreaterThan(0)
  for (const { unit, worker: before } of orphans) expect(rows.find((row) => row.unit === unit)!.worker).not.toBe(before)
  expect((await service.pool.query('SELECT count(*)::int AS n FROM result')).rows).toEqual([{ n: GRAPH.length }])
  expect((await service.pool.query('SELECT count(*)::int AS n FROM determinism_defect')).rows).toEqual([{ n: 0 }])
  await second.end('SIGTERM')

  const log = await fetch(`${service.url()}/api/v1/store/${rows[0]!.result.stdout}`)
  expect(await log.text()).toBe(greeting(0))
})

test('the same actions again are cached, with no worker there', async () => {
  await service.start(
    'again',
    GRAPH.map((_, i) => hello(i)),
    GRAPH,
  )
  await service.ended('again', 10)
  expect(await counts(service.pool, 'again')).toMatchObject({ cached: GRAPH.length, total: GRAPH.length })
})

test('a build goes on after its API was killed, and the worker delivers what it holds', async () => {
  const steady = await service.work('steady')
  const actions = GRAPH.map((_, i) => hello(200 + i))
  await service.start('headless', actions, GRAPH)
  await until('something built', 30, async () => (await counts(service.pool, 'headless')).built >= 2)
  await server.end('SIGKILL')
  server = await service.serve()
  await service.ended('headless', 40)
  await steady.end('SIGTERM')
  expect(await counts(service.pool, 'headless')).toMatchObject({ built: GRAPH.length, total: GRAPH.length })
  const { rows } = await service.pool.query(
    `SELECT count(*)::int AS n, count(result)::int AS results FROM attempt WHERE build = 'headless'`,
  )
  expect(rows).toEqual([{ n: GRAPH.length, results: GRAPH.length }])
})

test('an image that nobody registered does not run, and what misses an output or its program fails by itself', async () => {
  const third = await service.work('third')
  await service.start('bad', [
    hello(100, { image: service.empty }),
    hello(101, { command: ['/bin/absent'] }),
    hello(102, { outputs: ['/work/out.o'] }),
    hello(103),
  ])
  await service.ended('bad', 30)
  await third.end('SIGTERM')
  const { rows } = await service.pool.query(
    `SELECT u.id, u.state, u.attempt, t.state AS last, t.result->'exit'->>'reason' AS reason, t.result->'missingOutputs' AS missing
     FROM unit u JOIN attempt t ON t.build = u.build AND t.unit = u.id AND t.number = u.attempt WHERE u.build = 'bad' ORDER BY u.id`,
  )
  expect(rows).toEqual([
    { id: 'u0', state: 'failed', attempt: 3, last: 'lost', reason: null, missing: null },
    { id: 'u1', state: 'failed', attempt: 1, last: 'failed', reason: 'not-found', missing: [] },
    { id: 'u2', state: 'failed', attempt: 1, last: 'failed', reason: 'exit', missing: ['/work/out.o'] },
    { id: 'u3', state: 'built', attempt: 1, last: 'succeeded', reason: 'exit', missing: [] },
  ])
  const { rows: errors } = await service.pool.query(`SELECT DISTINCT error FROM attempt WHERE build = 'bad' AND unit = 'u0'`)
  expect(errors).toEqual([{ error: `the node image ${service.empty} is not registered` }])
})

test('results that no worker of ours would send are refused and change nothing', async () => {
  const action = actionDigest(hello(0))
  const blank = sha256(new Uint8Array())
  const good: ActionResult = {
    version: 1,
    action,
    exit: { reason: 'exit', code: 0 },
    outputs: undefined,
    missingOutputs: [],
    stdout: blank,
    stderr: blank,
    gaps: [],
    fuel: 0,
    measured: { peakMemory: 0, time: {} },
  }
  const post = async (path: string, body: unknown) =>
    (
      await fetch(`${service.url()}/api/v1/attempts/${path}/result`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    ).status
  const state = async () => (await service.pool.query('SELECT * FROM attempt ORDER BY build, unit, number')).rows
  const before = await state()
  expect(await post('hello/u0/9', good)).toBe(404)
  expect(await post('hello/u0/x', good)).toBe(400)
  expect(await post('hello/u0/1', { ...good, more: 1 })).toBe(400)
  expect(await post('hello/u0/1', { ...good, exit: { reason: 'defect', code: 125 } })).toBe(400)
  expect(await post('hello/u0/1', { ...good, stdout: action })).toBe(422)
  expect(await post('hello/u0/1', { ...good, outputs: action })).toBe(422)
  expect(await post('hello/u0/1', good)).toBe(200)
  expect(await state()).toEqual(before)
})

test('a job that a worker takes is a span in the trace of the API that queued it', async () => {
  const collector = await startCollector()
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }
  await server.end('SIGTERM')
  server = await service.serve([], env)
  const traced = await service.work('traced', { env })
  await service.start('traced', [hello(300)])
  await service.ended('traced', 30)
  await traced.end('SIGTERM')
  await server.end('SIGTERM')
  collector.close()
  const tracesOf = (service: string, name: RegExp) =>
    collector.spans.filter((span) => span.service === service && name.test(span.name)).map(({ traceId }) => traceId)
  const taken = tracesOf('bootgraph-worker', /^process /)
  expect(taken).toHaveLength(1)
  expect(tracesOf('bootgraph-api', /^add/)).toContain(taken[0])
})
