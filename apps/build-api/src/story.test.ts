/** Real programs through everything that is real: API, PostgreSQL, Redis, workers as processes, a node image. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Action, type ActionResult, actionDigest, type Digest, sha256, type UnitPlan } from '@bootgraph/build-graph'
import { folderStore, memoryStore, TreeBuilder } from '@bootgraph/build-graph/store'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { counts } from './domain/counts.ts'
import { WholeResults } from './domain/outcome.ts'
import { recordBuild } from './domain/record-plan.ts'
import { openPool } from './domain/transaction.ts'
import { type Service, startPostgres } from './services/postgres.ts'
import { startRedis } from './services/redis.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-story-'))
const running = new Set<ChildProcess>()
const GREETING = 'hello from Redox system calls\n'
let postgres: Service
let redis: Service | undefined
let pool: pg.Pool
let api: string
let server: ChildProcess
let image: Digest
let tree: Digest
let empty: Digest
let surface: Digest

/** A program of this checkout with an environment of its own; resolves with its first line. */
async function launch(main: string, env: Record<string, string>): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, main)], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  child.on('exit', () => running.delete(child))
  const [line] = (await Promise.race([
    once(child.stdout!, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`${main} ended at its start`)
    }),
  ])) as [Buffer]
  return { child, line: line.toString().trim() }
}

async function serve(port: string): Promise<ChildProcess> {
  const { child, line } = await launch('apps/build-api/src/main.ts', {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis!.url,
    BOOTGRAPH_DATA: join(folder, 'api'),
    BOOTGRAPH_PORT: port,
  })
  api = line
  return child
}

const worker = (name: string) =>
  launch('apps/worker/src/main.ts', {
    BOOTGRAPH_URL: api,
    REDIS_URL: redis!.url,
    BOOTGRAPH_DATA: join(folder, name),
    BOOTGRAPH_CONCURRENCY: '2',
    BOOTGRAPH_LEASE: '1500',
  })

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

async function put(path: string, body?: Uint8Array): Promise<void> {
  const content = body && { body: new Uint8Array(body), headers: { 'content-type': 'application/octet-stream' } }
  const answer = await fetch(`${api}/api/v1${path}`, { method: 'PUT', ...content })
  expect(answer.status).toBe(201)
}

beforeAll(async () => {
  chmodSync(folder, 0o755)
  postgres = await startPostgres(folder)
  redis = await startRedis(folder)
  server = await serve('0')
  pool = openPool(postgres.url, 4)

  const store = memoryStore()
  const programs = JSON.parse(readFileSync(join(root, 'libs/rustc-bootstrap/data/programs/programs.json'), 'utf8')) as Record<
    string,
    string
  >
  const program = await store.put(Buffer.from(programs['hello-static']!, 'base64'))
  const top = new TreeBuilder()
  top.setFile('bin/hello-static', program.digest, program.size, true)
  tree = await top.store(store)
  empty = await new TreeBuilder().store(store)
  surface = (await store.put(new TextEncoder().encode('{"name":"latest"}'))).digest
  const images = await imageFolder()
  for (const name of readdirSync(images)) await store.put(readFileSync(join(images, name)))
  image = sha256(readFileSync(join(images, 'image.json')))
  for await (const digest of store.list()) await put(`/store/${digest}`, await store.get(digest))
  await put(`/node-images/${image}`)
})
afterAll(async () => {
  for (const child of running) await end(child, 'SIGTERM')
  await pool?.end()
  await postgres?.stop()
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The image that this checkout was set up with, or a new one. */
async function imageFolder(): Promise<string> {
  const record = join(root, 'dist', 'node-image.json')
  if (!existsSync(record)) {
    const [code] = (await once(spawn(process.execPath, [join(root, 'tools/node-image/build.mjs')], { stdio: 'ignore' }), 'exit')) as [
      number,
    ]
    expect(code).toBe(0)
  }
  return join(root, (JSON.parse(readFileSync(record, 'utf8')) as { folder: string }).folder)
}

const hello = (seed: number, more: Partial<Action> = {}): Action => ({
  version: 1,
  command: ['/bin/hello-static'],
  env: {},
  cwd: '/',
  roots: [tree],
  input: empty,
  inputPath: '/work',
  overlays: [],
  outputs: [],
  linkage: 'static',
  targetLinkage: 'static',
  surface,
  mode: 'bridge',
  abi: 'redox-2019-11',
  image,
  seed,
  budget: 0,
  memory: 256 * 2 ** 20,
  ...more,
})

/** Records a build whose units ask for these actions; `needs` by position. */
async function start(id: string, actions: readonly Action[], needs: readonly (readonly number[])[] = []): Promise<void> {
  const units = actions.map(
    ({ input, ...rest }, i): UnitPlan => ({
      id: `u${i}`,
      name: `u${i}`,
      stage: 'test',
      kind: 'rung-step',
      draft: { ...rest, inputs: [{ tree: input, at: '' }] },
      needs: (needs[i] ?? []).map((n) => `u${n}`),
      expected: 1,
    }),
  )
  await recordBuild(
    { pool, store: folderStore(join(folder, 'api', 'store')), whole: new WholeResults(folderStore(join(folder, 'api', 'store'))) },
    {
      id,
      request: {
        stage: 'test',
        linkage: ['static'],
        targetLinkage: 'static',
        surface: 'full',
        mode: 'bridge',
        toolchain: 'none',
        overlays: [],
        image,
        seed: 0,
      },
      surfaceDate: 'full',
      priority: 10,
      triggeredBy: 'test',
      units,
      planning: false,
    },
  )
}

async function until(what: string, seconds: number, ready: () => Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + seconds * 1000; !(await ready()); await sleep(5))
    if (Date.now() > limit) throw new Error(`${what}: too late`)
}
const ended = (build: string) => async () =>
  (await pool.query(`SELECT 1 FROM build WHERE id = $1 AND state = 'ended'`, [build])).rowCount === 1

const GRAPH = [[], [], [0], [0, 1], [2, 3], [4], [4], [5, 6]]

test('a graph of real programs is built though a worker is killed in the middle, one result for each unit', async () => {
  const first = await worker('first')
  await start(
    'hello',
    GRAPH.map((_, i) => hello(i)),
    GRAPH,
  )
  const taken = () =>
    pool.query<{ unit: string; worker: string }>(`SELECT unit, worker FROM attempt WHERE build = 'hello' AND state = 'running'`)
  await until('something built and something under way', 30, async () => {
    const { built } = await counts(pool, 'hello')
    return built >= 2 && (await taken()).rowCount! > 0
  })
  await end(first.child, 'SIGKILL')
  // What it had sent before it died still counts.
  await sleep(200)
  const orphans = (await taken()).rows
  const second = await worker('second')
  await until('the end of the build', 40, ended('hello'))

  expect(await counts(pool, 'hello')).toMatchObject({ built: GRAPH.length, total: GRAPH.length })
  const { rows } = await pool.query<{ unit: string; number: number; worker: string; result: ActionResult }>(
    `SELECT unit, number, worker, result FROM attempt WHERE build = 'hello' ORDER BY unit`,
  )
  expect(rows.map(({ unit, number }) => ({ unit, number }))).toEqual(GRAPH.map((_, i) => ({ unit: `u${i}`, number: 1 })))
  for (const { result } of rows) expect(result.stdout).toBe(sha256(new TextEncoder().encode(GREETING)))
  expect(orphans.length).toBeGreaterThan(0)
  for (const { unit, worker: before } of orphans) expect(rows.find((row) => row.unit === unit)!.worker).not.toBe(before)
  expect((await pool.query('SELECT count(*)::int AS n FROM result')).rows).toEqual([{ n: GRAPH.length }])
  expect((await pool.query('SELECT count(*)::int AS n FROM determinism_defect')).rows).toEqual([{ n: 0 }])
  await end(second.child, 'SIGTERM')

  const log = await fetch(`${api}/api/v1/store/${rows[0]!.result.stdout}`)
  expect(await log.text()).toBe(GREETING)
})

test('the same actions again are cached, with no worker there', async () => {
  await start(
    'again',
    GRAPH.map((_, i) => hello(i)),
    GRAPH,
  )
  await until('the end of the build', 10, ended('again'))
  expect(await counts(pool, 'again')).toMatchObject({ cached: GRAPH.length, total: GRAPH.length })
})

test('a build goes on after its API was killed, and the worker delivers what it holds', async () => {
  const { child } = await worker('steady')
  const actions = GRAPH.map((_, i) => hello(200 + i))
  await start('headless', actions, GRAPH)
  await until('something built', 30, async () => (await counts(pool, 'headless')).built >= 2)
  await end(server, 'SIGKILL')
  server = await serve(new URL(api).port)
  await until('the end of the build', 40, ended('headless'))
  await end(child, 'SIGTERM')
  expect(await counts(pool, 'headless')).toMatchObject({ built: GRAPH.length, total: GRAPH.length })
  const { rows } = await pool.query(`SELECT count(*)::int AS n, count(result)::int AS results FROM attempt WHERE build = 'headless'`)
  expect(rows).toEqual([{ n: GRAPH.length, results: GRAPH.length }])
})

test('an image that nobody registered does not run, and what misses an output or its program fails by itself', async () => {
  const { child } = await worker('third')
  await start('bad', [
    hello(100, { image: empty }),
    hello(101, { command: ['/bin/absent'] }),
    hello(102, { outputs: ['/work/out.o'] }),
    hello(103),
  ])
  await until('the end of the build', 30, ended('bad'))
  await end(child, 'SIGTERM')
  const { rows } = await pool.query(
    `SELECT u.id, u.state, u.attempt, t.state AS last, t.result->'exit'->>'reason' AS reason, t.result->'missingOutputs' AS missing
     FROM unit u JOIN attempt t ON t.build = u.build AND t.unit = u.id AND t.number = u.attempt WHERE u.build = 'bad' ORDER BY u.id`,
  )
  expect(rows).toEqual([
    { id: 'u0', state: 'failed', attempt: 3, last: 'lost', reason: null, missing: null },
    { id: 'u1', state: 'failed', attempt: 1, last: 'failed', reason: 'not-found', missing: [] },
    { id: 'u2', state: 'failed', attempt: 1, last: 'failed', reason: 'exit', missing: ['/work/out.o'] },
    { id: 'u3', state: 'built', attempt: 1, last: 'succeeded', reason: 'exit', missing: [] },
  ])
  const { rows: errors } = await pool.query(`SELECT DISTINCT error FROM attempt WHERE build = 'bad' AND unit = 'u0'`)
  expect(errors).toEqual([{ error: `the node image ${empty} is not registered` }])
})

test('results that no worker of ours would send are refused and change nothing', async () => {
  const action = actionDigest(hello(0))
  const blank = sha256(new Uint8Array())
  const good: ActionResult = {
    version: 1,
    action,
    exit: { reason: 'exit', code: 0 },
    outputs: undefined,
    missingOutputs: [],
    stdout: blank,
    stderr: blank,
    gaps: [],
    fuel: 0,
    measured: { peakMemory: 0, time: {} },
  }
  const post = async (path: string, body: unknown) =>
    (
      await fetch(`${api}/api/v1/attempts/${path}/result`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    ).status
  const state = async () => (await pool.query('SELECT * FROM attempt ORDER BY build, unit, number')).rows
  const before = await state()
  expect(await post('hello/u0/9', good)).toBe(404)
  expect(await post('hello/u0/x', good)).toBe(400)
  expect(await post('hello/u0/1', { ...good, more: 1 })).toBe(400)
  expect(await post('hello/u0/1', { ...good, exit: { reason: 'defect', code: 125 } })).toBe(400)
  expect(await post('hello/u0/1', { ...good, stdout: action })).toBe(422)
  expect(await post('hello/u0/1', { ...good, outputs: action })).toBe(422)
  expect(await post('hello/u0/1', good)).toBe(200)
  expect(await state()).toEqual(before)
})
