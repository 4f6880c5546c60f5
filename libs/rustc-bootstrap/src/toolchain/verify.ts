/** Reads every blob of a toolchain again and names what is missing or damaged. */

import type { Digest } from '@bootgraph/build-graph'
import { folderStore, inParallel, listTree, type Store, StoreError } from '@bootgraph/build-graph/store'
import { type Progress, silent } from './progress.ts'
import { defaultPlace, type Place, readReference } from './reference.ts'

export interface Verified {
  readonly name: string
  readonly files: number
  readonly bytes: number
  readonly faults: readonly { readonly path: string; readonly message: string }[]
}

export async function verifyToolchain(name: string, options: { place?: Place; progress?: Progress } = {}): Promise<Verified> {
  const place = options.place ?? defaultPlace()
  const progress = options.progress ?? silent
  const reference = readReference(name, place)
  const store = folderStore(place.store)
  const faults: { path: string; message: string }[] = []
  const blobs = new Map<Digest, { path: string; size: number }>()
  const size = { files: 0, bytes: 0 }
  try {
    for await (const { path, entry } of listTree(store, reference.tree)) {
      if (entry.kind !== 'file') continue
      size.files++
      size.bytes += entry.size
      blobs.set(entry.digest, { path, size: entry.size })
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    faults.push({ path: '/', message: error.message })
  }
  const total = [...blobs.values()].reduce((sum, blob) => sum + blob.size, 0)
  let read = 0
  progress.begin(`verify ${name}`, total)
  await inParallel(blobs, 4, async ([digest, blob]) => {
    const fault = await faultOf(store, digest, blob.size)
    if (fault !== undefined) faults.push({ path: blob.path, message: fault })
    progress.at((read += blob.size))
  })
  progress.end()
  return { name, ...size, faults: faults.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

async function faultOf(store: Store, digest: Digest, expected: number): Promise<string | undefined> {
  try {
    let size = 0
    for await (const piece of store.read(digest)) size += piece.length
    return size === expected ? undefined : `has ${size} bytes, its tree says ${expected}`
  } catch (error) {
    if (error instanceof StoreError) return error.message
    throw error
  }
}
