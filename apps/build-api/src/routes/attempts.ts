/** What workers say about attempts. Each may be said again and then changes nothing. */
import { type ActionJob, type ActionResult, parseActionJob } from '@bootgraph/build-graph'
import type { FastifyInstance } from 'fastify'
import * as contract from '../contract/fleet.ts'
import { serve } from '../contract/operation.ts'
import { batcher } from '../domain/batcher.ts'
import { type Completion, complete, type Delivery, lose, pass, type Taking, take } from '../domain/completion.ts'
import { LIVE_CHANNEL } from '../domain/events.ts'
import { TreeLimit } from '../domain/outcome.ts'
import { parseActionResult } from '../domain/result-parser.ts'
import { ApiError } from '../errors.ts'
import { appendLog } from '../views/log-view.ts'
import { attemptRows } from '../views/unit-view.ts'
import type { RouteDeps } from './deps.ts'

/** Bytes: gaps with their call stacks. */
const RESULT_LIMIT = 16 * 1024 * 1024

export async function attemptRoutes(app: FastifyInstance, { pool, store, whole, progressed }: RouteDeps): Promise<void> {
  const record = batcher((deliveries: readonly Delivery[]) => complete(pool, store, deliveries))

  const taking = batcher((takings: readonly Taking[]) => take(pool, takings))

  serve(app, contract.attemptTaken, async ({ params, body }) => {
    const taken = await taking({ job: jobOf(params, body.action), worker: body.worker })
    if (taken === undefined) throw new ApiError('conflict', 'the attempt has ended or never was')
    // A node image is code: what nobody with the right to do so has registered is not handed out.
    const { rowCount } = await pool.query('SELECT 1 FROM node_image WHERE digest = $1', [taken.action.image])
    if (rowCount === 0) throw new ApiError('image-unregistered', `the node image ${taken.action.image} is not registered`)
    return { action: { ...taken.action }, memory: taken.memory }
  })

  serve(app, contract.attemptStage, async ({ params, body }) => ({ noted: await pass(pool, jobOf(params, body.action), body.stage) }))

  serve(app, contract.attemptLog, async ({ params, body }) => {
    const job = jobOf(params, body.action)
    const [attempt] = await attemptRows(pool, job.build, job.unit, job.attempt)
    if (attempt === undefined || attempt.action !== job.action) throw new ApiError('not-found', 'no such attempt')
    if (attempt.state !== 'running') throw new ApiError('conflict', 'the attempt is not under way')
    const next = await appendLog(pool, store, attempt, body.stream, body.start, Buffer.from(body.data, 'base64'))
    await pool.query('SELECT pg_notify($1, $2)', [LIVE_CHANNEL, logTopic(job)])
    return { next }
  })

  serve(app, contract.attemptLost, async ({ params, body }) =>
    answer(await lose(pool, jobOf(params, body.action), body.error.toWellFormed().replaceAll('\0', ''))),
  )

  serve(
    app,
    contract.attemptResult,
    async ({ params, body }) => {
      const parsed = parseActionResult(body)
      if (!parsed.ok) throw new ApiError('bad-request', parsed.error)
      const result: ActionResult = parsed.value
      const job = jobOf(params, result.action)
      if (result.exit.reason === 'defect' || result.exit.reason === 'timeout')
        throw new ApiError('bad-request', `an end by ${result.exit.reason} is a lost attempt, not a result`)
      // Recorded only when everything it names can be read.
      if (!(await whole.has(result).catch(tooMuch)))
        throw new ApiError('blob-missing', 'the store lacks the output, a log or a part of the outputs')
      const completion = await record({ job, result })
      await pool.query('SELECT pg_notify($1, $2)', [LIVE_CHANNEL, logTopic(job)])
      return answer(completion)
    },
    { bodyLimit: RESULT_LIMIT },
  )

  function answer(completion: Completion): { completion: 'recorded' | 'repeated' } {
    if (completion === 'unknown') throw new ApiError('not-found', 'no such attempt')
    progressed()
    return { completion }
  }
}

export const logTopic = ({ build, unit, attempt }: Pick<ActionJob, 'build' | 'unit' | 'attempt'>): string =>
  `log/${build}/${unit}/${attempt}`

function tooMuch(error: unknown): never {
  throw error instanceof TreeLimit ? new ApiError('bad-request', error.message) : error
}

function jobOf(params: { build: string; unit: string; attempt: number }, action: string): ActionJob {
  const job = parseActionJob({ ...params, action })
  if (job === undefined) throw new ApiError('bad-request', 'this names no attempt')
  return job
}
