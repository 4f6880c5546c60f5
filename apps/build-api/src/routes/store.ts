/** The content-addressed store over HTTP: GET, HEAD, PUT by digest; what arrives is verified while it is written. Its collection; Nx's cache. */

import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Digest } from '@bootgraph/build-graph'
import { folderStore, type Store } from '@bootgraph/build-graph/store'
import type { FastifyInstance } from 'fastify'
import { serve } from '../contract/operation.ts'
import * as contract from '../contract/system.ts'
import { collectGarbage } from '../domain/collect-garbage.ts'
import { collectNxCache } from '../domain/collect-nx-cache.ts'
import { ApiError } from '../errors.ts'
import { audit } from '../plugins/auth.ts'
import type { RouteDeps } from './deps.ts'
import { sendRange } from './range.ts'

export async function storeRoutes(app: FastifyInstance, deps: RouteDeps): Promise<void> {
  const { pool, store, blobLimit, place } = deps
  // What untrusted writers put into Nx's cache lies apart from what builds read.
  const nxStore: Store = folderStore(join(place.data, 'nx-cache'))
  serve(app, contract.readBlob, async ({ params, request, reply }) => {
    const digest = params.digest as Digest
    const size = await store.size(digest)
    if (size === undefined) throw new ApiError('not-found', `the store has no blob ${digest}`)
    reply.type('application/octet-stream').header('etag', `"${digest}"`)
    return sendRange(request, reply, size, (start, end) => part(store.read(digest), start, end))
  })
  serve(app, contract.collectGarbage, async ({ body, request }) => {
    const [dryRun, keepDays] = [body.dryRun ?? true, body.keepDays ?? 30]
    const report = await collectGarbage(deps, { dryRun, keepDays }, () => audit(pool, request, 'store.gc', 'store', { keepDays }))
    return { ...report, nx: { ...(await collectNxCache(pool, nxStore, { dryRun, keepDays })) } }
  })

  serve(app, contract.readNxCache, async ({ params, reply }) => {
    const { rows } = await pool.query<{ blob: Digest; size: number }>('SELECT blob, size FROM nx_cache_entry WHERE hash = $1', [
      params.hash,
    ])
    const entry = rows[0]
    if (entry === undefined || !(await nxStore.has(entry.blob))) throw new ApiError('not-found', 'the cache has no such entry')
    reply.type('application/octet-stream').header('content-length', entry.size)
    return reply.send(Readable.from(nxStore.read(entry.blob), { objectMode: false }))
  })

  await app.register(async (uploads) => {
    // The body stays a stream: a blob may be larger than what this process should hold. Of no other type is anything read.
    uploads.removeAllContentTypeParsers()
    uploads.addContentTypeParser('application/octet-stream', { bodyLimit: blobLimit }, (_request, payload, done) => done(null, payload))
    serve(
      uploads,
      contract.writeBlob,
      async ({ params, body }) => {
        if (!(body instanceof Readable)) throw new ApiError('bad-request', 'send the blob as application/octet-stream')
        return { ...(await store.put(bounded(body, blobLimit), params.digest as Digest)) }
      },
      { bodyLimit: blobLimit },
    )
    serve(
      uploads,
      contract.writeNxCache,
      async ({ params, body, request }) => {
        if (!(body instanceof Readable)) throw new ApiError('bad-request', 'send the entry as application/octet-stream')
        const { rowCount } = await pool.query('SELECT 1 FROM nx_cache_entry WHERE hash = $1', [params.hash])
        if (rowCount !== 0) throw new ApiError('conflict', 'the entry is there, and what was stored stays')
        const { digest, size } = await nxStore.put(bounded(body, blobLimit))
        const { rowCount: written } = await pool.query(
          'INSERT INTO nx_cache_entry (hash, blob, size, writer) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
          [params.hash, digest, size, request.who],
        )
        if (written === 0) throw new ApiError('conflict', 'the entry is there, and what was stored stays')
        return { hash: params.hash }
      },
      { bodyLimit: blobLimit },
    )
  })
}

async function* part(pieces: AsyncIterable<Uint8Array>, start: number, end: number): AsyncIterable<Uint8Array> {
  let at = 0
  for await (const piece of pieces) {
    const [from, to] = [Math.max(0, start - at), Math.min(piece.length, end - at)]
    if (from < to) yield piece.subarray(from, to)
    at += piece.length
    if (at >= end) return
  }
}

/** Also holds for a body that does not tell its length. */
async function* bounded(body: Readable, limit: number): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    size += piece.length
    if (size > limit) throw new ApiError('too-large', `a body here has at most ${limit} bytes`)
    yield piece
  }
}
