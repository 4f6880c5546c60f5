/** Events as a stream and as a list, and the feed of gaps. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { serve } from '../contract/operation.ts'
import * as contract from '../contract/system.ts'
import { eventsAfter, lastSequence } from '../domain/events.ts'
import { ApiError } from '../errors.ts'
import { atomOf } from '../views/atom.ts'
import type { RouteDeps } from './deps.ts'
import { eventStream } from './sse.ts'

const BATCH = 500
/** Milliseconds from the first word of something new to the next look. */
const GATHER = 50

export async function eventRoutes(app: FastifyInstance, { pool, live }: RouteDeps): Promise<void> {
  serve(app, contract.streamEvents, async ({ query, request, reply }) => {
    const last = request.headers['last-event-id']
    if (last !== undefined && (typeof last !== 'string' || !/^\d{1,15}$/.test(last)))
      throw new ApiError('bad-request', 'Last-Event-ID is the id of an event')
    const after = last === undefined ? query.after : Number(last)
    // An id that is still to come is of another database, or of before a restore: nothing would be heard until then.
    const newest = await lastSequence(pool)
    const start = Math.min(after ?? newest, newest)
    return eventStream(request, reply, async function* (signal) {
      let at = start
      live.follow(signal)
      while (!signal.aborted) {
        const woken = live.next('event', signal)
        const events = await eventsAfter(pool, at, BATCH, query.build)
        for (const event of events) {
          at = event.sequence
          yield { id: event.sequence, event: event.type, data: event }
        }
        if (events.length === BATCH) continue
        await woken
        // Units end by the dozen: one look for many.
        await sleep(GATHER, undefined, { signal }).catch(() => {})
      }
    })
  })

  serve(app, contract.listEvents, async ({ query }) => ({
    events: (await eventsAfter(pool, query.after ?? 0, query.limit ?? 50, query.build)).map((event) => ({
      ...event,
      data: { ...event.data },
    })),
  }))

  serve(app, contract.feed, async ({ request, reply }) =>
    reply.type('application/atom+xml').send(await atomOf(pool, `${request.protocol}://${request.host}`)),
  )
}
