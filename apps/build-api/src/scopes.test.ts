/** Who may do what, on every operation of the OpenAPI document: nobody without a token, none that lacks the scope, and the right one. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ENDLESS, stateOf } from '../test/fuzz.ts'
import { Fuzzer, type Operation } from '../test/fuzz-requests.ts'
import { makeWorld, startBuild, unitOf, type World } from '../test/world.ts'
import { openApiDocument, PREFIX } from './openapi.ts'
import { createToken, revokeToken, SCOPES } from './plugins/auth.ts'

const NEVER = new Date(0)
let world: World
let app: FastifyInstance
let address: string
let fuzzer: Fuzzer

beforeAll(async () => {
  world = await makeWorld('scopes')
  app = await world.app()
  address = await app.listen({ port: 0, host: '127.0.0.1' })
  await startBuild(world, 'known', [unitOf(world, 'a')])
  const known = { build: ['known'], other: ['known'], unit: ['a'], attempt: ['1'], digest: [world.empty], date: ['latest'] }
  fuzzer = new Fuzzer(JSON.parse(JSON.stringify(await openApiDocument())), known, 1)
})
afterAll(() => world?.end())

/** Status and problem code of a valid request. What streams for ever is left once its head is here. */
async function ask(operation: Operation, secret?: string, url?: string): Promise<{ status: number; code?: string; type: string | null }> {
  const request = fuzzer.requestOf(operation)
  const body = operation.consumes ? 'bytes' : request.payload === undefined ? undefined : JSON.stringify(request.payload)
  const gone = new AbortController()
  const answer = await fetch(`${address}${PREFIX}${url ?? request.url}`, {
    method: operation.method,
    headers: {
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      ...(body === undefined ? {} : { 'content-type': operation.consumes ?? 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
    signal: gone.signal,
  })
  const type = answer.headers.get('content-type')
  const { code } = type?.includes('application/problem+json') ? ((await answer.json()) as { code: string }) : { code: undefined }
  gone.abort()
  return { status: answer.status, type, ...(code === undefined ? {} : { code }) }
}

test('every operation refuses no token, an unknown, an expired, a revoked and an under-scoped one, and changes nothing', {
  timeout: 180_000,
}, async () => {
  const right = new Map<string, string>()
  const wrong = new Map<string, string>()
  for (const scope of SCOPES) {
    right.set(scope, (await createToken(world.pool, scope, [scope])).secret)
    const others = SCOPES.filter((each) => each !== scope && each !== 'admin')
    wrong.set(scope, (await createToken(world.pool, `all but ${scope}`, others)).secret)
  }
  const old = (await createToken(world.pool, 'old', SCOPES, NEVER)).secret
  const gone = await createToken(world.pool, 'gone', SCOPES)
  await revokeToken(world.pool, gone.id)

  expect(fuzzer.operations.length).toBeGreaterThan(60)
  const faults: string[] = []
  const open: string[] = []
  for (const operation of fuzzer.operations) {
    const { method, path, scope } = operation
    const name = `${method} ${path}`
    if (scope === undefined) {
      open.push(name)
      continue
    }
    const before = await stateOf(world)
    const refusals = [
      [undefined, 401, 'unauthorised'],
      ['guess', 401, 'unauthorised'],
      [old, 401, 'unauthorised'],
      [gone.secret, 401, 'unauthorised'],
      [wrong.get(scope), 403, 'under-scoped'],
    ] as const
    for (const [secret, status, code] of refusals) {
      const answer = await ask(operation, secret)
      if (answer.status !== status || answer.code !== code)
        faults.push(`${name}: ${answer.status} ${answer.code}, expected ${status} ${code}`)
    }
    if ((await stateOf(world)) !== before) faults.push(`${name}: a refusal changed something`)
    for (const secret of [right.get(scope), right.get('admin')]) {
      const answer = await ask(operation, secret)
      if (answer.status >= 500 || answer.status === 401 || answer.code === 'under-scoped')
        faults.push(`${name}: ${answer.status} ${answer.code} with the right token`)
      if (ENDLESS.test(path) && answer.status === 200 && !answer.type?.includes('text/event-stream')) faults.push(`${name}: is no stream`)
    }
  }
  expect(faults).toEqual([])
  // A session begins without one, and health is for whoever watches.
  expect(open.sort()).toEqual(['DELETE /session', 'GET /health', 'GET /ready', 'GET /session', 'POST /session'])
})

test('a malformed cursor is refused by every list', async () => {
  const { secret } = await createToken(world.pool, 'lister', ['admin'])
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const cursors = [
    'zzz',
    '%00',
    encoded(null),
    encoded({}),
    encoded([]),
    encoded([{}]),
    encoded([[], []]),
    encoded([0.5, -0.5]),
    encoded(['\0', '\0']),
    encoded(['2026-99-99T99:99:99.999Z', 'x']),
    encoded(["'; DROP TABLE unit; --", 1, 2, 3, 4]),
    'A'.repeat(299),
  ]
  const lists = fuzzer.operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'cursor'))
  expect(lists.length).toBeGreaterThan(4)
  const before = await stateOf(world)
  for (const list of lists)
    for (const cursor of cursors) {
      const path = list.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ({ build: 'known', unit: 'a' })[name] ?? 'x')
      const answer = await ask(list, secret, `${path}?cursor=${cursor}`)
      expect([answer.status, answer.code], `${list.path}?cursor=${cursor}`).toEqual([400, 'bad-request'])
    }
  expect(await stateOf(world)).toBe(before)
})
