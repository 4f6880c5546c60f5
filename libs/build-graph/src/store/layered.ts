/** A near store before a far one: what is put is in both when that ends; what is read far is kept near. */
import { type Store, StoreError } from './store.ts'

export function layeredStore(near: Store, far: Store): Store {
  const fetched: Store['get'] = async (digest) => {
    const bytes = await far.get(digest)
    await near.put(bytes, digest)
    return bytes
  }
  const absent = (error: unknown): boolean => error instanceof StoreError && error.fault === 'missing'
  return {
    has: async (digest) => (await near.has(digest)) || far.has(digest),
    size: async (digest) => (await near.size(digest)) ?? far.size(digest),
    get: (digest) =>
      near.get(digest).catch((error: unknown) => {
        if (!absent(error)) throw error
        return fetched(digest)
      }),
    async *read(digest) {
      if (!(await near.has(digest))) await near.put(far.read(digest), digest)
      yield* near.read(digest)
    },
    async put(content, expected) {
      const before = expected !== undefined && (await near.has(expected))
      // Near first: a stream comes once, and only what is whole is worth sending.
      const stored = await near.put(content, expected)
      try {
        await far.put(near.read(stored.digest), stored.digest)
      } catch (error) {
        // It is not stored, so nobody must find it.
        if (!before) await near.remove(stored.digest)
        throw error
      }
      return stored
    },
    async *list() {
      const seen = new Set<string>()
      for (const store of [near, far])
        for await (const digest of store.list()) {
          if (seen.has(digest)) continue
          seen.add(digest)
          yield digest
        }
    },
    async remove(digest) {
      await far.remove(digest)
      await near.remove(digest)
    },
  }
}
