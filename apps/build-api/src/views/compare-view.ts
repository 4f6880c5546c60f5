/** Two builds unit by unit: one partition of the union, so that the counts add up. */
import { canonical, type Linkage } from '@bootgraph/build-graph'
import type pg from 'pg'
import type { Static } from 'typebox'
import type { CompareClass, compareBuilds } from '../contract/build.ts'
import { buildOf } from './build-view.ts'
import { gapRef, UNIT_COLUMNS, type UnitRow } from './unit-view.ts'

type Comparison = Static<NonNullable<(typeof compareBuilds)['answer']>>
const CLASSES: readonly CompareClass[] = ['newly-failing', 'newly-passing', 'still-failing', 'still-passing', 'not-run', 'only-a', 'only-b']

interface ComparedRow extends UnitRow {
  /** Milliseconds that its node's process computed. */
  readonly cpu: number | null
}

interface Side {
  readonly build: string
  /** Undefined: of both. */
  readonly linkage: Linkage | undefined
}

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
  const byKey = (rows: readonly ComparedRow[]) => new Map(rows.map((row) => [key(row), row]))
  const side = (build: string, linkage: Linkage): Side => ({ build, linkage: twins ? linkage : undefined })
  const [mine, theirs] = [side(a, 'static'), side(b, 'dynamic')]
  const [of, other] = [byKey(await rowsOf(pool, mine)), byKey(await rowsOf(pool, theirs))]
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
    differ: differences(
      { ...left.request, ...(twins ? { linkage: 'static' } : {}) },
      { ...right.request, ...(twins ? { linkage: 'dynamic' } : {}) },
    ),
    counts: { total: units.length, ...counts },
    gaps: await gapsOf(pool, mine, theirs),
    cpu: cpuOf(of, other),
    units: query.class === undefined ? units : units.filter((unit) => unit.class === query.class),
  }
}

async function rowsOf(pool: pg.Pool, { build, linkage }: Side): Promise<readonly ComparedRow[]> {
  const { rows } = await pool.query<ComparedRow>(
    `SELECT ${UNIT_COLUMNS}, (t.result->'measured'->'time'->>'cpu')::float8 AS cpu
     FROM unit u LEFT JOIN attempt t ON t.build = u.build AND t.unit = u.id AND t.number = u.attempt
     WHERE u.build = $1 AND ($2::text IS NULL OR u.linkage IS NULL OR u.linkage = $2) ORDER BY u.position, u.id`,
    [build, linkage ?? null],
  )
  return rows
}

async function gapsOf(pool: pg.Pool, a: Side, b: Side): Promise<Comparison['gaps']> {
  const met = async ({ build, linkage }: Side): Promise<readonly string[]> => {
    const { rows } = await pool.query<{ gap: string }>(
      `SELECT DISTINCT o.gap FROM unit u JOIN gap_occurrence o ON o.build = u.build AND o.unit = u.id AND o.attempt = u.attempt
       WHERE u.build = $1 AND ($2::text IS NULL OR u.linkage IS NULL OR u.linkage = $2) ORDER BY o.gap`,
      [build, linkage ?? null],
    )
    return rows.map(({ gap }) => gap)
  }
  const [ofA, ofB] = [await met(a), await met(b)]
  return {
    onlyA: ofA.filter((gap) => !ofB.includes(gap)).map(gapRef),
    onlyB: ofB.filter((gap) => !ofA.includes(gap)).map(gapRef),
    both: ofA.filter((gap) => ofB.includes(gap)).length,
  }
}

function cpuOf(a: ReadonlyMap<string, ComparedRow>, b: ReadonlyMap<string, ComparedRow>): Comparison['cpu'] {
  const pairs = [...a].flatMap(([key, { cpu: mine }]) => {
    const theirs = b.get(key)?.cpu ?? null
    return mine === null || theirs === null ? [] : [{ mine, theirs }]
  })
  return {
    units: pairs.length,
    a: pairs.reduce((sum, { mine }) => sum + mine, 0),
    b: pairs.reduce((sum, { theirs }) => sum + theirs, 0),
  }
}

const passed = (row: UnitRow): boolean => row.state === 'built' || row.state === 'cached'
const ran = (row: UnitRow): boolean => passed(row) || row.state === 'failed'

function classOf(a: UnitRow | undefined, b: UnitRow | undefined): CompareClass {
  if (a === undefined) return 'only-b'
  if (b === undefined) return 'only-a'
  if (!ran(a) || !ran(b)) return 'not-run'
  if (passed(a)) return passed(b) ? 'still-passing' : 'newly-failing'
  return passed(b) ? 'newly-passing' : 'still-failing'
}

function shown({ id, linkage, state, stoppedBy, milliseconds }: UnitRow) {
  return {
    unit: id,
    ...(linkage === null ? {} : { linkage }),
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
