/** Events: written in the transaction that makes them true, read in the order in which they became visible. */
import type pg from 'pg'
import { countsOf } from './counts.ts'

export interface NewEvent {
  readonly type: 'build' | 'unit' | 'gap' | 'worker'
  readonly build?: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Event extends NewEvent {
  readonly sequence: number
  readonly at: string
}

/** Who writes events holds this lock to the end, so that a number is never seen before a smaller one. */
const ORDER = 72707371
/** Channel on which every API process hears that there is something new. */
export const LIVE_CHANNEL = 'bootgraph_live'

/** Call it last in a transaction: writers wait for each other from here on. */
export async function emit(client: pg.PoolClient, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  // Numbers are drawn for the rows that come out of the sort, which are there only when the lock is held.
  await client.query(
    `WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock($2), pg_notify($3, 'event'))
     INSERT INTO event (type, build, data) SELECT type, build, data FROM turn, ROWS FROM (
       jsonb_to_recordset($1) AS (type text, build text, data jsonb)) WITH ORDINALITY AS e(type, build, data, n) ORDER BY n`,
    [JSON.stringify(events), ORDER, LIVE_CHANNEL],
  )
}

/** How these builds stand now, as events. */
export async function buildEvents(client: pg.PoolClient, builds: readonly string[]): Promise<NewEvent[]> {
  if (builds.length === 0) return []
  const counts = await countsOf(client, builds)
  const { rows } = await client.query<{ id: string; state: string }>('SELECT id, state FROM build WHERE id = ANY($1) ORDER BY id', [builds])
  return rows.map(({ id, state }) => ({ type: 'build', build: id, data: { state, counts: counts.get(id) } }))
}

export async function eventsAfter(pool: pg.Pool, after: number, limit: number, build?: string): Promise<readonly Event[]> {
  const { rows } = await pool.query<Event & { build: string | null }>(
    `SELECT sequence, at, type, build, data FROM event WHERE sequence > $1 AND ($3::text IS NULL OR build = $3) ORDER BY sequence LIMIT $2`,
    [after, limit, build ?? null],
  )
  return rows.map(({ build: of, ...row }) => (of === null ? row : { ...row, build: of }))
}

export async function lastSequence(db: pg.Pool | pg.PoolClient): Promise<number> {
  const { rows } = await db.query<{ last: number | null }>('SELECT max(sequence) AS last FROM event')
  return rows[0]?.last ?? 0
}
