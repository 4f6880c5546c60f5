/** Builds as the contract shows them. */
import type pg from 'pg'
import type { Static } from 'typebox'
import type { Build, BuildDetail } from '../contract/build.ts'
import { countsOf } from '../domain/counts.ts'
import { lastSequence } from '../domain/events.ts'
import { criticalPath } from '../domain/graph.ts'
import { ApiError } from '../errors.ts'
import { decodeCursor, PAGE, pageOf, present } from './page.ts'
import { gapRef } from './unit-view.ts'

const COLUMNS = `b.id, b.request, b.state, b.priority, b.created_at AS "createdAt", b.ended_at AS "endedAt", b.triggered_by AS "triggeredBy", b.inputs->>'image' AS image`

interface Row extends Omit<Static<typeof Build>, 'counts' | 'endedAt'> {
  readonly endedAt: string | null
  readonly image: string | null
}

async function withCounts(db: pg.Pool, rows: readonly Row[]): Promise<Static<typeof Build>[]> {
  const counts = await countsOf(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map(({ image: _, ...row }) => ({ ...(present(row) as Omit<Static<typeof Build>, 'counts'>), counts: counts.get(row.id)! }))
}

export async function listBuilds(
  pool: pg.Pool,
  query: { limit?: number; cursor?: string; state?: string; stage?: string; surface?: string },
): Promise<{ items: Static<typeof Build>[]; next?: string }> {
  const limit = query.limit ?? PAGE
  const after = decodeCursor(query.cursor, ['time', 'string'])
  const { rows } = await pool.query<Row>(
    `SELECT ${COLUMNS} FROM build b
     WHERE ($1::timestamptz IS NULL OR (b.created_at, b.id) < ($1, $2)) AND ($3::text IS NULL OR b.state::text = $3)
       AND ($4::text IS NULL OR b.target = $4) AND ($5::text IS NULL OR b.request->>'surface' = $5 OR b.surface_date = $5)
     ORDER BY b.created_at DESC, b.id DESC LIMIT $6`,
    [after?.[0] ?? null, after?.[1] ?? null, query.state ?? null, query.stage ?? null, query.surface ?? null, limit + 1],
  )
  const page = pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.createdAt, row.id],
  )
  return { ...page, items: await withCounts(pool, page.items) }
}

/** @throws ApiError if there is none. */
export async function buildOf(pool: pg.Pool, id: string): Promise<Static<typeof Build>> {
  const { rows } = await pool.query<Row>(`SELECT ${COLUMNS} FROM build b WHERE b.id = $1`, [id])
  const [build] = await withCounts(pool, rows)
  if (build === undefined) throw new ApiError('not-found', 'no such build')
  return build
}

interface Open {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly expected: number
  readonly since: string | null
  readonly worker: string | null
  readonly needs: string[]
}

export async function buildDetail(pool: pg.Pool, id: string): Promise<Static<typeof BuildDetail>> {
  const asOf = await lastSequence(pool)
  const build = await buildOf(pool, id)
  const { rows: open } = await pool.query<Open>(
    `SELECT u.id, u.name, u.state, u.expected, u.started_at AS since, t.worker,
            coalesce((SELECT array_agg(e.dependency) FROM edge e WHERE e.build = u.build AND e.child = u.id), '{}') AS needs
     FROM unit u LEFT JOIN attempt t ON t.build = u.build AND t.unit = u.id AND t.number = u.attempt
     WHERE u.build = $1 AND u.state IN ('waiting', 'ready', 'queued', 'running') ORDER BY u.position`,
    [id],
  )
  const { rows: blockers } = await pool.query<{ unit: string; name: string; blocks: number; gap: string | null }>(
    `SELECT id AS unit, name, blocks, stopped_by AS gap FROM unit
     WHERE build = $1 AND (state = 'failed' OR state = 'blocked' AND blocked_by IS NULL AND blocks > 0) ORDER BY blocks DESC, id LIMIT 50`,
    [id],
  )
  const { rows: fleet } = await pool.query<{ slots: number }>(
    `SELECT coalesce(sum(concurrency), 0)::int AS slots FROM worker WHERE seen_at > now() - interval '30 seconds' AND NOT draining`,
  )
  const rest = open.map((unit) => ({ ...unit, expected: left(unit) }))
  const path = criticalPath(rest)
  const slots = fleet[0]?.slots ?? 0
  const longest = path.reduce((sum, unit) => sum + unit.expected, 0)
  const work = rest.reduce((sum, unit) => sum + unit.expected, 0)
  return {
    ...build,
    asOf,
    running: open
      .filter(({ state, since }) => state === 'running' && since !== null)
      .map(({ id: unit, name, worker, since, expected }) => ({
        id: unit,
        name,
        ...(worker === null ? {} : { worker }),
        since: since!,
        expected,
      })),
    blockers: blockers.map(({ gap, ...row }) => ({ ...row, ...(gap === null ? {} : { gap: gapRef(gap) }) })),
    criticalPath: path.slice(0, 200).map(({ id: unit, name, expected }) => ({ id: unit, name, expected })),
    ...(build.state === 'running' && slots > 0 ? { left: Math.max(longest, work / slots) } : {}),
  }
}

/** Milliseconds that a unit still needs, by what is expected. */
function left({ state, since, expected }: Open): number {
  return state === 'running' && since !== null ? Math.max(0, expected - (Date.now() - Date.parse(since))) : expected
}
