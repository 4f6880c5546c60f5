/** A request's names → the content that they stand for on this host. The only part of planning that reads anything. */
import {
  type BuildRequest,
  canonical,
  type Digest,
  isDay,
  type NodeImageManifest,
  type PlanInputs,
  type RootLayer,
} from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'
import { surfaceAt, surfaceDocument } from '@bootgraph/relibc/surface'
import { makeOverlay } from '../overlay.ts'
import { prepareSource } from '../source.ts'
import { makeSysroot, storeSysroot } from '../sysroot.ts'
import { type Place, readReference, resolveToolchain } from '../toolchain/reference.ts'
import { ToolchainError } from '../toolchain/toolchain-error.ts'
import { NO_SOURCE, PlanError } from './plan-error.ts'
import { stageNamed } from './stage.ts'

export interface InputHost {
  readonly store: Store
  readonly place: Place
  /** The node image as files, and its manifest. */
  readonly image: { readonly digest: Digest; readonly folder: string; readonly manifest: NodeImageManifest }
}

/** @throws PlanError or ToolchainError, one clear line, for a name that stands for nothing here. */
export async function planInputs(request: BuildRequest, { store, place, image }: InputHost): Promise<PlanInputs> {
  const source = stageNamed(request.stage) ? sourceTree(place) : undefined
  const toolchain = resolveToolchain(request.toolchain, place)
  const surface = await storeSurface(store, request.surface)
  const sysroot = await storeSysroot(store, await makeSysroot(image.folder, request.surface, request.mode === 'bridge'))
  const sources = source && (await prepareSource(store, source))
  const overlays = await Promise.all(request.overlays.map((name) => makeOverlay(store, name, sources)))
  const bundles = Object.fromEntries(
    Object.entries(image.manifest.bundles).map(([file, digest]) => [file.replace(/\.[cm]js$/, ''), digest]),
  )
  return {
    image: image.digest,
    bundles,
    surface: surface.digest,
    surfaceName: surface.name,
    roots: toolchain.roots.map(treeOf),
    path: toolchain.path,
    libraryPath: toolchain.libraryPath,
    sysroot,
    ...(sources ? { sources } : {}),
    overlays,
  }
}

/** The surface's data as a blob: `latest` moves, its digest does not. */
export async function storeSurface(store: Store, date: string): Promise<{ readonly digest: Digest; readonly name: string }> {
  const surface = date === 'latest' || isDay(date) ? surfaceAt(date) : undefined
  if (date !== 'full' && !surface) throw new PlanError(`"${date}" is no surface: give YYYY-MM-DD from 2018 on, latest or full`)
  const content = surfaceDocument(surface)
  const { digest } = await store.put(new TextEncoder().encode(canonical(content)))
  return { digest, name: content.name }
}

function sourceTree(place: Place): Digest {
  try {
    return readReference('rustc-source', place).tree
  } catch (error) {
    if (error instanceof ToolchainError) throw new PlanError(NO_SOURCE)
    throw error
  }
}

function treeOf(layer: RootLayer): Digest {
  if ('tree' in layer) return layer.tree
  throw new PlanError(`the folder ${layer.folder} is no stored tree and cannot be planned with`)
}
