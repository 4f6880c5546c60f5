/** The end of units and what it brings: artifacts, gaps, units behind them freed or blocked, builds ended, events. */
import type { ActionResult, Digest } from '@bootgraph/build-graph'
import type pg from 'pg'
import { buildEvents, emit, type NewEvent } from './events.ts'
import { recordGaps } from './gap-ledger.ts'
import type { Outcome } from './outcome.ts'

export interface Ended {
  readonly build: string
  readonly unit: string
  readonly attempt: number
  readonly action: Digest
  readonly state: 'built' | 'cached' | 'failed'
  readonly result: ActionResult
  readonly outcome: Outcome
}

/** Within a transaction, for units whose attempts have been recorded. Units that have ended before are left as they are. */
export async function endUnits(client: pg.PoolClient, ended: readonly Ended[]): Promise<void> {
  const rows = ended.map(({ build, unit, attempt, state, outcome }) => ({
    build,
    unit,
    attempt,
    state,
    message: outcome.message,
    stopped: outcome.stoppedBy,
  }))
  const { rows: now } = await client.query<{ build: string; id: string; name: string }>(
    `UPDATE unit SET state = s.state::"UnitState", ended_at = now(), attempt = s.attempt, message = s.message, stopped_by = s.stopped,
            fresh = false, losses = 0
     FROM jsonb_to_recordset($1) AS s(build text, unit text, attempt int, state text, message text, stopped text)
     WHERE unit.build = s.build AND unit.id = s.unit AND unit.state IN ('ready', 'queued', 'running')
     RETURNING unit.build, unit.id, unit.name`,
    [JSON.stringify(rows)],
  )
  const names = new Map(now.map(({ build, id, name }) => [`${build}/${id}`, name]))
  const fresh = ended.filter(({ build, unit }) => names.has(`${build}/${unit}`))
  await recordArtifacts(client, fresh)
  const gapEvents = await recordGaps(client, fresh)
  const over: string[] = []
  for (const build of [...new Set(fresh.map(({ build }) => build))].sort()) {
    await holdBuild(client, build)
    const of = fresh.filter((each) => each.build === build)
    const good = of.filter(({ state }) => state !== 'failed').map(({ unit }) => unit)
    const bad = of.filter(({ state }) => state === 'failed').map(({ unit }) => unit)
    if (good.length > 0) await release(client, build, good)
    if (bad.length > 0) await block(client, build, bad)
    if (await endBuild(client, build)) over.push(build)
  }
  const unitEvents = fresh.map(
    ({ build, unit, state, attempt }): NewEvent => ({
      type: 'unit',
      build,
      data: { id: unit, name: names.get(`${build}/${unit}`), state, attempt },
    }),
  )
  await emit(client, [...unitEvents, ...gapEvents, ...(await buildEvents(client, over))])
}

async function recordArtifacts(client: pg.PoolClient, ended: readonly Ended[]): Promise<void> {
  const made = ended.flatMap(({ build, unit, state, result }) =>
    state !== 'failed' && result.outputs !== undefined ? [{ build, name: unit, tree: result.outputs }] : [],
  )
  if (made.length === 0) return
  await client.query(
    `INSERT INTO artifact (build, name, tree) SELECT build, name, tree FROM jsonb_to_recordset($1) AS a(build text, name text, tree text)
     ON CONFLICT (build, name) DO UPDATE SET tree = excluded.tree, stored_at = now()`,
    [JSON.stringify(made)],
  )
}

/** Subtracts what has ended from those who need it. The build is held. */
async function release(client: pg.PoolClient, build: string, ids: readonly string[]): Promise<void> {
  await client.query(
    `UPDATE unit SET pending = pending - f.n,
            state = CASE WHEN pending = f.n AND state = 'waiting' THEN 'ready'::"UnitState" ELSE state END
     FROM (SELECT child, count(*)::int AS n FROM edge WHERE build = $1 AND dependency = ANY($2) GROUP BY child) f
     WHERE unit.build = $1 AND unit.id = f.child`,
    [build, ids],
  )
}

/** Everything behind a failed unit is blocked by it; the rest of the build goes on. Each of `ids` learns how many are behind it. The build is held. */
export async function block(client: pg.PoolClient, build: string, ids: readonly string[]): Promise<void> {
  await client.query(
    `WITH RECURSIVE behind(id, by) AS (
       SELECT child, dependency FROM edge WHERE build = $1 AND dependency = ANY($2)
       UNION SELECT e.child, b.by FROM behind b JOIN edge e ON e.build = $1 AND e.dependency = b.id),
     first AS (SELECT id, min(by) AS by FROM behind GROUP BY id),
     counted AS (SELECT by, count(*)::int AS n FROM behind GROUP BY by),
     told AS (UPDATE unit SET blocks = c.n FROM counted c WHERE unit.build = $1 AND unit.id = c.by)
     UPDATE unit SET state = 'blocked', blocked_by = h.by, ended_at = now() FROM first h WHERE unit.build = $1 AND unit.id = h.id AND unit.state = 'waiting'`,
    [build, ids],
  )
}

/**
 * Sets every waiting unit of a build right from the states of what it needs: ready, blocked, or how many it waits for.
 * For new and for reopened units; what ends after it is counted by `release`.
 */
export async function settleWaiting(client: pg.PoolClient, build: string): Promise<void> {
  // Statistics know nothing of a build that is being recorded; a nested loop over thousands of its units would be quadratic.
  await client.query('SET LOCAL enable_nestloop TO off')
  await client.query(
    `WITH open AS (
       SELECT u.id, count(d.id) FILTER (WHERE d.state NOT IN ('built', 'cached'))::int AS n
       FROM unit u LEFT JOIN edge e ON e.build = u.build AND e.child = u.id
       LEFT JOIN unit d ON d.build = e.build AND d.id = e.dependency
       WHERE u.build = $1 AND u.state = 'waiting' GROUP BY u.id)
     UPDATE unit SET pending = o.n, state = (CASE WHEN o.n = 0 THEN 'ready' ELSE 'waiting' END)::"UnitState"
     FROM open o WHERE unit.build = $1 AND unit.id = o.id`,
    [build],
  )
  await client.query('SET LOCAL enable_nestloop TO on')
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM unit WHERE build = $1 AND (state = 'failed' OR state = 'blocked' AND blocked_by IS NULL)`,
    [build],
  )
  if (rows.length > 0)
    await block(
      client,
      build,
      rows.map(({ id }) => id),
    )
  await endBuild(client, build)
}

/**
 * Units of a build change: who changes more of them than those that he reports waits here for others, and `tellBuilds` has to tell
 * how the build stands.
 */
export async function holdBuild(client: pg.PoolClient, build: string): Promise<void> {
  await client.query('UPDATE build SET untold = true WHERE id = $1', [build])
}

/** A held build whose units have all ended has ended: true, and the caller tells. */
export async function endBuild(client: pg.PoolClient, build: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE build SET state = 'ended', ended_at = now() WHERE id = $1 AND state = 'running'
     AND NOT EXISTS (SELECT 1 FROM unit WHERE build = $1 AND state IN ('waiting', 'ready', 'queued', 'running'))
     AND (NOT planning OR EXISTS (SELECT 1 FROM unit WHERE build = $1 AND kind = 'query' AND state IN ('failed', 'blocked', 'cancelled')))`,
    [build],
  )
  return rowCount === 1
}
