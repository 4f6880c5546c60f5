import { createHash } from 'node:crypto'
import { memoryStore } from '@bootgraph/build-graph/store'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, type World } from '../test/world.ts'
import { OPERATIONS } from './contract/index.ts'
import { PREFIX } from './openapi.ts'
import { createToken, revokeToken } from './plugins/auth.ts'

const store = memoryStore()
let world: World
let app: FastifyInstance

beforeAll(async () => {
  world = await makeWorld('app', store)
  app = await world.app({ hosts: ['localhost'], blobLimit: 1000 })
})
afterAll(() => world?.end())

const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const put = (digest: string, payload: string, headers = {}) =>
  app.inject({
    method: 'PUT',
    url: `/api/v1/store/${digest}`,
    payload,
    headers: { host: 'localhost', 'content-type': 'application/octet-stream', ...headers },
  })
const get = (url: string, headers = {}) => app.inject({ url: `/api/v1${url}`, headers: { host: 'localhost', ...headers } })
async function blobs(): Promise<number> {
  let n = 0
  for await (const _ of store.list()) n++
  return n
}

test('a blob comes back as it was stored', async () => {
  expect((await put(sha('hello'), 'hello')).statusCode).toBe(201)
  expect((await get(`/store/${sha('hello')}`)).body).toBe('hello')
})

test('the head of a blob tells its true length, and that of a range the length of the range', async () => {
  await put(sha('hello'), 'hello')
  const head = (headers = {}) =>
    app.inject({ method: 'HEAD', url: `/api/v1/store/${sha('hello')}`, headers: { host: 'localhost', ...headers } })
  const [whole, part] = [await head(), await head({ range: 'bytes=1-3' })]
  expect([whole.statusCode, whole.headers['content-length'], whole.body]).toEqual([200, '5', ''])
  expect([part.statusCode, part.headers['content-length'], part.body]).toEqual([206, '3', ''])
})

test('a wrong digest, an oversized blob and a malformed name are refused and change nothing', async () => {
  const before = await blobs()
  const answers = [await put(sha('a'), 'b'), await put(sha('x'.repeat(2000)), 'x'.repeat(2000)), await put('..%2Fetc', 'x')]
  expect(answers.map((answer) => answer.statusCode)).toEqual([422, 413, 400])
  for (const answer of answers) expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(await blobs()).toBe(before)
})

test('a body of another type than JSON is refused by its type', async () => {
  const headers = { host: 'localhost', 'content-type': 'text/plain' }
  const answer = await app.inject({ method: 'POST', url: '/api/v1/builds', payload: 'stage=ladder', headers })
  expect(answer.json()).toMatchObject({ code: 'unsupported-type', status: 415 })
})

test('every operation of the contract is served', () => {
  for (const { method, url } of OPERATIONS) expect(app.hasRoute({ method, url: `${PREFIX}${url}` }), `${method} ${url}`).toBe(true)
})

test('a foreign Host or Origin is refused', async () => {
  expect((await get('/health', { host: 'evil.example' })).statusCode).toBe(403)
  expect((await get('/health', { origin: 'http://evil.example' })).statusCode).toBe(403)
  expect((await get('/health', { origin: 'http://localhost:1' })).statusCode).toBe(200)
})

test('an unknown build, a malformed cursor and a bad limit are problems of the request', async () => {
  expect((await get('/builds/none')).statusCode).toBe(404)
  expect((await get('/builds?cursor=zzz')).statusCode).toBe(400)
  expect((await get('/builds?limit=0')).statusCode).toBe(400)
  expect((await get('/builds')).json()).toEqual({ items: [] })
})

test('a parameter that the operation does not name, or a word that is none of those it knows, is a problem of the request', async () => {
  for (const url of ['/webhooks?unknown=1', '/builds?unknown=1', '/gaps?truth=5c42f88', '/gaps?truth=upstream,', '/gaps/upstream/x/y/z'])
    expect((await get(url)).json(), url).toMatchObject({ code: 'bad-request', status: 400 })
  expect((await get('/gaps?truth=upstream,model&component=relibc&kind=syscall')).statusCode).toBe(200)
})

test('only loopback is served while no token is configured; then scopes, expiry and revocation hold', async () => {
  const remote = await app.inject({ url: '/api/v1/builds', remoteAddress: '192.0.2.1', headers: { host: 'localhost' } })
  expect(remote.statusCode).toBe(401)
  const reader = await createToken(world.pool, 'reader', ['read'])
  const old = await createToken(world.pool, 'old', ['read'], new Date(0))
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
  expect((await get('/builds')).statusCode).toBe(401)
  expect((await get('/builds', bearer('guess'))).statusCode).toBe(401)
  expect((await get('/builds', bearer(old.secret))).statusCode).toBe(401)
  expect((await get('/builds', bearer(reader.secret))).statusCode).toBe(200)
  expect((await put(sha('y'), 'y', bearer(reader.secret))).statusCode).toBe(403)
  expect(await revokeToken(world.pool, reader.id)).toBe(true)
  expect((await get('/builds', bearer(reader.secret))).statusCode).toBe(401)
  expect((await get('/builds')).statusCode).toBe(401)
})
