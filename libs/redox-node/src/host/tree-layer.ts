/** A store tree as a read-only layer of the guest's files. Times and owners do not exist in a tree: everything is of the epoch. */
import type { Digest } from '@bootgraph/build-graph'
import { TreeReader } from '@bootgraph/build-graph/store'
import type { FileLayer, LayerEntry } from '@bootgraph/kernel'
import { keepOpen, readFileAt } from './folder-layer.ts'

export interface DigestedLayer extends FileLayer {
  /** SHA-256 of a file's content where the layer knows it without reading. */
  digest?(path: string): string | undefined
}

export function treeLayer(store: string, tree: Digest): DigestedLayer {
  const reader = new TreeReader(store, tree)
  const file = (path: string) => {
    const entry = reader.lookup(path)
    return entry?.kind === 'file' ? entry : undefined
  }
  return {
    readdir(path) {
      const entry = reader.lookup(path)
      if (entry?.kind !== 'directory') return []
      return [...reader.directory(entry.digest).values()].map((child): LayerEntry => {
        const { name } = child
        if (child.kind === 'file') return { name, kind: 'file', size: child.size, mode: child.executable ? 0o755 : 0o644, mtime: 0n }
        if (child.kind === 'symlink') return { name, kind: 'link', size: child.target.length, mode: 0o777, mtime: 0n, target: child.target }
        return { name, kind: 'dir', size: 0, mode: 0o755, mtime: 0n }
      })
    },
    read(path, offset, into) {
      const entry = file(path)
      return entry ? readFileAt(reader.blob(entry.digest), offset, into) : 0
    },
    digest: (path) => file(path)?.digest,
    later(path) {
      const entry = file(path)
      return entry && keepOpen(reader.blob(entry.digest))
    },
  }
}
