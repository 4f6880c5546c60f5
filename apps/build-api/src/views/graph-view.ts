/** A build's graph in columns. */
import type pg from 'pg'
import type { Static } from 'typebox'
import type { buildGraph } from '../contract/build.ts'
import type { UnitStateName } from '../domain/counts.ts'
import { lastSequence } from '../domain/events.ts'
import { ApiError } from '../errors.ts'

export async function graphOf(pool: pg.Pool, build: string): Promise<Static<NonNullable<(typeof buildGraph)['answer']>>> {
  const asOf = await lastSequence(pool)
  const { rows } = await pool.query<{ id: string; name: string; stage: string; kind: string; state: UnitStateName; expected: number }>(
    'SELECT id, name, stage, kind, state, expected FROM unit WHERE build = $1 ORDER BY position, id',
    [build],
  )
  if (rows.length === 0) throw new ApiError('not-found', 'no such build')
  const index = new Map(rows.map(({ id }, i) => [id, i]))
  const { rows: edges } = await pool.query<{ dependency: string; child: string }>(
    'SELECT dependency, child FROM edge WHERE build = $1 ORDER BY dependency, child',
    [build],
  )
  return {
    asOf,
    units: {
      id: rows.map((row) => row.id),
      name: rows.map((row) => row.name),
      stage: rows.map((row) => row.stage),
      kind: rows.map((row) => row.kind),
      state: rows.map((row) => row.state),
      expected: rows.map((row) => row.expected),
    },
    edges: { from: edges.map((edge) => index.get(edge.dependency)!), to: edges.map((edge) => index.get(edge.child)!) },
  }
}
