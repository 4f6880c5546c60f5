/** The content-addressed store over HTTP: GET, HEAD, PUT by digest; what arrives is verified while it is written. */
import { Readable } from 'node:stream'
import { type Digest, isDigest } from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'

interface Named {
  Params: { digest: string }
}

/** `limit`: bytes of one blob. */
export async function storeRoutes(app: FastifyInstance, { store, limit }: { store: Store; limit: number }): Promise<void> {
  // The body stays a stream: a blob may be larger than what this process should hold.
  app.addContentTypeParser('application/octet-stream', { bodyLimit: limit }, (_request, payload, done) => done(null, payload))

  app.get<Named>('/store/:digest', { config: { scope: 'read' } }, async (request, reply) => {
    const digest = parse(request.params.digest)
    const size = await store.size(digest)
    if (size === undefined) throw new ApiError('not-found', `the store has no blob ${digest}`)
    reply.type('application/octet-stream').header('content-length', size).header('etag', `"${digest}"`)
    return request.method === 'HEAD' ? reply.send() : reply.send(Readable.from(store.read(digest), { objectMode: false }))
  })

  app.put<Named>('/store/:digest', { config: { scope: 'worker' } }, async (request, reply) => {
    const digest = parse(request.params.digest)
    if (!(request.body instanceof Readable)) throw new ApiError('bad-request', 'send the blob as application/octet-stream')
    const stored = await store.put(bounded(request.body, limit), digest)
    return reply.code(201).send(stored)
  })
}

function parse(text: string): Digest {
  if (!isDigest(text)) throw new ApiError('bad-request', 'a digest is 64 lower-case hex digits')
  return text
}

/** Also holds for a body that does not tell its length. */
async function* bounded(body: Readable, limit: number): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    size += piece.length
    if (size > limit) throw new ApiError('too-large', `a blob has at most ${limit} bytes`)
    yield piece
  }
}
