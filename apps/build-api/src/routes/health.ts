/** Is it there, is it ready, how is it doing; and the contract itself. */
import type { FastifyInstance } from 'fastify'
import { Gauge, Histogram, Registry } from 'prom-client'
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

export async function healthRoutes(app: FastifyInstance, { pool, store, queue }: RouteDeps): Promise<void> {
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
      for (const [name, answer] of Object.entries(parts))
        await answer.catch(() => {
          throw new ApiError('unavailable', `the ${name} does not answer`)
        })
      return { status: 'ready' as const }
    },
    UNCOUNTED,
  )

  const registry = new Registry()
  const requests = new Histogram({
    name: 'bootgraph_http_request_seconds',
    help: 'Time to answer, by operation and status.',
    labelNames: ['operation', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  const units = new Gauge({ name: 'bootgraph_units', help: 'Units of all builds, by state.', labelNames: ['state'], registers: [registry] })
  const gaps = new Gauge({ name: 'bootgraph_gaps_open', help: 'Open gaps, by truth.', labelNames: ['truth'], registers: [registry] })
  const workers = new Gauge({ name: 'bootgraph_workers', help: 'Workers seen in the last 30 seconds.', registers: [registry] })
  const jobs = new Gauge({ name: 'bootgraph_queue_jobs', help: 'Jobs in the queue.', labelNames: ['state'], registers: [registry] })
  app.addHook('onResponse', async (request, reply) => {
    const operation = (request.routeOptions.schema as { operationId?: string } | undefined)?.operationId ?? 'unknown'
    requests.observe({ operation, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
  })
  serve(app, contract.metrics, async ({ reply }) => {
    const { rows: states } = await pool.query<{ state: string; n: number }>('SELECT state, count(*)::int AS n FROM unit GROUP BY state')
    for (const state of UNIT_STATES) units.set({ state }, states.find((row) => row.state === state)?.n ?? 0)
    const { rows: open } = await pool.query<{ truth: string; n: number }>(
      'SELECT truth, count(*)::int AS n FROM gap WHERE closed_at IS NULL GROUP BY truth',
    )
    for (const { truth, n } of open) gaps.set({ truth }, n)
    const { rows: live } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM worker WHERE seen_at > now() - interval '30 seconds'`,
    )
    workers.set(live[0]!.n)
    const sizes = await queue.sizes().catch(() => undefined)
    for (const [state, n] of Object.entries(sizes ?? {})) jobs.set({ state }, n)
    return reply.type(registry.contentType).send(await registry.metrics())
  })

  const document = await openApiDocument()
  app.get('/openapi.json', async () => document)
}
