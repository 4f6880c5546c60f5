/** Declared outputs out of the folder that a node left them in: nothing in there is trusted, and no link is followed. */

import { createReadStream } from 'node:fs'
import { lstat, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '../digest.ts'
import type { Store } from '../store/store.ts'
import { importFolder, TreeBuilder } from '../store/tree-io.ts'

export interface Collected {
  /** Undefined if one is missing. */
  readonly outputs: Digest | undefined
  readonly missing: readonly string[]
}

/** Symbolic links by guest path, with their targets. */
type Links = ReadonlyMap<string, string>

/** `outputs` are absolute guest paths; the host has `/a/b` as `folder/a/b`, except for `links`. */
export async function collectOutputs(
  store: Store,
  folder: string,
  outputs: readonly string[],
  links: Links = new Map(),
): Promise<Collected> {
  const tree = new TreeBuilder()
  const missing: string[] = []
  for (const output of outputs) {
    const names = pathNames(output)
    if (names === undefined || !(await add(store, folder, names, tree, links))) missing.push(output)
  }
  return { outputs: missing.length > 0 ? undefined : await tree.store(store), missing }
}

/** Names of an absolute guest path below the root, or undefined if it is none or leads elsewhere. */
export function pathNames(path: string): readonly string[] | undefined {
  const names = path.startsWith('/') ? path.slice(1).split('/') : ['']
  return names.some((name) => name === '' || name === '.' || name === '..') ? undefined : names
}

/** False if it is not there, or behind a link that the guest made. */
async function add(store: Store, folder: string, names: readonly string[], tree: TreeBuilder, links: Links): Promise<boolean> {
  for (let depth = 1; depth < names.length; depth++) {
    const parent = await lstat(join(folder, ...names.slice(0, depth))).catch(() => undefined)
    if (!parent?.isDirectory()) return false
  }
  const guest = names.join('/')
  const host = join(folder, ...names)
  const target = links.get(`/${guest}`)
  if (target !== undefined) {
    tree.setSymlink(guest, target)
    return true
  }
  const found = await lstat(host).catch(() => undefined)
  if (found?.isSymbolicLink()) tree.setSymlink(guest, await readlink(host))
  else if (found?.isDirectory()) {
    tree.setDirectory(guest)
    await importFolder(store, host, tree, { under: guest })
    for (const [path, target] of links) if (path.startsWith(`/${guest}/`)) tree.setSymlink(path.slice(1), target)
  } else if (found?.isFile()) {
    const stored = await store.put(createReadStream(host))
    tree.setFile(guest, stored.digest, stored.size, (found.mode & 0o100) !== 0)
  } else return false
  return true
}
