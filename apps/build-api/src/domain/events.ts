/** Events: written in the transaction that makes them true, read in the order in which they became visible. */
import type pg from 'pg'

export interface NewEvent {
  readonly type: 'build' | 'unit' | 'gap' | 'worker'
  readonly build?: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Event extends NewEvent {
  readonly sequence: number
  readonly at: string
}

/** Channel on which every API process hears that there is something new. */
export const LIVE_CHANNEL = 'bootgraph_live'

/** Call it last in a transaction: writers wait for each other from here on. */
export async function emit(client: pg.PoolClient, events: readonly NewEvent[]): Promise<void> {
  if (events.length > 0) await client.query('SELECT emit_events($1)', [JSON.stringify(events)])
}

/** How these builds stand now, as events. */
export async function buildEvents(client: pg.PoolClient, builds: readonly string[]): Promise<NewEvent[]> {
  if (builds.length === 0) return []
  return (await client.query<NewEvent>('SELECT * FROM build_events($1)', [builds])).rows
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
