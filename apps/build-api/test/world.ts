/** A database, a store and an API of their own for a test. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type ActionDraft,
  type ActionJob,
  type ActionResult,
  type BuildRequest,
  type Digest,
  digestOf,
  type PlanInputs,
  type UnitPlan,
} from '@bootgraph/build-graph'
import { memoryStore, type Store, TreeBuilder } from '@bootgraph/build-graph/store'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { type AppDeps, buildApp } from '../src/app.ts'
import { listenLive } from '../src/domain/live.ts'
import { WholeResults } from '../src/domain/outcome.ts'
import { type PlanDeps, recordBuild } from '../src/domain/record-plan.ts'
import { openPool } from '../src/domain/transaction.ts'
import { migrate } from '../src/services/migrate.ts'
import { type Service, startPostgres } from '../src/services/postgres.ts'

export const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

export interface World extends PlanDeps {
  readonly folder: string
  readonly postgres: Service
  /** Blobs that every result of `resultOf` names. */
  readonly blank: Digest
  readonly empty: Digest
  app(options?: Partial<AppDeps>): Promise<FastifyInstance>
  end(): Promise<void>
}

export async function makeWorld(name: string, store: Store = memoryStore()): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), `bootgraph-${name}-`))
  // As root the database runs as nobody, who must be able to enter.
  chmodSync(folder, 0o755)
  const postgres = await startPostgres(folder)
  await migrate(postgres.url, MIGRATIONS)
  const pool: pg.Pool = openPool(postgres.url)
  const whole = new WholeResults(store)
  const blank = (await store.put(new Uint8Array())).digest
  const empty = await new TreeBuilder().store(store)
  const undo: (() => Promise<unknown>)[] = []
  return {
    folder,
    postgres,
    pool,
    store,
    whole,
    blank,
    empty,
    async app(options = {}) {
      const live = await listenLive(postgres.url)
      const app = await buildApp({
        pool,
        store,
        whole,
        live,
        place: { data: folder, store: join(folder, 'store') },
        hosts: ['localhost', '127.0.0.1'],
        blobLimit: 100_000,
        requestsPerMinute: 1_000_000,
        progressed: () => {},
        cancelled: async () => {},
        queue: { backend: 'redis', sizes: async () => ({ waiting: 0, active: 0 }) },
        ...options,
      })
      undo.push(
        () => app.close(),
        () => live.close(),
      )
      return app
    },
    async end() {
      for (const step of undo) await step()
      await pool.end()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A drafted action that only its name tells from others. */
export function draftOf(world: World, name: string, more: Partial<ActionDraft> = {}): ActionDraft {
  return {
    version: 1,
    command: ['/bin/true', name],
    env: {},
    cwd: '/',
    roots: [],
    inputs: [{ tree: world.empty, at: '' }],
    inputPath: '/work',
    overlays: [],
    outputs: [],
    linkage: 'static',
    targetLinkage: 'static',
    surface: world.blank,
    mode: 'bridge',
    abi: 'redox-2019-11',
    image: world.blank,
    seed: 0,
    budget: 0,
    memory: 2 ** 28,
    ...more,
  }
}

export function unitOf(world: World, id: string, needs: readonly string[] = [], more: Partial<UnitPlan> = {}): UnitPlan {
  return { id, name: id, stage: 'test', kind: 'compile', needs, expected: 10, draft: draftOf(world, id), ...more }
}

export interface BuildOptions {
  readonly priority?: number
  readonly surfaceDate?: string
  /** Members of its request that are not the usual. */
  readonly request?: Partial<BuildRequest>
  readonly inputs?: PlanInputs
  /** Queries among its units are to be answered first. */
  readonly planning?: boolean
}

export async function startBuild(world: World, id: string, units: readonly UnitPlan[], options: BuildOptions = {}): Promise<void> {
  await recordBuild(world, {
    id,
    request: {
      stage: 'test',
      linkage: ['static'],
      targetLinkage: 'static',
      surface: 'latest',
      mode: 'bridge',
      toolchain: 'test',
      overlays: [],
      image: world.blank,
      seed: 0,
      ...options.request,
    },
    ...(options.inputs ? { inputs: options.inputs } : {}),
    surfaceDate: options.surfaceDate ?? '2026-01-01',
    priority: options.priority ?? 100,
    triggeredBy: 'test',
    units,
    planning: options.planning ?? false,
  })
}

export function resultOf(world: World, job: Pick<ActionJob, 'action'>, code = 0, more: Partial<ActionResult> = {}): ActionResult {
  return {
    version: 1,
    action: job.action,
    exit: { reason: 'exit', code },
    outputs: world.empty,
    missingOutputs: [],
    stdout: world.blank,
    stderr: world.blank,
    gaps: [],
    fuel: 1,
    measured: { peakMemory: 0, time: {} },
    ...more,
  }
}

export const digest = (name: string): Digest => digestOf({ name })
