import type { Digest } from '@bootgraph/build-graph'
import { listTree, type Store } from '@bootgraph/build-graph/store'

/** How many files a tree has and their bytes, each path counted by itself. @throws StoreError where a directory is missing. */
export async function sizeOfTree(store: Store, tree: Digest): Promise<{ files: number; bytes: number }> {
  const size = { files: 0, bytes: 0 }
  for await (const { entry } of listTree(store, tree))
    if (entry.kind === 'file') {
      size.files++
      size.bytes += entry.size
    }
  return size
}
