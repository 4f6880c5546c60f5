/** What each gap holds up, exactly: over the newest run of every line of work, through the edges of its build. */
import type pg from 'pg'

export interface PictureFilter {
  readonly build?: string
  readonly surface?: string
  readonly linkage?: string
}

export interface GapWeight {
  /** Units that met it, and of these those that it stopped. */
  readonly units: number
  readonly stops: number
  /** Distinct units stopped by it or behind one that is; of these, those that no other failure holds up. */
  readonly blocks: number
  readonly freesAlone: number
  readonly rungs: readonly string[]
  readonly linkages: readonly ('static' | 'dynamic')[]
  readonly called: boolean
  readonly surfaces: readonly string[]
}

export interface HeldUnit {
  readonly build: string
  readonly unit: string
  readonly name: string
  readonly by: 'stopped' | 'behind'
}

interface Unit {
  readonly build: string
  readonly id: string
  readonly name: string
  readonly state: string
  readonly rung: string | null
  readonly linkage: 'static' | 'dynamic' | null
  readonly stoppedBy: string | null
  readonly blockedBy: string | null
}

interface Met {
  readonly gap: string
  readonly build: string
  readonly unit: string
  readonly called: boolean
  readonly surface: string
}

/** Builds that the picture is taken from, newest first. */
const BUILDS = 200

export interface Picture {
  readonly weights: ReadonlyMap<string, GapWeight>
  held(gap: string): readonly HeldUnit[]
  /** Distinct units that have failed or are blocked. */
  readonly unitsBlocked: number
}

export async function takePicture(pool: pg.Pool, filter: PictureFilter): Promise<Picture> {
  const { rows: units } = await pool.query<Unit>(
    `WITH recent AS (
       SELECT id, created_at, surface_date FROM build WHERE state <> 'cancelled' AND ($1::text IS NULL OR id = $1)
         AND ($2::text IS NULL OR surface_date = $2 OR request->>'surface' = $2) ORDER BY created_at DESC LIMIT ${BUILDS})
     SELECT DISTINCT ON (u.line) u.build, u.id, u.name, u.state, u.rung, u.linkage, u.stopped_by AS "stoppedBy", u.blocked_by AS "blockedBy"
     FROM unit u JOIN recent b ON b.id = u.build
     WHERE u.state IN ('built', 'cached', 'failed', 'blocked') AND u.made IS NULL AND ($3::text IS NULL OR u.linkage = $3)
     ORDER BY u.line, b.surface_date DESC, b.created_at DESC`,
    [filter.build ?? null, filter.surface ?? null, filter.linkage ?? null],
  )
  const { rows: met } = await pool.query<Met>(
    `SELECT o.gap, o.build, o.unit, bool_or(o.content->>'found' = 'call') AS called, min(o.surface) AS surface
     FROM jsonb_to_recordset($1) AS w(build text, id text) JOIN unit u ON u.build = w.build AND u.id = w.id
     JOIN gap_occurrence o ON o.build = u.build AND o.unit = u.id AND o.attempt = u.attempt GROUP BY o.gap, o.build, o.unit`,
    [JSON.stringify(units.map(({ build, id }) => ({ build, id })))],
  )
  const children = await blockedChildren(pool, [...new Set(units.filter(({ state }) => state === 'failed').map(({ build }) => build))])
  return weigh(units, met, children)
}

const keyOf = (build: string, unit: string): string => `${build}/${unit}`

async function blockedChildren(pool: pg.Pool, builds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await pool.query<{ build: string; dependency: string; child: string }>(
    `SELECT e.build, e.dependency, e.child FROM edge e JOIN unit u ON u.build = e.build AND u.id = e.child
     WHERE e.build = ANY($1) AND u.state = 'blocked'`,
    [builds],
  )
  const children = new Map<string, string[]>()
  for (const { build, dependency, child } of rows) {
    const key = keyOf(build, dependency)
    const list = children.get(key)
    if (list) list.push(keyOf(build, child))
    else children.set(key, [keyOf(build, child)])
  }
  return children
}

function weigh(units: readonly Unit[], met: readonly Met[], children: ReadonlyMap<string, readonly string[]>): Picture {
  const byKey = new Map(units.map((unit) => [keyOf(unit.build, unit.id), unit]))
  const held = new Map<string, Map<string, 'stopped' | 'behind'>>()
  /** Gaps that hold a unit up; '' for a failure that no gap explains. */
  const holders = new Map<string, Set<string>>()
  for (const unit of units) {
    if (unit.state !== 'failed') continue
    const gap = unit.stoppedBy ?? ''
    const own = keyOf(unit.build, unit.id)
    const mine = held.get(gap) ?? new Map<string, 'stopped' | 'behind'>()
    held.set(gap, mine)
    mine.set(own, 'stopped')
    for (const key of [own, ...behind(own, children)]) {
      if (!mine.has(key)) mine.set(key, 'behind')
      const gaps = holders.get(key)
      if (gaps) gaps.add(gap)
      else holders.set(key, new Set([gap]))
    }
  }
  const weights = new Map<string, GapWeight>()
  const byGap = new Map<string, Met[]>()
  for (const row of met) byGap.set(row.gap, [...(byGap.get(row.gap) ?? []), row])
  for (const [gap, rows] of byGap) {
    const mine = held.get(gap) ?? new Map<string, string>()
    const meeting = rows.flatMap(({ build, unit }) => byKey.get(keyOf(build, unit)) ?? [])
    weights.set(gap, {
      units: rows.length,
      stops: [...mine.values()].filter((by) => by === 'stopped').length,
      blocks: mine.size,
      freesAlone: [...mine.keys()].filter((key) => holders.get(key)!.size === 1).length,
      rungs: distinct(meeting.flatMap(({ rung }) => rung ?? [])),
      linkages: distinct(meeting.flatMap(({ linkage }) => linkage ?? [])),
      called: rows.some(({ called }) => called),
      surfaces: distinct(rows.map(({ surface }) => surface)),
    })
  }
  return {
    weights,
    unitsBlocked: holders.size,
    held: (gap) =>
      [...(held.get(gap) ?? [])].map(([key, by]) => {
        const [build, unit] = key.split('/') as [string, string]
        return { build, unit, name: byKey.get(key)?.name ?? unit, by }
      }),
  }
}

function behind(start: string, children: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>()
  const open = [...(children.get(start) ?? [])]
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue
    found.add(key)
    open.push(...(children.get(key) ?? []))
  }
  return found
}

const distinct = <T extends string>(words: readonly T[]): T[] => [...new Set(words)].sort()
