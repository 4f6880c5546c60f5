/** What workers report about attempts. Every report may be repeated; the first counts. */
import {
  type Action,
  type ActionJob,
  type ActionResult,
  type Criterion,
  cacheable,
  type Digest,
  outcomeDigest,
} from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'
import type pg from 'pg'
import { block, type Ended, endBuild, endUnits, holdBuild } from './end-units.ts'
import { buildEvents, emit, type NewEvent } from './events.ts'
import { outcomeOf } from './outcome.ts'
import { FORGETTABLE, transaction } from './transaction.ts'

export interface Delivery {
  readonly job: ActionJob
  readonly result: ActionResult
}
export type Completion = 'recorded' | 'repeated' | 'unknown'

/** Lost attempts after which a unit fails: an action that keeps killing its node is not run for ever. */
export const LOSS_LIMIT = 3
/** Workers that may die with one attempt in their hands before it counts as lost. */
const TAKER_LIMIT = 4

const now = `floor(extract(epoch FROM clock_timestamp()) * 1000)`
const keyOf = (job: Pick<ActionJob, 'build' | 'unit' | 'attempt'>): string => `${job.build}/${job.unit}/${job.attempt}`

/** Records results, many as one transaction; a completion for each delivery. */
export async function complete(pool: pg.Pool, store: Store, deliveries: readonly Delivery[]): Promise<Completion[]> {
  const first = new Map<string, Delivery>()
  for (const delivery of deliveries) if (!first.has(keyOf(delivery.job))) first.set(keyOf(delivery.job), delivery)
  const jobs = [...first.values()]
  const criteria = await criteriaOf(
    pool,
    jobs.map(({ job }) => job),
  )
  const judged = await Promise.all(
    jobs.map(async ({ job, result }) => ({
      job,
      result,
      outcome: await outcomeOf(store, criteria.get(`${job.build}/${job.unit}`) ?? null, result),
    })),
  )
  const recorded = await transaction(pool, async (client) => {
    const rows = judged.map(({ job, result, outcome }) => ({
      ...job,
      result,
      state: outcome.good ? 'succeeded' : 'failed',
      peak: result.measured.peakMemory,
    }))
    const { rows: taken } = await client.query<{ build: string; unit: string; number: number }>(
      `UPDATE attempt t SET state = s.state::"AttemptState", result = s.result, peak = s.peak,
              took = ${now} - (stages->>'taken')::bigint, stages = stages || jsonb_build_object('reported', ${now})
       FROM jsonb_to_recordset($1) AS s(build text, unit text, attempt int, action text, state text, result jsonb, peak bigint)
       WHERE t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action AND t.state IN ('queued', 'running')
       RETURNING t.build, t.unit, t.number`,
      [JSON.stringify(rows)],
    )
    const mine = new Set(taken.map(({ build, unit, number }) => keyOf({ build, unit, attempt: number })))
    const ended = judged
      .filter(({ job }) => mine.has(keyOf(job)))
      .map(({ job, result, outcome }): Ended => ({ ...job, state: outcome.good ? 'built' : 'failed', result, outcome }))
    await remember(client, ended)
    if (ended.length > 0) await endUnits(client, ended)
    return mine
  })
  const rest = await known(
    pool,
    jobs.map(({ job }) => job).filter((job) => !recorded.has(keyOf(job))),
  )
  const told = new Set<string>()
  return deliveries.map(({ job }) => {
    const key = keyOf(job)
    if (!recorded.has(key)) return rest.has(key) ? 'repeated' : 'unknown'
    if (told.has(key)) return 'repeated'
    told.add(key)
    return 'recorded'
  })
}

async function criteriaOf(pool: pg.Pool, jobs: readonly ActionJob[]): Promise<ReadonlyMap<string, Criterion>> {
  const { rows } = await pool.query<{ build: string; id: string; criterion: Criterion }>(
    `SELECT u.build, u.id, u.criterion FROM jsonb_to_recordset($1) AS s(build text, unit text)
     JOIN unit u ON u.build = s.build AND u.id = s.unit WHERE u.criterion IS NOT NULL`,
    [JSON.stringify(jobs.map(({ build, unit }) => ({ build, unit })))],
  )
  return new Map(rows.map(({ build, id, criterion }) => [`${build}/${id}`, criterion]))
}

/** Of these jobs, the attempts that there are. */
async function known(pool: pg.Pool | pg.PoolClient, jobs: readonly ActionJob[]): Promise<ReadonlySet<string>> {
  if (jobs.length === 0) return new Set()
  const { rows } = await pool.query<{ build: string; unit: string; number: number }>(
    `SELECT t.build, t.unit, t.number FROM jsonb_to_recordset($1) AS s(build text, unit text, attempt int, action text)
     JOIN attempt t ON t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action`,
    [JSON.stringify(jobs)],
  )
  return new Set(rows.map(({ build, unit, number }) => keyOf({ build, unit, attempt: number })))
}

/** The first result of an action stays; another outcome is kept beside it as a determinism defect. */
async function remember(client: pg.PoolClient, ended: readonly Ended[]): Promise<void> {
  const rows = ended
    .filter(({ result }) => cacheable(result))
    .map(({ action, result }) => ({ action, outcome: outcomeDigest(result), content: result }))
  if (rows.length === 0) return
  const said = JSON.stringify(rows)
  const record = 'jsonb_to_recordset($1) AS r(action text, outcome text, content jsonb)'
  const { rowCount } = await client.query(
    `INSERT INTO result (action, outcome, content) SELECT DISTINCT ON (action) action, outcome, content FROM ${record} ORDER BY action
     ON CONFLICT DO NOTHING`,
    [said],
  )
  if (rowCount === rows.length) return
  await client.query(
    `INSERT INTO determinism_defect (action, kept, outcome, content)
     SELECT k.action, k.outcome, r.outcome, r.content FROM ${record} JOIN result k ON k.action = r.action WHERE k.outcome <> r.outcome`,
    [said],
  )
}

export interface Taking {
  readonly job: ActionJob
  readonly worker: string
}

export interface Taken {
  readonly action: Action
  /** Bytes that its node is expected to use. */
  readonly memory: number
}

/**
 * Workers have taken attempts and get their actions, many in one transaction; taking one again after its first taker died is the
 * same, but not for ever. Undefined for an attempt that has ended or never was: its job is to be dropped.
 */
export async function take(pool: pg.Pool, takings: readonly Taking[]): Promise<(Taken | undefined)[]> {
  const first = new Map([...takings].reverse().map((taking) => [keyOf(taking.job), taking]))
  const said = JSON.stringify([...first.values()].map(({ job, worker }) => ({ ...job, worker })))
  const memory = expectedMemory(
    pool,
    takings.map(({ job }) => job.unit),
  )
  const body = async (client: pg.PoolClient): Promise<readonly Row[]> => {
    const { rows } = await client.query<Row>(
      `WITH taken AS (
         UPDATE attempt t SET state = 'running', worker = s.worker,
                stages = stages || jsonb_build_object('taken', ${now}, 'takers', coalesce((stages->>'takers')::int, 0) + 1)
         FROM jsonb_to_recordset($1) AS s(build text, unit text, attempt int, action text, worker text)
         WHERE t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action AND t.state IN ('queued', 'running')
         RETURNING t.build, t.unit, t.number, t.action, t.worker, (t.stages->>'takers')::int AS takers),
       started AS (
         UPDATE unit SET state = 'running', started_at = now() FROM taken t
         WHERE unit.build = t.build AND unit.id = t.unit AND unit.state IN ('queued', 'running')),
       changed AS (UPDATE build SET untold = true WHERE id IN (SELECT build FROM taken))
       SELECT t.build, t.unit, t.number, t.worker, t.takers, a.content, u.name
       FROM taken t JOIN unit u ON u.build = t.build AND u.id = t.unit JOIN action a ON a.digest = t.action`,
      [said],
    )
    const events = rows.map(({ build, unit, name, number, worker }): NewEvent => {
      return { type: 'unit', build, data: { id: unit, name, state: 'running', attempt: number, worker } }
    })
    await emit(client, events)
    return rows
  }
  const taken = await transaction(pool, body, FORGETTABLE)
  const byKey = new Map(taken.map((row) => [keyOf({ ...row, attempt: row.number }), row]))
  return Promise.all(
    takings.map(async ({ job }) => {
      const row = byKey.get(keyOf(job))
      if (row === undefined) return undefined
      if (row.takers > TAKER_LIMIT) {
        await lose(pool, job, `${TAKER_LIMIT} workers died with it`)
        return undefined
      }
      const expected = (await memory).get(job.unit) ?? row.content.memory
      return { action: row.content, memory: Math.min(expected, row.content.memory) }
    }),
  )
}

interface Row {
  readonly build: string
  readonly unit: string
  readonly number: number
  readonly worker: string
  readonly content: Action
  readonly name: string
  readonly takers: number
}

/** Bytes, for units that ran before: the largest peak recorded and a quarter more. */
async function expectedMemory(pool: pg.Pool, units: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ unit: string; peak: number }>(
    'SELECT unit, max(peak) AS peak FROM attempt WHERE unit = ANY($1) AND peak > 0 GROUP BY unit',
    [units],
  )
  return new Map(rows.map(({ unit, peak }) => [unit, Math.ceil(peak * 1.25)]))
}

/** An attempt passed a stage. False if it has ended. */
export async function pass(pool: pg.Pool, job: ActionJob, stage: string): Promise<boolean> {
  const body = async (client: pg.PoolClient): Promise<boolean> => {
    const { rowCount } = await client.query(
      `UPDATE attempt SET stages = stages || jsonb_build_object($5::text, ${now})
       WHERE build = $1 AND unit = $2 AND number = $3 AND action = $4 AND state = 'running'`,
      [job.build, job.unit, job.attempt, job.action, stage],
    )
    if (rowCount === 0) return false
    await emit(client, [{ type: 'unit', build: job.build, data: { id: job.unit, state: 'running', attempt: job.attempt, stage } }])
    return true
  }
  return transaction(pool, body, FORGETTABLE)
}

/**
 * An attempt ended without a result: a defect of the node, a wall-clock limit, a lost input. The unit is tried again, up to
 * LOSS_LIMIT times; then it fails, and an action that had been started is not run any more.
 */
export async function lose(pool: pg.Pool, job: ActionJob, error: string): Promise<Completion> {
  return transaction(pool, async (client) => {
    const { rows: lost } = await client.query<{ started: boolean }>(
      `UPDATE attempt SET state = 'lost', error = $5, stages = stages || jsonb_build_object('reported', ${now})
       WHERE build = $1 AND unit = $2 AND number = $3 AND action = $4 AND state IN ('queued', 'running')
       RETURNING (stages ? 'started' OR (stages->>'takers')::int > ${TAKER_LIMIT}) AS started`,
      [job.build, job.unit, job.attempt, job.action, error],
    )
    if (lost[0] === undefined) return (await known(client, [job])).size > 0 ? 'repeated' : 'unknown'
    const { rows } = await client.query<{ state: string; name: string }>(
      `UPDATE unit SET losses = losses + 1, state = (CASE WHEN losses + 1 < $3 THEN 'ready' ELSE 'failed' END)::"UnitState",
              ended_at = CASE WHEN losses + 1 < $3 THEN NULL ELSE now() END, message = $4
       WHERE build = $1 AND id = $2 AND state IN ('queued', 'running') RETURNING state, name`,
      [job.build, job.unit, LOSS_LIMIT, error.split('\n')[0]!.slice(0, 1000)],
    )
    await holdBuild(client, job.build)
    if (rows[0]?.state === 'failed') {
      if (lost[0].started)
        await client.query('INSERT INTO quarantine (action, losses, error) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
          job.action,
          LOSS_LIMIT,
          error,
        ])
      await block(client, job.build, [job.unit])
    }
    const over = await endBuild(client, job.build)
    const data = { id: job.unit, name: rows[0]?.name, state: rows[0]?.state, attempt: job.attempt, lost: true }
    await emit(client, [{ type: 'unit', build: job.build, data }, ...(over ? await buildEvents(client, [job.build]) : [])])
    return 'recorded'
  })
}

/** Actions that nothing runs until a person says so. */
export async function releaseQuarantine(pool: pg.Pool, action: Digest): Promise<boolean> {
  return (await pool.query('DELETE FROM quarantine WHERE action = $1', [action])).rowCount === 1
}
