/** Workers, the queue, node images. */
import { type Digest, isDigest, type NodeImageManifest } from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'
import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import * as contract from '../contract/fleet.ts'
import { serve } from '../contract/operation.ts'
import { releaseQuarantine } from '../domain/completion.ts'
import { emit } from '../domain/events.ts'
import { transaction } from '../domain/transaction.ts'
import { ApiError } from '../errors.ts'
import { audit } from '../plugins/auth.ts'
import { decodeCursor, PAGE, pageOf } from '../views/page.ts'
import type { RouteDeps } from './deps.ts'

/** Bytes; a manifest lists a handful of bundles. */
const MANIFEST_LIMIT = 64 * 1024
const BUNDLE = /^[a-z0-9][a-z0-9.-]{0,63}\.[cm]js$/

type Worker = Static<NonNullable<(typeof contract.showWorker)['answer']>>
type Image = Static<NonNullable<(typeof contract.showNodeImage)['answer']>>['image']

export async function fleetRoutes(app: FastifyInstance, deps: RouteDeps): Promise<void> {
  const { pool, store, progressed, queue } = deps

  const workers = async ({ id, limit = PAGE, cursor }: { id?: string; limit?: number; cursor?: string }) => {
    const after = decodeCursor(cursor, ['time', 'string'])
    const { rows } = await pool.query<Worker>(
      `SELECT w.id, w.host, w.concurrency, w.memory, w.memory_used AS "memoryUsed", w.started_at AS "startedAt", w.seen_at AS "seenAt",
              CASE WHEN w.seen_at < now() - interval '30 seconds' THEN 'gone' WHEN w.draining THEN 'draining' ELSE 'live' END AS state,
              (SELECT count(*)::int FROM attempt t WHERE t.worker = w.id AND t.state NOT IN ('queued', 'running')
                 AND (t.stages->>'reported')::bigint > (extract(epoch FROM now()) - 3600) * 1000) AS "lastHour",
              coalesce((SELECT jsonb_agg(jsonb_build_object('build', t.build, 'unit', t.unit, 'name', u.name, 'attempt', t.number,
                 'since', to_char(to_timestamp((t.stages->>'taken')::bigint / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
               FROM attempt t JOIN unit u ON u.build = t.build AND u.id = t.unit WHERE t.worker = w.id AND t.state = 'running'), '[]') AS running
       FROM worker w WHERE ($1::text IS NULL OR w.id = $1) AND w.seen_at > now() - interval '1 day'
         AND ($2::timestamptz IS NULL OR (w.started_at, w.id) < ($2, $3))
       ORDER BY w.started_at DESC, w.id DESC LIMIT $4`,
      [id ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    )
    return pageOf(
      rows,
      limit,
      (row) => row,
      (row) => [row.startedAt, row.id],
    )
  }
  serve(app, contract.listWorkers, ({ query }) => workers(query))
  serve(app, contract.showWorker, async ({ params }) => {
    const [worker] = (await workers({ id: params.worker })).items
    if (worker === undefined) throw new ApiError('not-found', 'no such worker in the last day')
    return worker
  })
  serve(app, contract.heartbeat, async ({ params, body }) => {
    await transaction(pool, async (client) => {
      const { rows } = await client.query<{ fresh: boolean; changed: boolean }>(
        `WITH old AS (SELECT draining FROM worker WHERE id = $1)
         INSERT INTO worker (id, host, concurrency, memory, memory_used, draining) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET seen_at = now(), concurrency = $3, memory = $4, memory_used = $5, draining = $6
         RETURNING (xmax = 0) AS fresh, coalesce((SELECT draining FROM old) <> $6, false) AS changed`,
        [params.worker, body.host, body.concurrency, body.memory, body.memoryUsed, body.draining],
      )
      const { fresh, changed } = rows[0]!
      if (fresh || changed)
        await emit(client, [{ type: 'worker', data: { id: params.worker, state: body.draining ? 'draining' : 'live' } }])
    })
    return { now: new Date().toISOString() }
  })

  serve(app, contract.showQueue, async () => {
    const sizes = await queue.sizes().catch(() => undefined)
    const { rows } = await pool.query<{
      ready: number
      queued: number
      running: number
      oldest: number | null
      workers: number
      slots: number
    }>(
      `SELECT count(*) FILTER (WHERE u.state = 'ready')::int AS ready, count(*) FILTER (WHERE u.state = 'queued')::int AS queued,
              count(*) FILTER (WHERE u.state = 'running')::int AS running,
              (SELECT extract(epoch FROM now()) * 1000 - min((stages->>'queued')::bigint) FROM attempt WHERE state = 'queued') AS oldest,
              (SELECT count(*)::int FROM worker WHERE seen_at > now() - interval '30 seconds') AS workers,
              (SELECT coalesce(sum(concurrency), 0)::int FROM worker WHERE seen_at > now() - interval '30 seconds' AND NOT draining) AS slots
       FROM unit u WHERE u.state IN ('ready', 'queued', 'running')`,
    )
    const { oldest, workers: live, slots, ...units } = rows[0]!
    const { rows: quarantined } = await pool.query<{ action: string; losses: number; error: string; since: string }>(
      'SELECT action, losses, error, since FROM quarantine ORDER BY since DESC LIMIT 200',
    )
    return {
      backend: queue.backend,
      reachable: sizes !== undefined,
      waiting: sizes?.waiting ?? 0,
      active: sizes?.active ?? 0,
      units,
      ...(oldest === null ? {} : { oldestWait: Math.max(0, oldest) }),
      workers: live,
      slots,
      quarantined,
    }
  })
  serve(app, contract.releaseQuarantine, async ({ params, request }) => {
    await transaction(pool, async (client) => {
      if (!(await releaseQuarantine(client, params.action as Digest))) throw new ApiError('not-found', 'that action is not in quarantine')
      await audit(client, request, 'quarantine.release', params.action)
    })
    progressed()
    return { action: params.action }
  })

  /** Newest first; with `from`, that one and those before it. */
  const images = async ({ from, limit = PAGE, cursor }: { from?: string; limit?: number; cursor?: string }) => {
    const after = decodeCursor(cursor, ['time', 'string'])
    const { rows } = await pool.query<Omit<Image, 'entry' | 'bundles'> & { manifest: NodeImageManifest }>(
      `SELECT digest, manifest, registered_at AS "registeredAt", registered_by AS "registeredBy",
              registered_at = (SELECT max(registered_at) FROM node_image) AS current
       FROM node_image
       WHERE ($1::text IS NULL OR (registered_at, digest) <= (SELECT registered_at, digest FROM node_image WHERE digest = $1))
         AND ($2::timestamptz IS NULL OR (registered_at, digest) < ($2, $3))
       ORDER BY registered_at DESC, digest DESC LIMIT $4`,
      [from ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    )
    return pageOf(
      rows,
      limit,
      ({ manifest, ...row }) => ({ ...row, entry: manifest.entry, bundles: { ...manifest.bundles } }),
      (row) => [row.registeredAt, row.digest],
    )
  }
  serve(app, contract.listNodeImages, ({ query }) => images(query))
  serve(app, contract.showNodeImage, async ({ params }) => {
    const [image, previous] = (await images({ from: params.digest, limit: 2 })).items
    if (image === undefined) throw new ApiError('not-found', 'no such node image')
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM build WHERE inputs->>'image' = $1`, [params.digest])
    const names = [...new Set([...Object.keys(image.bundles), ...Object.keys(previous?.bundles ?? {})])].sort()
    return {
      image,
      ...(previous ? { previous: previous.digest } : {}),
      changed: previous ? names.filter((name) => image.bundles[name] !== previous.bundles[name]) : names,
      builds: rows[0]!.n,
    }
  })
  serve(app, contract.registerNodeImage, async ({ params, request }) => {
    const digest = params.digest as Digest
    const manifest = await readManifest(store, digest)
    await transaction(pool, async (client) => {
      await client.query(
        `INSERT INTO node_image (digest, manifest, registered_by) VALUES ($1, $2, $3)
         ON CONFLICT (digest) DO UPDATE SET registered_at = now(), registered_by = $3`,
        [digest, JSON.stringify(manifest), request.who],
      )
      await audit(client, request, 'node-image.register', digest)
    })
    return { digest }
  })
}

/** The manifest, stored as a blob under the image's own digest, with every bundle stored as well. */
async function readManifest(store: Store, digest: Digest): Promise<NodeImageManifest> {
  const size = await store.size(digest)
  if (size === undefined) throw new ApiError('blob-missing', 'store the manifest and its bundles first')
  const manifest = size > MANIFEST_LIMIT ? undefined : parseManifest(await store.get(digest))
  if (manifest === undefined) throw new ApiError('not-a-manifest', 'the blob is no manifest of a node image')
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
