/**
 * From ready units to jobs. Whatever has a result ends with it; drafts become actions; of the rest the queue gets as many as
 * the workers can soon take, whenever it is half empty, so that the order is decided as late as possible. Every step may be repeated.
 */
import {
  type ActionDraft,
  type ActionJob,
  type ActionResult,
  actionDigest,
  type BuildRequest,
  type Criterion,
  type Digest,
  type PlanInputs,
  type UnitOutcome,
} from '@bootgraph/build-graph'
import { StoreError } from '@bootgraph/build-graph/store'
import { finish, outcomesWanted, plan } from '@bootgraph/rustc-bootstrap'
import type pg from 'pg'
import { block, type Ended, endBuild, endUnits, holdBuild } from './end-units.ts'
import { buildEvents, emit } from './events.ts'
import { outcomeOf } from './outcome.ts'
import { extendBuild, insertActions, type PlanDeps } from './record-plan.ts'
import { FORGETTABLE, transaction } from './transaction.ts'

/** A job for the queue; a lower priority goes first. */
export interface ReadyJob extends ActionJob {
  readonly priority: number
}
/** Where ready jobs go. Adding a job that is there changes nothing. */
export type Enqueue = (jobs: readonly ReadyJob[]) => Promise<void>

const BATCH = 500
/** Jobs in the queue while nobody knows how many slots there are. */
const LEAST_WINDOW = 64
/** How many jobs the queue takes now: none before it is half empty. */
const ROOM = `room AS (
  SELECT CASE WHEN queued * 2 > size THEN 0 ELSE size - queued END AS n
  FROM (SELECT greatest(${LEAST_WINDOW}, 4 * coalesce(sum(concurrency), 0)) AS size FROM worker
        WHERE seen_at > now() - interval '30 seconds' AND NOT draining) w,
       (SELECT count(*) AS queued FROM build b JOIN unit u ON u.build = b.id WHERE b.state = 'running' AND u.state = 'queued') q)`

/** One round of all steps; how many units were put into the queue. */
export async function dispatch(deps: PlanDeps, enqueue: Enqueue): Promise<number> {
  for (;;) {
    const open = await openSteps(deps.pool)
    if (open.answers) await answerQueries(deps)
    if (open.drafts) await finishDrafts(deps)
    if (open.cached) await settleCached(deps)
    if (open.quarantined) await settleQuarantined(deps.pool)
    if (open.answers || open.drafts || open.cached || open.quarantined) continue
    if (!open.ready) return 0
    const jobs = await mark(deps.pool)
    if (jobs.length > 0) await enqueue(jobs)
    return jobs.length
  }
}

/** Which steps have something to do. */
async function openSteps(pool: pg.Pool): Promise<Readonly<Record<'answers' | 'drafts' | 'cached' | 'quarantined' | 'ready', boolean>>> {
  const { rows } = await pool.query(
    `WITH ${ROOM}, ready AS MATERIALIZED (
       SELECT u.action, u.fresh, u.draft IS NOT NULL AS drafted FROM build b JOIN unit u ON u.build = b.id
       WHERE b.state = 'running' AND u.state = 'ready')
     SELECT EXISTS (SELECT 1 FROM ready WHERE action IS NULL AND drafted) AS drafts,
            EXISTS (SELECT 1 FROM ready y JOIN result r ON r.action = y.action WHERE NOT y.fresh) AS cached,
            EXISTS (SELECT 1 FROM ready y JOIN quarantine q ON q.action = y.action) AS quarantined,
            EXISTS (SELECT 1 FROM ready, room WHERE action IS NOT NULL AND room.n > 0) AS ready,
            EXISTS (SELECT 1 FROM build b JOIN unit u ON u.build = b.id AND u.kind = 'query' WHERE b.planning AND b.state = 'running'
                    GROUP BY b.id HAVING bool_and(u.state IN ('built', 'cached'))) AS answers`,
  )
  return rows[0]
}

/** Plans the rest of builds whose queries have all been answered. */
async function answerQueries({ pool, store, whole }: PlanDeps): Promise<number> {
  const { rows } = await pool.query<{ id: string; request: BuildRequest; inputs: PlanInputs; answers: Record<string, Digest> }>(
    `SELECT b.id, b.request, b.inputs, jsonb_object_agg(u.id, t.result->>'stdout') AS answers
     FROM build b JOIN unit u ON u.build = b.id AND u.kind = 'query'
     LEFT JOIN attempt t ON t.build = u.build AND t.unit = u.id AND t.number = u.attempt
     WHERE b.planning AND b.state = 'running' GROUP BY b.id HAVING bool_and(u.state IN ('built', 'cached'))`,
  )
  for (const { id, request, inputs, answers } of rows) {
    const said: Record<string, string> = {}
    for (const [unit, stdout] of Object.entries(answers)) said[unit] = new TextDecoder().decode(await store.get(stdout))
    const { units, blobs } = plan(request, { ...inputs, answers: said })
    for (const bytes of blobs.values()) await store.put(bytes)
    await extendBuild({ pool, store, whole }, { id, request, units })
  }
  return rows.length
}

/** Ready units whose action was waiting for what others made. */
async function finishDrafts({ pool, store }: PlanDeps): Promise<number> {
  const { rows } = await pool.query<{ build: string; id: string; draft: ActionDraft }>(
    `SELECT u.build, u.id, u.draft FROM unit u JOIN build b ON b.id = u.build
     WHERE u.state = 'ready' AND u.action IS NULL AND u.draft IS NOT NULL AND b.state = 'running' ORDER BY u.build, u.id LIMIT ${BATCH}`,
  )
  if (rows.length === 0) return 0
  const outcomes = await outcomesOf(pool, rows)
  const done: { build: string; unit: string; digest: Digest; content: Awaited<ReturnType<typeof finish>> }[] = []
  for (const { build, id, draft } of rows) {
    try {
      const wanted = new Map<string, UnitOutcome>()
      for (const need of outcomesWanted(draft)) {
        const { result } = outcomes.get(`${build}/${need}`) ?? {}
        if (result) wanted.set(need, { outputs: result.outputs ?? (await emptyTree(store)), stdout: result.stdout })
      }
      const content = await finish(draft, wanted, store)
      done.push({ build, unit: id, digest: actionDigest(content), content })
    } catch (error) {
      if (!(error instanceof StoreError) || error.fault === 'io' || error.fault === 'no-space') throw error
      await fail(pool, build, id, `an input is no longer in the store: ${error.message}; start the build again`)
    }
  }
  await transaction(pool, async (client) => {
    await insertActions(client, done)
    await client.query(
      `UPDATE unit SET action = d.digest FROM jsonb_to_recordset($1) AS d(build text, unit text, digest text)
       WHERE unit.build = d.build AND unit.id = d.unit AND unit.state = 'ready'`,
      [JSON.stringify(done.map(({ build, unit, digest }) => ({ build, unit, digest })))],
    )
  })
  return rows.length
}

const emptyTree = async (store: PlanDeps['store']): Promise<Digest> => (await store.put(new TextEncoder().encode('{"entries":[]}'))).digest

async function outcomesOf(
  pool: pg.Pool,
  rows: readonly { build: string; draft: ActionDraft }[],
): Promise<ReadonlyMap<string, { result: ActionResult | null }>> {
  const wanted = rows.flatMap(({ build, draft }) => outcomesWanted(draft).map((unit) => ({ build, unit })))
  const { rows: found } = await pool.query<{ build: string; id: string; result: ActionResult | null }>(
    `SELECT DISTINCT u.build, u.id, t.result FROM jsonb_to_recordset($1) AS w(build text, unit text)
     JOIN unit u ON u.build = w.build AND u.id = w.unit AND u.state IN ('built', 'cached')
     JOIN attempt t ON t.build = u.build AND t.unit = u.id AND t.number = u.attempt`,
    [JSON.stringify(wanted)],
  )
  return new Map(found.map(({ build, id, result }) => [`${build}/${id}`, { result }]))
}

/** Ends ready units whose action has a result of which every blob is there; a result that lost one is forgotten. */
async function settleCached({ pool, store, whole }: PlanDeps): Promise<number> {
  const { rows } = await pool.query<{
    build: string
    id: string
    attempt: number
    action: Digest
    criterion: Criterion | null
    content: ActionResult
  }>(
    `SELECT u.build, u.id, u.attempt, u.action, u.criterion, r.content FROM unit u JOIN build b ON b.id = u.build JOIN result r ON r.action = u.action
     WHERE u.state = 'ready' AND NOT u.fresh AND b.state = 'running' ORDER BY u.build, u.id LIMIT ${BATCH}`,
  )
  const ended: Ended[] = []
  for (const { build, id, attempt, action, criterion, content } of rows) {
    if (!(await whole.has(content))) {
      await pool.query('DELETE FROM result WHERE action = $1', [action])
      continue
    }
    const outcome = await outcomeOf(store, criterion, content)
    ended.push({ build, unit: id, attempt: attempt + 1, action, state: outcome.good ? 'cached' : 'failed', result: content, outcome })
  }
  if (ended.length > 0)
    await transaction(pool, async (client) => {
      const { rows: mine } = await client.query<{ build: string; unit: string }>(
        `INSERT INTO attempt (build, unit, number, action, state, cached, result)
         SELECT s.build, s.unit, s.attempt, s.action, s.good::"AttemptState", true, s.result
         FROM jsonb_to_recordset($1) AS s(build text, unit text, attempt int, action text, good text, result jsonb)
         JOIN unit u ON u.build = s.build AND u.id = s.unit AND u.state = 'ready' ORDER BY s.build, s.unit
         ON CONFLICT DO NOTHING RETURNING build, unit`,
        [JSON.stringify(ended.map(({ outcome, state: _, ...row }) => ({ ...row, good: outcome.good ? 'succeeded' : 'failed' })))],
      )
      const recorded = new Set(mine.map(({ build, unit }) => `${build}/${unit}`))
      await endUnits(
        client,
        ended.filter(({ build, unit }) => recorded.has(`${build}/${unit}`)),
      )
    })
  return rows.length
}

async function settleQuarantined(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ build: string; id: string; error: string }>(
    `SELECT u.build, u.id, q.error FROM unit u JOIN build b ON b.id = u.build JOIN quarantine q ON q.action = u.action
     WHERE u.state = 'ready' AND b.state = 'running' LIMIT ${BATCH}`,
  )
  for (const { build, id, error } of rows)
    await fail(pool, build, id, `quarantined, because it kept killing its node: ${error.split('\n')[0]}`)
  return rows.length
}

/** A unit that cannot be run at all. */
async function fail(pool: pg.Pool, build: string, unit: string, message: string): Promise<void> {
  await transaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE unit SET state = 'failed', ended_at = now(), message = $3 WHERE build = $1 AND id = $2 AND state = 'ready'`,
      [build, unit, message.slice(0, 1000)],
    )
    if (rowCount === 0) return
    await holdBuild(client, build)
    await block(client, build, [unit])
    const over = await endBuild(client, build)
    await emit(client, [{ type: 'unit', build, data: { id: unit, state: 'failed' } }, ...(over ? await buildEvents(client, [build]) : [])])
  })
}

/**
 * Marks units for the queue. The mark comes first and the queue second: a crash between the two leaves a unit marked but not
 * queued, which `sweep` finds. Interactive builds come first; within a class builds take turns, so that one of thousands does
 * not starve one of ten; within a build the longest expected way goes first. Of equal actions one runs at a time. A mark that a
 * crash of the database forgot is made again, under the same number.
 */
async function mark(pool: pg.Pool): Promise<readonly ReadyJob[]> {
  const body = async (client: pg.PoolClient): Promise<readonly ReadyJob[]> => {
    const { rows } = await client.query<ReadyJob>(
      `WITH ${ROOM}, busy AS (
         SELECT u.build, count(*) AS n FROM build b JOIN unit u ON u.build = b.id
         WHERE b.state = 'running' AND u.state IN ('queued', 'running') GROUP BY u.build),
       ready AS (
         SELECT u.build, u.id, u.action, b.priority, u.distance, u.position FROM build b JOIN unit u ON u.build = b.id
         WHERE u.state = 'ready' AND u.action IS NOT NULL AND b.state = 'running'
           AND NOT EXISTS (SELECT 1 FROM unit o WHERE o.action = u.action AND o.state IN ('queued', 'running'))),
       first AS (SELECT DISTINCT ON (action) * FROM ready ORDER BY action, priority, distance DESC, build, id),
       turn AS (
         SELECT f.*, coalesce(y.n, 0) + row_number() OVER (PARTITION BY f.build ORDER BY f.distance DESC, f.position) AS turn
         FROM first f LEFT JOIN busy y ON y.build = f.build),
       chosen AS (SELECT * FROM turn ORDER BY priority, turn, distance DESC LIMIT (SELECT n FROM room)),
       marked AS (
         UPDATE unit SET state = 'queued', attempt = attempt + 1 FROM chosen c
         WHERE unit.build = c.build AND unit.id = c.id AND unit.state = 'ready'
         RETURNING unit.build, unit.id AS unit, unit.attempt, unit.action, c.priority, c.turn, c.distance),
       recorded AS (
         INSERT INTO attempt (build, unit, number, action, stages)
         SELECT build, unit, attempt, action, jsonb_build_object('queued', floor(extract(epoch FROM now()) * 1000)) FROM marked)
       SELECT build, unit, attempt, action, priority FROM marked ORDER BY priority, turn, distance DESC`,
    )
    return rows
  }
  // One dispatcher at a time, so that two cannot each pick another unit with the same action.
  return transaction(pool, body, `${FORGETTABLE}; SELECT pg_advisory_xact_lock(72707370)`)
}

/** Puts back what is marked as queued or taken: the queue drops those that it has. Called at the start and from time to time. */
export async function sweep(pool: pg.Pool, enqueue: Enqueue): Promise<number> {
  const { rows } = await pool.query<ReadyJob>(
    `SELECT u.build, u.id AS unit, u.attempt, u.action, b.priority FROM unit u JOIN build b ON b.id = u.build
     WHERE u.state IN ('queued', 'running') ORDER BY b.priority, u.distance DESC`,
  )
  if (rows.length > 0) await enqueue(rows)
  return rows.length
}
