/** The node's root: a toolchain's trees, a store tree, a host folder, or nothing. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Digest, isDigest, type RootLayer } from '@bootgraph/build-graph'
import { storeFolder, TreeReader } from '@bootgraph/build-graph/store'
import { resolveToolchain, type Toolchain, ToolchainError } from '@bootgraph/rustc-bootstrap/toolchain'
import { fail } from './output.ts'

export interface Root {
  readonly layers: readonly RootLayer[]
  readonly env: Readonly<Record<string, string>>
}

const PATH = '/usr/local/bin:/usr/bin:/bin'

export function rootFor(options: { root?: string; toolchain: string }): Root {
  if (options.root !== undefined) return { layers: [layer(options.root)], env: { PATH } }
  if (options.toolchain === 'none') return { layers: [], env: { PATH } }
  const toolchain = toolchainNamed(options.toolchain)
  return { layers: toolchain.roots, env: { PATH: toolchain.path.join(':') } }
}

/** A toolchain by name or digest; one clear line if there is none. */
export function toolchainNamed(name: string): Toolchain {
  try {
    return resolveToolchain(name)
  } catch (error) {
    if (error instanceof ToolchainError) return fail(error.message)
    throw error
  }
}

function storedTree(tree: Digest): RootLayer {
  const store = storeFolder()
  try {
    new TreeReader(store, tree).directory(tree)
  } catch {
    fail(`--root ${tree}: the store ${store} has no such tree`)
  }
  return { tree, store }
}

function layer(text: string): RootLayer {
  if (isDigest(text)) return storedTree(text)
  if (text === '') fail('--root: expected a folder or a tree digest')
  const folder = resolve(text)
  if (!existsSync(folder) || !statSync(folder).isDirectory()) fail(`--root ${text}: no such folder, and not a tree digest`)
  return { folder }
}
