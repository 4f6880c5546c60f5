/** Node images that may run here. An image is code, so registering one needs the scope admin. */
import { type Digest, isDigest, type NodeImageManifest } from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { ApiError } from '../errors.ts'

/** Bytes; a manifest lists a handful of bundles. */
const MANIFEST_LIMIT = 64 * 1024
const BUNDLE = /^[a-z0-9][a-z0-9.-]{0,63}\.mjs$/

export async function nodeImageRoutes(app: FastifyInstance, { pool, store }: { pool: pg.Pool; store: Store }): Promise<void> {
  app.get('/node-images', { config: { scope: 'read' } }, async () => {
    const { rows } = await pool.query(
      'SELECT digest, manifest, registered_at AS "registeredAt" FROM node_image ORDER BY registered_at DESC LIMIT 200',
    )
    return { images: rows }
  })

  app.put<{ Params: { digest: string } }>('/node-images/:digest', { config: { scope: 'admin' } }, async (request, reply) => {
    const { digest } = request.params
    if (!isDigest(digest)) throw new ApiError('bad-request', 'a digest is 64 lower-case hex digits')
    const manifest = await readManifest(store, digest)
    await pool.query('INSERT INTO node_image (digest, manifest, registered_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      digest,
      JSON.stringify(manifest),
      request.ip,
    ])
    return reply.code(201).send({ digest })
  })
}

/** The manifest, stored as a blob under the image's own digest, with every bundle stored as well. */
async function readManifest(store: Store, digest: Digest): Promise<NodeImageManifest> {
  const size = await store.size(digest)
  if (size === undefined) throw new ApiError('blob-missing', 'store the manifest and its bundles first')
  const manifest = size > MANIFEST_LIMIT ? undefined : parseManifest(await store.get(digest))
  if (manifest === undefined) throw new ApiError('bad-request', 'this is no manifest of a node image')
  for (const [name, bundle] of Object.entries(manifest.bundles))
    if (!(await store.has(bundle))) throw new ApiError('blob-missing', `the store lacks the bundle ${name}`)
  return manifest
}

function parseManifest(bytes: Uint8Array): NodeImageManifest | undefined {
  try {
    const { version, bundles, entry, ...rest } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as NodeImageManifest
    if (version !== 1 || Object.keys(rest).length > 0 || !Object.hasOwn(bundles, entry)) return undefined
    const sound = Object.entries(bundles).every(([name, bundle]) => BUNDLE.test(name) && typeof bundle === 'string' && isDigest(bundle))
    return sound ? { version, bundles, entry } : undefined
  } catch {
    // Not UTF-8, not JSON, or not an object: none of ours in every case.
    return undefined
  }
}
