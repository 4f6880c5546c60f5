/** What a person asks for becomes a build: names are resolved to content, the content to a plan, the plan to rows. */

import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BuildRequest, Digest, NodeImageManifest, PlanInputs, UnitPlan } from '@bootgraph/build-graph'
import { PlanError as BadRequest, OVERLAYS, type Place, plan, planInputs, ToolchainError } from '@bootgraph/rustc-bootstrap'
import type pg from 'pg'
import type { Static } from 'typebox'
import type { BuildRequest as Asked } from '../contract/build.ts'
import { ApiError } from '../errors.ts'
import { type PlanDeps, recordBuild } from './record-plan.ts'
import { sharingStore } from './store-lock.ts'
import type { Note } from './transaction.ts'

export interface CreateDeps extends PlanDeps {
  readonly place: Place
}

export type ResolvedRequest = BuildRequest & { readonly image: Digest }

export interface Planned {
  readonly request: ResolvedRequest
  readonly inputs: PlanInputs
  readonly units: readonly UnitPlan[]
  readonly planning: boolean
}

export const PRIORITY = { interactive: 10, background: 100 } as const

/** @throws ApiError for what stands for nothing here; nothing but content-addressed blobs has been written. */
export async function planRequest(deps: CreateDeps, asked: Static<typeof Asked>): Promise<Planned> {
  const image = await imageOf(deps, asked.image as Digest | undefined)
  const request: ResolvedRequest = {
    stage: asked.stage,
    ...(asked.rungs ? { rungs: asked.rungs } : {}),
    linkage: asked.linkage ?? ['static', 'dynamic'],
    targetLinkage: asked.targetLinkage ?? 'static',
    surface: asked.surface ?? 'latest',
    mode: asked.mode ?? 'bridge',
    toolchain: asked.toolchain ?? 'debian',
    overlays: asked.overlays ?? (asked.stage === 'stage1' ? OVERLAYS.map(({ name }) => name) : []),
    image: image.digest,
    seed: asked.seed ?? 0,
  }
  try {
    const inputs = await planInputs(request, { store: deps.store, place: deps.place, image })
    const { units, blobs } = plan(request, inputs)
    for (const bytes of blobs.values()) await deps.store.put(bytes)
    return { request, inputs, units, planning: units.some(({ kind, draft }) => kind === 'query' && draft) }
  } catch (error) {
    if (error instanceof BadRequest || error instanceof ToolchainError) throw new ApiError('unknown-name', error.message)
    throw error
  }
}

/** `note`: for the build of that id. */
export async function createBuild(
  deps: CreateDeps,
  asked: Static<typeof Asked>,
  by: string,
  note?: (build: string) => Note,
): Promise<string> {
  // What a plan names must not be collected before the build that needs it is recorded.
  return sharingStore(deps.pool, () => planAndRecord(deps, asked, by, note))
}

async function planAndRecord(deps: CreateDeps, asked: Static<typeof Asked>, by: string, note?: (build: string) => Note): Promise<string> {
  const planned = await planRequest(deps, asked)
  const { rows } = await deps.pool.query<{ id: string }>(`SELECT nextval('build_number')::text AS id`)
  const { id } = rows[0]!
  const build = {
    ...planned,
    id,
    surfaceDate: planned.inputs.surfaceName,
    priority: PRIORITY[asked.priority ?? 'interactive'],
    triggeredBy: by,
  }
  await recordBuild(deps, build, note?.(id))
  return id
}

async function imageOf(
  { pool, store, place }: CreateDeps,
  wanted: Digest | undefined,
): Promise<{ digest: Digest; folder: string; manifest: NodeImageManifest }> {
  const registered = await registeredImage(pool, wanted)
  if (registered === undefined)
    throw wanted
      ? new ApiError('image-unregistered', `the node image ${wanted} is not registered`)
      : new ApiError('conflict', 'no node image is registered; an administrator has to register one first')
  const { digest, manifest } = registered
  const folder = join(place.data, 'images', digest)
  if (!existsSync(folder)) {
    const staging = `${folder}.${process.pid}.${performance.now()}`
    await mkdir(staging, { recursive: true })
    for (const [name, bundle] of Object.entries(manifest.bundles)) await writeFile(join(staging, name), await store.get(bundle))
    await writeFile(join(staging, 'image.json'), await store.get(digest))
    await rename(staging, folder).catch(async (error: unknown) => {
      // Another request was first.
      await rm(staging, { recursive: true, force: true })
      if (!existsSync(folder)) throw error
    })
  }
  return { digest, folder, manifest }
}

/** That one, or the one registered last. */
export async function registeredImage(
  pool: pg.Pool,
  wanted: Digest | undefined,
): Promise<{ digest: Digest; manifest: NodeImageManifest } | undefined> {
  const { rows } = await pool.query<{ digest: Digest; manifest: NodeImageManifest }>(
    'SELECT digest, manifest FROM node_image WHERE $1::text IS NULL OR digest = $1 ORDER BY registered_at DESC LIMIT 1',
    [wanted ?? null],
  )
  return rows[0]
}
