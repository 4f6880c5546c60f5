/**
 * Gaps met by units: one row per key for ever, an occurrence for each time a unit of a build met it. A gap is open while the
 * newest run of any line of work meets it; it closes when a good run under the same or a newer surface does without it.
 */
import { gapKey } from '@bootgraph/build-graph'
import type pg from 'pg'
import type { Ended } from './end-units.ts'
import type { NewEvent } from './events.ts'

/** Records what results name as missing, for every unit that ended with them; gives what changed. */
export async function recordGaps(client: pg.PoolClient, ended: readonly Ended[]): Promise<NewEvent[]> {
  if (ended.length === 0) return []
  const met = ended.flatMap(({ build, unit, attempt, outcome }) =>
    outcome.gaps.map((gap) => {
      const { truth, component, kind, name, occurrences } = gap
      return { key: gapKey(gap), truth, component, kind, name, occurrences, build, unit, attempt }
    }),
  )
  const opened = met.length > 0 ? await recordOccurrences(client, met) : []
  const returned = met.length > 0 ? await openLines(client, met) : []
  const closed = await closeLines(client, ended, met)
  return [
    ...opened.map((key) => ({ key, what: 'opened' })),
    ...returned.filter((key) => !opened.includes(key)).map((key) => ({ key, what: 'returned' })),
    ...closed.map((key) => ({ key, what: 'closed' })),
  ].map((data) => ({ type: 'gap', data }))
}

interface Met {
  readonly key: string
  readonly build: string
  readonly unit: string
}

/** Keys that nobody had met before. Rows in the order of their keys, so that two results cannot wait for each other. */
async function recordOccurrences(client: pg.PoolClient, met: readonly Met[]): Promise<readonly string[]> {
  const said = JSON.stringify(met)
  const { rows } = await client.query<{ key: string; fresh: boolean }>(
    `INSERT INTO gap (key, truth, component, kind, name)
     SELECT DISTINCT key, truth, component, kind, name
     FROM jsonb_to_recordset($1) AS g(key text, truth text, component text, kind text, name text) ORDER BY key
     ON CONFLICT (key) DO UPDATE SET last_seen = now() RETURNING key, (xmax = 0) AS fresh`,
    [said],
  )
  await client.query(
    `INSERT INTO gap_occurrence (gap, build, unit, attempt, surface, content)
     SELECT g.key, g.build, g.unit, g.attempt, b.surface_date, o.value
     FROM jsonb_to_recordset($1) AS g(key text, build text, unit text, attempt int, occurrences jsonb)
     JOIN build b ON b.id = g.build, jsonb_array_elements(g.occurrences) AS o(value)`,
    [said],
  )
  return rows.filter(({ fresh }) => fresh).map(({ key }) => key)
}

/** Keys that had been closed. */
async function openLines(client: pg.PoolClient, met: readonly Met[]): Promise<readonly string[]> {
  const keys = met.map(({ key, build, unit }) => ({ key, build, unit }))
  await client.query(
    `INSERT INTO gap_line (gap, line, surface, open)
     SELECT DISTINCT ON (m.key, u.line) m.key, u.line, b.surface_date, true
     FROM jsonb_to_recordset($1) AS m(key text, build text, unit text)
     JOIN unit u ON u.build = m.build AND u.id = m.unit JOIN build b ON b.id = m.build
     ORDER BY m.key, u.line, b.surface_date DESC
     ON CONFLICT (gap, line) DO UPDATE SET open = true, surface = excluded.surface WHERE gap_line.surface <= excluded.surface`,
    [JSON.stringify(keys)],
  )
  const { rows } = await client.query<{ key: string }>(
    `UPDATE gap SET closed_at = NULL WHERE key = ANY($1) AND closed_at IS NOT NULL
     AND EXISTS (SELECT 1 FROM gap_line l WHERE l.gap = gap.key AND l.open) RETURNING key`,
    [[...new Set(met.map(({ key }) => key))]],
  )
  return rows.map(({ key }) => key)
}

/** Keys that no line meets any more. */
async function closeLines(client: pg.PoolClient, ended: readonly Ended[], met: readonly Met[]): Promise<readonly string[]> {
  const good = ended.filter(({ state }) => state !== 'failed').map(({ build, unit }) => ({ build, unit }))
  if (good.length === 0) return []
  const { rows } = await client.query<{ gap: string }>(
    `WITH good AS (
       SELECT u.line, b.surface_date AS surface, u.build, u.id FROM jsonb_to_recordset($1) AS g(build text, unit text)
       JOIN unit u ON u.build = g.build AND u.id = g.unit JOIN build b ON b.id = g.build)
     UPDATE gap_line SET open = false, surface = good.surface FROM good
     WHERE gap_line.line = good.line AND gap_line.open AND gap_line.surface <= good.surface
       AND NOT EXISTS (SELECT 1 FROM jsonb_to_recordset($2) AS m(key text, build text, unit text)
                       WHERE m.key = gap_line.gap AND m.build = good.build AND m.unit = good.id)
     RETURNING gap_line.gap`,
    [JSON.stringify(good), JSON.stringify(met.map(({ key, build, unit }) => ({ key, build, unit })))],
  )
  if (rows.length === 0) return []
  const keys = [...new Set(rows.map(({ gap }) => gap))]
  // Two lines of one gap may close at once: whoever comes second must see that the first is closed.
  await client.query('SELECT 1 FROM gap WHERE key = ANY($1) ORDER BY key FOR UPDATE', [keys])
  const { rows: closed } = await client.query<{ key: string }>(
    `UPDATE gap SET closed_at = now() WHERE key = ANY($1) AND closed_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM gap_line l WHERE l.gap = gap.key AND l.open) RETURNING key`,
    [keys],
  )
  return closed.map(({ key }) => key)
}
