/** The stages of one action on a worker, in order: fetch inputs → run → upload → the result. Reporting is the caller's. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Action, ActionJob, ActionResult } from '@bootgraph/build-graph'
import { executeAction as execute } from '@bootgraph/build-graph/execute'
import { folderStore, type Store } from '@bootgraph/build-graph/store'
import type { ApiClient } from './api-client.ts'
import { followLog } from './follow-log.ts'
import { loadNodeImage } from './load-node-image.ts'
import { fetchBlob, fetchTree, sendBlob, sendTree } from './transfer.ts'

export interface Host {
  readonly api: ApiClient
  /** Data folder of this host: its store, images, translations and work folders lie below. */
  readonly data: string
  /** Wall limit, seconds. */
  readonly timeout: number
  /** Before the command of each node's process. */
  readonly launcher: readonly string[]
}

/** @throws InfraError, or whatever stopped it; never for what the guest itself did. */
export async function executeAction(host: Host, job: ActionJob, action: Action, signal: AbortSignal): Promise<ActionResult> {
  const { api } = host
  const storeFolder = join(host.data, 'store')
  const store = folderStore(storeFolder)
  await mkdir(join(host.data, 'work'), { recursive: true })
  const work = await mkdtemp(join(host.data, 'work', `${process.pid}-`))
  try {
    const image = await loadNodeImage(api, store, join(host.data, 'images'), action.image)
    await fetchInputs(api, store, action)
    signal.throwIfAborted()
    await api.stage(job, 'started')
    const followers = (['stdout', 'stderr'] as const).map((stream) =>
      followLog(join(work, stream), (start, bytes) => api.log(job, stream, start, bytes)),
    )
    const cache = join(host.data, 'translations')
    const running = execute({ store: storeFolder, image, work, timeout: host.timeout, cache, launcher: host.launcher }, action, signal)
    const result = await running.finally(() => Promise.all(followers.map((follower) => follower.stop())))
    for (const digest of [result.stdout, result.stderr]) await sendBlob(api, store, digest)
    if (result.outputs !== undefined) await sendTree(api, store, result.outputs)
    return result
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Removes the work folders of workers of this host that died; folders bear the id of the process that made them. */
export async function clearWork(data: string): Promise<void> {
  const work = join(data, 'work')
  for (const name of await readdir(work).catch(() => []))
    if (!alive(Number.parseInt(name, 10))) await rm(join(work, name), { recursive: true })
}

function alive(pid: number): boolean {
  try {
    return pid !== process.pid && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function fetchInputs(api: ApiClient, store: Store, action: Action): Promise<void> {
  await fetchBlob(api, store, action.surface)
  for (const tree of [...action.roots, action.input, ...action.overlays.map((overlay) => overlay.tree)]) await fetchTree(api, store, tree)
}
