/** The ladder as builds left it: a rung is as good as its steps in the newest build that made them. */
import type { Linkage } from '@bootgraph/build-graph'
import { ABOVE, PLANNED_STAGES, RUNGS } from '@bootgraph/rustc-bootstrap'
import type pg from 'pg'
import type { Static } from 'typebox'
import type { ladderHistory, RungState, showLadder } from '../contract/ladder.ts'
import { lastSequence } from '../domain/events.ts'
import { gapRef, UNIT_COLUMNS, type UnitRow } from './unit-view.ts'

type Ladder = Static<NonNullable<(typeof showLadder)['answer']>>
type History = Static<NonNullable<(typeof ladderHistory)['answer']>>
type Cell = Ladder['rungs'][number]['static']
type Verdict = Ladder['verdicts'][number]

/** What must be equal for rungs to stand side by side; all that are absent are free. */
interface Choice {
  readonly surface?: string
  readonly mode?: string
  readonly toolchain?: string
}

export interface LadderQuery extends Choice {
  readonly build?: string
}

interface LadderBuild {
  readonly id: string
  readonly stage: string
  readonly state: string
  readonly at: string
  readonly surface: string
  readonly mode: 'strict' | 'bridge'
  readonly toolchain: string
  readonly image: string
  readonly linkages: readonly Linkage[]
}

/** What one linkage's rungs are read from. */
interface Column {
  readonly linkage: Linkage
  /** Newest first, one of each stage. */
  readonly builds: readonly LadderBuild[]
}

const LINKAGES: readonly Linkage[] = ['static', 'dynamic']
const ALL: readonly Pick<Ladder['rungs'][number], 'id' | 'title' | 'needs' | 'command'>[] = [
  ...RUNGS.map(({ id, title, needs, steps }) => ({
    id,
    title,
    needs: [...needs],
    command: steps.map(({ command }) => command.join(' ')).join('\n'),
  })),
  ...ABOVE.map(({ rung, title, needs }) => ({ id: rung, title, needs: [...needs], command: '' })),
]
/** Rungs that another build than the ladder's makes: there they are planned, but never run. */
const ELSEWHERE = ABOVE.flatMap(({ rung, builtBy }) => (builtBy === undefined ? [] : [rung]))
/** Builds that a history is made of. */
const BUILDS = 500

export async function ladderOf(pool: pg.Pool, query: LadderQuery): Promise<Ladder> {
  const asOf = await lastSequence(pool)
  const newest = await newestBuild(pool, query)
  const builds = newest && query.build === undefined ? await buildsOf(pool, newest) : newest ? [newest] : []
  const [ofStatic, ofDynamic] = [columnOf(builds, 'static'), columnOf(builds, 'dynamic')]
  const columns = [ofStatic, ofDynamic]
  const { rows: images } = await pool.query<{ digest: string }>('SELECT digest FROM node_image ORDER BY registered_at DESC LIMIT 1')
  const units = await rungUnits(pool, columns)
  return {
    asOf,
    complete: newest !== undefined && columns.every((column) => (mainBuild(column) ?? newest).state === 'ended'),
    ...(newest
      ? {
          build: newest.id,
          measuredAt: newest.at,
          surface: newest.surface,
          mode: newest.mode,
          toolchain: newest.toolchain,
          image: newest.image,
        }
      : {}),
    ...(images[0] ? { currentImage: images[0].digest } : {}),
    verdicts: columns.flatMap((column) => verdictOf(column, units)),
    rungs: ALL.map((rung) => ({ ...rung, static: cellOf(rung.id, ofStatic, units), dynamic: cellOf(rung.id, ofDynamic, units) })),
  }
}

/** Builds of one mode and toolchain, on the axis `build` of one surface, too: those that were asked for, else the newest build's. */
export async function historyOf(pool: pg.Pool, query: Choice & { axis?: 'build' | 'surface'; limit?: number }): Promise<History> {
  const axis = query.axis ?? 'build'
  const newest = await newestBuild(pool, query)
  const found = newest ? await buildsOf(pool, axis === 'build' ? newest : { ...query, mode: newest.mode, toolchain: newest.toolchain }) : []
  const builds = found.filter(({ state }) => state !== 'cancelled')
  const limit = query.limit ?? 50
  const points =
    axis === 'build'
      ? builds
          .slice(0, limit)
          .map((build, i) => ({ build, columns: build.linkages.map((linkage) => columnOf(builds.slice(i), linkage)) }))
          .reverse()
      : [...new Set(builds.map((build) => build.surface))]
          .sort()
          .slice(0, limit)
          .map((date) => builds.filter((build) => build.surface === date))
          .map((all) => ({ build: all[0]!, columns: LINKAGES.map((linkage) => columnOf(all, linkage)) }))
  const units = await rungUnits(
    pool,
    points.flatMap(({ columns }) => columns),
  )
  return {
    axis,
    points: points.map(({ build, columns }) => ({
      build: build.id,
      at: build.at,
      surface: build.surface,
      mode: build.mode,
      image: build.image,
      complete: build.state === 'ended',
      verdicts: columns.flatMap((column) => verdictOf(column, units)),
    })),
  }
}

/** A build that was cancelled before any of its rungs ended says nothing. */
const BUILD = `SELECT b.id, b.target AS stage, b.state, coalesce(b.ended_at, b.created_at) AS at, b.surface_date AS surface,
  b.request->>'mode' AS mode, b.request->>'toolchain' AS toolchain, b.inputs->>'image' AS image, b.request->'linkage' AS linkages
  FROM build b WHERE b.target = ANY($1) AND NOT b.request ? 'rungs' AND b.inputs IS NOT NULL
    AND ($2::text IS NULL OR b.request->>'surface' = $2 OR b.surface_date = $2) AND ($3::text IS NULL OR b.request->>'mode' = $3)
    AND ($4::text IS NULL OR b.request->>'toolchain' = $4) AND (b.state <> 'cancelled' OR EXISTS
      (SELECT 1 FROM unit u WHERE u.build = b.id AND u.rung IS NOT NULL AND u.state IN ('built', 'cached', 'failed')))`

const wanted = ({ surface, mode, toolchain }: Choice) => [PLANNED_STAGES, surface ?? null, mode ?? null, toolchain ?? null]

/** Whose choices count where none were made: the newest of the ladder, of another stage if there is none. */
async function newestBuild(pool: pg.Pool, query: LadderQuery): Promise<LadderBuild | undefined> {
  const { rows } = await pool.query<LadderBuild>(
    `${BUILD} AND ($5::text IS NULL OR b.id = $5) ORDER BY b.target = 'ladder' DESC, b.created_at DESC LIMIT 1`,
    [...wanted(query), query.build ?? null],
  )
  return rows[0]
}

/** Newest first. */
async function buildsOf(pool: pg.Pool, choice: Choice): Promise<readonly LadderBuild[]> {
  return (await pool.query<LadderBuild>(`${BUILD} ORDER BY b.created_at DESC LIMIT ${BUILDS}`, wanted(choice))).rows
}

function columnOf(builds: readonly LadderBuild[], linkage: Linkage): Column {
  const own = builds.filter(({ linkages }) => linkages.includes(linkage))
  return { linkage, builds: own.filter(({ stage }, i) => own.findIndex((other) => other.stage === stage) === i) }
}

/** The one that most rungs are of. */
const mainBuild = ({ builds }: Column): LadderBuild | undefined => builds.find(({ stage }) => stage === 'ladder') ?? builds[0]

async function rungUnits(pool: pg.Pool, columns: readonly Column[]): Promise<readonly UnitRow[]> {
  const builds = new Set(columns.flatMap((column) => column.builds.map(({ id }) => id)))
  const { rows } = await pool.query<UnitRow>(
    `SELECT ${UNIT_COLUMNS} FROM unit u WHERE u.build = ANY($1) AND u.rung IS NOT NULL AND NOT (u.stage = 'above' AND u.rung = ANY($2))
     ORDER BY u.position`,
    [[...builds], ELSEWHERE],
  )
  return rows
}

function cellOf(rung: string, { linkage, builds }: Column, units: readonly UnitRow[]): Cell {
  const none = { cached: false, units: [] }
  if (RUNGS.some(({ id, linkages }) => id === rung && !linkages.includes(linkage)))
    return { ...none, state: 'not-applicable', message: `has no meaning where the compiler is ${linkage}` }
  const own = units.filter((unit) => unit.rung === rung && unit.linkage === linkage)
  const build = builds.find(({ id }) => own.some((unit) => unit.build === id))?.id
  if (build === undefined) {
    const waits = ABOVE.find((above) => above.rung === rung)?.unavailable
    return { ...none, state: 'not-run', ...(waits ? { message: waits } : {}) }
  }
  const steps = own.filter((unit) => unit.build === build)
  const stopped = steps.find(({ state }) => state === 'failed') ?? steps.find(({ state }) => state === 'blocked')
  const times = steps.flatMap(({ milliseconds }) => (milliseconds === null ? [] : [milliseconds]))
  const behind = stopped?.blockedBy ? units.find((unit) => unit.build === build && unit.id === stopped.blockedBy) : undefined
  return {
    state: stateOf(steps),
    build,
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

/** None for a linkage that no build asked for. */
function verdictOf(column: Column, units: readonly UnitRow[]): Verdict[] {
  const build = mainBuild(column)
  if (build === undefined) return []
  const cells = ALL.map(({ id }) => ({ id, cell: cellOf(id, column, units) })).filter(({ cell }) => cell.state !== 'not-applicable')
  const reached = cells.findLast(({ cell }) => cell.state === 'passed' || cell.state === 'failed')
  const stopper = cells.find(({ cell }) => cell.state === 'failed' && cell.gap)
  return [
    {
      linkage: column.linkage,
      passed: cells.filter(({ cell }) => cell.state === 'passed').length,
      of: cells.length,
      ...(reached ? { reached: reached.id } : {}),
      ...(stopper?.cell.gap ? { stoppedBy: stopper.cell.gap } : {}),
      build: build.id,
      measuredAt: build.at,
      image: build.image,
    },
  ]
}
