/** What workers say about attempts: taken, ended with a result, lost. Each may be said again and then changes nothing. */
import { type ActionJob, type ActionResult, parseActionJob } from '@bootgraph/build-graph'
import { listTree, type Store, StoreError } from '@bootgraph/build-graph/store'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { Type } from 'typebox'
import { parseActionResult } from '../domain/result-parser.ts'
import { type Completion, complete, lose, take } from '../domain/scheduler.ts'
import { ApiError } from '../errors.ts'

interface AttemptDeps {
  readonly pool: pg.Pool
  readonly store: Store
  readonly progressed: () => void
}
interface Named {
  Params: { build: string; unit: string; attempt: string }
}
type Said<T> = Named & { Body: T & { action: string } }

const word = Type.String({ minLength: 1, maxLength: 200 })
const Taken = Type.Object({ action: word, worker: word })
const Lost = Type.Object({ action: word, error: Type.String({ maxLength: 64 * 1024 }) })
/** Bytes: gaps with their call stacks. */
const RESULT_LIMIT = 16 * 1024 * 1024

export async function attemptRoutes(app: FastifyInstance, { pool, store, progressed }: AttemptDeps): Promise<void> {
  const base = '/attempts/:build/:unit/:attempt'
  const config = { scope: 'worker' } as const

  app.post<Said<{ worker: string }>>(`${base}/taken`, { config, schema: { body: Taken } }, async ({ params, body }) => {
    const job = jobOf(params, body.action)
    const action = await take(pool, job, body.worker)
    if (action === undefined) throw new ApiError('conflict', 'the attempt has ended or never was')
    // A node image is code: what nobody with the right to do so has registered is not handed out.
    const { rowCount } = await pool.query('SELECT 1 FROM node_image WHERE digest = $1', [action.image])
    if (rowCount === 0) throw new ApiError('image-unregistered', `the node image ${action.image} is not registered`)
    return { action }
  })

  app.post<Said<{ error: string }>>(`${base}/lost`, { config, schema: { body: Lost } }, async ({ params, body }) =>
    answer(await lose(pool, jobOf(params, body.action), body.error.toWellFormed().replaceAll('\0', ''))),
  )

  app.post<Named & { Body: unknown }>(`${base}/result`, { config, bodyLimit: RESULT_LIMIT }, async ({ params, body }) => {
    const parsed = parseActionResult(body)
    if (!parsed.ok) throw new ApiError('bad-request', parsed.error)
    const result = parsed.value
    const job = jobOf(params, result.action)
    if (result.exit.reason === 'defect' || result.exit.reason === 'timeout')
      throw new ApiError('bad-request', `an end by ${result.exit.reason} is a lost attempt, not a result`)
    await needBlobs(store, result)
    return answer(await complete(pool, job, result))
  })

  function answer(completion: Completion): { completion: Completion } {
    if (completion === 'unknown') throw new ApiError('not-found', 'no such attempt')
    progressed()
    return { completion }
  }
}

function jobOf(params: Named['Params'], action: string): ActionJob {
  const job = parseActionJob({ ...params, attempt: Number(params.attempt), action })
  if (job === undefined) throw new ApiError('bad-request', 'this names no attempt')
  return job
}

/** A result is recorded only when everything it names can be read. */
async function needBlobs(store: Store, result: ActionResult): Promise<void> {
  for (const digest of [result.stdout, result.stderr])
    if (!(await store.has(digest))) throw new ApiError('blob-missing', `the store has no blob ${digest}`)
  if (result.outputs === undefined) return
  try {
    for await (const { path, entry } of listTree(store, result.outputs))
      if (entry.kind === 'file' && !(await store.has(entry.digest)))
        throw new ApiError('blob-missing', `the store lacks the output ${path}`)
  } catch (error) {
    if (error instanceof StoreError && (error.fault === 'missing' || error.fault === 'corrupt'))
      throw new ApiError('blob-missing', error.message)
    throw error
  }
}
