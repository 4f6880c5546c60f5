/** A store in memory: for tests and for what need not outlive the process. */
import { createHash } from 'node:crypto'
import type { Digest } from '../digest.ts'
import { mismatch, missing, pieces, type Store } from './store.ts'

export function memoryStore(): Store {
  const blobs = new Map<Digest, Uint8Array>()
  const get = (digest: Digest): Uint8Array => {
    const blob = blobs.get(digest)
    if (!blob) throw missing(digest)
    return blob
  }
  return {
    has: async (digest) => blobs.has(digest),
    size: async (digest) => blobs.get(digest)?.length,
    get: async (digest) => get(digest).slice(),
    async *read(digest) {
      yield get(digest).slice()
    },
    async put(content, expected) {
      const parts: Uint8Array[] = []
      for await (const piece of pieces(content)) parts.push(piece.slice())
      const blob = Uint8Array.from(Buffer.concat(parts))
      const digest = createHash('sha256').update(blob).digest('hex') as Digest
      if (expected !== undefined && expected !== digest) throw mismatch(expected, digest)
      blobs.set(digest, blob)
      return { digest, size: blob.length }
    },
    async *list() {
      yield* [...blobs.keys()]
    },
    async remove(digest) {
      blobs.delete(digest)
    },
  }
}
