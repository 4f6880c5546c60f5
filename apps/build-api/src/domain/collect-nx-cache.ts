/** Nx's cache keeps an entry for so many days; then it is made again when it is needed. */
import type { Digest } from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'
import type pg from 'pg'

export interface NxReport {
  readonly entries: number
  /** Of these. */
  readonly removed: number
  /** Of blobs that no other entry names. */
  readonly removedBytes: number
}

/** Removes entries stored before `keepDays` days, those whose blob is lost, and blobs that no entry names. A dry run only counts them. */
export async function collectNxCache(pool: pg.Pool, store: Store, options: { dryRun: boolean; keepDays: number }): Promise<NxReport> {
  // Listed first: what is stored from now on is not looked at.
  const unnamed = new Set<Digest>()
  for await (const digest of store.list()) unnamed.add(digest)
  const { rows } = await pool.query<{ hash: string; blob: Digest; old: boolean }>(
    'SELECT hash, blob, stored_at <= now() - make_interval(days => $1) AS old FROM nx_cache_entry',
    [options.keepDays],
  )
  const removed: string[] = []
  for (const { hash, blob, old } of rows)
    if (old || !(await store.has(blob))) removed.push(hash)
    else unnamed.delete(blob)
  if (!options.dryRun) await pool.query('DELETE FROM nx_cache_entry WHERE hash = ANY($1)', [removed])
  let removedBytes = 0
  for (const digest of unnamed) {
    removedBytes += (await store.size(digest)) ?? 0
    if (!options.dryRun) await store.remove(digest)
  }
  return { entries: rows.length, removed: removed.length, removedBytes }
}
