/** Builds as the contract shows them. */
import type pg from 'pg'
import type { Static } from 'typebox'
import type { Build, BuildDetail } from '../contract/build.ts'
import { countsOf } from '../domain/counts.ts'
import { lastSequence } from '../domain/events.ts'
import { criticalPath } from '../domain/graph.ts'
import { type OpenUnit, remaining, timeLeft } from '../domain/time-left.ts'
import { ApiError } from '../errors.ts'
import { decodeCursor, PAGE, pageOf, present } from './page.ts'
import { gapRef, type UnitRow } from './unit-view.ts'

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

interface Open extends OpenUnit {
  readonly name: string
  readonly worker: string | null
}

export async function buildDetail(pool: pg.Pool, id: string): Promise<Static<typeof BuildDetail>> {
  const asOf = await lastSequence(pool)
  const build = await buildOf(pool, id)
  const { rows: open } = await pool.query<Open>(
    `SELECT u.id, u.name, u.expected, CASE WHEN u.state = 'running' THEN u.started_at END AS since, t.worker, h.shortest, h.longest,
            coalesce((SELECT array_agg(e.dependency) FROM edge e WHERE e.build = u.build AND e.child = u.id), '{}') AS needs
     FROM unit u LEFT JOIN attempt t ON t.build = u.build AND t.unit = u.id AND t.number = u.attempt
     CROSS JOIN LATERAL (SELECT min(o.took) AS shortest, max(o.took) AS longest FROM attempt o WHERE o.unit = u.id) h
     WHERE u.build = $1 AND u.state IN ('waiting', 'ready', 'queued', 'running') ORDER BY u.position`,
    [id],
  )
  const { rows: blockers } = await pool.query<
    Pick<UnitRow, 'name' | 'linkage' | 'state' | 'message' | 'blocks' | 'stoppedBy'> & { unit: string }
  >(
    `SELECT u.id AS unit, u.name, u.linkage, u.state, u.message, u.blocks, u.stopped_by AS "stoppedBy" FROM unit u
     WHERE u.build = $1 AND (u.state = 'failed' OR u.state = 'blocked' AND u.blocked_by IS NULL AND NOT EXISTS
       (SELECT 1 FROM edge e JOIN unit d ON d.build = e.build AND d.id = e.dependency
        WHERE e.build = u.build AND e.child = u.id AND d.state IN ('failed', 'blocked')))
     ORDER BY u.state = 'failed' DESC, u.blocks DESC, u.id LIMIT 50`,
    [id],
  )
  const { rows: known } = await pool.query<{ slots: number; done: number }>(
    `SELECT (SELECT coalesce(sum(concurrency), 0)::int FROM worker WHERE seen_at > now() - interval '30 seconds' AND NOT draining) AS slots,
            (SELECT coalesce(sum(expected), 0)::float8 FROM unit WHERE build = $1 AND state IN ('built', 'failed')) AS done`,
    [id],
  )
  const { slots, done } = known[0]!
  const now = Date.now()
  const path = criticalPath(open.map((unit) => ({ ...unit, expected: remaining(unit.expected, unit, now) })))
  const left = build.state === 'running' ? timeLeft(open, done, slots, now) : undefined
  return {
    ...build,
    asOf,
    running: open
      .filter(({ since }) => since !== null)
      .map(({ id: unit, name, worker, since, expected }) => ({
        id: unit,
        name,
        ...(worker === null ? {} : { worker }),
        since: since!,
        expected,
      })),
    blockers: blockers.map(({ stoppedBy, linkage, message, ...row }) => ({
      ...row,
      ...(linkage === null ? {} : { linkage }),
      ...(message === null ? {} : { message }),
      ...(stoppedBy === null ? {} : { gap: gapRef(stoppedBy) }),
    })),
    criticalPath: path.slice(0, 200).map(({ id: unit, name, expected }) => ({ id: unit, name, expected })),
    ...(left ? { left } : {}),
  }
}
