/**
 * How much one asker may ask in a minute. A token has an allowance of its own, everyone else that of the address, whatever secrets
 * come from there. Not counted are the owner of the data folder, what workers and caches do, health, and the dashboard's files.
 */
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'
import { may, type Scope } from './auth.ts'

/** What is done with these is bounded by their scopes. */
const BOUNDED: readonly (Scope | undefined)[] = ['worker', 'cache-read', 'cache-write']

export async function limitRequests(app: FastifyInstance, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    allowList({ asker, routeOptions: { config } }) {
      if (asker === undefined || config.scope === undefined) return false
      return asker.counted === undefined || (BOUNDED.includes(config.scope) && may(asker, config.scope))
    },
    keyGenerator: ({ asker, ip }) => asker?.counted ?? ip,
    errorResponseBuilder: (_request, { after }) => new ApiError('too-many-requests', `ask again in ${after}`),
  })
}
