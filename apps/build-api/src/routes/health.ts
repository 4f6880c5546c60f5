/** Is it there, is it ready, how is it doing; and the contract itself. */
import { TRUTHS } from '@bootgraph/build-graph'
import type { FastifyInstance } from 'fastify'
import { Gauge, type Registry } from 'prom-client'
import { serve } from '../contract/operation.ts'
import * as contract from '../contract/system.ts'
import { UNIT_STATES } from '../contract/unit-shape.ts'
import { ApiError } from '../errors.ts'
import { openApiDocument } from '../openapi.ts'
import type { RouteDeps } from './deps.ts'

/** Digest of nothing: asking for it proves that the store answers. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Who watches the service must not take it for dead because others of the same address ask much. */
const UNCOUNTED = { config: { rateLimit: false } } as const

/** @param registry what is measured elsewhere is in it. */
export async function healthRoutes(
  app: FastifyInstance,
  { pool, store, queue, registry }: RouteDeps & { readonly registry: Registry },
): Promise<void> {
  serve(app, contract.health, async () => ({ status: 'ok' as const }), UNCOUNTED)

  serve(
    app,
    contract.ready,
    async () => {
      const parts: Readonly<Record<string, Promise<unknown>>> = {
        database: pool.query('SELECT 1'),
        store: store.has(EMPTY as Parameters<typeof store.has>[0]),
        queue: queue.sizes(),
      }
      // All are heard: a failure that nobody waits for would end the process.
      await Promise.all(
        Object.entries(parts).map(([name, answer]) =>
          answer.catch(() => {
            throw new ApiError('unavailable', `the ${name} does not answer`)
          }),
        ),
      )
      return { status: 'ready' as const }
    },
    UNCOUNTED,
  )

  const units = new Gauge({ name: 'bootgraph_units', help: 'Units of all builds, by state.', labelNames: ['state'], registers: [registry] })
  const gaps = new Gauge({ name: 'bootgraph_gaps_open', help: 'Open gaps, by truth.', labelNames: ['truth'], registers: [registry] })
  const workers = new Gauge({ name: 'bootgraph_workers', help: 'Workers seen in the last 30 seconds.', registers: [registry] })
  const jobs = new Gauge({ name: 'bootgraph_queue_jobs', help: 'Jobs in the queue.', labelNames: ['state'], registers: [registry] })
  serve(app, contract.metrics, async ({ reply }) => {
    const { rows: states } = await pool.query<{ state: string; n: number }>('SELECT state, count(*)::int AS n FROM unit GROUP BY state')
    for (const state of UNIT_STATES) units.set({ state }, states.find((row) => row.state === state)?.n ?? 0)
    const { rows: open } = await pool.query<{ truth: string; n: number }>(
      'SELECT truth, count(*)::int AS n FROM gap WHERE closed_at IS NULL GROUP BY truth',
    )
    for (const truth of TRUTHS) gaps.set({ truth }, open.find((row) => row.truth === truth)?.n ?? 0)
    const { rows: live } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM worker WHERE seen_at > now() - interval '30 seconds'`,
    )
    workers.set(live[0]!.n)
    // Of a queue that does not answer nothing is known.
    jobs.reset()
    const sizes = await queue.sizes().catch(() => undefined)
    for (const [state, n] of Object.entries(sizes ?? {})) jobs.set({ state }, n)
    return reply.type(registry.contentType).send(await registry.metrics())
  })

  const document = await openApiDocument()
  app.get('/openapi.json', async () => document)
}
