/** Units and attempts as the contract shows them. */
import type { Action, ActionResult } from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'
import type pg from 'pg'
import type { Static } from 'typebox'
import { type Attempt, type GapRef, UNIT_STATES, type Unit } from '../contract/unit-shape.ts'
import { ApiError } from '../errors.ts'
import { logSizes } from './log-view.ts'
import { decodeCursor, PAGE, pageOf, present } from './page.ts'

export const UNIT_COLUMNS = `u.build, u.id, u.name, u.stage, u.kind, u.linkage, u.rung, u.state, u.attempt, u.action, u.expected,
  u.started_at AS "startedAt", u.ended_at AS "endedAt", u.message, u.blocked_by AS "blockedBy", u.blocks, u.stopped_by AS "stoppedBy",
  (SELECT b.name FROM unit b WHERE b.build = u.build AND b.id = u.blocked_by) AS "blockedByName", u.position, u.unavailable,
  (SELECT coalesce(t.took, (SELECT o.took FROM attempt o WHERE o.action = t.action AND o.took IS NOT NULL LIMIT 1))
   FROM attempt t WHERE t.build = u.build AND t.unit = u.id AND t.number = u.attempt) AS milliseconds`

export interface UnitRow
  extends Omit<
    Static<typeof Unit>,
    'gap' | 'startedAt' | 'endedAt' | 'message' | 'blockedBy' | 'blockedByName' | 'action' | 'linkage' | 'rung' | 'milliseconds'
  > {
  readonly linkage: 'static' | 'dynamic' | null
  readonly rung: string | null
  readonly action: string | null
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly message: string | null
  readonly blockedBy: string | null
  readonly blockedByName: string | null
  readonly milliseconds: number | null
  readonly stoppedBy: string | null
  readonly position: number
  readonly unavailable: string | null
}

export function gapRef(key: string): Static<typeof GapRef> {
  const [truth, component, kind, ...name] = key.split('/')
  return { key, truth, component, kind, name: name.join('/') } as Static<typeof GapRef>
}

export function unitOf({ stoppedBy, position: _, unavailable: __, ...row }: UnitRow): Static<typeof Unit> {
  return { ...present(row), ...(stoppedBy === null ? {} : { gap: gapRef(stoppedBy) }) } as Static<typeof Unit>
}

export interface UnitQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly state?: string
  readonly stage?: string
  readonly rung?: string
  readonly gap?: string
  readonly blockedBy?: string
  readonly q?: string
  readonly sort?: 'plan' | 'name' | 'state' | 'blocks' | 'duration'
}

/** Sort keys ascend; the unit's id decides between equal ones. */
const ORDERS = {
  plan: { sql: 'u.position::bigint', kind: 'number' },
  name: { sql: 'u.name', kind: 'string' },
  state: { sql: 'u.state::text', kind: 'string' },
  blocks: { sql: '(-u.blocks)::bigint', kind: 'number' },
  duration: {
    sql: '(SELECT -coalesce(t.took, 0)::bigint FROM attempt t WHERE t.build = u.build AND t.unit = u.id ORDER BY t.number DESC LIMIT 1)',
    kind: 'number',
  },
} as const

export async function listUnits(pool: pg.Pool, build: string, query: UnitQuery): Promise<{ items: Static<typeof Unit>[]; next?: string }> {
  const limit = query.limit ?? PAGE
  const order = ORDERS[query.sort ?? 'plan']
  const states = query.state?.split(',')
  const wrong = states?.find((state) => !(UNIT_STATES as readonly string[]).includes(state))
  if (wrong !== undefined) throw new ApiError('bad-request', `"${wrong}" is no state: use ${UNIT_STATES.join(', ')}`)
  const after = decodeCursor(query.cursor, [order.kind, 'string'])
  const key = `coalesce(${order.sql}, ${order.kind === 'number' ? '0' : "''"})`
  const { rows } = await pool.query<UnitRow & { key: string | number }>(
    `SELECT ${UNIT_COLUMNS}, ${key} AS key FROM unit u WHERE u.build = $1
       AND ($2::text[] IS NULL OR u.state::text = ANY($2)) AND ($3::text IS NULL OR u.stage = $3) AND ($4::text IS NULL OR u.rung = $4)
       AND ($5::text IS NULL OR u.blocked_by = $5) AND ($6::text IS NULL OR strpos(lower(u.name || ' ' || u.id), lower($6)) > 0)
       AND ($7::text IS NULL OR EXISTS (SELECT 1 FROM gap_occurrence o WHERE o.gap = $7 AND o.build = u.build AND o.unit = u.id AND o.attempt = u.attempt))
       AND ($8::text IS NULL OR (${key}, u.id) > (${order.kind === 'number' ? '$8::bigint' : '$8::text'}, $9))
     ORDER BY ${key}, u.id LIMIT $10`,
    [
      build,
      states ?? null,
      query.stage ?? null,
      query.rung ?? null,
      query.blockedBy ?? null,
      query.q ?? null,
      query.gap ?? null,
      after?.[0] ?? null,
      after?.[1] ?? null,
      limit + 1,
    ],
  )
  return pageOf(
    rows,
    limit,
    ({ key: _, ...row }) => unitOf(row),
    (row) => [row.key, row.id],
  )
}

/** @throws ApiError if there is none. */
export async function unitRow(pool: pg.Pool, build: string, unit: string): Promise<UnitRow> {
  const { rows } = await pool.query<UnitRow>(`SELECT ${UNIT_COLUMNS} FROM unit u WHERE u.build = $1 AND u.id = $2`, [build, unit])
  if (rows[0] === undefined) throw new ApiError('not-found', 'no such unit')
  return rows[0]
}

export interface AttemptRow {
  readonly build: string
  readonly unit: string
  readonly number: number
  readonly action: string
  readonly state: Static<typeof Attempt>['state']
  readonly cached: boolean
  readonly worker: string | null
  readonly stages: Record<string, number>
  readonly error: string | null
  readonly result: ActionResult | null
}

export async function attemptRows(pool: pg.Pool, build: string, unit: string, number?: number): Promise<readonly AttemptRow[]> {
  const { rows } = await pool.query<AttemptRow>(
    `SELECT build, unit, number, action, state, cached, worker, stages, error, result FROM attempt
     WHERE build = $1 AND unit = $2 AND ($3::int IS NULL OR number = $3) ORDER BY number`,
    [build, unit, number ?? null],
  )
  return rows
}

export async function attemptOf(pool: pg.Pool, store: Store, row: AttemptRow): Promise<Static<typeof Attempt>> {
  const { build: _b, unit: _u, result, ...rest } = row
  return {
    ...present(rest),
    ...(result
      ? {
          exit: result.exit,
          ...(result.outputs ? { outputs: result.outputs } : {}),
          missingOutputs: [...result.missingOutputs],
          fuel: result.fuel,
          measured: { peakMemory: result.measured.peakMemory, time: { ...result.measured.time } },
        }
      : {}),
    logs: await logSizes(pool, store, row),
  } as Static<typeof Attempt>
}

export async function actionContent(pool: pg.Pool, action: string | null): Promise<Action | undefined> {
  if (action === null) return undefined
  return (await pool.query<{ content: Action }>('SELECT content FROM action WHERE digest = $1', [action])).rows[0]?.content
}
