/** The API as one function of what it stands on; tests inject requests, main listens. */
import { randomUUID } from 'node:crypto'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance, type FastifyPluginCallback } from 'fastify'
import { Registry } from 'prom-client'
import { openApiDocument, PREFIX } from './openapi.ts'
import { authorise } from './plugins/auth.ts'
import { serveDashboard } from './plugins/dashboard.ts'
import { answerErrors, answerMalformed, answerNoRequest } from './plugins/error-handler.ts'
import { limitRequests } from './plugins/limits.ts'
import { measureRequests } from './plugins/measure.ts'
import { validate } from './plugins/validation.ts'
import { accessRoutes } from './routes/access.ts'
import { attemptRoutes } from './routes/attempts.ts'
import { buildRoutes } from './routes/builds.ts'
import type { RouteDeps } from './routes/deps.ts'
import { eventRoutes } from './routes/events.ts'
import { fleetRoutes } from './routes/fleet.ts'
import { gapRoutes } from './routes/gaps.ts'
import { healthRoutes } from './routes/health.ts'
import { ladderRoutes } from './routes/ladder.ts'
import { storeRoutes } from './routes/store.ts'
import { unitRoutes } from './routes/units.ts'

export interface AppDeps extends RouteDeps {
  /** Names that this server answers to, without port. */
  readonly hosts: readonly string[]
  /** Requests that one asker may make in a minute. */
  readonly requestsPerMinute: number
  /** Folder of the built dashboard; undefined: it is not served. */
  readonly dashboard?: string | undefined
  /** Makes spans of requests. */
  readonly tracing?: FastifyPluginCallback | undefined
}

const ROUTES = [
  healthRoutes,
  buildRoutes,
  unitRoutes,
  gapRoutes,
  ladderRoutes,
  fleetRoutes,
  attemptRoutes,
  eventRoutes,
  storeRoutes,
  accessRoutes,
]

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: 1024 * 1024,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    // Without a Host header the hook that checks it answers, with a problem document.
    http: { requireHostHeader: false },
    frameworkErrors: answerMalformed,
    clientErrorHandler: answerNoRequest,
    routerOptions: { maxParamLength: 1100 },
  })
  if (deps.tracing !== undefined) await app.register(deps.tracing)
  // Bodies are JSON, or what a route says.
  app.removeContentTypeParser('text/plain')
  const registry = new Registry()
  measureRequests(app, registry)
  validate(app)
  answerErrors(app)
  authorise(app, deps.pool, { hosts: deps.hosts, ownSecret: deps.ownSecret })
  await limitRequests(app, deps.requestsPerMinute)
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  await app.register(swagger, { mode: 'static', specification: { document: (await openApiDocument()) as never } })
  await app.register(swaggerUi, { routePrefix: `${PREFIX}/docs` })
  for (const routes of ROUTES) await app.register(routes, { prefix: PREFIX, ...deps, registry })
  if (deps.dashboard !== undefined) await serveDashboard(app, deps.dashboard)
  return app
}
