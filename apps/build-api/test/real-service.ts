/** Everything that is real, for a test to kill: PostgreSQL, Redis, the API and workers as processes, a node image, a program. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Action, canonical, type Digest, encodeDirectory, sha256, type UnitPlan } from '@bootgraph/build-graph'
import { folderStore, memoryStore, type Store, TreeBuilder } from '@bootgraph/build-graph/store'
import type pg from 'pg'
import { WholeResults } from '../src/domain/outcome.ts'
import { recordBuild } from '../src/domain/record-plan.ts'
import { openPool } from '../src/domain/transaction.ts'
import { startPostgres } from '../src/services/postgres.ts'
import { preparePostgresQueue } from '../src/services/postgres-queue.ts'
import { startRedis } from '../src/services/redis.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What the action of that seed prints; its own program, so that every blob of it is new. */
export const greeting = (seed: number): string => `hello ${String(seed).padStart(4, '0')} Redox system calls\n`

export interface Process {
  readonly child: ChildProcess
  /** Data folder. */
  readonly data: string
  end(signal: NodeJS.Signals): Promise<void>
}

/** `[nth write, what happens]` to the blobs of a process's store: each fault once. */
export type DiskFaults = readonly (readonly [write: number, fault: 'EIO' | 'ENOSPC' | 'short'])[]

export interface RealService {
  readonly pool: pg.Pool
  readonly image: Digest
  /** The tree without entries. */
  readonly empty: Digest
  /** Address of the API. */
  url(): string
  serve(faults?: DiskFaults, env?: Readonly<Record<string, string>>): Promise<Process>
  /** Registers a node image of one bundle, for nodes that do what a test wants; the API has to run. */
  registerImage(bundle: string): Promise<Digest>
  work(
    name: string,
    options?: { readonly concurrency?: number; readonly faults?: DiskFaults; readonly env?: Readonly<Record<string, string>> },
  ): Promise<Process>
  killRedis(signal?: NodeJS.Signals): void
  /** An action that prints its greeting. */
  hello(seed: number, more?: Partial<Action>): Action
  /** Records a build whose units `u0`, `u1`, … ask for these actions; `needs` by position. */
  start(build: string, actions: readonly Action[], needs?: readonly (readonly number[])[]): Promise<void>
  /** Waits for the end of a build. @throws Error after so many seconds. */
  ended(build: string, seconds: number): Promise<void>
  stop(): Promise<void>
}

export async function until(what: string, seconds: number, ready: () => Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + seconds * 1000; !(await ready()); await sleep(5))
    if (Date.now() > limit) throw new Error(`${what}: too late`)
}

/** Node processes that a worker runs now. */
export function nodesOf(worker: Process): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        return parent === worker.child.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(worker.data, 'images'))
      } catch {
        // It ended while we looked.
        return false
      }
    })
}

/**
 * @param where the queue is
 * @param faults of the API's disk while it is given its first blobs
 * @throws Error if something does not start; what had been started is stopped then, and its folder removed
 */
export async function realService(name: string, where: 'Redis' | 'PostgreSQL' = 'Redis', faults?: DiskFaults): Promise<RealService> {
  const folder = mkdtempSync(join(tmpdir(), `bootgraph-${name}-`))
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step()
  }
  try {
    return { ...(await assemble(folder, where, undo, faults)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @param undo learns how each part is stopped, the last first */
async function assemble(
  folder: string,
  where: 'Redis' | 'PostgreSQL',
  undo: (() => unknown)[],
  firstFaults?: DiskFaults,
): Promise<Omit<RealService, 'stop'>> {
  chmodSync(folder, 0o755)
  const postgres = await startPostgres(folder)
  undo.push(postgres.stop)
  const redis = where === 'Redis' ? await startRedis(folder) : undefined
  if (redis) undo.push(redis.stop)
  if (where === 'Redis' && redis === undefined) throw new Error('this test needs Redis')
  const queue = redis?.url ?? (await preparePostgresQueue(postgres.url, folder))
  const pool = openPool(postgres.url, 4)
  undo.push(() => pool.end())
  const running = new Set<Process>()
  undo.push(async () => {
    for (const each of running) await each.end('SIGTERM')
  })
  let api = ''

  /** A program of this checkout with an environment of its own; with its first line. */
  async function launch(main: string, data: string, env: Record<string, string>, faults: DiskFaults = []): Promise<[Process, string]> {
    const preload = faults.length > 0 ? ['--import', join(root, 'apps/build-api/test/faulty-disk.mjs')] : []
    const child = spawn(process.execPath, ['--import', 'tsx', ...preload, join(root, main)], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', BOOTGRAPH_DATA: data, REDIS_URL: queue, FAULTS: JSON.stringify(faults), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const started: Process = {
      child,
      data,
      async end(signal) {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exit = once(child, 'exit')
        child.kill(signal)
        await exit
      },
    }
    running.add(started)
    child.on('exit', () => running.delete(started))
    const [line] = (await Promise.race([
      once(child.stdout!, 'data'),
      once(child, 'exit').then(() => {
        throw new Error(`${main} ended at its start`)
      }),
    ])) as [Buffer]
    return [started, line.toString().trim()]
  }

  async function serve(faults?: DiskFaults, more?: Readonly<Record<string, string>>): Promise<Process> {
    const port = api === '' ? '0' : new URL(api).port
    const env = { DATABASE_URL: postgres.url, BOOTGRAPH_PORT: port, ...more }
    const [server, line] = await launch('apps/build-api/src/main.ts', join(folder, 'api'), env, faults)
    api = line
    return server
  }

  const server = await serve(firstFaults)
  const { image, program, empty, surface } = await provide(api)
  const blobs = new Map<Digest, Uint8Array>()
  const keep = (content: Uint8Array): Digest => {
    const digest = sha256(content)
    blobs.set(digest, content)
    return digest
  }
  const treeOf = (seed: number): Digest => {
    const content = Buffer.from(program.toString('latin1').replace('hello from Redox system calls\n', greeting(seed)), 'latin1')
    const file = { kind: 'file', name: 'hello-static', digest: keep(content), size: content.length, executable: true } as const
    return keep(encodeDirectory([{ kind: 'directory', name: 'bin', digest: keep(encodeDirectory([file])) }]))
  }
  await server.end('SIGTERM')

  const hello = (seed: number, more: Partial<Action> = {}): Action => ({
    version: 1,
    command: ['/bin/hello-static'],
    env: {},
    cwd: '/',
    roots: [treeOf(seed)],
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

  return {
    pool,
    image,
    empty,
    url: () => api,
    serve,
    hello,
    async registerImage(bundle) {
      const store = memoryStore()
      const { digest } = await store.put(new TextEncoder().encode(bundle))
      const manifest = await store.put(
        new TextEncoder().encode(canonical({ version: 1, bundles: { 'node.mjs': digest }, entry: 'node.mjs' })),
      )
      await upload(api, store)
      await put(api, `/node-images/${manifest.digest}`)
      return manifest.digest
    },
    async work(worker, { concurrency = 2, faults, env: more } = {}) {
      const env = { BOOTGRAPH_URL: api, BOOTGRAPH_CONCURRENCY: String(concurrency), BOOTGRAPH_LEASE: '1500', ...more }
      const [started] = await launch('apps/worker/src/main.ts', join(folder, worker), env, faults)
      return started
    },
    killRedis(signal = 'SIGKILL') {
      const { pid } = JSON.parse(readFileSync(join(folder, 'redis', 'server.json'), 'utf8')) as { pid: number }
      process.kill(pid, signal)
    },
    async start(build, actions, needs = []) {
      const store = folderStore(join(folder, 'api', 'store'))
      for (const content of blobs.values()) await store.put(content)
      blobs.clear()
      const units = actions.map(({ input, ...rest }, i): UnitPlan => {
        const draft = { ...rest, inputs: [{ tree: input, at: '' }] }
        return {
          id: `u${i}`,
          name: `u${i}`,
          stage: 'test',
          kind: 'rung-step',
          draft,
          needs: (needs[i] ?? []).map((n) => `u${n}`),
          expected: 1,
        }
      })
      await recordBuild(
        { pool, store, whole: new WholeResults(store) },
        { id: build, request: { ...REQUEST, image }, surfaceDate: 'full', priority: 10, triggeredBy: 'test', units, planning: false },
      )
    },
    ended: (build, seconds) =>
      until(`the end of ${build}`, seconds, async () => {
        return (await pool.query(`SELECT 1 FROM build WHERE id = $1 AND state = 'ended'`, [build])).rowCount === 1
      }),
  }
}

const REQUEST = {
  stage: 'test',
  linkage: ['static'],
  targetLinkage: 'static',
  surface: 'full',
  mode: 'bridge',
  toolchain: 'none',
  overlays: [],
  seed: 0,
} as const

/** Gives an API the image and what every action names. */
async function provide(api: string): Promise<Readonly<Record<'image' | 'empty' | 'surface', Digest>> & { readonly program: Buffer }> {
  const store = memoryStore()
  const data = readFileSync(join(root, 'libs/rustc-bootstrap/data/programs/programs.json'), 'utf8')
  const programs = JSON.parse(data) as Record<string, string>
  const program = Buffer.from(programs['hello-static']!, 'base64')
  const empty = await new TreeBuilder().store(store)
  const surface = (await store.put(new TextEncoder().encode('{"name":"latest"}'))).digest
  const images = await imageFolder()
  for (const name of readdirSync(images)) await store.put(readFileSync(join(images, name)))
  const image = sha256(readFileSync(join(images, 'image.json')))
  await upload(api, store)
  await put(api, `/node-images/${image}`)
  return { image, program, empty, surface }
}

async function put(api: string, path: string, body?: Uint8Array): Promise<void> {
  const content = body && { body: new Uint8Array(body), headers: { 'content-type': 'application/octet-stream' } }
  const answer = await fetch(`${api}/api/v1${path}`, { method: 'PUT', ...content })
  if (answer.status !== 201) throw new Error(`PUT ${path}: ${await answer.text()}`)
}

async function upload(api: string, store: Store): Promise<void> {
  for await (const digest of store.list()) await put(api, `/store/${digest}`, await store.get(digest))
}

/** The image that this checkout was set up with, or a new one. */
async function imageFolder(): Promise<string> {
  const record = join(root, 'dist', 'node-image.json')
  if (!existsSync(record)) {
    const [code] = await once(spawn(process.execPath, [join(root, 'tools/node-image/build.mjs')], { stdio: 'ignore' }), 'exit')
    if (code !== 0) throw new Error('the node image cannot be built')
  }
  return join(root, (JSON.parse(readFileSync(record, 'utf8')) as { folder: string }).folder)
}
