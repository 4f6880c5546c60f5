import { createHash } from 'node:crypto'
import { memoryStore } from '@bootgraph/build-graph/store'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../test/world.ts'
import { OPERATIONS } from './contract/index.ts'
import { openApiDocument, PREFIX } from './openapi.ts'
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

test('a blob in JSON is refused by its type, before it is read', async () => {
  for (const url of [`/store/${sha('{}')}`, '/nx/v1/cache/1']) {
    const headers = { host: 'localhost', 'content-type': 'application/json' }
    const answer = await app.inject({ method: 'PUT', url: `/api/v1${url}`, payload: '{}', headers })
    expect(answer.json(), url).toMatchObject({ code: 'unsupported-type', status: 415 })
  }
})

test('every operation of the contract is served', () => {
  for (const { method, url } of OPERATIONS) expect(app.hasRoute({ method, url: `${PREFIX}${url}` }), `${method} ${url}`).toBe(true)
})

test('a foreign Host or Origin is refused', async () => {
  expect((await get('/health', { host: 'evil.example' })).statusCode).toBe(403)
  expect((await get('/health', { origin: 'http://evil.example' })).statusCode).toBe(403)
  expect((await get('/health', { origin: 'http://localhost' })).statusCode).toBe(200)
})

test('on loopback another port is another site: whatever else is served there may not ask in a browser', async () => {
  const asked = async (host: string, origin: string) => (await get('/health', { host, origin })).statusCode
  expect(await asked('localhost:7420', 'http://localhost:7420')).toBe(200)
  for (const origin of ['http://localhost:1', 'http://localhost', 'http://127.0.0.1:7420', 'null', 'localhost:7420', ''])
    expect(await asked('localhost:7420', origin), origin).toBe(403)
  // Behind a proxy the name that is configured may come with the proxy's port.
  const proxied = await world.app({ hosts: ['localhost', 'bootgraph.example'] })
  const from = async (origin: string) =>
    (await proxied.inject({ url: '/api/v1/health', headers: { host: 'localhost:7420', origin } })).statusCode
  expect([await from('https://bootgraph.example'), await from('https://other.example')]).toEqual([200, 403])
})

test('what a request may hold and the service cannot use is a problem of the request', async () => {
  const post = async (url: string, payload: object) =>
    (await app.inject({ method: 'POST', url: `/api/v1${url}`, payload, headers: { host: 'localhost' } })).json()
  for (const expiresAt of ['0000-01-01T00:00:00Z', '2026-12-31T23:59:60Z', '2026-02-30T00:00:00Z', '2026-12-31T24:00:00Z', 'tomorrow'])
    expect(await post('/tokens', { name: 'x', scopes: ['read'], expiresAt }), expiresAt).toMatchObject({ code: 'bad-request' })
  for (const url of ['http://', 'http://999.999.999.999/', 'http://localhost:99999/', 'http://me:secret@localhost/'])
    expect(await post('/webhooks', { url, events: ['build.ended'] }), url).toMatchObject({ code: 'bad-request' })
  for (const port of [22, 25, 6667])
    expect(await post('/webhooks', { url: `https://localhost:${port}/`, events: ['build.ended'] })).toMatchObject({
      code: 'bad-request',
      detail: `body.url names the port ${port}, at which fetch asks nobody`,
    })
  expect(await post('/builds', { stage: 'ladder', rungs: [] })).toMatchObject({ code: 'bad-request' })
  expect((await get('/surfaces/2019-02-30')).statusCode).toBe(404)
  expect((await get('/surfaces/2019-11-27/diff/2019-13-01')).statusCode).toBe(404)
  expect((await get('/webhooks')).json()).toEqual({ items: [] })
  expect((await get('/tokens')).json()).toEqual({ items: [] })
})

test('a body of which nothing is needed may be absent, whatever its type is said to be; one that has to say something may not', async () => {
  const post = async (url: string, headers = {}, payload?: string) =>
    (
      await app.inject({ method: 'POST', url: `/api/v1${url}`, headers: { host: 'localhost', ...headers }, ...(payload && { payload }) })
    ).json()
  const json = { 'content-type': 'application/json' }
  for (const headers of [{}, json]) {
    expect(await post('/builds/none/retry', headers)).toMatchObject({ code: 'not-found' })
    expect(await post('/store/gc', headers)).toMatchObject({ dryRun: true })
    for (const url of ['/builds', '/tokens', '/session', '/attempts/b/u/1/result'])
      expect(await post(url, headers), url).toMatchObject({ code: 'bad-request' })
  }
  // What was said to be nothing is none of the objects that are taken.
  expect(await post('/store/gc', json, 'null')).toMatchObject({ code: 'bad-request', detail: 'body must be object' })
})

test('the document says of which bodies nothing is needed', async () => {
  const { paths } = (await openApiDocument()) as unknown as {
    paths: Record<string, Record<string, { requestBody?: { required?: boolean } }>>
  }
  const optional = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).flatMap(({ requestBody }) => (requestBody && !requestBody.required ? [path] : [])),
  )
  expect(optional.sort()).toEqual(['/builds/{build}/retry', '/store/gc'])
})

test('a body that is nested without end is a problem of the request', async () => {
  const nested = (depth: number) => `{"stage":"ladder","rungs":${'['.repeat(depth)}${']'.repeat(depth)}}`
  const tree = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  const headers = { host: 'localhost', 'content-type': 'application/json' }
  for (const payload of [nested(100), nested(5_000), nested(400_000), tree(20_000)])
    for (const url of ['/builds', '/attempts/b/u/1/result'])
      expect(
        (await app.inject({ method: 'POST', url: `/api/v1${url}`, payload, headers })).json(),
        `${url} ${payload.length}`,
      ).toMatchObject({ code: 'bad-request', detail: 'body is nested deeper than 64 levels' })
})

test('requests are measured by operation, and a gauge whose subject is gone is not told any more', async () => {
  const sizes = vi.fn(async () => ({ waiting: 3, active: 1 }))
  const measured = await world.app({ queue: { backend: 'redis', sizes } })
  const metrics = async () => (await measured.inject({ url: '/api/v1/metrics', headers: { host: 'localhost' } })).body
  await measured.inject({ url: '/api/v1/builds/none', headers: { host: 'localhost' } })
  await world.pool.query(`INSERT INTO gap (key, truth, component, kind, name) VALUES ('k', 'model', 'kernel', 'syscall', 'k')`)
  const before = await metrics()
  expect(before).toContain('bootgraph_http_request_seconds_count{operation="showBuild",status="404"} 1')
  expect(before).toContain('bootgraph_gaps_open{truth="model"} 1')
  expect(before).toContain('bootgraph_queue_jobs{state="waiting"} 3')
  await world.pool.query('UPDATE gap SET closed_at = now()')
  sizes.mockRejectedValue(new Error('away'))
  const after = await metrics()
  expect(after).toContain('bootgraph_gaps_open{truth="model"} 0')
  expect(after).not.toContain('bootgraph_queue_jobs{')
})

test('a node image is shown however many were registered since', async () => {
  const image = (at: number) => sha(`image ${at}`)
  const manifest = (at: number) => ({ version: 1, entry: 'a.cjs', bundles: { 'a.cjs': sha(String(at)), 'b.cjs': sha('b') } })
  for (let at = 0; at < 210; at++)
    await world.pool.query(
      `INSERT INTO node_image (digest, manifest, registered_by, registered_at) VALUES ($1, $2, 'test', now() + make_interval(secs => $3))`,
      [image(at), JSON.stringify(manifest(at)), at],
    )
  const shown = async (at: number) => (await get(`/node-images/${image(at)}`)).json()
  expect(await shown(1)).toMatchObject({ image: { digest: image(1), current: false }, previous: image(0), changed: ['a.cjs'] })
  expect(await shown(0)).toMatchObject({ image: { current: false }, changed: ['a.cjs', 'b.cjs'] })
  expect(await shown(209)).toMatchObject({ image: { current: true }, previous: image(208) })
  await world.pool.query('DELETE FROM node_image')
})

test.each([
  ['tokens', 'id', `INSERT INTO token (id, hash, name, scopes, created_at) SELECT n, md5(n) || md5(n), n, '{read}', at FROM given`],
  ['webhooks', 'id', `INSERT INTO webhook (id, url, secret, events, created_at) SELECT n, 'http://x/', n, '{build.ended}', at FROM given`],
  ['workers', 'id', `INSERT INTO worker (id, host, concurrency, memory, started_at) SELECT n, 'atlas', 1, 1, at FROM given`],
  [
    'node-images',
    'digest',
    `INSERT INTO node_image (digest, manifest, registered_by, registered_at)
     SELECT md5(n) || md5(n), '{"version": 1, "entry": "a.cjs", "bundles": {}}', n, at FROM given`,
  ],
])('%s are listed page by page, newest first, each once though several are of one moment', async (list, key, insert) => {
  // The owner's secret: the first token closes the door to whoever has none.
  const own = await world.app({ ownSecret: 'own' })
  const ask = async (query: string) =>
    (await own.inject({ url: `/api/v1/${list}?${query}`, headers: { host: 'localhost', authorization: 'Bearer own' } })).json<{
      items: Record<string, string>[]
      next?: string
    }>()
  const table = /INTO (\w+)/.exec(insert)![1]!
  try {
    await world.pool.query(
      `WITH given AS (SELECT 'n' || n AS n, now() - make_interval(secs => n / 3) AS at FROM generate_series(1, 520) n) ${insert}`,
    )
    const pages: Record<string, string>[][] = []
    for (let cursor = ''; ; ) {
      const { items, next } = await ask(`limit=200${cursor}`)
      pages.push(items)
      if (next === undefined) break
      cursor = `&cursor=${next}`
    }
    expect(pages.map(({ length }) => length)).toEqual([200, 200, 120])
    const all = pages.flat()
    expect(new Set(all.map((item) => item[key])).size).toBe(520)
    const times = all.map((item) => item.createdAt ?? item.startedAt ?? item.registeredAt)
    expect(times).toEqual(times.toSorted().reverse())
    expect((await ask('')).items).toEqual(all.slice(0, 50))
  } finally {
    await world.pool.query(`DELETE FROM ${table}`)
  }
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
  // The name of the scheme has no case (RFC 9110, section 11.1).
  expect((await get('/builds', { authorization: `bearer ${reader.secret}` })).statusCode).toBe(200)
  expect((await put(sha('y'), 'y', bearer(reader.secret))).statusCode).toBe(403)
  expect(await revokeToken(world.pool, reader.id)).toBe(true)
  expect((await get('/builds', bearer(reader.secret))).statusCode).toBe(401)
  expect((await get('/builds')).statusCode).toBe(401)
})
