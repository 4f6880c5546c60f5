/** What nobody should send: trees that lead out, names that climb, blobs that lie, results and cache entries of those who may not. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Digest, sha256 } from '@bootgraph/build-graph'
import { folderStore, materialise, TreeBuilder } from '@bootgraph/build-graph/store'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stateOf } from '../test/fuzz.ts'
import { draftOf, makeWorld, resultOf, startBuild, unitOf, type World } from '../test/world.ts'
import { complete, take } from './domain/completion.ts'
import { dispatch, type ReadyJob } from './domain/dispatch.ts'
import { createToken, type Scope } from './plugins/auth.ts'

const LIMIT = 10_000
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-hostile-store-'))
const store = folderStore(folder)
let world: World
let app: FastifyInstance
let address: string

beforeAll(async () => {
  world = await makeWorld('hostile', store)
  app = await world.app({ blobLimit: LIMIT })
  address = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await world?.end()
  rmSync(folder, { recursive: true, force: true })
})

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const state = async (): Promise<string> => JSON.stringify([await stateOf(world), readdirSync(folder, { recursive: true }).sort()])

async function send(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}): Promise<[number, string]> {
  const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream'
  const answer = await fetch(`${address}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body, duplex: 'half' }),
  } as RequestInit)
  const problem = answer.headers.get('content-type')?.includes('application/problem+json')
  const told = await answer.text()
  return [answer.status, problem ? (JSON.parse(told) as { code: string }).code : told]
}

async function jobOf(build: string): Promise<ReadyJob> {
  await startBuild(world, build, [unitOf(world, 'make', [], { draft: draftOf(world, build) })])
  const jobs: ReadyJob[] = []
  await dispatch(world, async (ready) => void jobs.push(...ready))
  const job = jobs.find((each) => each.build === build)!
  await take(world.pool, [{ job, worker: 'w' }])
  return job
}

test('a tree whose names lead out of it, or that holds what no tree can, is no output of anything', async () => {
  const job = await jobOf('trees')
  const file = { digest: world.blank, executable: false, kind: 'file', size: 0 }
  const names = ['..', '.', '', '/etc/passwd', 'a/b', '../../etc', 'x\0y', 'n'.repeat(256)]
  const hostile = [
    ...names.map((name) => ({ entries: [{ ...file, name }] })),
    { entries: [{ kind: 'device', name: 'null', target: '1:3' }] },
    { entries: [{ kind: 'fifo', name: 'pipe' }] },
    { entries: [{ ...file, name: 'setuid', mode: 0o4755 }] },
    { entries: [{ kind: 'symlink', name: 'link', target: '' }] },
    { entries: [{ kind: 'symlink', name: 'link', target: `/${'x'.repeat(5000)}` }] },
    { entries: [{ kind: 'directory', name: 'missing', digest: sha256(bytes('nowhere')) }] },
    {
      entries: [
        { ...file, name: 'twice' },
        { ...file, name: 'twice' },
      ],
    },
    { entries: 'none' },
    [],
  ]
  for (const tree of hostile) {
    const content = bytes(JSON.stringify(tree))
    const outputs = sha256(content)
    expect((await send('PUT', `/store/${outputs}`, content.slice().buffer))[0]).toBe(201)
    const before = await state()
    const answer = await send('POST', '/attempts/trees/make/1/result', JSON.stringify(resultOf(world, job, 0, { outputs })))
    expect(answer, JSON.stringify(tree).slice(0, 100)).toEqual([422, 'blob-missing'])
    expect(await state()).toBe(before)
    // What a worker would do with such an input.
    const place = mkdtempSync(join(tmpdir(), 'bootgraph-hostile-'))
    await expect(materialise(store, outputs, join(place, 'tree'))).rejects.toThrow(/the tree|no blob/)
    expect(existsSync(join(place, 'etc'))).toBe(false)
    rmSync(place, { recursive: true })
  }
})

test('a tree that shows itself again and again, or lies deeper than any path, is refused before anybody walks it', async () => {
  const job = await jobOf('bombs')
  const put = async (tree: unknown) => (await store.put(bytes(JSON.stringify(tree)))).digest
  const directory = (names: readonly string[], digest: string) => ({
    entries: names.map((name) => ({ digest, kind: 'directory', name })),
  })
  let bomb: string = await put(directory([], ''))
  for (let level = 0; level < 60; level++) bomb = await put(directory(['a', 'b', 'c', 'd'], bomb))
  let shaft: string = world.empty
  for (let level = 0; level < 300; level++) shaft = await put(directory(['d'], shaft))
  let allowed = world.empty
  for (let level = 0; level < 200; level++) allowed = await put(directory(['d'], allowed))
  const before = await state()
  for (const outputs of [bomb, shaft] as Digest[])
    expect(await send('POST', '/attempts/bombs/make/1/result', JSON.stringify(resultOf(world, job, 0, { outputs })))).toEqual([
      400,
      'bad-request',
    ])
  expect(await state()).toBe(before)
  const answer = await send('POST', '/attempts/bombs/make/1/result', JSON.stringify(resultOf(world, job, 0, { outputs: allowed })))
  expect(answer[0]).toBe(200)
})

test('a link may name anything, and nothing is read or written through it', async () => {
  const job = await jobOf('links')
  const tree = new TreeBuilder()
  for (const [name, target] of [
    ['absolute', '/etc'],
    ['climbing', '../../../../../../etc'],
    ['self', 'self'],
    ['host', folder],
  ] as const)
    tree.setSymlink(name, target)
  const outputs = await tree.store(store)
  expect(await send('POST', '/attempts/links/make/1/result', JSON.stringify(resultOf(world, job, 0, { outputs })))).toEqual([
    200,
    '{"completion":"recorded"}',
  ])
  for (const path of ['absolute/passwd', 'climbing/passwd', 'self', 'self/self', 'host/blobs', 'absolute'])
    expect(await send('GET', `/builds/links/artifacts/make/file?path=${encodeURIComponent(path)}`), path).toEqual([404, 'not-found'])
})

test('a path or a name that climbs leads nowhere', async () => {
  const job = await jobOf('climb')
  const tree = new TreeBuilder()
  tree.setFile('work/out', (await store.put(bytes('content'))).digest, 7, false)
  await complete(world.pool, store, [{ job, result: resultOf(world, job, 0, { outputs: await tree.store(store) }) }])
  const file = (path: string) => send('GET', `/builds/climb/artifacts/make/file?path=${encodeURIComponent(path)}`)
  expect(await file('work/out')).toEqual([200, 'content'])
  const before = await state()
  for (const path of ['../work/out', '/work/out', 'work//out', 'work/./out', 'work/../work/out', 'work/out/', '', '..', '\0', 'work\0/out'])
    expect(await file(path), JSON.stringify(path)).toEqual([400, 'bad-request'])
  for (const path of ['work\\out', '%2e%2e/work/out', 'WORK/out', 'work/out/more', 'x'.repeat(1000)])
    expect((await file(path))[0], path).toBeGreaterThanOrEqual(400)
  for (const unit of ['..', '..%2F..', '%2Fetc%2Fpasswd', 'make%00', 'make%2F..%2Fmake', '%E0%A4%A', "'--", 'x'.repeat(1200)])
    for (const path of [`/builds/climb/artifacts/${unit}/files`, `/builds/${unit}/artifacts/make/files`, `/store/${unit}`]) {
      const [status] = await send('GET', path)
      expect(status, path).toBeGreaterThanOrEqual(400)
      expect(status, path).toBeLessThan(500)
    }
  expect(await state()).toBe(before)
})

test('an upload that is not what its name says, or too large, leaves nothing behind', async () => {
  const before = await state()
  const large = new Uint8Array(LIMIT + 1)
  const streamed = () =>
    new ReadableStream({
      start(controller) {
        for (let sent = 0; sent <= LIMIT; sent += 1000) controller.enqueue(new Uint8Array(1000))
        controller.close()
      },
    })
  expect(await send('PUT', `/store/${sha256(bytes('a'))}`, bytes('b').slice().buffer)).toEqual([422, 'digest-mismatch'])
  expect(await send('PUT', `/store/${sha256(large)}`, large)).toEqual([413, 'too-large'])
  expect(await send('PUT', `/store/${sha256(large)}`, streamed())).toEqual([413, 'too-large'])
  for (const name of ['A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), 'g'.repeat(64)])
    expect(await send('PUT', `/store/${name}`, bytes('x').slice().buffer), name).toEqual([400, 'bad-request'])
  expect(await send('PUT', '/nx/v1/cache/77', large)).toEqual([413, 'too-large'])
  expect(await send('PUT', '/nx/v1/cache/77', streamed())).toEqual([413, 'too-large'])
  expect((await send('PUT', '/nx/v1/cache/..%2Fup', bytes('x').slice().buffer))[0]).toBe(400)
  expect(await send('POST', '/builds', JSON.stringify({ stage: 'x'.repeat(2 ** 20 + 1) }))).toEqual([413, 'too-large'])
  expect(await send('POST', '/builds', '{"stage":')).toEqual([400, 'bad-request'])
  expect(await state()).toBe(before)
})

test('what stands for a folder of the host is no toolchain, overlay, surface or stage', async () => {
  const before = await state()
  for (const body of [
    { stage: 'ladder', toolchain: '../../etc' },
    { stage: 'ladder', toolchain: '/usr' },
    { stage: 'ladder', overlays: ['../../etc'] },
    { stage: 'ladder', surface: '../../etc/passwd' },
    { stage: '../ladder' },
    { stage: 'ladder', rungs: ['../../x'] },
    { stage: 'ladder', image: '../../../etc' },
  ])
    for (const path of ['/builds', '/builds/plan']) {
      const [status, code] = await send('POST', path, JSON.stringify(body))
      expect([status >= 400 && status < 500, code.length > 0], `${path} ${JSON.stringify(body)}`).toEqual([true, true])
    }
  expect(await state()).toBe(before)
})

test('who lacks the scope writes into no cache, and nothing is found there after', async () => {
  const job = await jobOf('caches')
  const secret = new Map<Scope, string>()
  for (const scope of ['read', 'trigger', 'worker', 'cache-read', 'cache-write'] as const)
    secret.set(scope, (await createToken(world.pool, scope, [scope])).secret)
  const as = (scope: Scope) => ({ authorization: `Bearer ${secret.get(scope)}` })
  const before = await state()
  for (const scope of ['read', 'trigger', 'worker', 'cache-read'] as const)
    expect(await send('PUT', '/nx/v1/cache/123', bytes('poison').slice().buffer, as(scope)), scope).toEqual([403, 'under-scoped'])
  for (const scope of ['read', 'trigger', 'cache-read', 'cache-write'] as const) {
    const result = JSON.stringify(resultOf(world, job))
    expect(await send('POST', '/attempts/caches/make/1/result', result, as(scope)), scope).toEqual([403, 'under-scoped'])
    expect(await send('PUT', `/store/${sha256(bytes('p'))}`, bytes('p').slice().buffer, as(scope)), scope).toEqual([403, 'under-scoped'])
  }
  expect(await state()).toBe(before)
  expect(await send('GET', '/nx/v1/cache/123', undefined, as('cache-read'))).toEqual([404, 'not-found'])
  // What a writer with the scope puts there, no build reads: it is no blob of the store.
  expect((await send('PUT', '/nx/v1/cache/123', bytes('mine').slice().buffer, as('cache-write')))[0]).toBe(200)
  expect(await send('GET', `/store/${sha256(bytes('mine'))}`, undefined, as('read'))).toEqual([404, 'not-found'])
})

test('what is no HTTP request, or has too large a head, is answered with a problem document', async () => {
  const told = async (request: string): Promise<[string | undefined, unknown]> => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1')
    socket.write(request)
    let text = ''
    for await (const piece of socket) text += piece
    const [head, body] = text.split('\r\n\r\n') as [string, string]
    expect(head).toContain('application/problem+json')
    return [head.split('\r\n')[0], (JSON.parse(body) as { code: string }).code]
  }
  const rest = '/api/v1/builds HTTP/1.1\r\nhost: localhost\r\n'
  expect(await told(`FOO ${rest}\r\n`)).toEqual(['HTTP/1.1 400 Bad Request', 'bad-request'])
  expect(await told(`GET ${rest}x: ${'x'.repeat(20_000)}\r\n\r\n`)).toEqual([
    'HTTP/1.1 431 Request Header Fields Too Large',
    'headers-too-large',
  ])
  expect(await told('GET /api/v1/builds HTTP/1.1\r\nconnection: close\r\n\r\n')).toEqual(['HTTP/1.1 403 Forbidden', 'foreign-host'])
})
