/** The end of units and what it brings: artifacts, gaps, units behind them freed or blocked, builds ended, events. The database's functions do most of it. */
import type { ActionResult, Digest } from '@bootgraph/build-graph'
import type pg from 'pg'
import { emit, type NewEvent } from './events.ts'
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
  const { rows } = await client.query<{ events: UnitEvents }>('SELECT end_units($1, false) AS events', [
    JSON.stringify(ended.map(endingOf)),
  ])
  await tellEnds(client, ended, rows[0]!.events)
}

/** What the database's `end_units` made true. */
export type UnitEvents = readonly NewEvent[]

/** What the database's `end_units` takes. */
export function endingOf({ build, unit, attempt, state, result, outcome }: Ended): Readonly<Record<string, unknown>> {
  return { build, unit, attempt, state, message: outcome.message, stopped: outcome.stoppedBy, tree: result.outputs }
}

/** The gaps of units that have just ended, and all events of it. The last of a transaction. */
export async function tellEnds(client: pg.PoolClient, ended: readonly Ended[], events: UnitEvents): Promise<void> {
  const fresh = new Set(events.flatMap(({ type, build, data }) => (type === 'unit' ? [`${build}/${data.id}`] : [])))
  const gapEvents = await recordGaps(
    client,
    ended.filter(({ build, unit }) => fresh.has(`${build}/${unit}`)),
  )
  await emit(client, [...events, ...gapEvents])
}

/** Everything behind a failed unit is blocked by it; the rest of the build goes on. Each of `ids` learns how many are behind it. The build is held. */
export async function block(client: pg.PoolClient, build: string, ids: readonly string[]): Promise<void> {
  await client.query('SELECT block_behind($1, $2)', [build, ids])
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
  await client.query('SELECT hold_build($1)', [build])
}

/** A held build whose units have all ended has ended: true, and the caller tells. */
export async function endBuild(client: pg.PoolClient, build: string): Promise<boolean> {
  const { rows } = await client.query<{ over: boolean }>('SELECT end_build($1) AS over', [build])
  return rows[0]!.over
}
