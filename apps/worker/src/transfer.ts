/** Blobs and trees between the API's store and the worker's own; each is verified by its digest when it is written. */
import { Readable } from 'node:stream'
import type { Digest } from '@bootgraph/build-graph'
import { inParallel, listTree, readDirectory, type Store } from '@bootgraph/build-graph/store'
import type { ApiClient } from './api-client.ts'

/** Blobs under way at the same time. */
const WIDTH = 8

export async function fetchBlob(api: ApiClient, store: Store, digest: Digest): Promise<void> {
  if (!(await store.has(digest))) await store.put(await api.blob(digest), digest)
}

/** Everything below a tree, directories first. */
export async function fetchTree(api: ApiClient, store: Store, tree: Digest): Promise<void> {
  await fetchBlob(api, store, tree)
  await inParallel(await readDirectory(store, tree), WIDTH, (entry) => {
    if (entry.kind === 'directory') return fetchTree(api, store, entry.digest)
    return entry.kind === 'file' ? fetchBlob(api, store, entry.digest) : Promise.resolve()
  })
}

export async function sendBlob(api: ApiClient, store: Store, digest: Digest): Promise<void> {
  if (await api.hasBlob(digest)) return
  const size = (await store.size(digest)) ?? 0
  const content = size < 2 ** 20 ? new Uint8Array(await store.get(digest)) : undefined
  await api.putBlob(digest, () => content ?? (Readable.toWeb(Readable.from(store.read(digest))) as ReadableStream))
}

/** Everything below a tree, and the tree last: whoever sees it can read all of it. */
export async function sendTree(api: ApiClient, store: Store, tree: Digest): Promise<void> {
  const blobs: Digest[] = []
  for await (const { entry } of listTree(store, tree)) if (entry.kind !== 'symlink') blobs.push(entry.digest)
  await inParallel(blobs, WIDTH, (digest) => sendBlob(api, store, digest))
  await sendBlob(api, store, tree)
}
