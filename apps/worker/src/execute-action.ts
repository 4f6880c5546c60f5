/** The stages of one action, in order: fetch inputs → run → collect and upload → the result. Reporting is the caller's. */
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Action, type ActionResult, actionDigest, type Digest, type NodeRequest } from '@bootgraph/build-graph'
import { blobPath, folderStore, listTree, materialise, type Store, TreeBuilder } from '@bootgraph/build-graph/store'
import type { ApiClient } from './api-client.ts'
import { InfraError } from './infra-error.ts'
import { loadNodeImage } from './load-node-image.ts'
import { runNode } from './node-process.ts'
import { belowInput, collectOutputs } from './outputs.ts'
import { fetchBlob, fetchTree, sendBlob, sendTree } from './transfer.ts'

export interface Host {
  readonly api: ApiClient
  /** Data folder of this host: its store, images and work folders lie below. */
  readonly data: string
  /** Wall limit, seconds. */
  readonly timeout: number
}

/** @throws InfraError, or whatever stopped it; never for what the guest itself did. */
export async function executeAction(host: Host, action: Action, signal: AbortSignal): Promise<ActionResult> {
  const stray = action.outputs.find((output) => belowInput(action.inputPath, output) === undefined)
  if (stray !== undefined) throw new InfraError(`the output ${stray} is not below ${action.inputPath}, where a guest may write`)
  const storeFolder = join(host.data, 'store')
  const store = folderStore(storeFolder)
  await mkdir(join(host.data, 'work'), { recursive: true })
  const work = await mkdtemp(join(host.data, 'work', `${process.pid}-`))
  try {
    const image = await loadNodeImage(host.api, store, join(host.data, 'images'), action.image)
    await fetchInputs(host.api, store, action)
    const files = join(work, 'files')
    await materialise(store, await overlaid(store, action), files)
    signal.throwIfAborted()

    const streams = { stdout: join(work, 'stdout'), stderr: join(work, 'stderr') }
    const report = await runNode(image, requestOf(action, storeFolder, files, host.timeout), streams, signal)
    if (report.exit.reason === 'defect' || report.exit.reason === 'timeout')
      throw new InfraError(`${report.exit.reason}: ${report.exit.message ?? 'without a message'}`)

    const { outputs, missing } = await collectOutputs(store, files, action.inputPath, action.outputs)
    const stdout = await store.put(createReadStream(streams.stdout))
    const stderr = await store.put(createReadStream(streams.stderr))
    for (const { digest } of [stdout, stderr]) await sendBlob(host.api, store, digest)
    if (outputs !== undefined) await sendTree(host.api, store, outputs)
    return {
      version: 1,
      action: actionDigest(action),
      exit: report.exit,
      outputs,
      missingOutputs: missing,
      stdout: stdout.digest,
      stderr: stderr.digest,
      gaps: report.gaps,
      fuel: report.fuel,
      measured: { peakMemory: report.measured.peakMemory, time: report.measured.time },
    }
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

/** The input with the overlays' files over it, as one tree. */
async function overlaid(store: Store, action: Action): Promise<Digest> {
  if (action.overlays.length === 0) return action.input
  const builder = new TreeBuilder()
  for (const tree of [action.input, ...action.overlays.map((overlay) => overlay.tree)])
    for await (const { path, entry } of listTree(store, tree)) {
      if (entry.kind === 'directory') builder.setDirectory(path)
      else if (entry.kind === 'symlink') builder.setSymlink(path, entry.target)
      else builder.setFile(path, entry.digest, entry.size, entry.executable)
    }
  return builder.store(store)
}

function requestOf(action: Action, store: string, files: string, timeout: number): NodeRequest {
  const [program, ...args] = action.command
  if (program === undefined) throw new InfraError('the action names no program')
  return {
    program,
    args,
    env: action.env,
    cwd: action.cwd,
    linkage: action.linkage,
    surface: 'latest',
    // The action names the surface by its data, which stands before any date.
    surfaceFile: blobPath(store, action.surface),
    mode: action.mode,
    abi: action.abi,
    seed: action.seed,
    roots: action.roots.map((tree) => ({ tree, store })),
    mounts: [{ host: files, guest: action.inputPath, writable: true }],
    budget: action.budget,
    memory: action.memory,
    timeout,
    trace: [],
    count: false,
    engine: 'mixed',
  }
}
