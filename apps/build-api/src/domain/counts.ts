/** Units of builds by state, as one consistent set. */
import type pg from 'pg'
import { UNIT_STATES } from '../contract/unit-shape.ts'

export type UnitStateName = (typeof UNIT_STATES)[number]
export type Counts = Readonly<Record<UnitStateName | 'total', number>>

export async function countsOf(db: pg.Pool | pg.PoolClient, builds: readonly string[]): Promise<ReadonlyMap<string, Counts>> {
  const { rows } = await db.query<{ build: string; state: UnitStateName; n: number }>(
    'SELECT build, state, count(*)::int AS n FROM unit WHERE build = ANY($1) GROUP BY build, state',
    [builds],
  )
  const none = Object.fromEntries(['total', ...UNIT_STATES].map((word) => [word, 0])) as Counts
  const all = new Map<string, Counts>(builds.map((build) => [build, none]))
  for (const { build, state, n } of rows) {
    const before = all.get(build)!
    all.set(build, { ...before, [state]: n, total: before.total + n })
  }
  return all
}

export async function counts(db: pg.Pool | pg.PoolClient, build: string): Promise<Counts> {
  return (await countsOf(db, [build])).get(build)!
}
