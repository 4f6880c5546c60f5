/** Two builds unit by unit: one partition of the union, so that the counts add up. */
import { canonical } from '@bootgraph/build-graph'
import type pg from 'pg'
import type { Static } from 'typebox'
import type { CompareClass, compareBuilds } from '../contract/build.ts'
import { buildOf } from './build-view.ts'
import { gapRef, UNIT_COLUMNS, type UnitRow } from './unit-view.ts'

type Comparison = Static<NonNullable<(typeof compareBuilds)['answer']>>
const CLASSES: readonly CompareClass[] = [
  'newly-failing',
  'newly-passing',
  'still-failing',
  'still-passing',
  'only-a',
  'only-b',
  'not-comparable',
]

/** With `linkages: static-dynamic` a unit of one linkage is held against its twin of the other. */
export async function compare(
  pool: pg.Pool,
  a: string,
  b: string,
  query: { linkages?: 'same' | 'static-dynamic'; class?: CompareClass },
): Promise<Comparison> {
  const [left, right] = [await buildOf(pool, a), await buildOf(pool, b)]
  const twins = query.linkages === 'static-dynamic'
  const key = ({ id, linkage }: UnitRow): string => (twins && linkage !== null ? id.replace(linkage, '*') : id)
  const side = async (build: string, linkage: string) => {
    const { rows } = await pool.query<UnitRow>(
      `SELECT ${UNIT_COLUMNS} FROM unit u WHERE u.build = $1 AND ($2::text IS NULL OR u.linkage IS NULL OR u.linkage = $2) ORDER BY u.position, u.id`,
      [build, twins ? linkage : null],
    )
    return new Map(rows.map((row) => [key(row), row]))
  }
  const [of, other] = [await side(a, 'static'), await side(b, 'dynamic')]
  const units = [...new Set([...of.keys(), ...other.keys()])].map((id) => {
    const [x, y] = [of.get(id), other.get(id)]
    return { name: (x ?? y)!.name, class: classOf(x, y), ...(x ? { a: shown(x) } : {}), ...(y ? { b: shown(y) } : {}) }
  })
  const counts = Object.fromEntries(CLASSES.map((word) => [word, units.filter((unit) => unit.class === word).length])) as Record<
    CompareClass,
    number
  >
  return {
    a: left,
    b: right,
    differ: differences(left.request, right.request),
    counts: { total: units.length, ...counts },
    units: query.class === undefined ? units : units.filter((unit) => unit.class === query.class),
  }
}

const passed = (row: UnitRow): boolean => row.state === 'built' || row.state === 'cached'
const failed = (row: UnitRow): boolean => row.state === 'failed' || row.state === 'blocked'

function classOf(a: UnitRow | undefined, b: UnitRow | undefined): CompareClass {
  if (a === undefined) return 'only-b'
  if (b === undefined) return 'only-a'
  if (passed(a) && passed(b)) return 'still-passing'
  if (failed(a) && failed(b)) return 'still-failing'
  if (passed(a) && failed(b)) return 'newly-failing'
  return failed(a) && passed(b) ? 'newly-passing' : 'not-comparable'
}

function shown({ id, state, stoppedBy, milliseconds }: UnitRow) {
  return {
    unit: id,
    state,
    ...(stoppedBy === null ? {} : { gap: gapRef(stoppedBy) }),
    ...(milliseconds === null ? {} : { milliseconds }),
  }
}

function differences(a: object, b: object): { name: string; a: string; b: string }[] {
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const text = (value: unknown): string => (typeof value === 'string' ? value : canonical(value ?? ''))
  return [...new Set([...Object.keys(x), ...Object.keys(y)])]
    .sort()
    .filter((name) => text(x[name]) !== text(y[name]))
    .map((name) => ({ name, a: text(x[name]), b: text(y[name]) }))
}
