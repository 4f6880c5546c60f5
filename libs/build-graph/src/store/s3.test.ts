/** Against an S3-compatible server of its own; it knows accounts, but takes every signature of theirs. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from 's3rver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Digest } from '../digest.ts'
import { CONFORMANCE } from './conformance.ts'
import { layeredStore } from './layered.ts'
import { memoryStore } from './memory.ts'
import { s3Store } from './s3.ts'
import { type Store, StoreError } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-s3-'))
const spool = mkdtempSync(join(tmpdir(), 'bootgraph-spool-'))
const server = new S3rver({ port: 0, silent: true, directory: folder, configureBuckets: [{ name: 'bucket', configs: [] }] })
let endpoint: string

beforeAll(async () => {
  const { port } = (await server.run()) as AddressInfo
  endpoint = `http://localhost:${port}`
})
afterAll(async () => {
  await server.close()
  for (const each of [folder, spool]) rmSync(each, { recursive: true })
})

const open = (prefix: string, more: { endpoint?: string; accessKeyId?: string; bucket?: string } = {}): Store =>
  s3Store({ endpoint, region: 'us-east-1', bucket: 'bucket', prefix, accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER', spool, ...more })
const text = (words: string) => new TextEncoder().encode(words)

test.each(CONFORMANCE)('in a bucket: $name', ({ name, run }) => run(open(`${name.replace(/\W+/g, '-')}/`)))

test.each(CONFORMANCE)('near before a bucket: $name', ({ name, run }) =>
  run(layeredStore(memoryStore(), open(`layered-${name.replace(/\W+/g, '-')}/`))),
)

test('nothing stays in the spool', () => expect(readdirSync(spool)).toEqual([]))

test('two prefixes of a bucket are two stores', async () => {
  const [one, two] = [open('one/'), open('two/')]
  const { digest } = await one.put(text('of one'))
  expect([await one.has(digest), await two.has(digest)]).toEqual([true, false])
})

/** The server above cannot make a second page (its tokens use a cipher that OpenSSL 3 dropped); the answers are those that S3 documents. */
test('a list of many pages is whole', async () => {
  const digests = Array.from({ length: 5 }, (_, i) => `${i}`.repeat(64) as Digest)
  const pages = createServer((request, response) => {
    const after = new URL(request.url!, 'http://s3').searchParams.get('start-after')!
    const left = digests.map((digest) => `many/blobs/${digest.slice(0, 2)}/${digest}`).filter((key) => key > after)
    const keys = left.slice(0, 2).map((key) => `<Contents><Key>${key}</Key></Contents>`)
    response.end(`<ListBucketResult><IsTruncated>${left.length > 2}</IsTruncated>${keys.join('')}</ListBucketResult>`)
  })
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
  const { port } = pages.address() as AddressInfo
  const listed: Digest[] = []
  for await (const digest of open('many/', { endpoint: `http://127.0.0.1:${port}` }).list()) listed.push(digest)
  expect(listed).toEqual(digests)
  pages.close()
})

test('a wrong key and a bucket that is not there are told, not taken for an absent blob', async () => {
  for (const wrong of [{ accessKeyId: 'nobody' }, { bucket: 'nowhere' }]) {
    const refused = open('', wrong).put(text('never stored'))
    await expect(refused).rejects.toThrow(StoreError)
    await expect(refused).rejects.toMatchObject({ fault: 'io' })
  }
})

test('what the far store refused is not near either', async () => {
  const near = memoryStore()
  const content = text('refused')
  const { digest } = await memoryStore().put(content)
  await expect(layeredStore(near, open('', { bucket: 'nowhere' })).put(content, digest)).rejects.toThrow(StoreError)
  expect(await near.has(digest)).toBe(false)
})
