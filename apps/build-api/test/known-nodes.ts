/** Stands in for workers and their nodes: takes what is queued and posts the known result through the API's own routes. */
import { type ActionJob, type ActionResult, type Digest, encodeDirectory, type NodeImageManifest } from '@bootgraph/build-graph'
import type { FastifyInstance } from 'fastify'
import { dispatch } from '../src/domain/dispatch.ts'
import type { PlanDeps } from '../src/domain/record-plan.ts'
import { resultOf } from './known-results.ts'

const WORKER = 'worker-1'
/** Bytes of a log that are sent at once. */
const PIECE = 256 * 1024

export interface KnownNodes {
  registerImage(): Promise<Digest>
  heartbeat(): Promise<void>
  cancel(build: string): Promise<void>
  /** Ends what a build has ready, until nothing is. */
  endAll(build: string): Promise<void>
  /** Ends the unit that was queued first, by its id; false if there is none. */
  endNext(build: string): Promise<boolean>
}

export function knownNodes(deps: PlanDeps, app: FastifyInstance): KnownNodes {
  const { store, pool } = deps
  const text = (words: string) => new TextEncoder().encode(words)

  async function say(method: 'PUT' | 'POST', path: string, payload?: object): Promise<unknown> {
    const answer = await app.inject({ method, url: `/api/v1${path}`, headers: { host: 'localhost' }, ...(payload ? { payload } : {}) })
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.body}`)
    return answer.json()
  }

  async function queued(build: string): Promise<ActionJob[]> {
    await dispatch(deps, async () => {})
    const { rows } = await pool.query<ActionJob>(
      `SELECT build, unit, number AS attempt, action FROM attempt WHERE build = $1 AND state = 'queued' ORDER BY unit`,
      [build],
    )
    return rows
  }

  async function end({ build, unit, attempt, action }: ActionJob): Promise<void> {
    const path = `/attempts/${build}/${unit}/${attempt}`
    const { action: content } = (await say('POST', `${path}/taken`, { action, worker: WORKER })) as { action: { outputs: string[] } }
    await say('POST', `${path}/stage`, { action, stage: 'started' })
    const { code, stderr, gaps } = resultOf(unit)
    const bytes = text(stderr)
    for (let start = 0; start < bytes.length; start += PIECE)
      await say('POST', `${path}/log`, {
        action,
        stream: 'stderr',
        start,
        data: Buffer.from(bytes.subarray(start, start + PIECE)).toString('base64'),
      })
    await say('POST', `${path}/stage`, { action, stage: 'ended' })
    const good = code === 0
    const result: ActionResult = {
      version: 1,
      action: action as Digest,
      exit: { reason: 'exit', code },
      outputs: good ? await treeOf(content.outputs[0]) : undefined,
      missingOutputs: good ? [] : content.outputs,
      stdout: (await store.put(text(''))).digest,
      stderr: (await store.put(bytes)).digest,
      gaps,
      fuel: 1_000_000,
      measured: { peakMemory: 300_000_000, time: { load: 40, run: 960 } },
    }
    await say('POST', `${path}/result`, result)
  }

  /** A tree with one file at a guest path, or with none. */
  async function treeOf(path: string | undefined): Promise<Digest> {
    if (path === undefined) return (await store.put(encodeDirectory([]))).digest
    const { digest, size } = await store.put(text(`made as ${path}`))
    const [name, ...folders] = path.split('/').filter(Boolean).reverse()
    let tree = (await store.put(encodeDirectory([{ kind: 'file', name: name!, digest, size, executable: false }]))).digest
    for (const folder of folders) tree = (await store.put(encodeDirectory([{ kind: 'directory', name: folder, digest: tree }]))).digest
    return tree
  }

  return {
    async registerImage() {
      const { digest } = await store.put(text('export {}'))
      const manifest: NodeImageManifest = { version: 1, bundles: { 'main.mjs': digest }, entry: 'main.mjs' }
      const image = (await store.put(text(JSON.stringify(manifest)))).digest
      await say('PUT', `/node-images/${image}`)
      return image
    },
    async heartbeat() {
      await say('PUT', `/workers/${WORKER}`, { host: 'atlas', concurrency: 2, memory: 8 * 2 ** 30, memoryUsed: 2 ** 30, draining: false })
    },
    async cancel(build) {
      await say('POST', `/builds/${build}/cancel`)
    },
    async endAll(build) {
      for (let jobs = await queued(build); jobs.length > 0; jobs = await queued(build)) for (const job of jobs) await end(job)
    },
    async endNext(build) {
      const [job] = await queued(build)
      if (job === undefined) return false
      await end(job)
      return true
    },
  }
}
