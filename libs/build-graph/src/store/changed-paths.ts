/** In which files two trees differ; equal directories are not looked into. */
import type { Digest } from '../digest.ts'
import type { TreeEntry } from '../tree.ts'
import type { Store } from './store.ts'
import { readDirectory } from './tree-io.ts'

/** Paths of files and links that are new, gone or other, in the trees' order, at most `limit`. @throws StoreError */
export async function changedPaths(store: Store, before: Digest, after: Digest, limit: number): Promise<string[]> {
  const found: string[] = []
  await compare(store, before, after, '', found, limit)
  return found
}

async function compare(
  store: Store,
  before: Digest | undefined,
  after: Digest | undefined,
  under: string,
  found: string[],
  limit: number,
): Promise<void> {
  if (before === after || found.length >= limit) return
  const [old, now] = await Promise.all(
    [before, after].map(async (tree) => (tree ? byName(await readDirectory(store, tree)) : new Map<string, TreeEntry>())),
  )
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    if (found.length >= limit) return
    const [a, b] = [old.get(name), now.get(name)]
    const path = under === '' ? name : `${under}/${name}`
    const [inA, inB] = [a, b].map((entry) => (entry?.kind === 'directory' ? entry.digest : undefined))
    if (inA !== undefined || inB !== undefined) await compare(store, inA, inB, path, found, limit)
    else if (!same(a, b)) found.push(path)
  }
}

const byName = (entries: readonly TreeEntry[]): Map<string, TreeEntry> => new Map(entries.map((entry) => [entry.name, entry]))

function same(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  if (a?.kind === 'file' && b?.kind === 'file') return a.digest === b.digest && a.executable === b.executable
  return a?.kind === 'symlink' && b?.kind === 'symlink' && a.target === b.target
}
