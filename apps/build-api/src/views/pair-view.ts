/** A unit beside its twin of the other linkage; an action with who asked for it. */
import type { Action, ActionResult, Digest } from '@bootgraph/build-graph'
import type pg from 'pg'
import type { Static } from 'typebox'
import type { pairUnit, showAction } from '../contract/unit.ts'
import type { UnitStateName } from '../domain/counts.ts'
import type { WholeResults } from '../domain/outcome.ts'
import { ApiError } from '../errors.ts'
import { gapRef, UNIT_COLUMNS, type UnitRow, unitOf, unitRow } from './unit-view.ts'

export async function pairOf(pool: pg.Pool, build: string, unit: string): Promise<Static<NonNullable<(typeof pairUnit)['answer']>>> {
  const row = await unitRow(pool, build, unit)
  const twin = row.linkage === null ? undefined : await twinOf(pool, row, row.linkage)
  const [mine, theirs] = [await gapKeys(pool, row), twin ? await gapKeys(pool, twin) : []]
  return {
    unit: unitOf(row),
    ...(twin ? { other: unitOf(twin) } : {}),
    gapsOnly: mine.filter((key) => !theirs.includes(key)).map(gapRef),
    otherGapsOnly: theirs.filter((key) => !mine.includes(key)).map(gapRef),
    gapsBoth: mine.filter((key) => theirs.includes(key)).map(gapRef),
  }
}

async function twinOf(pool: pg.Pool, row: UnitRow, linkage: 'static' | 'dynamic'): Promise<UnitRow | undefined> {
  const id = row.id.replace(linkage, linkage === 'static' ? 'dynamic' : 'static')
  return (await pool.query<UnitRow>(`SELECT ${UNIT_COLUMNS} FROM unit u WHERE u.build = $1 AND u.id = $2`, [row.build, id])).rows[0]
}

async function gapKeys(pool: pg.Pool, { build, id, attempt }: UnitRow): Promise<string[]> {
  const { rows } = await pool.query<{ gap: string }>(
    'SELECT DISTINCT gap FROM gap_occurrence WHERE build = $1 AND unit = $2 AND attempt = $3 ORDER BY gap',
    [build, id, attempt],
  )
  return rows.map(({ gap }) => gap)
}

export async function actionView(
  pool: pg.Pool,
  whole: WholeResults,
  action: Digest,
): Promise<Static<NonNullable<(typeof showAction)['answer']>>> {
  const { rows } = await pool.query<{ content: Action; result: ActionResult | null; defects: number; quarantined: string | null }>(
    `SELECT a.content, r.content AS result, q.error AS quarantined,
            (SELECT count(*)::int FROM determinism_defect d WHERE d.action = a.digest) AS defects
     FROM action a LEFT JOIN result r ON r.action = a.digest LEFT JOIN quarantine q ON q.action = a.digest WHERE a.digest = $1`,
    [action],
  )
  const found = rows[0]
  if (found === undefined) throw new ApiError('not-found', 'no such action')
  const { rows: units } = await pool.query<{ build: string; unit: string; name: string; state: UnitStateName }>(
    `SELECT u.build, u.id AS unit, u.name, u.state FROM unit u JOIN build b ON b.id = u.build WHERE u.action = $1
     ORDER BY b.created_at DESC, u.id LIMIT 200`,
    [action],
  )
  return {
    action,
    content: { ...found.content },
    ...(found.result && (await whole.has(found.result)) ? { result: { ...found.result } } : {}),
    units,
    defects: found.defects,
    ...(found.quarantined === null ? {} : { quarantined: found.quarantined }),
  }
}
