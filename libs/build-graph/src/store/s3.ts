/**
 * A store in a bucket of an S3-compatible service: `<prefix>blobs/<first two digits>/<digest>`. A blob is spooled to a local file and
 * hashed; the digest travels as the payload's signed checksum, so the service refuses what changed on the way, and an object has its name
 * only when it is whole.
 */
import { createHash, randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import { type Digest, isDigest } from '../digest.ts'
import { corrupt, mismatch, missing, pieces, type Store, StoreError } from './store.ts'

export interface S3Options {
  /** `https://host` of the service; path-style addresses, which every compatible service serves. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** Ends with `/`, or ''. */
  readonly prefix: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Folder for blobs under way; the host's temporary folder if absent. */
  readonly spool?: string
}

/** Times that a failure of the service itself is tried again, with growing pauses. */
const RETRIES = 4

export function s3Store(options: S3Options): Store {
  const { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey, spool = tmpdir() } = options
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES })
  const base = `${endpoint.replace(/\/+$/, '')}/${bucket}`
  const keyOf = (digest: Digest): string => `${prefix}blobs/${digest.slice(0, 2)}/${digest}`

  /** The answer; undefined for 404. @throws StoreError `io` */
  async function call(
    path: string,
    init: { method: string; body?: Blob; headers?: Record<string, string> },
  ): Promise<Response | undefined> {
    const answer = await client.fetch(`${base}${path}`, init).catch((error: unknown) => {
      throw new StoreError('io', `the store ${base}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    })
    if (answer.ok) return answer
    const said = await answer.text()
    if (answer.status === 404 && !said.includes('NoSuchBucket')) return undefined
    const code = /<Code>([^<]*)<\/Code>/.exec(said)?.[1] ?? answer.statusText
    throw new StoreError('io', `the store ${base}: ${init.method} was answered with ${answer.status} ${code}`)
  }

  async function size(digest: Digest): Promise<number | undefined> {
    const answer = await call(`/${keyOf(digest)}`, { method: 'HEAD' })
    return answer && Number(answer.headers.get('content-length'))
  }

  async function content(digest: Digest): Promise<Response> {
    const answer = await call(`/${keyOf(digest)}`, { method: 'GET' })
    if (answer === undefined) throw missing(digest)
    return answer
  }

  async function upload(file: string, digest: Digest): Promise<void> {
    // An empty Blob is sent as no body at all, which is the empty object.
    const headers = { 'x-amz-content-sha256': digest, 'content-type': 'application/octet-stream' }
    await call(`/${keyOf(digest)}`, { method: 'PUT', body: await openAsBlob(file), headers })
  }

  return {
    has: async (digest) => (await size(digest)) !== undefined,
    size,
    async get(digest) {
      const bytes = new Uint8Array(await (await content(digest)).arrayBuffer())
      const found = createHash('sha256').update(bytes).digest('hex')
      if (found !== digest) throw corrupt(digest, found)
      return bytes
    },
    async *read(digest) {
      const hash = createHash('sha256')
      let held: Uint8Array | undefined
      const { body } = await content(digest)
      for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
        hash.update(piece)
        if (held) yield held
        held = piece
      }
      const found = hash.digest('hex')
      if (found !== digest) throw corrupt(digest, found)
      if (held) yield held
    },
    async put(content, expected) {
      const file = join(spool, `bootgraph-${randomUUID()}`)
      try {
        const written = await spoolTo(file, content)
        if (expected !== undefined && expected !== written.digest) throw mismatch(expected, written.digest)
        if ((await size(written.digest)) !== written.size) await upload(file, written.digest)
        return written
      } finally {
        await rm(file, { force: true })
      }
    },
    async *list() {
      const path = `?list-type=2&prefix=${encodeURIComponent(`${prefix}blobs/`)}`
      for (let after = '', more = true; more; ) {
        const answer: Response | undefined = await call(`${path}&start-after=${encodeURIComponent(after)}`, { method: 'GET' })
        const said = (await answer?.text()) ?? ''
        for (const [, key] of said.matchAll(/<Key>([^<]*)<\/Key>/g)) {
          after = key!
          const name = after.slice(after.lastIndexOf('/') + 1)
          if (isDigest(name)) yield name
        }
        more = said.includes('<IsTruncated>true</IsTruncated>')
      }
    },
    async remove(digest) {
      await call(`/${keyOf(digest)}`, { method: 'DELETE' })
    },
  }
}

async function spoolTo(file: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  const out = await open(file, 'wx', 0o600)
  try {
    for await (const piece of pieces(content)) {
      hash.update(piece)
      await out.writeFile(piece)
      size += piece.length
    }
  } finally {
    await out.close()
  }
  return { digest: hash.digest('hex') as Digest, size }
}
