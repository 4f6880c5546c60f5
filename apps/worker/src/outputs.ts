/** Declared outputs out of the folder in which a guest could write: nothing in there is trusted, and no link is followed. */

import { createReadStream } from 'node:fs'
import { lstat, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '@bootgraph/build-graph'
import { importFolder, type Store, TreeBuilder } from '@bootgraph/build-graph/store'

export interface Collected {
  /** Undefined if one is missing. */
  readonly outputs: Digest | undefined
  readonly missing: readonly string[]
}

/** `outputs` are absolute guest paths below `inputPath`, which the host has as `folder`. */
export async function collectOutputs(store: Store, folder: string, inputPath: string, outputs: readonly string[]): Promise<Collected> {
  const tree = new TreeBuilder()
  const missing: string[] = []
  for (const output of outputs) {
    const relative = belowInput(inputPath, output)
    if (relative === undefined || !(await add(store, folder, relative, output.slice(1), tree))) missing.push(output)
  }
  return { outputs: missing.length > 0 ? undefined : await tree.store(store), missing }
}

/** The path below the input's, or undefined if it is not below it. */
export function belowInput(inputPath: string, path: string): string | undefined {
  const under = inputPath.endsWith('/') ? inputPath : `${inputPath}/`
  const names = path.startsWith(under) ? path.slice(under.length).split('/') : ['']
  return names.some((name) => name === '' || name === '.' || name === '..') ? undefined : names.join('/')
}

/** False if it is not there, or behind a link that the guest made. */
async function add(store: Store, folder: string, relative: string, guest: string, tree: TreeBuilder): Promise<boolean> {
  const names = relative.split('/')
  for (let depth = 1; depth < names.length; depth++) {
    const parent = await lstat(join(folder, ...names.slice(0, depth))).catch(() => undefined)
    if (!parent?.isDirectory()) return false
  }
  const host = join(folder, relative)
  const found = await lstat(host).catch(() => undefined)
  if (found?.isSymbolicLink()) tree.setSymlink(guest, await readlink(host))
  else if (found?.isDirectory()) {
    tree.setDirectory(guest)
    await importFolder(store, host, tree, { under: guest })
  } else if (found?.isFile()) {
    const stored = await store.put(createReadStream(host))
    tree.setFile(guest, stored.digest, stored.size, (found.mode & 0o100) !== 0)
  } else return false
  return true
}
