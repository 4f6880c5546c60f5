/** The ladder as a build of it stands: a rung is as good as its steps. */
import type { Linkage } from '@bootgraph/build-graph'
import { RUNGS } from '@bootgraph/rustc-bootstrap'
import type pg from 'pg'
import type { Static } from 'typebox'
import type { ladderHistory, RungState, showLadder } from '../contract/ladder.ts'
import { lastSequence } from '../domain/events.ts'
import { gapRef, UNIT_COLUMNS, type UnitRow } from './unit-view.ts'

type Ladder = Static<NonNullable<(typeof showLadder)['answer']>>
type Cell = Ladder['rungs'][number]['static']
type Verdict = Ladder['verdicts'][number]
export interface LadderQuery {
  readonly surface?: string
  readonly mode?: string
  readonly toolchain?: string
  readonly build?: string
}

interface LadderBuild {
  readonly id: string
  readonly state: string
  readonly at: string
  readonly surface: string
  readonly mode: 'strict' | 'bridge'
  readonly toolchain: string
  readonly image: string
  readonly linkages: Linkage[]
}

const BUILD = `SELECT b.id, b.state, coalesce(b.ended_at, b.created_at) AS at, b.surface_date AS surface, b.request->>'mode' AS mode,
  b.request->>'toolchain' AS toolchain, b.inputs->>'image' AS image, b.request->'linkage' AS linkages
  FROM build b WHERE b.target = 'ladder' AND NOT b.request ? 'rungs' AND b.inputs IS NOT NULL
    AND ($1::text IS NULL OR b.request->>'surface' = $1 OR b.surface_date = $1) AND ($2::text IS NULL OR b.request->>'mode' = $2)
    AND ($3::text IS NULL OR b.request->>'toolchain' = $3)`

export async function ladderOf(pool: pg.Pool, query: LadderQuery): Promise<Ladder> {
  const asOf = await lastSequence(pool)
  const { rows } = await pool.query<LadderBuild>(`${BUILD} AND ($4::text IS NULL OR b.id = $4) ORDER BY b.created_at DESC LIMIT 1`, [
    query.surface ?? null,
    query.mode ?? null,
    query.toolchain ?? null,
    query.build ?? null,
  ])
  const build = rows[0]
  const { rows: images } = await pool.query<{ digest: string }>('SELECT digest FROM node_image ORDER BY registered_at DESC LIMIT 1')
  const units = build ? await rungUnits(pool, [build.id]) : []
  const rungs = rungsOf(units).map((rung) => ({
    ...rung,
    static: cellOf(rung.id, 'static', units, build),
    dynamic: cellOf(rung.id, 'dynamic', units, build),
  }))
  return {
    asOf,
    complete: build !== undefined && build.state === 'ended',
    ...(build
      ? { build: build.id, measuredAt: build.at, surface: build.surface, mode: build.mode, toolchain: build.toolchain, image: build.image }
      : {}),
    ...(images[0] ? { currentImage: images[0].digest } : {}),
    verdicts: (['static', 'dynamic'] as const).map((linkage) => verdictOf(linkage, rungs)),
    rungs,
  }
}

export async function historyOf(
  pool: pg.Pool,
  query: LadderQuery & { axis?: 'build' | 'surface'; limit?: number },
): Promise<Static<NonNullable<(typeof ladderHistory)['answer']>>> {
  const axis = query.axis ?? 'build'
  const order = axis === 'build' ? 'created_at DESC' : 'surface_date, created_at DESC'
  const { rows: found } = await pool.query<LadderBuild>(
    `SELECT ${axis === 'surface' ? 'DISTINCT ON (surface)' : ''} * FROM (${BUILD} AND b.state <> 'cancelled' ORDER BY b.${order} LIMIT 500) l
     ORDER BY ${axis === 'surface' ? 'surface, at DESC' : 'at DESC'} LIMIT $4`,
    [query.surface ?? null, query.mode ?? null, query.toolchain ?? null, query.limit ?? 50],
  )
  const builds = axis === 'build' ? [...found].reverse() : found
  const units = await rungUnits(
    pool,
    builds.map(({ id }) => id),
  )
  return {
    axis,
    points: builds.map((build) => {
      const own = units.filter((unit) => unit.build === build.id)
      const rungs = rungsOf(own).map(({ id }) => ({
        id,
        static: cellOf(id, 'static', own, build),
        dynamic: cellOf(id, 'dynamic', own, build),
      }))
      return {
        build: build.id,
        at: build.at,
        surface: build.surface,
        mode: build.mode,
        image: build.image,
        complete: build.state === 'ended',
        verdicts: (['static', 'dynamic'] as const).map((linkage) => verdictOf(linkage, rungs)),
      }
    }),
  }
}

async function rungUnits(pool: pg.Pool, builds: readonly string[]): Promise<readonly UnitRow[]> {
  const { rows } = await pool.query<UnitRow>(
    `SELECT ${UNIT_COLUMNS} FROM unit u WHERE u.build = ANY($1) AND u.rung IS NOT NULL ORDER BY u.position`,
    [builds],
  )
  return rows
}

/** The table's rungs, then those that only a plan knows. */
function rungsOf(units: readonly UnitRow[]): { id: string; title: string; needs: string[]; command: string }[] {
  const known = RUNGS.map((rung) => ({
    id: rung.id as string,
    title: rung.title,
    needs: [...rung.needs] as string[],
    command: rung.steps.map(({ command }) => command.join(' ')).join('\n'),
  }))
  const more = units
    .filter((unit, i) => !known.some(({ id }) => id === unit.rung) && units.findIndex(({ rung }) => rung === unit.rung) === i)
    .map((unit) => ({ id: unit.rung!, title: unit.name, needs: [], command: '' }))
  return [...known, ...more]
}

function cellOf(rung: string, linkage: Linkage, units: readonly UnitRow[], build: LadderBuild | undefined): Cell {
  const steps = units.filter((unit) => unit.rung === rung && unit.linkage === linkage)
  const table = RUNGS.find(({ id }) => id === rung)
  const none = { cached: false, units: [] }
  if (table && !table.linkages.includes(linkage))
    return { ...none, state: 'not-applicable', message: `has no meaning where the compiler is ${linkage}` }
  if (build === undefined || steps.length === 0) return { ...none, state: 'not-run' }
  const stopped = steps.find(({ state }) => state === 'failed') ?? steps.find(({ state }) => state === 'blocked')
  const state = stateOf(steps)
  const times = steps.flatMap(({ milliseconds }) => (milliseconds === null ? [] : [milliseconds]))
  const behind = stopped?.blockedBy ? units.find(({ id }) => id === stopped.blockedBy) : undefined
  return {
    state,
    cached: steps.every((step) => step.state === 'cached'),
    units: steps.map(({ id }) => id),
    ...(times.length > 0 ? { milliseconds: times.reduce((sum, time) => sum + time, 0) } : {}),
    ...(stopped?.message ? { message: stopped.message } : {}),
    ...(stopped?.stoppedBy ? { gap: gapRef(stopped.stoppedBy) } : {}),
    ...(behind?.rung ? { blockedBy: behind.rung } : {}),
  }
}

function stateOf(steps: readonly UnitRow[]): Static<typeof RungState> {
  const has = (...states: readonly string[]): boolean => steps.some(({ state }) => states.includes(state))
  if (has('failed')) return 'failed'
  if (has('blocked')) return 'blocked'
  if (has('cancelled')) return 'cancelled'
  if (has('running')) return 'running'
  return has('waiting', 'ready', 'queued') ? 'waiting' : 'passed'
}

function verdictOf(linkage: Linkage, rungs: readonly { id: string; static: Cell; dynamic: Cell }[]): Verdict {
  const cells = rungs.map((rung) => ({ id: rung.id, cell: rung[linkage] })).filter(({ cell }) => cell.state !== 'not-applicable')
  const reached = cells.findLast(({ cell }) => cell.state === 'passed' || cell.state === 'failed')
  const stopper = cells.find(({ cell }) => cell.state === 'failed' && cell.gap)
  return {
    linkage,
    passed: cells.filter(({ cell }) => cell.state === 'passed').length,
    of: cells.length,
    ...(reached ? { reached: reached.id } : {}),
    ...(stopper?.cell.gap ? { stoppedBy: stopper.cell.gap } : {}),
  }
}
