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
import { PlanError as BadRequest, finish, outcomesWanted, plan, UnitGraphError } from '@bootgraph/rustc-bootstrap'
import type pg from 'pg'
import { block, type Ended, endBuild, endUnits, holdBuild } from './end-units.ts'
import { buildEvents, emit } from './events.ts'
import { PlanError } from './graph.ts'
import { outcomeOf } from './outcome.ts'
import { extendBuild, insertActions, type PlanDeps } from './record-plan.ts'
import { statement, transaction } from './transaction.ts'

/** A job for the queue; a lower priority goes first. */
export interface ReadyJob extends ActionJob {
  readonly priority: number
}
/** Where ready jobs go. Adding a job that is there changes nothing. */
export type Enqueue = (jobs: readonly ReadyJob[]) => Promise<void>

const BATCH = 500
/** Jobs in the queue while nobody knows how many slots there are. */
const LEAST_WINDOW = 64

/**
 * One round of all steps; how many units were put into the queue. If it is not `thorough`, of ready units only those that come next are
 * looked at, and what waits for another step goes on waiting.
 */
export async function dispatch(deps: PlanDeps, enqueue: Enqueue, thorough = true): Promise<number> {
  for (;;) {
    const { round } = (await statement<{ round: Round }>(deps.pool, 'SELECT queue_units($1, $2) AS round', [LEAST_WINDOW, thorough]))[0]!
    if (round.answers) await answerQueries(deps)
    if (round.drafts) await finishDrafts(deps)
    if (round.cached) await settleCached(deps)
    if (round.quarantined) await settleQuarantined(deps.pool)
    if (round.answers || round.drafts || round.cached || round.quarantined) continue
    // The mark came first and the queue is second: a crash between the two leaves units marked but not queued, which `sweep` finds.
    if (round.jobs.length > 0) await enqueue(round.jobs)
    return round.jobs.length
  }
}

/** Which steps have something to do; the jobs marked for the queue, if none has. */
interface Round {
  readonly answers: boolean
  readonly drafts: boolean
  readonly cached: boolean
  readonly quarantined: boolean
  readonly jobs: readonly ReadyJob[]
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
    try {
      const said: Record<string, string> = {}
      for (const [unit, stdout] of Object.entries(answers)) said[unit] = new TextDecoder().decode(await store.get(stdout))
      const { units, blobs } = plan(request, { ...inputs, answers: said })
      for (const bytes of blobs.values()) await store.put(bytes)
      await extendBuild({ pool, store, whole }, { id, request, units })
    } catch (error) {
      if (!liesInContent(error)) throw error
      await fail(pool, id, Object.keys(answers), `no plan follows from the answers: ${wordsOf(error)}`)
    }
  }
  return rows.length
}

/** What was said or stored leads nowhere: trying again would not help, and other builds must not wait for it. */
function liesInContent(error: unknown): boolean {
  if (error instanceof StoreError) return error.fault === 'missing' || error.fault === 'corrupt'
  if (error instanceof UnitGraphError || error instanceof BadRequest || error instanceof PlanError) return true
  // Of the language: an answer is not of the form that was asked for. Of the database: text that it cannot keep.
  return error instanceof SyntaxError || error instanceof TypeError || String((error as { code?: unknown }).code).startsWith('22')
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

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
      const texts = [...content.command, ...Object.entries(content.env).flat()]
      if (texts.some((text) => text.includes('\0'))) throw new TypeError('an argument or a variable of its command holds NUL')
      done.push({ build, unit: id, digest: actionDigest(content), content })
    } catch (error) {
      if (!liesInContent(error)) throw error
      const lost = error instanceof StoreError
      const message = lost
        ? `an input is no longer in the store: ${error.message}; start the build again`
        : `no action follows from what came before it: ${wordsOf(error)}`
      await fail(pool, build, [id], message)
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
    await fail(pool, build, [id], `quarantined, because it kept killing its node: ${error.split('\n')[0]}`)
  return rows.length
}

/** Units that cannot be run at all, or have said what leads nowhere. */
async function fail(pool: pg.Pool, build: string, units: readonly string[], message: string): Promise<void> {
  await transaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `UPDATE unit SET state = 'failed', ended_at = now(), message = $3
       WHERE build = $1 AND id = ANY($2) AND (state = 'ready' OR kind = 'query' AND state IN ('built', 'cached')) RETURNING id`,
      [build, units, message.replaceAll('\0', '').split('\n')[0]!.slice(0, 1000)],
    )
    if (rows.length === 0) return
    const failed = rows.map(({ id }) => id)
    await holdBuild(client, build)
    await block(client, build, failed)
    const over = await endBuild(client, build)
    const events = failed.map((id) => ({ type: 'unit', build, data: { id, state: 'failed' } }) as const)
    await emit(client, [...events, ...(over ? await buildEvents(client, [build]) : [])])
  })
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
