/** What is known of an installed toolchain: one small JSON file per name below the data folder. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonical, type Digest, isDigest, type RootLayer } from '@bootgraph/build-graph'
import { blobPath, dataFolder } from '@bootgraph/build-graph/store'
import { ToolchainError } from './toolchain-error.ts'

export interface ToolchainReference {
  readonly version: 1
  readonly name: string
  readonly title: string
  /** packages: a distribution's. folder: imported from a host folder. source: a source tree, nothing to run. */
  readonly kind: 'packages' | 'folder' | 'source'
  readonly tree: Digest
  /** Tree of what other toolchains stand on: shared objects, shell, time zones. */
  readonly base?: Digest
  readonly packages: readonly { readonly name: string; readonly version: string; readonly sha256: string }[]
  readonly files: number
  readonly bytes: number
  /** Guest folders. */
  readonly path: readonly string[]
  readonly libraryPath: readonly string[]
}

/** What a node needs to run a toolchain's programs. */
export interface Toolchain {
  readonly name: string
  readonly tree: Digest
  readonly roots: readonly RootLayer[]
  readonly path: readonly string[]
  readonly libraryPath: readonly string[]
}

export interface Place {
  readonly data: string
  readonly store: string
}

export const defaultPlace = (): Place => ({ data: dataFolder(), store: join(dataFolder(), 'store') })

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/

export function checkName(name: string): string {
  // `--toolchain none` is a root without one.
  if (name === 'none') throw new ToolchainError('"none" cannot name a toolchain: it stands for no toolchain')
  if (!NAME.test(name) || isDigest(name)) throw new ToolchainError(`"${name}" cannot name a toolchain: use a-z, 0-9, dot, dash, underscore`)
  return name
}

const folder = (place: Place): string => join(place.data, 'toolchains')
const file = (place: Place, name: string): string => join(folder(place), `${checkName(name)}.json`)

export function writeReference(reference: ToolchainReference, place: Place): void {
  const path = file(place, reference.name)
  mkdirSync(folder(place), { recursive: true })
  writeFileSync(`${path}.new`, `${canonical(reference)}\n`)
  renameSync(`${path}.new`, path)
}

export function listReferences(place: Place = defaultPlace()): ToolchainReference[] {
  if (!existsSync(folder(place))) return []
  return readdirSync(folder(place))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readReference(name.slice(0, -'.json'.length), place))
}

/** @throws ToolchainError if there is none of that name. */
export function readReference(name: string, place: Place = defaultPlace()): ToolchainReference {
  const path = file(place, name)
  if (!existsSync(path)) {
    const how = name === 'debian' ? 'bootgraph toolchain install debian' : `bootgraph toolchain add ${name} PATH`
    throw new ToolchainError(`no toolchain "${name}" here; "${how}" makes one, "bootgraph toolchain list" lists what there is`)
  }
  const value = JSON.parse(readFileSync(path, 'utf8')) as ToolchainReference
  if (value.version !== 1 || !isDigest(value.tree))
    throw new ToolchainError(`${path} is not a toolchain reference of this version; remove it and install again`)
  return value
}

/** Forgets the name. Blobs stay until the store is collected. */
export function removeReference(name: string, place: Place = defaultPlace()): void {
  readReference(name, place)
  rmSync(file(place, name))
}

/** By name, by tree digest, or by a digest's first digits (8 or more). @throws ToolchainError also for a source tree */
export function resolveToolchain(idOrName: string, place: Place = defaultPlace()): Toolchain {
  const byDigest = /^[0-9a-f]{8,64}$/.test(idOrName) ? listReferences(place).find((r) => r.tree.startsWith(idOrName)) : undefined
  const reference = byDigest ?? readReference(idOrName, place)
  if (reference.kind === 'source')
    throw new ToolchainError(`"${reference.name}" is a source tree without programs; "bootgraph toolchain list" lists the toolchains`)
  if (!existsSync(blobPath(place.store, reference.tree))) {
    throw new ToolchainError(`the tree of "${reference.name}" is no longer in the store ${place.store}; install it again`)
  }
  const { name, tree, path, libraryPath } = reference
  return { name, tree, roots: [{ tree, store: place.store }], path, libraryPath }
}
