/** Server-sent events: one generator per listener, ended when the listener goes. */
import { once } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface Sent {
  readonly id?: number
  readonly event: string
  readonly data: unknown
}

/** Milliseconds between comments that keep the line open, and between looks whether the listener still may listen. */
const KEEP_ALIVE = 5_000

export async function eventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  source: (signal: AbortSignal) => AsyncIterable<Sent>,
): Promise<FastifyReply> {
  const gone = new AbortController()
  reply.raw.on('close', () => gone.abort())
  reply.hijack()
  const headers = Object.fromEntries(Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >
  reply.raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-request-id': request.id,
  })
  if (request.method === 'HEAD') {
    reply.raw.end()
    return reply
  }
  reply.raw.write(': open\n\n')
  const beat = setInterval(() => {
    reply.raw.write(': beat\n\n')
    // While the database is away nobody knows.
    void request.stillMay().then(
      (may) => may || gone.abort(),
      () => {},
    )
  }, KEEP_ALIVE)
  try {
    for await (const { id, event, data } of source(gone.signal)) {
      const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
      if (!reply.raw.write(text) && !gone.signal.aborted) await once(reply.raw, 'drain', { signal: gone.signal }).catch(() => {})
      if (gone.signal.aborted) break
    }
  } catch (error) {
    // The head is out: all that is left is to end the line, and the listener comes back.
    request.log.error(error)
  } finally {
    clearInterval(beat)
    reply.raw.end()
  }
  return reply
}
