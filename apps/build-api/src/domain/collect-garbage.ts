/** Removes blobs that nothing needs. Roots: builds of late, running ones, pinned artifacts, toolchains, node images. */
import type { Action, ActionDraft, ActionResult, Digest, PlanInputs } from '@bootgraph/build-graph'
import { readDirectory, type Store, StoreError } from '@bootgraph/build-graph/store'
import { listReferences, type Place } from '@bootgraph/rustc-bootstrap'
import type pg from 'pg'
import { ApiError } from '../errors.ts'
import type { WholeResults } from './outcome.ts'
import { aloneWithStore } from './store-lock.ts'

export interface GcReport {
  readonly dryRun: boolean
  readonly blobs: number
  readonly bytes: number
  readonly kept: number
  readonly removed: number
  readonly removedBytes: number
  readonly roots: {
    readonly builds: number
    readonly pinned: number
    readonly toolchains: number
    readonly images: number
    readonly nx: number
  }
}

interface GcDeps {
  readonly pool: pg.Pool
  readonly store: Store
  readonly whole: WholeResults
  readonly place: Place
}

/**
 * Also forgets cached results that lost a blob by it; records of builds stay whatever is removed. `begins` is awaited before anything is
 * removed, and not called where nothing will be.
 */
export async function collectGarbage(
  deps: GcDeps,
  options: { dryRun: boolean; keepDays: number },
  begins: () => Promise<void>,
): Promise<GcReport> {
  if (options.dryRun) return collect(deps, options)
  const report = await aloneWithStore(deps.pool, async () => {
    const { rowCount } = await deps.pool.query(`SELECT 1 FROM build WHERE state = 'running' LIMIT 1`)
    if (rowCount !== 0) return undefined
    await begins()
    return collect(deps, options)
  })
  if (report === undefined) throw new ApiError('conflict', 'a build is running or being planned; collect when none is')
  return report
}

async function collect(deps: GcDeps, options: { dryRun: boolean; keepDays: number }): Promise<GcReport> {
  const { pool, store, whole, place } = deps
  // Listed first: what is stored from now on is not looked at.
  const listed: Digest[] = []
  for await (const digest of store.list()) listed.push(digest)
  const live = new Set<Digest>()
  const keepBlob = (digest: string | null | undefined): void => {
    if (digest) live.add(digest as Digest)
  }
  const keepTree = (tree: string | null | undefined): Promise<void> => (tree ? markTree(store, tree as Digest, live) : Promise.resolve())

  const references = listReferences(place)
  for (const { tree, base } of references) for (const each of [tree, base]) await keepTree(each)
  const { rows: images } = await pool.query<{ digest: string; manifest: { bundles: Record<string, string> } }>(
    'SELECT digest, manifest FROM node_image',
  )
  for (const { digest, manifest } of images) for (const each of [digest, ...Object.values(manifest.bundles)]) keepBlob(each)
  const { rows: pinned } = await pool.query<{ tree: string }>('SELECT tree FROM artifact WHERE pinned')
  for (const { tree } of pinned) await keepTree(tree)

  const { rows: builds } = await pool.query<{ id: string; inputs: PlanInputs | null }>(
    `SELECT id, inputs FROM build WHERE state = 'running' OR coalesce(ended_at, created_at) > now() - make_interval(days => $1)`,
    [options.keepDays],
  )
  for (const { inputs } of builds) {
    if (inputs === null) continue
    keepBlob(inputs.surface)
    for (const tree of [...inputs.roots, inputs.sysroot, inputs.sources, ...inputs.overlays.map((overlay) => overlay.tree)])
      await keepTree(tree)
  }
  const ids = builds.map(({ id }) => id)
  for (const { content, draft } of await units(pool, ids)) {
    if (content) {
      keepBlob(content.surface)
      for (const tree of [...content.roots, content.input, ...content.overlays.map((overlay) => overlay.tree)]) await keepTree(tree)
    }
    for (const part of draft?.inputs ?? []) if ('tree' in part) await keepTree(part.tree)
  }
  const { rows: results } = await pool.query<{ result: ActionResult }>(
    'SELECT DISTINCT result FROM attempt WHERE build = ANY($1) AND result IS NOT NULL',
    [ids],
  )
  for (const { result } of results) {
    keepBlob(result.stdout)
    keepBlob(result.stderr)
    await keepTree(result.outputs)
  }
  const { rows: logs } = await pool.query<{ blob: string }>('SELECT DISTINCT blob FROM log_chunk WHERE build = ANY($1)', [ids])
  for (const { blob } of logs) keepBlob(blob)

  const report = { blobs: 0, bytes: 0, kept: 0, removed: 0, removedBytes: 0 }
  for (const digest of listed) {
    const size = await store.size(digest)
    if (size === undefined) continue
    report.blobs++
    report.bytes += size
    if (live.has(digest)) {
      report.kept++
      continue
    }
    report.removed++
    report.removedBytes += size
    if (!options.dryRun) await store.remove(digest)
  }
  if (!options.dryRun) {
    whole.forget()
    await forgetBroken(pool, whole)
  }
  const { rows: nx } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM nx_cache_entry')
  const roots = { builds: builds.length, pinned: pinned.length, toolchains: references.length, images: images.length, nx: nx[0]!.n }
  return { dryRun: options.dryRun, ...report, roots }
}

async function units(pool: pg.Pool, builds: readonly string[]): Promise<readonly { content: Action | null; draft: ActionDraft | null }[]> {
  const { rows } = await pool.query<{ content: Action | null; draft: ActionDraft | null }>(
    'SELECT DISTINCT a.content, u.draft FROM unit u LEFT JOIN action a ON a.digest = u.action WHERE u.build = ANY($1)',
    [builds],
  )
  return rows
}

async function markTree(store: Store, tree: Digest, live: Set<Digest>): Promise<void> {
  if (live.has(tree)) return
  live.add(tree)
  try {
    for (const entry of await readDirectory(store, tree)) {
      if (entry.kind === 'directory') await markTree(store, entry.digest, live)
      else if (entry.kind === 'file') live.add(entry.digest)
    }
  } catch (error) {
    // Removed by a collection before: what is behind it went with it.
    if (!(error instanceof StoreError) || error.fault !== 'missing') throw error
  }
}

async function forgetBroken(pool: pg.Pool, whole: WholeResults): Promise<void> {
  const { rows } = await pool.query<{ action: string; content: ActionResult }>('SELECT action, content FROM result')
  for (const { action, content } of rows)
    if (!(await whole.has(content))) await pool.query('DELETE FROM result WHERE action = $1', [action])
}
