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
    `WITH said AS (SELECT * FROM jsonb_to_recordset($1) AS s(build text, unit text, attempt int, state text, message text, stopped text)),
     held AS (
       SELECT u.build, u.id FROM unit u JOIN said s ON s.build = u.build AND s.unit = u.id
       WHERE u.state IN ('ready', 'queued', 'running') ORDER BY u.build, u.id FOR UPDATE OF u)
     UPDATE unit SET state = s.state::"UnitState", ended_at = now(), attempt = s.attempt, message = s.message, stopped_by = s.stopped,
            fresh = false, losses = 0
     FROM held h JOIN said s ON s.build = h.build AND s.unit = h.id WHERE unit.build = h.build AND unit.id = h.id
     RETURNING unit.build, unit.id, unit.name`,
    [JSON.stringify(rows)],
  )
  const names = new Map(now.map(({ build, id, name }) => [`${build}/${id}`, name]))
  const fresh = ended.filter(({ build, unit }) => names.has(`${build}/${unit}`))
  await recordArtifacts(client, fresh)
  const gapEvents = await recordGaps(client, fresh)
  const builds = [...new Set(fresh.map(({ build }) => build))].sort()
  for (const build of builds) {
    const of = fresh.filter((each) => each.build === build)
    const good = of.filter(({ state }) => state !== 'failed').map(({ unit }) => unit)
    const bad = of.filter(({ state }) => state === 'failed').map(({ unit }) => unit)
    if (good.length > 0) await release(client, build, good)
    if (bad.length > 0) await block(client, build, bad)
    await endBuild(client, build)
  }
  const unitEvents = fresh.map(
    ({ build, unit, state, attempt }): NewEvent => ({
      type: 'unit',
      build,
      data: { id: unit, name: names.get(`${build}/${unit}`), state, attempt },
    }),
  )
  await emit(client, [...unitEvents, ...gapEvents, ...(await buildEvents(client, builds))])
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

/** Everything behind a failed unit is blocked by it; the rest of the build goes on. Each of `ids` learns how many are behind it. */
export async function block(client: pg.PoolClient, build: string, ids: readonly string[]): Promise<void> {
  await client.query(
    `WITH RECURSIVE behind(id, by) AS (
       SELECT child, dependency FROM edge WHERE build = $1 AND dependency = ANY($2)
       UNION SELECT e.child, b.by FROM behind b JOIN edge e ON e.build = $1 AND e.dependency = b.id),
     first AS (SELECT id, min(by) AS by FROM behind GROUP BY id),
     counted AS (SELECT by, count(*)::int AS n FROM behind GROUP BY by),
     held AS (SELECT u.id, f.by FROM unit u JOIN first f ON f.id = u.id WHERE u.build = $1 AND u.state = 'waiting' ORDER BY u.id FOR UPDATE OF u),
     told AS (UPDATE unit SET blocks = c.n FROM counted c WHERE unit.build = $1 AND unit.id = c.by)
     UPDATE unit SET state = 'blocked', blocked_by = h.by, ended_at = now() FROM held h WHERE unit.build = $1 AND unit.id = h.id`,
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

/** A build whose units have all ended has ended. The build's row is locked first: two last units cannot both look too early. */
export async function endBuild(client: pg.PoolClient, build: string): Promise<void> {
  await client.query('SELECT 1 FROM build WHERE id = $1 FOR UPDATE', [build])
  await client.query(
    `UPDATE build SET state = 'ended', ended_at = now() WHERE id = $1 AND state = 'running'
     AND NOT EXISTS (SELECT 1 FROM unit WHERE build = $1 AND state IN ('waiting', 'ready', 'queued', 'running'))
     AND (NOT planning OR EXISTS (SELECT 1 FROM unit WHERE build = $1 AND kind = 'query' AND state IN ('failed', 'blocked', 'cancelled')))`,
    [build],
  )
}
