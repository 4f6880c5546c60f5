/** Trees laid over one another, directory by directory: what only one of them has is taken over by its digest, unread. */
import type { Digest } from '../digest.ts'
import type { ActionDraft, InputPart, UnitOutcome } from '../plan.ts'
import { encodeDirectory, type TreeEntry } from '../tree.ts'
import type { Store } from './store.ts'
import { readDirectory, treeBelow } from './tree-io.ts'

/** The last tree that has a name wins; directories of one name are merged. No tree at all gives the empty one. @throws StoreError */
export async function mergeTrees(store: Store, trees: readonly Digest[]): Promise<Digest> {
  const different = trees.filter((tree, i) => trees.lastIndexOf(tree) === i)
  if (different.length === 1) return different[0]
  const merged = new Map<string, TreeEntry | Digest[]>()
  for (const tree of different)
    for (const entry of await readDirectory(store, tree)) {
      const before = merged.get(entry.name)
      if (entry.kind !== 'directory') merged.set(entry.name, entry)
      else if (Array.isArray(before)) before.push(entry.digest)
      else merged.set(entry.name, [entry.digest])
    }
  const entries = await Promise.all(
    [...merged].map(
      async ([name, entry]): Promise<TreeEntry> =>
        Array.isArray(entry) ? { kind: 'directory', name, digest: await mergeTrees(store, entry) } : entry,
    ),
  )
  return (await store.put(encodeDirectory(entries))).digest
}

/** The input of a drafted action, once the units that it takes outputs of have ended. @throws StoreError; Error if one has not. */
export async function draftInput(store: Store, draft: ActionDraft, outcomes: ReadonlyMap<string, UnitOutcome>): Promise<Digest> {
  return mergeTrees(store, await Promise.all(draft.inputs.map((part) => partTree(store, part, draft.inputPath, outcomes))))
}

async function partTree(store: Store, part: InputPart, inputPath: string, outcomes: ReadonlyMap<string, UnitOutcome>): Promise<Digest> {
  if ('tree' in part) return treeBelow(store, part.tree, part.at)
  const outcome = outcomes.get(part.outputsOf)
  if (!outcome) throw new Error(`the unit ${part.outputsOf}, whose outputs are an input, has not ended`)
  return treeBelow(store, await treeAt(store, outcome.outputs, part.from ?? inputPath), part.at ?? '')
}

/** The directory at a path of a tree; the empty tree if there is none. */
async function treeAt(store: Store, tree: Digest, path: string): Promise<Digest> {
  let here = tree
  for (const name of path.split('/').filter((each) => each !== '')) {
    const entry = (await readDirectory(store, here)).find((each) => each.name === name)
    if (entry?.kind !== 'directory') return (await store.put(encodeDirectory([]))).digest
    here = entry.digest
  }
  return here
}
