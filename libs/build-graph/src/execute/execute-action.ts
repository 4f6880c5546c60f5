/** One action whose inputs are in this host's store: node process → declared outputs and streams into the store → the result. */
import { createReadStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Action, actionDigest } from '../action.ts'
import type { ActionResult } from '../action-result.ts'
import type { Digest } from '../digest.ts'
import type { NodeRequest } from '../node-contract.ts'
import { blobPath, folderStore } from '../store/folder.ts'
import type { Store } from '../store/store.ts'
import { treeBelow } from '../store/tree-io.ts'
import { InfraError } from './infra-error.ts'
import { collectOutputs, pathNames } from './outputs.ts'
import { type NodeImage, type NodeSettings, runNode } from './run-node.ts'

export interface ActionHost {
  /** Folder of the store that holds the action's trees and its surface; results go there, too. */
  readonly store: string
  /** The image that the action names. */
  readonly image: NodeImage
  /** An empty folder for this action alone; whoever made it removes it. */
  readonly work: string
  /** Wall limit, seconds; 0 = none. */
  readonly timeout: number
  /** Host folder for translations. */
  readonly cache?: string
  /** How guest code runs, which no result depends on; mixed if absent. */
  readonly engine?: NodeRequest['engine']
  readonly launcher?: NodeSettings['launcher']
}

/** @throws InfraError, or whatever stopped it; never for what the guest itself did. */
export async function executeAction(host: ActionHost, action: Action, signal: AbortSignal): Promise<ActionResult> {
  const stray = action.outputs.find((output) => pathNames(output) === undefined)
  if (stray !== undefined) throw new InfraError(`the output ${stray} is no absolute guest path`)
  const store = folderStore(host.store)
  const files = join(host.work, 'files')
  await mkdir(files)
  const streams = { stdout: join(host.work, 'stdout'), stderr: join(host.work, 'stderr') }
  const request = await requestOf(action, host, store, files)
  const { report, links } = await runNode(host.image, request, streams, signal, host.launcher ? { launcher: host.launcher } : {})
  if (report.exit.reason === 'defect' || report.exit.reason === 'timeout')
    throw new InfraError(`${report.exit.reason}: ${report.exit.message ?? 'without a message'}`)
  const { outputs, missing } = await collectOutputs(store, files, action.outputs, links)
  const stdout = await store.put(createReadStream(streams.stdout))
  const stderr = await store.put(createReadStream(streams.stderr))
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
}

/** A surface's data says its own name. */
async function surfaceName(store: Store, digest: Digest): Promise<string> {
  const { name } = JSON.parse(new TextDecoder().decode(await store.get(digest))) as { name?: unknown }
  if (typeof name !== 'string') throw new InfraError(`the surface ${digest} does not say its name`)
  return name
}

async function requestOf(action: Action, host: ActionHost, store: Store, files: string): Promise<NodeRequest> {
  const [program, ...args] = action.command
  if (program === undefined) throw new InfraError('the action names no program')
  const below = (tree: Digest): Promise<Digest> => treeBelow(store, tree, action.inputPath)
  // The last overlay is on top; the node reads all of them lazily, and what the guest writes stays in the node.
  const upper = await Promise.all([...action.overlays.map(({ tree }) => tree).reverse(), action.input].map(below))
  return {
    program,
    args,
    env: action.env,
    cwd: action.cwd,
    linkage: action.linkage,
    surface: await surfaceName(store, action.surface),
    // The action names the surface by its data, which stands before any date.
    surfaceFile: blobPath(host.store, action.surface),
    mode: action.mode,
    abi: action.abi,
    seed: action.seed,
    roots: [...upper, ...action.roots].map((tree) => ({ tree, store: host.store })),
    mounts: [],
    outputs: { paths: action.outputs, folder: files },
    budget: action.budget,
    memory: action.memory,
    timeout: host.timeout,
    trace: [],
    count: false,
    engine: host.engine ?? 'mixed',
    ...(host.cache === undefined ? {} : { cache: host.cache }),
  }
}
