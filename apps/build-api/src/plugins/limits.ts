/** How much one asker may ask: workers and the owner of the data folder are not counted, everyone else is. */
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'

export async function limitRequests(app: FastifyInstance, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    // What workers and caches do is bounded by their scopes.
    allowList: (request) => ['worker', 'cache-read', 'cache-write'].includes(request.routeOptions.config.scope ?? ''),
    keyGenerator: (request) => request.headers.authorization ?? request.ip,
    errorResponseBuilder: (_request, { after }) => new ApiError('too-many-requests', `ask again in ${after}`),
  })
}
