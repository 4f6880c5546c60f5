/**
 * One node, one child process. The child runs the image's own bundle, so that nothing of the machine is linked into
 * the command line; it gets nothing of our environment, and a parent that outlives its limits ends it.
 */
import { spawn } from 'node:child_process'
import { accessSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeEvent, NodeImageManifest, NodeReport, NodeRequest } from '@bootgraph/build-graph'
import { NODE_ENVIRONMENT, reportOfEnd } from '@bootgraph/build-graph'
import { type Allowance, makeLinks, type NodeWatch, nodeFlags, watchNode } from '@bootgraph/build-graph/execute'
import { ExitCode } from './exit-codes.ts'
import { fail } from './output.ts'

export interface NodeImage {
  readonly digest: string
  readonly folder: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Every image that was built in this checkout, by digest. */
export const imagesFolder = (): string => join(root, 'dist', 'images')

/** The image that this checkout was set up with. */
export function currentImage(): NodeImage {
  try {
    const { digest, folder } = JSON.parse(readFileSync(join(root, 'dist', 'node-image.json'), 'utf8')) as NodeImage
    const image = { digest, folder: join(root, folder) }
    accessSync(join(image.folder, 'image.json'))
    return image
  } catch {
    return fail('no node image in this checkout; run "npm run setup" first', ExitCode.defect)
  }
}

export interface RunOptions {
  /** Where the guest's stdout and stderr go: the caller's own, or collected. */
  readonly stdio?: 'inherit' | 'collect'
  readonly onEvent?: (event: NodeEvent) => void
  readonly signal?: AbortSignal
  /** How far the node may go beyond its limits before it is ended. */
  readonly allowance?: Allowance
}

export interface NodeRun {
  readonly report: NodeReport
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** What ends the run with a report, and does nothing else: by itself Node opens its debugger at SIGUSR1. */
const ENDING: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGTERM']

export async function runNode(image: NodeImage, request: NodeRequest, options: RunOptions = {}): Promise<NodeRun> {
  const manifest = JSON.parse(readFileSync(join(image.folder, 'image.json'), 'utf8')) as NodeImageManifest
  const collect = options.stdio === 'collect'
  const child = spawn(process.execPath, [...nodeFlags(image.folder, request), join(image.folder, manifest.entry)], {
    env: NODE_ENVIRONMENT,
    stdio: [collect ? 'ignore' : 'inherit', collect ? 'pipe' : 'inherit', collect ? 'pipe' : 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  let report: NodeReport | undefined
  child.on('message', (event: NodeEvent) => {
    if (event.event === 'report') report = event.report
    options.onEvent?.(event)
  })
  makeLinks(child, request)
  const abort = () => child.kill('SIGKILL')
  options.signal?.addEventListener('abort', abort)
  const forward = (name: NodeJS.Signals) => child.connected && child.send({ interrupt: name })
  for (const name of ENDING) process.on(name, forward)
  const watch = watchNode(child, request, options.allowance)
  child.send(request)
  const [code, killedBy] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit, name) => resolve([exit, name]))
  })
  watch.stop()
  options.signal?.removeEventListener('abort', abort)
  for (const name of ENDING) process.off(name, forward)
  return {
    report: report ?? lostReport(image, request, watch.ended, killedBy ?? `exit ${code}`),
    stdout: Buffer.concat(out),
    stderr: Buffer.concat(err),
  }
}

/** The node's process ended without a word: killed by us at a limit, or a defect. */
function lostReport(image: NodeImage, request: NodeRequest, watched: NodeWatch['ended'], end: string): NodeReport {
  const { reason, message } = watched ?? { reason: 'defect', message: `the node's process ended without a report (${end})` }
  return reportOfEnd(image.digest, request, { reason, code: reason === 'timeout' ? ExitCode.limit : ExitCode.defect, message })
}
