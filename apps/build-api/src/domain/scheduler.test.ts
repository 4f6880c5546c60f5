import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ActionJob, type ActionResult, type Digest, digestOf, type Gap, outcomeDigest } from '@bootgraph/build-graph'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { migrate } from '../services/migrate.ts'
import { type Service, startPostgres } from '../services/postgres.ts'
import {
  cancel,
  complete,
  counts,
  dispatch,
  distances,
  LOSS_LIMIT,
  lose,
  PlanError,
  type PlannedUnit,
  plan,
  type ReadyJob,
  sweep,
} from './scheduler.ts'

const migrations = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-scheduler-'))
let postgres: Service
let pool: pg.Pool
let queue: Map<string, ReadyJob>

const enqueue = async (jobs: readonly ReadyJob[]): Promise<void> => {
  for (const job of jobs) queue.set(`${job.build}.${job.unit}.${job.attempt}`, job)
}
const take = (): ReadyJob[] => {
  const jobs = [...queue.values()]
  queue.clear()
  return jobs
}
const digest = (name: string): Digest => digestOf({ name })

beforeAll(async () => {
  chmodSync(folder, 0o755)
  postgres = await startPostgres(folder)
  await migrate(postgres.url, migrations)
  pool = new pg.Pool({ connectionString: postgres.url, max: 10 })
  pool.on('error', () => {})
})
afterAll(async () => {
  await pool?.end()
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  queue = new Map()
})

function unit(id: string, needs: readonly string[] = [], action = digest(id + expect.getState().currentTestName)): PlannedUnit {
  return { id, name: id, stage: 'test', action, needs, expected: 10 }
}

async function start(id: string, units: readonly PlannedUnit[], priority = 100): Promise<void> {
  const actions = [...new Set(units.map((u) => u.action))]
  await pool.query(`INSERT INTO action (digest, content) SELECT a, '{}' FROM unnest($1::text[]) a ON CONFLICT DO NOTHING`, [actions])
  await plan(pool, { id, target: 'test', request: {}, priority, triggeredBy: 'test', units })
}

function result(job: ActionJob, code = 0, stdout = 'out'): ActionResult {
  return {
    version: 1,
    action: job.action,
    exit: { reason: 'exit', code },
    outputs: digest('outputs'),
    missingOutputs: [],
    stdout: digest(stdout),
    stderr: digest(''),
    gaps: [],
    fuel: 1,
    measured: { peakMemory: 0, time: {} },
  }
}

test('a unit is queued when its last dependency has ended, and the build ends with its last unit', async () => {
  await start('diamond', [unit('a'), unit('b', ['a']), unit('c', ['a']), unit('d', ['b', 'c'])])
  const order: string[][] = []
  while ((await dispatch(pool, enqueue)) > 0) {
    const jobs = take()
    order.push(jobs.map((job) => job.unit).sort())
    await Promise.all(jobs.map((job) => complete(pool, job, result(job))))
  }
  expect(order).toEqual([['a'], ['b', 'c'], ['d']])
  expect(await counts(pool, 'diamond')).toEqual({ built: 4, total: 4 })
  expect((await pool.query(`SELECT state FROM build WHERE id = 'diamond'`)).rows).toEqual([{ state: 'ended' }])
})

test('a result delivered many times at once is recorded once', async () => {
  await start('repeat', [unit('a'), unit('b', ['a'])])
  await dispatch(pool, enqueue)
  const [job] = take() as [ReadyJob]
  const answers = await Promise.all(Array.from({ length: 8 }, () => complete(pool, job, result(job))))
  expect(answers.filter((answer) => answer === 'recorded')).toHaveLength(1)
  expect(answers.filter((answer) => answer === 'repeated')).toHaveLength(7)
  expect((await pool.query(`SELECT pending FROM unit WHERE build = 'repeat' AND id = 'b'`)).rows).toEqual([{ pending: 0 }])
  expect(await complete(pool, { ...job, attempt: 9 }, result(job))).toBe('unknown')
})

test('what is behind a failed unit is blocked by it, the rest goes on', async () => {
  await start('wall', [unit('bad'), unit('behind', ['bad']), unit('far', ['behind', 'good']), unit('good')])
  await dispatch(pool, enqueue)
  for (const job of take()) await complete(pool, job, result(job, job.unit === 'bad' ? 1 : 0))
  expect(await dispatch(pool, enqueue)).toBe(0)
  expect(await counts(pool, 'wall')).toEqual({ failed: 1, built: 1, blocked: 2, total: 4 })
  const { rows } = await pool.query(`SELECT DISTINCT blocked_by FROM unit WHERE build = 'wall' AND state = 'blocked'`)
  expect(rows).toEqual([{ blocked_by: 'bad' }])
})

test('equal actions of two builds run once', async () => {
  const action = digest('shared')
  await start('one', [unit('x', [], action)])
  await start('two', [unit('y', [], action), unit('z', ['y'])])
  expect(await dispatch(pool, enqueue)).toBe(1)
  const [job] = take() as [ReadyJob]
  await complete(pool, job, result(job))
  expect(await dispatch(pool, enqueue)).toBe(1)
  expect(take().map((next) => next.unit)).toEqual(['z'])
})

test('units lost between the mark and the queue are put back', async () => {
  await start('crash', [unit('a'), unit('b')])
  const lost = async () => {
    throw new Error('the queue is gone')
  }
  await expect(dispatch(pool, lost)).rejects.toThrow('the queue is gone')
  expect(await dispatch(pool, enqueue)).toBe(0)
  await sweep(pool, enqueue)
  await sweep(pool, enqueue)
  expect(
    take()
      .filter((job) => job.build === 'crash')
      .map((job) => job.unit)
      .sort(),
  ).toEqual(['a', 'b'])
})

test('another outcome of an equal action is a determinism defect', async () => {
  const action = digest('wavering')
  await start('first', [unit('u', [], action)])
  await start('second', [unit('u', [], action)])
  await dispatch(pool, enqueue)
  const [job] = take() as [ReadyJob]
  // Another API filled the cache while this attempt was on its way.
  const elsewhere = result(job, 0, 'that')
  await pool.query('INSERT INTO result (action, outcome, content) VALUES ($1, $2, $3)', [action, outcomeDigest(elsewhere), elsewhere])
  await complete(pool, job, result(job, 0, 'this'))
  expect((await pool.query('SELECT count(*)::int AS n FROM determinism_defect WHERE action = $1', [action])).rows).toEqual([{ n: 1 }])
})

test('a recorded result ends a unit at once, and what is behind it, with an attempt marked as cached', async () => {
  const chain = (prefix: string) => [
    unit('a', [], digest(`${prefix}a`)),
    unit('b', ['a'], digest(`${prefix}b`)),
    unit('c', ['b'], digest(`${prefix}c`)),
  ]
  await start('cold', chain('cached-'))
  while ((await dispatch(pool, enqueue)) > 0) for (const job of take()) await complete(pool, job, result(job))
  await start('warm', chain('cached-'))
  expect(await dispatch(pool, enqueue)).toBe(0)
  expect(await counts(pool, 'warm')).toEqual({ cached: 3, total: 3 })
  const { rows } = await pool.query(`SELECT unit, number, cached, state FROM attempt WHERE build = 'warm' ORDER BY unit`)
  expect(rows).toEqual(['a', 'b', 'c'].map((id) => ({ unit: id, number: 1, cached: true, state: 'succeeded' })))
  expect((await pool.query(`SELECT state FROM build WHERE id = 'warm'`)).rows).toEqual([{ state: 'ended' }])
})

test('a lost attempt is tried again, not for ever, and is no result', async () => {
  await start('losing', [unit('a'), unit('b', ['a'])])
  for (let attempt = 1; attempt <= LOSS_LIMIT; attempt++) {
    await dispatch(pool, enqueue)
    const [job] = take() as [ReadyJob]
    expect(job.attempt).toBe(attempt)
    expect(await lose(pool, job, 'the node died')).toBe('recorded')
    expect(await lose(pool, job, 'the node died')).toBe('repeated')
    expect(await complete(pool, job, result(job))).toBe('repeated')
  }
  expect(await dispatch(pool, enqueue)).toBe(0)
  expect(await counts(pool, 'losing')).toEqual({ failed: 1, blocked: 1, total: 2 })
  expect((await pool.query('SELECT 1 FROM result WHERE action = $1', [unit('a').action])).rowCount).toBe(0)
})

test('a gap met by many units is one gap with an occurrence of each', async () => {
  await start('gaps', [unit('a'), unit('b')])
  await dispatch(pool, enqueue)
  const occurrence = { found: 'load', symbol: 'strlcpy', module: '/bin/x', count: 1 } as const
  const gap: Gap = { truth: 'upstream', component: 'relibc', kind: 'symbol-missing', name: 'strlcpy', occurrences: [occurrence] }
  const jobs = take()
  await Promise.all(jobs.flatMap((job) => [1, 2].map(() => complete(pool, job, { ...result(job, 1), gaps: [gap] }))))
  expect((await pool.query(`SELECT key FROM gap WHERE name = 'strlcpy'`)).rows).toEqual([{ key: 'upstream/relibc/symbol-missing/strlcpy' }])
  const { rows } = await pool.query(`SELECT unit, attempt FROM gap_occurrence WHERE build = 'gaps' ORDER BY unit`)
  expect(rows).toEqual([
    { unit: 'a', attempt: 1 },
    { unit: 'b', attempt: 1 },
  ])
})

test('a cancelled build takes no result', async () => {
  await start('stopped', [unit('a'), unit('b', ['a'])])
  await dispatch(pool, enqueue)
  const [job] = take().filter((taken) => taken.build === 'stopped') as [ReadyJob]
  expect(await cancel(pool, 'stopped')).toBe(true)
  expect(await cancel(pool, 'stopped')).toBe(false)
  expect(await complete(pool, job, result(job))).toBe('repeated')
  expect(await counts(pool, 'stopped')).toEqual({ cancelled: 2, total: 2 })
})

test('a plan with a circle or an unknown dependency changes nothing', async () => {
  await expect(start('circle', [unit('a', ['b']), unit('b', ['a'])])).rejects.toThrow(PlanError)
  await expect(start('circle', [unit('a', ['nowhere'])])).rejects.toThrow('needs nowhere')
  expect((await pool.query(`SELECT 1 FROM build WHERE id = 'circle'`)).rowCount).toBe(0)
})

test('the longest way to the end goes first', () => {
  const found = distances([unit('a'), unit('b', ['a']), unit('c', ['b']), unit('d', ['a'])])
  expect(Object.fromEntries(found)).toEqual({ a: 30, b: 20, c: 10, d: 10 })
})
