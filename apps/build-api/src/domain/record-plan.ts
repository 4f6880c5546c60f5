/** A plan becomes rows: the build, its units with the edges between them, and the actions that are known already. */
import {
  type Action,
  type ActionDraft,
  type ActionResult,
  actionDigest,
  type BuildRequest,
  type Digest,
  type PlanInputs,
  type UnitPlan,
} from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'
import { finish, outcomesWanted } from '@bootgraph/rustc-bootstrap'
import type pg from 'pg'
import { block, endBuild, settleWaiting } from './end-units.ts'
import { buildEvents, emit } from './events.ts'
import { distances } from './graph.ts'
import { outcomeOf, type WholeResults } from './outcome.ts'
import { type Note, transaction } from './transaction.ts'

export interface PlanDeps {
  readonly pool: pg.Pool
  readonly store: Store
  readonly whole: WholeResults
}

export interface NewBuild {
  readonly id: string
  readonly request: BuildRequest
  readonly inputs?: PlanInputs
  readonly surfaceDate: string
  readonly priority: number
  readonly triggeredBy: string
  readonly units: readonly UnitPlan[]
  /** More units are known when the queries among these have been answered. */
  readonly planning: boolean
}

/** Records a build. Units whose action has a good result, and that need nothing else, have ended with it. @throws PlanError */
export async function recordBuild(deps: PlanDeps, build: NewBuild, note?: Note): Promise<void> {
  const rows = await unitRows(deps, build.units, lineOf(build.request), 0)
  await transaction(deps.pool, async (client) => {
    await client.query(
      `INSERT INTO build (id, target, request, inputs, surface_date, planning, priority, triggered_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        build.id,
        build.request.stage,
        JSON.stringify(build.request),
        build.inputs ? JSON.stringify(build.inputs) : null,
        build.surfaceDate,
        build.planning,
        build.priority,
        build.triggeredBy,
      ],
    )
    await insertUnits(client, build.id, rows)
    const stuck = rows.filter(({ state }) => state === 'blocked').map(({ id }) => id)
    if (stuck.length > 0) await block(client, build.id, stuck)
    await endBuild(client, build.id)
    await emit(client, await buildEvents(client, [build.id]))
    await note?.(client)
  })
}

/** Adds the units that the answers to a build's queries made known. @throws PlanError */
export async function extendBuild(deps: PlanDeps, build: Pick<NewBuild, 'id' | 'request' | 'units'>): Promise<void> {
  const { rows: there } = await deps.pool.query<{ id: string }>('SELECT id FROM unit WHERE build = $1', [build.id])
  const known = new Set(there.map(({ id }) => id))
  const rows = await unitRows(deps, build.units, lineOf(build.request), known.size)
  await transaction(deps.pool, async (client) => {
    await insertUnits(
      client,
      build.id,
      // Those that were there may have ended since.
      rows.filter(({ id }) => !known.has(id)).map((row) => (row.state === 'ready' ? { ...row, state: 'waiting' } : row)),
    )
    await client.query('UPDATE build SET planning = false WHERE id = $1', [build.id])
    await settleWaiting(client, build.id)
    await emit(client, await buildEvents(client, [build.id]))
  })
}

/** What recording would find: nothing is written. @throws PlanError */
export async function previewOf(
  deps: PlanDeps,
  { units, request }: Pick<NewBuild, 'units' | 'request'>,
): Promise<{
  total: number
  cached: number
  unavailable: number
  expected: number
  units: { id: string; name: string; stage: string; needs: string[]; expected: number; unavailable?: string }[]
}> {
  const rows = await unitRows(deps, units, lineOf(request), 0)
  return {
    total: rows.length,
    cached: rows.filter(({ state }) => state === 'cached').length,
    unavailable: rows.filter(({ unavailable }) => unavailable !== undefined).length,
    expected: rows.reduce((most, { distance }) => Math.max(most, distance), 0),
    units: rows.map(({ id, name, stage, needs, expected, unavailable }) => ({
      id,
      name,
      stage,
      needs: [...needs],
      expected,
      ...(unavailable === undefined ? {} : { unavailable }),
    })),
  }
}

/** What work has in common that is compared over time. An overlay supplies what is missing, so that a build with it says nothing of one without. */
const lineOf = ({ toolchain, mode, targetLinkage, overlays }: BuildRequest): string =>
  `${toolchain}/${mode}/${[targetLinkage, ...[...overlays].sort()].join('+')}`

interface UnitRow extends Omit<UnitPlan, 'draft' | 'made' | 'unavailable' | 'criterion'> {
  readonly action?: Digest
  readonly content?: Action
  readonly result?: ActionResult
  readonly draft?: ActionDraft
  readonly criterion?: UnitPlan['criterion']
  readonly made?: Digest
  readonly unavailable?: string
  readonly state: 'waiting' | 'ready' | 'cached' | 'blocked'
  /** Needs that have not ended well. */
  readonly pending: number
  readonly distance: number
  readonly position: number
  readonly line: string
}

async function unitRows(
  { pool, store, whole }: PlanDeps,
  units: readonly UnitPlan[],
  line: string,
  from: number,
): Promise<readonly UnitRow[]> {
  const expected = await recordedTimes(
    pool,
    units.map(({ id }) => id),
  )
  const timed = units.map((unit) => ({
    ...unit,
    needs: [...new Set(unit.needs)],
    expected: Math.max(1, expected.get(unit.id) ?? unit.expected),
  }))
  const distance = distances(timed)
  const actions = new Map<string, Action>()
  for (const { id, draft } of timed) if (draft && outcomesWanted(draft).length === 0) actions.set(id, await finish(draft, new Map(), store))
  const digests = new Map([...actions].map(([id, action]) => [id, actionDigest(action)]))
  const results = await cachedResults(pool, [...new Set(digests.values())])
  const good = new Set<string>()
  const rows: UnitRow[] = []
  // The distance to the end falls along every edge, so what is needed comes first.
  for (const unit of [...timed].sort((a, b) => distance.get(b.id)! - distance.get(a.id)!)) {
    const action = digests.get(unit.id)
    const result = action && results.get(action)
    const pending = unit.needs.filter((id) => !good.has(id)).length
    const cached = unit.made !== undefined || (pending === 0 && result !== undefined && (await isGood(store, whole, unit, result)))
    if (cached) good.add(unit.id)
    rows.push({
      ...unit,
      ...(action ? { action, content: actions.get(unit.id)! } : {}),
      ...(cached && result ? { result } : {}),
      state: cached ? 'cached' : !unit.draft ? 'blocked' : pending === 0 ? 'ready' : 'waiting',
      pending,
      distance: Math.min(Math.round(distance.get(unit.id)!), 2 ** 31 - 1),
      position: 0,
      line: `${line}/${unit.id}`,
    })
  }
  const position = new Map(units.map(({ id }, i) => [id, from + i]))
  return rows.map((row) => ({ ...row, position: position.get(row.id)! }))
}

async function isGood(store: Store, whole: WholeResults, unit: UnitPlan, result: ActionResult): Promise<boolean> {
  return (await whole.has(result)) && (await outcomeOf(store, unit.criterion ?? null, result)).good && result.gaps.length === 0
}

async function recordedTimes(pool: pg.Pool, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ unit: string; took: number }>(
    'SELECT unit, round(avg(took))::int AS took FROM attempt WHERE unit = ANY($1) AND took IS NOT NULL GROUP BY unit',
    [ids],
  )
  return new Map(rows.map(({ unit, took }) => [unit, took]))
}

async function cachedResults(pool: pg.Pool, actions: readonly Digest[]): Promise<ReadonlyMap<Digest, ActionResult>> {
  const { rows } = await pool.query<{ action: Digest; content: ActionResult }>(
    'SELECT action, content FROM result WHERE action = ANY($1)',
    [actions],
  )
  return new Map(rows.map(({ action, content }) => [action, content]))
}

/** Rows that one statement carries: its text and what the database makes of it stay small beside the plan. */
const ROWS = 2_000

async function insertUnits(client: pg.PoolClient, build: string, rows: readonly UnitRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS) await insertRows(client, build, rows.slice(from, from + ROWS))
}

async function insertRows(client: pg.PoolClient, build: string, rows: readonly UnitRow[]): Promise<void> {
  await insertActions(
    client,
    rows.flatMap(({ action, content }) => (action && content ? [{ digest: action, content }] : [])),
  )
  // Neither the edges nor the contents are columns of a unit.
  const said = JSON.stringify(rows.map(({ content: _c, result: _r, needs: _n, ...row }) => row))
  await client.query(
    `INSERT INTO unit (build, id, name, stage, kind, linkage, rung, crate, action, draft, criterion, made, unavailable, message, expected,
                       distance, position, line, state, pending, ended_at, attempt)
     SELECT $1, u.id, u.name, u.stage, u.kind, u.linkage, u.rung, u.crate, u.action, u.draft, u.criterion, u.made, u.unavailable, u.unavailable,
            u.expected, u.distance, u.position, u.line, u.state::"UnitState", u.pending,
            CASE WHEN u.state IN ('waiting', 'ready') THEN NULL ELSE now() END,
            CASE WHEN u.state = 'cached' AND u.made IS NULL THEN 1 ELSE 0 END
     FROM jsonb_to_recordset($2) AS u(id text, name text, stage text, kind text, linkage text, rung text, crate text, action text, draft jsonb,
       criterion jsonb, made text, unavailable text, expected int, distance int, position int, line text, state text, pending int)`,
    [build, said],
  )
  const edges = rows.flatMap(({ id, needs }) => needs.map((need) => [need, id] as const))
  await client.query('INSERT INTO edge (build, dependency, child) SELECT $1, * FROM unnest($2::text[], $3::text[])', [
    build,
    edges.map(([need]) => need),
    edges.map(([, id]) => id),
  ])
  const cached = rows.flatMap(({ id, action, result }) => (result ? [{ unit: id, action, result, tree: result.outputs }] : []))
  if (cached.length === 0) return
  const results = JSON.stringify(cached)
  await client.query(
    `INSERT INTO attempt (build, unit, number, action, state, cached, result)
     SELECT $1, unit, 1, action, 'succeeded', true, result FROM jsonb_to_recordset($2) AS c(unit text, action text, result jsonb)`,
    [build, results],
  )
  await client.query(
    `INSERT INTO artifact (build, name, tree)
     SELECT $1, unit, tree FROM jsonb_to_recordset($2) AS c(unit text, tree text) WHERE tree IS NOT NULL`,
    [build, results],
  )
}

/** Records actions under their digests; one that is there stays. */
export async function insertActions(client: pg.PoolClient, actions: readonly { digest: Digest; content: Action }[]): Promise<void> {
  if (actions.length === 0) return
  await client.query(
    `INSERT INTO action (digest, content) SELECT DISTINCT ON (digest) digest, content
     FROM jsonb_to_recordset($1) AS a(digest text, content jsonb) ORDER BY digest ON CONFLICT DO NOTHING`,
    [JSON.stringify(actions)],
  )
}
