/** What the service does around builds: events, logs, artifacts, caches, collection, webhooks. */
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { TreeBuilder } from '@bootgraph/build-graph/store'
import { writeReference } from '@bootgraph/rustc-bootstrap'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { draftOf, makeWorld, resultOf, startBuild, unitOf, type World } from '../test/world.ts'
import { complete, take } from './domain/completion.ts'
import { type ReadyJob, dispatch as round } from './domain/dispatch.ts'
import { deliver, queueDeliveries } from './domain/webhooks.ts'
import { createToken, revokeToken } from './plugins/auth.ts'

let world: World
let app: FastifyInstance
let address: string
beforeAll(async () => {
  world = await makeWorld('service')
  app = await world.app()
  address = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => world?.end())

const jobsOf = async (): Promise<ReadyJob[]> => {
  const jobs: ReadyJob[] = []
  await round(world, async (ready) => void jobs.push(...ready))
  return jobs
}
const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: unknown) =>
  app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { host: 'localhost' },
    ...(payload === undefined ? {} : { payload: payload as object }),
  })
const bytes = (text: string) => Buffer.from(text).toString('base64')

/** Reads a stream of events until one satisfies `last`. */
async function listen(path: string, last: (text: string) => boolean, headers: Record<string, string> = {}): Promise<string> {
  const stop = new AbortController()
  const answer = await fetch(`${address}/api/v1${path}`, { headers, signal: stop.signal })
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  let text = ''
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += piece
    if (last(text)) break
  }
  stop.abort()
  return text
}

test('events resume after the id that was seen last, in order and without a hole', async () => {
  await startBuild(world, 'heard', [unitOf(world, 'a'), unitOf(world, 'b', ['a'])])
  for (let jobs = await jobsOf(); jobs.length > 0; jobs = await jobsOf())
    for (const job of jobs) {
      await take(world.pool, [{ job, worker: 'w' }])
      await complete(world.pool, world.store, [{ job, result: resultOf(world, job) }])
    }
  const ids = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
  const all = ids(await listen('/events?build=heard&after=0', (text) => /"state":"ended"/.test(text)))
  expect(all.length).toBeGreaterThan(4)
  expect(all).toEqual([...all].sort((a, b) => a - b))
  const rest = ids(await listen('/events?build=heard', (text) => /"state":"ended"/.test(text), { 'last-event-id': String(all[1]) }))
  expect(rest).toEqual(all.slice(2))
  // An id of another database, or of before a restore, is none that was seen here.
  let begun: Promise<void> | undefined
  const foreign = await listen(
    '/events',
    (text) => {
      begun ??= startBuild(world, 'heard-too', [])
      return text.includes('event: build')
    },
    { 'last-event-id': '999999999999999' },
  )
  await begun
  expect(ids(foreign)[0]).toBeGreaterThan(all.at(-1)!)
})

test('the head of a stream ends', async () => {
  const head = await fetch(`${address}/api/v1/events`, { method: 'HEAD', signal: AbortSignal.timeout(5_000) })
  expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'text/event-stream; charset=utf-8', ''])
})

test('a log is followed while it grows, has ranges, lines and an exact search, and a repeated piece changes nothing', async () => {
  await startBuild(world, 'chatty', [unitOf(world, 'talk')])
  const [job] = (await jobsOf()) as [ReadyJob]
  const attempt = '/attempts/chatty/talk/1'
  const log = '/builds/chatty/units/talk/attempts/1/log'
  expect((await call('POST', `${attempt}/taken`, { action: job.action, worker: 'w' })).statusCode).toBe(403)
  await take(world.pool, [{ job, worker: 'w' }])
  const piece = (start: number, text: string) =>
    call('POST', `${attempt}/log`, { action: job.action, stream: 'stdout', start, data: bytes(text) })
  const followed = listen(`${log}/tail`, (text) => text.includes('event: end'))
  expect((await piece(0, 'one\ntwo\n')).json()).toEqual({ next: 8 })
  expect((await piece(0, 'one\ntwo\n')).json()).toEqual({ next: 8 })
  expect((await piece(20, 'beyond')).json()).toEqual({ next: 8 })
  expect((await piece(4, 'two\nthree one\n')).json()).toEqual({ next: 18 })
  const range = await app.inject({ url: `/api/v1${log}`, headers: { host: 'localhost', range: 'bytes=4-6' } })
  expect([range.statusCode, range.body, range.headers['content-range']]).toEqual([206, 'two', 'bytes 4-6/18'])
  const outside = await app.inject({ url: `/api/v1${log}`, headers: { host: 'localhost', range: 'bytes=99-' } })
  expect(outside.statusCode).toBe(416)
  const backwards = await app.inject({ url: `/api/v1${log}`, headers: { host: 'localhost', range: 'bytes=6-4' } })
  expect([backwards.statusCode, backwards.body]).toEqual([200, 'one\ntwo\nthree one\n'])
  expect((await call('GET', `${log}/lines?from=2&count=1`)).json()).toEqual({ from: 2, lines: ['two'], total: 3, complete: false })
  expect((await call('GET', `${log}/search?q=ONE`)).json()).toEqual({
    total: 2,
    matches: [
      { line: 1, text: 'one' },
      { line: 3, text: 'three one' },
    ],
  })
  const whole = await world.store.put(Buffer.from('one\ntwo\nthree one\n'))
  const posted = await call('POST', `${attempt}/result`, resultOf(world, job, 0, { stdout: whole.digest }))
  expect(posted.json()).toEqual({ completion: 'recorded' })
  const heard = [...(await followed).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as { text?: string })
  expect(heard.map(({ text = '' }) => text).join('')).toBe('one\ntwo\nthree one\n')
  expect((await call('GET', log)).body).toBe('one\ntwo\nthree one\n')
})

test('a character that comes in two pieces is followed whole', async () => {
  await startBuild(world, 'umlauts', [unitOf(world, 'talk', [], { draft: draftOf(world, 'umlauts') })])
  const [job] = (await jobsOf()) as [ReadyJob]
  await take(world.pool, [{ job, worker: 'w' }])
  const text = 'rust · größer 🦀'
  const all = Buffer.from(text)
  const log = '/builds/umlauts/units/talk/attempts/1/log'
  const followed = listen(`${log}/tail`, (said) => said.includes('event: end'))
  for (const [start] of all.entries())
    await call('POST', '/attempts/umlauts/talk/1/log', {
      action: job.action,
      stream: 'stdout',
      start,
      data: all.subarray(start, start + 1).toString('base64'),
    })
  const stdout = (await world.store.put(Buffer.concat([all, Buffer.of(0xf0, 0x9f)]))).digest
  await call('POST', '/attempts/umlauts/talk/1/result', resultOf(world, job, 0, { stdout }))
  const heard = [...(await followed).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as { text?: string; start?: number })
  const pieces = heard.filter((piece): piece is { text: string; start: number } => piece.text !== undefined)
  expect(pieces.map((piece) => piece.text).join('')).toBe(`${text}\ufffd`)
  let at = 0
  for (const piece of pieces) {
    expect(piece.start).toBe(at)
    at += Buffer.byteLength(piece.text)
  }
})

test('files of an artifact are read by path, and a path leads nowhere else', async () => {
  const tree = new TreeBuilder()
  const { digest, size } = await world.store.put(Buffer.from('content'))
  tree.setFile('work/out.txt', digest, size, false)
  tree.setSymlink('work/link', '../../../etc/passwd')
  const outputs = await tree.store(world.store)
  await startBuild(world, 'made', [unitOf(world, 'make')])
  const [job] = (await jobsOf()) as [ReadyJob]
  await complete(world.pool, world.store, [{ job, result: resultOf(world, job, 0, { outputs }) }])
  const file = async (path: string) => call('GET', `/builds/made/artifacts/make/file?path=${encodeURIComponent(path)}`)
  expect((await file('work/out.txt')).body).toBe('content')
  const statuses = await Promise.all(
    ['../etc/passwd', '/etc/passwd', 'work/../work/out.txt', 'work/link', 'work', 'none'].map(
      async (path) => (await file(path)).statusCode,
    ),
  )
  expect(statuses).toEqual([400, 400, 400, 404, 404, 404])
  expect((await call('GET', '/builds/made/artifacts')).json().items).toEqual([{ unit: 'make', name: 'make', tree: outputs, pinned: false }])
})

test('an action whose result lost a blob is shown without that result', async () => {
  await startBuild(world, 'lossy', [unitOf(world, 'u', [], { draft: draftOf(world, 'lossy') })])
  const [job] = (await jobsOf()) as [ReadyJob]
  const { digest: stdout } = await world.store.put(Buffer.from('said once'))
  await complete(world.pool, world.store, [{ job, result: resultOf(world, job, 0, { stdout }) }])
  const shown = async () => (await call('GET', `/actions/${job.action}`)).json<{ action: string; result?: { stdout: string } }>()
  expect((await shown()).result?.stdout).toBe(stdout)
  await world.store.remove(stdout)
  world.whole.forget()
  const { action, result } = await shown()
  expect([action, result]).toEqual([job.action, undefined])
})

test('a collection keeps what recent builds and pins need, a dry one removes nothing, and none happens while a build runs', async () => {
  const stray = (await world.store.put(Buffer.from('needed by nobody'))).digest
  const dry = (await call('POST', '/store/gc', {})).json()
  expect([dry.dryRun, dry.removed > 0, await world.store.has(stray)]).toEqual([true, true, true])
  await startBuild(world, 'busy', [unitOf(world, 'long')])
  const noted = async () => (await world.pool.query(`SELECT 1 FROM audit WHERE what = 'store.gc'`)).rowCount
  expect((await call('POST', '/store/gc', { dryRun: false })).statusCode).toBe(409)
  expect(await noted()).toBe(0)
  await call('POST', '/builds/busy/cancel')
  const done = (await call('POST', '/store/gc', { dryRun: false })).json()
  expect([done.removed, await world.store.has(stray), await noted()]).toEqual([dry.removed, false, 1])
  expect((await call('GET', '/builds/made/artifacts/make/file?path=work/out.txt')).body).toBe('content')
  await call('PUT', '/builds/made/artifacts/make/pin', { pinned: true })
  await call('POST', '/store/gc', { dryRun: false, keepDays: 0 })
  expect((await call('GET', '/builds/made/artifacts/make/file?path=work/out.txt')).body).toBe('content')
})

test('who met a gap is asked for by build and by unit', async () => {
  const occurrences = [{ found: 'call', symbol: 'x', module: '/bin/x', count: 1 }] as const
  const gaps = [{ truth: 'model', component: 'kernel', kind: 'syscall', name: 'asked', occurrences }] as const
  for (const build of ['asks', 'asks-too']) {
    await startBuild(
      world,
      build,
      ['a', 'b'].map((id) => unitOf(world, id, [], { draft: draftOf(world, `${build} ${id}`) })),
    )
    for (const job of await jobsOf()) await complete(world.pool, world.store, [{ job, result: resultOf(world, job, 0, { gaps }) }])
  }
  const met = async (query: string) =>
    (await call('GET', `/gaps/model/kernel/syscall/asked/occurrences${query}`))
      .json<{ items: { build: string; unit: string }[] }>()
      .items.map(({ build, unit }) => `${build}/${unit}`)
      .sort()
  expect(await met('')).toEqual(['asks-too/a', 'asks-too/b', 'asks/a', 'asks/b'])
  expect(await met('?build=asks&unit=b')).toEqual(['asks/b'])
  expect(await met('?unit=a')).toEqual(['asks-too/a', 'asks/a'])
  expect(await met('?build=asks&unit=none')).toEqual([])
})

test("Nx's cache keeps what came first", async () => {
  const put = (payload: string) =>
    app.inject({
      method: 'PUT',
      url: '/api/v1/nx/v1/cache/123',
      payload,
      headers: { host: 'localhost', 'content-type': 'application/octet-stream' },
    })
  expect((await call('GET', '/nx/v1/cache/123')).statusCode).toBe(404)
  expect((await put('first')).statusCode).toBe(200)
  expect((await put('second')).statusCode).toBe(409)
  expect((await call('GET', '/nx/v1/cache/123')).body).toBe('first')
})

test("an entry of Nx's cache goes when it is old, after a dry run that only counts it, and may come again", async () => {
  const put = (hash: string, payload: string) =>
    app.inject({
      method: 'PUT',
      url: `/api/v1/nx/v1/cache/${hash}`,
      payload,
      headers: { host: 'localhost', 'content-type': 'application/octet-stream' },
    })
  const statuses = async () =>
    Promise.all(['old', 'young', 'same'].map(async (hash) => (await call('GET', `/nx/v1/cache/${hash}`)).statusCode))
  await put('old', 'content')
  await put('young', 'newer content')
  await put('same', 'newer content')
  await world.pool.query(`UPDATE nx_cache_entry SET stored_at = now() - interval '8 days' WHERE hash IN ('old', 'same')`)
  const collect = async (dryRun: boolean) => (await call('POST', '/store/gc', { dryRun, keepDays: 7 })).json().nx
  expect(await collect(true)).toMatchObject({ removed: 2, removedBytes: 'content'.length })
  expect(await statuses()).toEqual([200, 200, 200])
  expect(await collect(false)).toMatchObject({ removed: 2, removedBytes: 'content'.length })
  expect(await statuses()).toEqual([404, 200, 404])
  expect(await collect(false)).toMatchObject({ removed: 0, removedBytes: 0 })
  expect((await put('old', 'content')).statusCode).toBe(200)
})

test('a webhook is called for what it asked for, signed, and again when it was not taken', async () => {
  const heard: { body: string; signature: string }[] = []
  let refusals = 1
  const listener = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    if (refusals-- > 0) response.statusCode = 500
    else heard.push({ body, signature: String(request.headers['x-bootgraph-signature']) })
    response.end()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as { port: number }
  await queueDeliveries(world.pool)
  const { secret, webhook } = (await call('POST', '/webhooks', { url: `http://127.0.0.1:${port}/`, events: ['build.ended'] })).json()
  await startBuild(world, 'told', [unitOf(world, 'x')])
  for (const job of await jobsOf()) await complete(world.pool, world.store, [{ job, result: resultOf(world, job) }])
  await queueDeliveries(world.pool)
  await queueDeliveries(world.pool)
  expect(await deliver(world.pool)).toBe(1)
  expect(heard).toEqual([])
  // A time is rounded to milliseconds, and so may be one to come.
  await world.pool.query(`UPDATE webhook_delivery SET next_try_at = now() - interval '1 second'`)
  expect(await deliver(world.pool)).toBe(1)
  expect(heard).toHaveLength(1)
  expect(heard[0]!.signature).toBe(`sha256=${createHmac('sha256', secret).update(heard[0]!.body).digest('hex')}`)
  expect(JSON.parse(heard[0]!.body)).toMatchObject({ event: 'build.ended', build: 'told' })
  expect((await call('DELETE', `/webhooks/${webhook.id}`)).statusCode).toBe(200)
  await new Promise((resolve) => listener.close(resolve))
})

test('what stands for nothing here is refused with one line, and nothing is planned', async () => {
  const builds = async () => (await world.pool.query('SELECT count(*)::int AS n FROM build')).rows
  const before = await builds()
  const refusals = await Promise.all(
    [
      { stage: 'ladder' },
      { stage: 'ladder', surface: 'yesterday' },
      { stage: 'ladder', linkage: ['both'] },
      { stage: 'ladder', image: world.empty },
      { stage: 'ladder', extra: 1 },
      {},
    ].map(async (body) => (await call('POST', '/builds', body)).statusCode),
  )
  expect(refusals).toEqual([409, 400, 400, 403, 400, 400])
  expect(await builds()).toEqual(before)
})

test("a build with a compiler's source as its toolchain is refused before anything is planned", async () => {
  const bundle = (await world.store.put(Buffer.from('export {}'))).digest
  const manifest = { version: 1, bundles: { 'node.mjs': bundle }, entry: 'node.mjs' }
  const image = (await world.store.put(Buffer.from(JSON.stringify(manifest)))).digest
  expect((await call('PUT', `/node-images/${image}`)).statusCode).toBe(201)
  const nothing = { packages: [], files: 0, bytes: 0, path: [], libraryPath: [] }
  const place = { data: world.folder, store: join(world.folder, 'store') }
  writeReference({ version: 1, name: 'rustc-source', title: 'source', kind: 'source', tree: world.empty, ...nothing }, place)
  for (const path of ['/builds', '/builds/plan']) {
    const answer = await call('POST', path, { stage: 'ladder', toolchain: 'rustc-source' })
    expect(answer.json()).toMatchObject({ status: 422, code: 'unknown-name', detail: expect.stringContaining('source tree') })
  }
})

test('a stream ends soon after its token was revoked', async () => {
  const { id, secret } = await createToken(world.pool, 'listener', ['read'])
  const stop = AbortSignal.timeout(30_000)
  const answer = await fetch(`${address}/api/v1/events`, { headers: { authorization: `Bearer ${secret}` }, signal: stop })
  expect(answer.status).toBe(200)
  expect(await revokeToken(world.pool, id)).toBe(true)
  expect(await answer.text()).toMatch(/^: open\n/)
})
