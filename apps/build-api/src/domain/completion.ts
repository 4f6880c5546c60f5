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
import { block, type Ended, endBuild, endingOf, holdBuild, tellEnds, type UnitEvents } from './end-units.ts'
import { buildEvents, emit } from './events.ts'
import { outcomeOf } from './outcome.ts'
import { FORGETTABLE, statement, transaction } from './transaction.ts'

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
  const jobs = [...new Map([...deliveries].reverse().map((delivery) => [keyOf(delivery.job), delivery])).values()]
  const facts = await factsOf(
    pool,
    jobs.map(({ job }) => job),
  )
  const ended = await Promise.all(
    jobs.map(async ({ job, result }): Promise<Ended> => {
      const outcome = await outcomeOf(store, facts.get(unitOf(job))?.criterion ?? null, result)
      return { ...job, state: outcome.good ? 'built' : 'failed', result, outcome }
    }),
  )
  const rows = ended.map((each) => ({
    ...endingOf(each),
    action: each.action,
    result: each.result,
    outcome: cacheable(each.result) ? outcomeDigest(each.result) : undefined,
    peak: each.result.measured.peakMemory,
  }))
  const gapless = ended.every((each) => each.outcome.gaps.length === 0 && !facts.get(unitOf(each))?.gapped)
  const recorded = gapless
    ? new Set((await statement<Recorded>(pool, COMPLETE, [JSON.stringify(rows), true]))[0]!.said.recorded)
    : await transaction(pool, async (client) => {
        const { said } = (await client.query<Recorded>(COMPLETE, [JSON.stringify(rows), false])).rows[0]!
        const mine = new Set(said.recorded)
        await tellEnds(
          client,
          ended.filter((_, i) => mine.has(i)),
          said.events,
        )
        return mine
      })
  const first = new Map(jobs.map(({ job }, i) => [keyOf(job), recorded.has(i)]))
  const rest = await known(
    pool,
    jobs.map(({ job }) => job).filter((job) => !first.get(keyOf(job))),
  )
  return deliveries.map(({ job }) => {
    const key = keyOf(job)
    if (!first.get(key)) return rest.has(key) ? 'repeated' : 'unknown'
    // Delivered twice in one batch.
    first.set(key, false)
    rest.add(key)
    return 'recorded'
  })
}

const COMPLETE = 'SELECT complete_attempts($1, $2) AS said'

interface Recorded {
  /** Positions of what was recorded now, and what that made true. */
  readonly said: { readonly recorded: readonly number[]; readonly events: UnitEvents }
}

interface Facts {
  readonly criterion: Criterion | null
  /** Its line of work meets a gap, which a good end closes. */
  readonly gapped: boolean
}

const unitOf = ({ build, unit }: Pick<ActionJob, 'build' | 'unit'>): string => `${build}/${unit}`

async function factsOf(pool: pg.Pool, jobs: readonly ActionJob[]): Promise<ReadonlyMap<string, Facts>> {
  const said = JSON.stringify(jobs.map(({ build, unit, attempt }) => ({ build, unit, attempt })))
  const rows = await statement<Facts & { build: string; id: string }>(pool, 'SELECT * FROM facts_of_units($1)', [said])
  return new Map(rows.map((row) => [unitOf({ build: row.build, unit: row.id }), row]))
}

/** Of these jobs, the attempts that there are. */
async function known(pool: pg.Pool | pg.PoolClient, jobs: readonly ActionJob[]): Promise<Set<string>> {
  if (jobs.length === 0) return new Set()
  const { rows } = await pool.query<{ build: string; unit: string; number: number }>(
    `SELECT t.build, t.unit, t.number FROM jsonb_to_recordset($1) AS s(build text, unit text, attempt int, action text)
     JOIN attempt t ON t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action`,
    [JSON.stringify(jobs)],
  )
  return new Set(rows.map(({ build, unit, number }) => keyOf({ build, unit, attempt: number })))
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
  const rows = await statement<Row>(pool, 'SELECT * FROM take_attempts($1)', [said])
  const byKey = new Map(rows.map((row) => [keyOf({ ...row, attempt: row.number }), row]))
  return Promise.all(
    takings.map(async ({ job }) => {
      const row = byKey.get(keyOf(job))
      if (row === undefined) return undefined
      if (row.takers > TAKER_LIMIT) {
        await lose(pool, job, `${TAKER_LIMIT} workers died with it`)
        return undefined
      }
      // The largest peak recorded and a quarter more, for a unit that ran before.
      const expected = row.peak === null ? row.content.memory : Math.ceil(row.peak * 1.25)
      return { action: row.content, memory: Math.min(expected, row.content.memory) }
    }),
  )
}

interface Row {
  readonly build: string
  readonly unit: string
  readonly number: number
  readonly content: Action
  readonly takers: number
  readonly peak: number | null
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
export async function releaseQuarantine(pool: pg.Pool | pg.PoolClient, action: Digest): Promise<boolean> {
  return (await pool.query('DELETE FROM quarantine WHERE action = $1', [action])).rowCount === 1
}
