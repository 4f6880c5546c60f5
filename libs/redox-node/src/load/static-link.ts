/** The static image of a program: linked when it is first asked for, kept by the digest of everything that decides it. */
import { statSync } from 'node:fs'
import { type Linked, type LinkPlan, type LinkPort, type LoaderFile, linkStatic } from '@bootgraph/ld-so'
import { keepOpen, readFileAt } from '../host/folder-layer.ts'
import { type KeptFile, type KeptFiles, sha256 } from '../host/kept-files.ts'
import { inMemory } from './libc-file.ts'

const WASM_PAGES = 65_520

export interface ImageStore {
  /** undefined keeps images for this run only. */
  readonly kept: KeptFiles | undefined
  readonly images: Map<string, LoaderFile>
}

/** `more` is what decides the result besides the inputs: the linker itself, and how missing names are judged. */
export function staticImage(
  store: ImageStore,
  plan: LinkPlan,
  more: readonly string[],
  port: Omit<LinkPort, 'memory'>,
): Linked<LoaderFile> {
  const inputs = plan.inputs.map(({ path, digest }) => [path, digest])
  const key = sha256(JSON.stringify([plan.options.base, inputs, more]))
  const known = store.images.get(key) ?? onDisk(store.kept?.find(key))
  if (known) {
    store.images.set(key, known)
    return { ok: true, value: known }
  }
  const { buffer } = new WebAssembly.Memory({ initial: WASM_PAGES, maximum: WASM_PAGES })
  const linked = linkStatic(plan, { ...port, memory: { u8: new Uint8Array(buffer), view: new DataView(buffer) } })
  if (!linked.ok) return linked
  const { bytes } = linked.value
  const file = onDisk(store.kept?.keep(key, bytes)) ?? inMemory('static image', bytes)
  store.images.set(key, file)
  return { ok: true, value: file }
}

/** A kept image as a file; undefined if there is none, or it has gone in the meantime. */
function onDisk(kept: KeptFile | undefined): LoaderFile | undefined {
  try {
    if (kept === undefined) return undefined
    const { path, digest } = kept
    const later = keepOpen(path)
    return { path, size: statSync(path).size, digest, read: (offset, into) => readFileAt(path, offset, into), later }
  } catch {
    return undefined
  }
}
