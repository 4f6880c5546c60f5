/** The API as one function of what it stands on; tests inject requests, main listens. */
import type { Store } from '@bootgraph/build-graph/store'
import Fastify, { type FastifyInstance } from 'fastify'
import type pg from 'pg'
import { authorise } from './plugins/auth.ts'
import { serveDashboard } from './plugins/dashboard.ts'
import { answerErrors } from './plugins/error-handler.ts'
import { attemptRoutes } from './routes/attempts.ts'
import { buildRoutes } from './routes/builds.ts'
import { nodeImageRoutes } from './routes/node-images.ts'
import { storeRoutes } from './routes/store.ts'

export interface AppDeps {
  readonly pool: pg.Pool
  readonly store: Store
  /** Names that this server answers to, without port. */
  readonly hosts: readonly string[]
  /** Bytes of one blob. */
  readonly blobLimit: number
  /** Folder of the built dashboard; undefined: it is not served. */
  readonly dashboard?: string | undefined
  /** Told when units may have become ready. */
  readonly progressed?: () => void
  /** Told when a build was cancelled, so that workers stop its attempts. */
  readonly cancelled?: (build: string) => Promise<void>
}

export async function buildApp({
  pool,
  store,
  hosts,
  blobLimit,
  dashboard,
  progressed = () => {},
  cancelled = async () => {},
}: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true })
  answerErrors(app)
  authorise(app, pool, hosts)
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  const prefix = '/api/v1'
  app.get(`${prefix}/health`, async () => ({ status: 'ok' }))
  app.get(`${prefix}/ready`, async () => {
    await pool.query('SELECT 1')
    return { status: 'ready' }
  })
  await app.register(buildRoutes, { prefix, pool, cancelled })
  await app.register(attemptRoutes, { prefix, pool, store, progressed })
  await app.register(nodeImageRoutes, { prefix, pool, store })
  await app.register(storeRoutes, { prefix, store, limit: blobLimit })
  if (dashboard !== undefined) await serveDashboard(app, dashboard)
  return app
}
