/** What every store promises, as checks that each backend's own test runs; independent of the test runner. */
import { createHash } from 'node:crypto'
import type { Digest } from '../digest.ts'
import type { Store, StoreFault } from './store.ts'
import { StoreError } from './store.ts'

export interface Check {
  readonly name: string
  run(store: Store): Promise<void>
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const digestOf = (content: Uint8Array): Digest => createHash('sha256').update(content).digest('hex') as Digest

async function* inPieces(...parts: Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* parts
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return new Uint8Array(Buffer.concat(parts))
}

function same(found: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`)
}

async function refused(work: Promise<unknown>, fault: StoreFault): Promise<void> {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  )
  same(error instanceof StoreError ? error.fault : String(error), fault, 'the fault')
}

export const CONFORMANCE: readonly Check[] = [
  {
    name: 'what was put can be had again, whole and in pieces',
    async run(store) {
      const blob = bytes('hello')
      const stored = await store.put(blob)
      same(stored, { digest: digestOf(blob), size: 5 }, 'stored')
      same([...(await store.get(stored.digest))], [...blob], 'content')
      same([...(await all(store.read(stored.digest)))], [...blob], 'content in pieces')
      same(await store.size(stored.digest), 5, 'size')
      same(await store.has(stored.digest), true, 'has')
    },
  },
  {
    name: 'the empty blob is a blob',
    async run(store) {
      const { digest } = await store.put(new Uint8Array())
      same([await store.size(digest), (await store.get(digest)).length, (await all(store.read(digest))).length], [0, 0, 0], 'sizes')
    },
  },
  {
    name: 'pieces give the digest of the whole, and putting twice changes nothing',
    async run(store) {
      const large = new Uint8Array(3_000_000).map((_, i) => i * 31)
      const first = await store.put(
        inPieces(large.subarray(0, 1), large.subarray(1, 2_000_000), large.subarray(2_000_000)),
        digestOf(large),
      )
      const second = await store.put(large)
      same(second, first, 'second put')
      same(digestOf(await all(store.read(first.digest))), first.digest, 'content')
      const listed: string[] = []
      for await (const digest of store.list()) listed.push(digest)
      same(
        listed.filter((d) => d === first.digest),
        [first.digest],
        'list',
      )
    },
  },
  {
    name: 'content of another digest is refused and not kept',
    async run(store) {
      const wrong = bytes('not what was announced')
      await refused(store.put(wrong, digestOf(bytes('announced'))), 'mismatch')
      await refused(store.put(inPieces(wrong), digestOf(bytes('announced'))), 'mismatch')
      same([await store.has(digestOf(wrong)), await store.has(digestOf(bytes('announced')))], [false, false], 'has')
    },
  },
  {
    name: 'what is not there is missing',
    async run(store) {
      const digest = digestOf(bytes('never put'))
      await refused(store.get(digest), 'missing')
      await refused(all(store.read(digest)), 'missing')
      same([await store.has(digest), await store.size(digest)], [false, undefined], 'has and size')
      await store.remove(digest)
    },
  },
  {
    name: 'what was removed is gone',
    async run(store) {
      const { digest } = await store.put(bytes('soon gone'))
      await store.remove(digest)
      same(await store.has(digest), false, 'has')
    },
  },
  {
    name: 'a source that fails midway leaves nothing, and its own error comes through',
    async run(store) {
      const part = bytes('first half')
      const dead = new Error('the line went dead')
      async function* failing(): AsyncIterable<Uint8Array> {
        yield part
        throw dead
      }
      const error = await store.put(failing()).then(
        () => undefined,
        (e: unknown) => e,
      )
      same(error === dead, true, "the source's error")
      same(await store.has(digestOf(part)), false, 'has')
    },
  },
  {
    name: 'the same blob put by many at once',
    async run(store) {
      const blob = bytes('wanted by many')
      const stored = await Promise.all(Array.from({ length: 16 }, () => store.put(inPieces(blob))))
      same(new Set(stored.map((s) => s.digest)).size, 1, 'digests')
      same([...(await store.get(stored[0].digest))], [...blob], 'content')
    },
  },
]
