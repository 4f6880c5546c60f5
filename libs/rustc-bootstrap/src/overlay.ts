/** Overlays that ship with bootgraph: named changes over the compiler's source, which carry a build past a wall while its gap stays open. */

import type { OverlayRef } from '@bootgraph/build-graph'
import { type Digest, decodeDirectory } from '@bootgraph/build-graph'
import { type Store, TreeBuilder } from '@bootgraph/build-graph/store'
import libcDeclarations from '../data/overlays/libc-declarations.json' with { type: 'json' }
import psmAssembly from '../data/overlays/psm-assembly.json' with { type: 'json' }
import { PlanError } from './plan/plan-error.ts'

export interface OverlaySpec {
  readonly name: string
  /** What it supplies and where that was learnt. */
  readonly why: string
  /** Lines put at the end of files of the source. */
  readonly appended: Readonly<Record<string, readonly string[]>>
  /** Lines in place of files of the source. */
  readonly replaced?: Readonly<Record<string, readonly string[]>>
}

export const OVERLAYS: readonly OverlaySpec[] = [libcDeclarations, psmAssembly]

/** The tree of changed files, relative to the source. @throws PlanError for a name that none has, or a source that lacks a file of it */
export async function makeOverlay(store: Store, name: string, sources: Digest | undefined): Promise<OverlayRef> {
  const spec = OVERLAYS.find((each) => each.name === name)
  if (!spec) throw new PlanError(`there is no overlay "${name}": use ${OVERLAYS.map((each) => each.name).join(', ')}, or none`)
  if (!sources) throw new PlanError(`the overlay "${name}" changes the compiler's source, which this stage does not build`)
  const builder = new TreeBuilder()
  const change = async (path: string, lines: readonly string[], kept: boolean): Promise<void> => {
    const before = await fileAt(store, sources, path)
    if (!before) throw new PlanError(`the overlay "${name}" changes ${path}, which the source does not have`)
    const added = new TextEncoder().encode(`${lines.join('\n')}\n`)
    const { digest, size } = await store.put(kept ? Buffer.concat([before, Buffer.from('\n'), added]) : added)
    builder.setFile(path, digest, size, false)
  }
  for (const [path, lines] of Object.entries(spec.appended)) await change(path, lines, true)
  for (const [path, lines] of Object.entries(spec.replaced ?? {})) await change(path, lines, false)
  return { name, tree: await builder.store(store) }
}

async function fileAt(store: Store, tree: Digest, path: string): Promise<Uint8Array | undefined> {
  let here = tree
  for (const [i, name] of path.split('/').entries()) {
    const decoded = decodeDirectory(await store.get(here))
    const entry = decoded.ok ? decoded.entries.find((each) => each.name === name) : undefined
    if (!entry || entry.kind === 'symlink') return undefined
    if (entry.kind === 'file') return i === path.split('/').length - 1 ? store.get(entry.digest) : undefined
    here = entry.digest
  }
  return undefined
}
