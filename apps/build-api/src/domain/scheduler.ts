/**
 * The graph of a build lives in PostgreSQL: a unit is ready when its last dependency has ended well. The queue only
 * carries ids; whatever is lost between the two is put back by `sweep`. Every call may be repeated.
 */
import {
  type Action,
  type ActionJob,
  type ActionResult,
  actionDigest,
  cacheable,
  type Digest,
  outcomeDigest,
  succeeded,
} from '@bootgraph/build-graph'
import type pg from 'pg'
import { type MetBy, recordGaps } from './gap-ledger.ts'

export interface PlannedUnit {
  readonly id: string
  readonly name: string
  readonly stage: string
  readonly action: Digest
  readonly needs: readonly string[]
  /** Milliseconds, from recorded durations. */
  readonly expected: number
}

export interface PlannedBuild {
  readonly id: string
  readonly target: string
  readonly request: unknown
  readonly priority: number
  readonly triggeredBy: string
  readonly units: readonly PlannedUnit[]
}

/** A job for the queue; a lower priority goes first, and within it the longer way to the end. */
export interface ReadyJob extends ActionJob {
  readonly priority: number
}

export interface Counts {
  readonly total: number
  readonly [state: string]: number
}

/** Where ready jobs go. Adding a job that is there changes nothing. */
export type Enqueue = (jobs: readonly ReadyJob[]) => Promise<void>

/** The graph cannot be run: a cycle, an unknown dependency, a unit named twice. */
export class PlanError extends Error {}

/** Longest expected way from each unit to the end, milliseconds. @throws PlanError */
export function distances(units: readonly PlannedUnit[]): ReadonlyMap<string, number> {
  const byId = new Map(units.map((unit) => [unit.id, unit]))
  if (byId.size !== units.length) throw new PlanError('a unit is named twice')
  const children = new Map<string, number>(units.map((unit) => [unit.id, 0]))
  for (const unit of units)
    for (const id of unit.needs) {
      if (!byId.has(id)) throw new PlanError(`unit ${unit.id} needs ${id}, which is not in the build`)
      children.set(id, children.get(id)! + 1)
    }
  const behind = new Map<string, number>()
  const distance = new Map<string, number>()
  const open = units.filter((unit) => children.get(unit.id) === 0)
  for (let unit = open.pop(); unit; unit = open.pop()) {
    const own = unit.expected + (behind.get(unit.id) ?? 0)
    distance.set(unit.id, own)
    for (const id of unit.needs) {
      behind.set(id, Math.max(behind.get(id) ?? 0, own))
      children.set(id, children.get(id)! - 1)
      if (children.get(id) === 0) open.push(byId.get(id)!)
    }
  }
  if (distance.size !== units.length) throw new PlanError('the units need each other in a circle')
  return distance
}

/** Records actions under their digests; one that is there stays. */
export async function recordActions(pool: pg.Pool, actions: readonly Action[]): Promise<void> {
  const rows = actions.map((content) => ({ digest: actionDigest(content), content }))
  await pool.query(
    `INSERT INTO action (digest, content) SELECT DISTINCT ON (digest) digest, content
     FROM jsonb_to_recordset($1) AS a(digest text, content jsonb) ORDER BY digest ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  )
}

/** Records a build as one transaction. The actions must have been recorded. @throws PlanError */
export async function plan(pool: pg.Pool, build: PlannedBuild): Promise<void> {
  const distance = distances(build.units)
  const rows = build.units.map((u) => ({
    ...u,
    needs: [...new Set(u.needs)],
    distance: Math.min(Math.round(distance.get(u.id)!), 2 ** 31 - 1),
  }))
  await transaction(pool, async (client) => {
    await client.query('INSERT INTO build (id, target, request, priority, triggered_by) VALUES ($1, $2, $3, $4, $5)', [
      build.id,
      build.target,
      JSON.stringify(build.request),
      build.priority,
      build.triggeredBy,
    ])
    await client.query(
      `INSERT INTO unit (build, id, name, stage, action, pending, distance, state)
       SELECT $1, u.id, u.name, u.stage, u.action, jsonb_array_length(u.needs), u.distance,
              (CASE WHEN jsonb_array_length(u.needs) = 0 THEN 'ready' ELSE 'waiting' END)::"UnitState"
       FROM jsonb_to_recordset($2) AS u(id text, name text, stage text, action text, needs jsonb, distance int)`,
      [build.id, JSON.stringify(rows)],
    )
    await client.query(
      `INSERT INTO edge (build, dependency, child)
       SELECT $1, n.id, u.id FROM jsonb_to_recordset($2) AS u(id text, needs jsonb), jsonb_array_elements_text(u.needs) AS n(id)`,
      [build.id, JSON.stringify(rows)],
    )
    await end(client, build.id)
  })
}

/** Lost attempts after which a unit fails: an action that keeps killing its node is not run for ever. */
export const LOSS_LIMIT = 3

/**
 * Ends ready units whose action has a recorded result, and what becomes ready by that, until there is none.
 * Returns how many.
 */
export async function settleCached(pool: pg.Pool): Promise<number> {
  let settled = 0
  for (;;) {
    const { rows } = await pool.query<{ action: Digest; content: ActionResult }>(
      `SELECT r.action, r.content FROM result r WHERE EXISTS
         (SELECT 1 FROM unit u JOIN build b ON b.id = u.build WHERE u.action = r.action AND u.state = 'ready' AND b.state = 'running')
       ORDER BY r.action LIMIT 500`,
    )
    if (rows.length === 0) return settled
    for (const { action, content } of rows)
      settled += await transaction(pool, async (client) => {
        const units = await endReady(client, action, content)
        await follow(client, action, units, content)
        return units.length
      })
  }
}

/**
 * Puts every ready unit into the queue and marks it. The mark comes first and the queue second: a crash between the
 * two leaves a unit marked but not queued, which `sweep` finds. Of units that ask for the same action one runs at a time,
 * and none whose result is known.
 */
export async function dispatch(pool: pg.Pool, enqueue: Enqueue, limit = 2000): Promise<number> {
  await settleCached(pool)
  const jobs = await transaction(pool, async (client) => {
    // One dispatcher at a time, so that two cannot each pick another unit with the same action.
    await client.query('SELECT pg_advisory_xact_lock(72707370)')
    const { rows } = await client.query<ReadyJob>(
      `WITH first AS (
         SELECT DISTINCT ON (u.action) u.build, u.id, b.priority, u.distance FROM unit u JOIN build b ON b.id = u.build
         WHERE u.state = 'ready' AND b.state = 'running'
           AND NOT EXISTS (SELECT 1 FROM unit o WHERE o.action = u.action AND o.state IN ('queued', 'running'))
         ORDER BY u.action, b.priority, u.distance DESC),
       chosen AS (SELECT * FROM first ORDER BY priority, distance DESC LIMIT $1),
       marked AS (
         UPDATE unit SET state = 'queued', attempt = attempt + 1 FROM chosen c
         WHERE unit.build = c.build AND unit.id = c.id
         RETURNING unit.build, unit.id AS unit, unit.attempt, unit.action, c.priority, c.distance),
       recorded AS (
         INSERT INTO attempt (build, unit, number, action, stages)
         SELECT build, unit, attempt, action, jsonb_build_object('queued', floor(extract(epoch FROM now()) * 1000)) FROM marked)
       SELECT build, unit, attempt, action, priority FROM marked ORDER BY priority, distance DESC`,
      [limit],
    )
    return rows
  })
  if (jobs.length > 0) await enqueue(jobs)
  return jobs.length
}

/** Puts back what is marked as queued or taken: the queue drops those that it has. Called at the start and from time to time. */
export async function sweep(pool: pg.Pool, enqueue: Enqueue): Promise<number> {
  const { rows } = await pool.query<ReadyJob>(
    `SELECT u.build, u.id AS unit, u.attempt, u.action, b.priority FROM unit u JOIN build b ON b.id = u.build
     WHERE u.state IN ('queued', 'running') ORDER BY b.priority, u.distance DESC`,
  )
  if (rows.length > 0) await enqueue(rows)
  return rows.length
}

export type Completion = 'recorded' | 'repeated' | 'unknown'

/**
 * Records the result of an attempt once: the first counts, a repeated delivery changes nothing. Units of any build that
 * wait for the same action end with it when it can be cached.
 */
export async function complete(pool: pg.Pool, job: ActionJob, result: ActionResult, cached = false): Promise<Completion> {
  return transaction(pool, async (client) => {
    const good = succeeded(result)
    const { rowCount } = await client.query(
      `UPDATE attempt SET state = $5::"AttemptState", result = $6, cached = $7,
              stages = stages || jsonb_build_object('reported', floor(extract(epoch FROM now()) * 1000))
       WHERE build = $1 AND unit = $2 AND number = $3 AND action = $4 AND state IN ('queued', 'running')`,
      [job.build, job.unit, job.attempt, job.action, good ? 'succeeded' : 'failed', JSON.stringify(result), cached],
    )
    if (rowCount === 0) return known(client, job)
    const { rows: own } = await client.query<MetBy>(
      `UPDATE unit SET ended_at = now(), state = $3::"UnitState" WHERE build = $1 AND id = $2 AND state IN ('queued', 'running')
       RETURNING build, id, attempt`,
      [job.build, job.unit, good ? (cached ? 'cached' : 'built') : 'failed'],
    )
    const same = cacheable(result)
    if (same) await remember(client, job.action, result)
    await follow(client, job.action, same ? [...own, ...(await endReady(client, job.action, result))] : own, result)
    return 'recorded'
  })
}

/** Ends every ready unit that asks for an action whose result is known; each gets an attempt of its own, marked as cached. */
async function endReady(client: pg.PoolClient, action: Digest, result: ActionResult): Promise<readonly MetBy[]> {
  const good = succeeded(result)
  const { rows } = await client.query<MetBy>(
    `WITH held AS (SELECT build, id FROM unit WHERE action = $1 AND state = 'ready' ORDER BY build, id FOR UPDATE),
     ended AS (
       UPDATE unit SET ended_at = now(), attempt = attempt + 1, state = $2::"UnitState" FROM held h
       WHERE unit.build = h.build AND unit.id = h.id RETURNING unit.build, unit.id, unit.attempt),
     recorded AS (
       INSERT INTO attempt (build, unit, number, action, state, cached, result)
       SELECT build, id, attempt, $1, $3::"AttemptState", true, $4 FROM ended)
     SELECT build, id, attempt FROM ended`,
    [action, good ? 'cached' : 'failed', good ? 'succeeded' : 'failed', JSON.stringify(result)],
  )
  return rows
}

/** What the end of these units brings: their gaps, and the units behind them freed or blocked. */
async function follow(client: pg.PoolClient, action: Digest, units: readonly MetBy[], result: ActionResult): Promise<void> {
  await recordGaps(client, action, units, result.gaps)
  for (const build of [...new Set(units.map((unit) => unit.build))].sort()) {
    const ids = units.filter((unit) => unit.build === build).map((unit) => unit.id)
    if (succeeded(result)) await release(client, build, ids)
    else await block(client, build, ids)
    await end(client, build)
  }
}

/**
 * A worker has taken an attempt and gets the action; taking it again after the first taker died is the same.
 * Undefined if the attempt has ended or never was: the job is to be dropped.
 */
export async function take(pool: pg.Pool, job: ActionJob, worker: string): Promise<Action | undefined> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ content: Action }>(
      `UPDATE attempt t SET state = 'running', worker = $5,
              stages = stages || jsonb_build_object('taken', floor(extract(epoch FROM now()) * 1000))
       FROM action a WHERE a.digest = t.action AND t.build = $1 AND t.unit = $2 AND t.number = $3 AND t.action = $4
         AND t.state IN ('queued', 'running')
       RETURNING a.content`,
      [job.build, job.unit, job.attempt, job.action, worker],
    )
    if (rows[0] === undefined) return undefined
    await client.query(`UPDATE unit SET state = 'running' WHERE build = $1 AND id = $2 AND state = 'queued'`, [job.build, job.unit])
    return rows[0].content
  })
}

/**
 * An attempt ended without a result: a defect of the node, a wall-clock limit, a lost input. The unit is tried again,
 * up to LOSS_LIMIT times; then it fails.
 */
export async function lose(pool: pg.Pool, job: ActionJob, error: string): Promise<Completion> {
  return transaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE attempt SET state = 'lost', error = $5,
              stages = stages || jsonb_build_object('reported', floor(extract(epoch FROM now()) * 1000))
       WHERE build = $1 AND unit = $2 AND number = $3 AND action = $4 AND state IN ('queued', 'running')`,
      [job.build, job.unit, job.attempt, job.action, error],
    )
    if (rowCount === 0) return known(client, job)
    const { rows } = await client.query<{ state: string }>(
      `WITH lost AS (SELECT count(*) AS n FROM attempt WHERE build = $1 AND unit = $2 AND state = 'lost')
       UPDATE unit SET state = (CASE WHEN lost.n < $3 THEN 'ready' ELSE 'failed' END)::"UnitState",
              ended_at = CASE WHEN lost.n < $3 THEN NULL ELSE now() END
       FROM lost WHERE build = $1 AND id = $2 AND state IN ('queued', 'running') RETURNING state`,
      [job.build, job.unit, LOSS_LIMIT],
    )
    if (rows[0]?.state === 'failed') {
      await block(client, job.build, [job.unit])
      await end(client, job.build)
    }
    return 'recorded'
  })
}

/** Whether an attempt that took no report has ended before, or is none of ours. */
async function known(client: pg.PoolClient, job: ActionJob): Promise<'repeated' | 'unknown'> {
  const { rowCount } = await client.query('SELECT 1 FROM attempt WHERE build = $1 AND unit = $2 AND number = $3 AND action = $4', [
    job.build,
    job.unit,
    job.attempt,
    job.action,
  ])
  return rowCount === 0 ? 'unknown' : 'repeated'
}

/** The first result of an action stays; another outcome is kept beside it as a determinism defect. */
async function remember(client: pg.PoolClient, action: Digest, result: ActionResult): Promise<void> {
  const outcome = outcomeDigest(result)
  const content = JSON.stringify(result)
  await client.query('INSERT INTO result (action, outcome, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [action, outcome, content])
  await client.query(
    `INSERT INTO determinism_defect (action, kept, outcome, content)
     SELECT action, outcome, $2, $3 FROM result WHERE action = $1 AND outcome <> $2`,
    [action, outcome, content],
  )
}

/** Subtracts what has ended from those who need it; rows are locked in the order of their ids, so that two cannot deadlock. */
async function release(client: pg.PoolClient, build: string, ids: readonly string[]): Promise<void> {
  await client.query(
    `WITH freed AS (SELECT child, count(*)::int AS n FROM edge WHERE build = $1 AND dependency = ANY($2) GROUP BY child),
     held AS (SELECT u.id, f.n FROM unit u JOIN freed f ON f.child = u.id WHERE u.build = $1 ORDER BY u.id FOR UPDATE OF u)
     UPDATE unit SET pending = pending - h.n,
            state = CASE WHEN pending = h.n AND state = 'waiting' THEN 'ready'::"UnitState" ELSE state END
     FROM held h WHERE unit.build = $1 AND unit.id = h.id`,
    [build, ids],
  )
}

/** Everything behind a failed unit is blocked by it; the rest of the build goes on. */
async function block(client: pg.PoolClient, build: string, ids: readonly string[]): Promise<void> {
  await client.query(
    `WITH RECURSIVE behind(id, by) AS (
       SELECT child, dependency FROM edge WHERE build = $1 AND dependency = ANY($2)
       UNION SELECT e.child, b.by FROM behind b JOIN edge e ON e.build = $1 AND e.dependency = b.id),
     first AS (SELECT id, min(by) AS by FROM behind GROUP BY id),
     held AS (SELECT u.id, f.by FROM unit u JOIN first f ON f.id = u.id WHERE u.build = $1 AND u.state = 'waiting' ORDER BY u.id FOR UPDATE OF u)
     UPDATE unit SET state = 'blocked', blocked_by = h.by, ended_at = now() FROM held h WHERE unit.build = $1 AND unit.id = h.id`,
    [build, ids],
  )
}

/** A build whose units have all ended has ended. The build's row is locked first: two last units cannot both look too early. */
async function end(client: pg.PoolClient, build: string): Promise<void> {
  await client.query('SELECT 1 FROM build WHERE id = $1 FOR UPDATE', [build])
  await client.query(
    `UPDATE build SET state = 'ended', ended_at = now() WHERE id = $1 AND state = 'running'
     AND NOT EXISTS (SELECT 1 FROM unit WHERE build = $1 AND state IN ('waiting', 'ready', 'queued', 'running'))`,
    [build],
  )
}

/** Stops a build: what has not ended is cancelled. False if there is none or it has ended. */
export async function cancel(pool: pg.Pool, build: string): Promise<boolean> {
  return transaction(pool, async (client) => {
    // Locks in the order in which a completion takes them: attempts, units, build.
    const open = `EXISTS (SELECT 1 FROM build WHERE id = $1 AND state = 'running')`
    await client.query(`UPDATE attempt SET state = 'cancelled' WHERE build = $1 AND state IN ('queued', 'running') AND ${open}`, [build])
    await client.query(
      `UPDATE unit SET state = 'cancelled', ended_at = now()
       WHERE build = $1 AND state IN ('waiting', 'ready', 'queued', 'running') AND ${open}`,
      [build],
    )
    const { rowCount } = await client.query(`UPDATE build SET state = 'cancelled', ended_at = now() WHERE id = $1 AND state = 'running'`, [
      build,
    ])
    return rowCount === 1
  })
}

/** Units by state; the counts add up to `total`. */
export async function counts(pool: pg.Pool, build: string): Promise<Counts> {
  const { rows } = await pool.query<{ state: string; n: number }>(
    'SELECT state, count(*)::int AS n FROM unit WHERE build = $1 GROUP BY state',
    [build],
  )
  const byState = Object.fromEntries(rows.map((row) => [row.state, row.n]))
  return { ...byState, total: rows.reduce((sum, row) => sum + row.n, 0) }
}

async function transaction<T>(pool: pg.Pool, body: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const value = await body(client)
    await client.query('COMMIT')
    return value
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}
