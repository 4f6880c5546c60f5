/** The API as one function of what it stands on; tests inject requests, main listens. */
import type { Store } from '@bootgraph/build-graph/store'
import Fastify, { type FastifyInstance } from 'fastify'
import type pg from 'pg'
import { authorise } from './plugins/auth.ts'
import { answerErrors } from './plugins/error-handler.ts'
import { buildRoutes } from './routes/builds.ts'
import { storeRoutes } from './routes/store.ts'

export interface AppDeps {
  readonly pool: pg.Pool
  readonly store: Store
  /** Names that this server answers to, without port. */
  readonly hosts: readonly string[]
  /** Bytes of one blob. */
  readonly blobLimit: number
}

export async function buildApp({ pool, store, hosts, blobLimit }: AppDeps): Promise<FastifyInstance> {
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
  await app.register(buildRoutes, { prefix, pool })
  await app.register(storeRoutes, { prefix, store, limit: blobLimit })
  return app
}
