/** Gaps met by units: one row per key for ever, and an occurrence for each time a unit of a build met it. */
import { type Gap, gapKey } from '@bootgraph/build-graph'
import type pg from 'pg'

export interface MetBy {
  readonly build: string
  readonly id: string
  readonly attempt: number
}

/** Records what an action's result names as missing, for every unit that ended with this result. */
export async function recordGaps(client: pg.PoolClient, action: string, units: readonly MetBy[], gaps: readonly Gap[]): Promise<void> {
  if (gaps.length === 0 || units.length === 0) return
  const rows = gaps.map((gap) => {
    const { truth, component, kind, name, occurrences } = gap
    return { key: gapKey(gap), truth, component, kind, name, occurrences }
  })
  // In the order of their keys, so that two results with the same gaps cannot wait for each other.
  await client.query(
    `INSERT INTO gap (key, truth, component, kind, name)
     SELECT DISTINCT key, truth, component, kind, name
     FROM jsonb_to_recordset($1) AS g(key text, truth text, component text, kind text, name text) ORDER BY key
     ON CONFLICT (key) DO UPDATE SET last_seen = now()`,
    [JSON.stringify(rows)],
  )
  await client.query(
    `INSERT INTO gap_occurrence (gap, build, unit, attempt, surface, content)
     SELECT g.key, u.build, u.id, u.attempt, coalesce(a.content->>'surface', ''), o.value
     FROM jsonb_to_recordset($1) AS g(key text, occurrences jsonb), jsonb_array_elements(g.occurrences) AS o(value),
          jsonb_to_recordset($2) AS u(build text, id text, attempt int), action a
     WHERE a.digest = $3`,
    [JSON.stringify(rows), JSON.stringify(units), action],
  )
}
