/**
 * One action, one child process: the machine computes there and its crash ends there, so this process stays free to renew
 * its leases. The child runs the image's own bundle and gets nothing of our environment.
 */
import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { NODE_ENVIRONMENT, type NodeEvent, type NodeReport, type NodeRequest } from '../node-contract.ts'
import { InfraError } from './infra-error.ts'
import { makeLinks } from './make-links.ts'
import { nodeFlags } from './node-flags.ts'
import { ALLOWANCE, type Allowance, watchNode } from './watch-node.ts'

/** A node image as files on this host. */
export interface NodeImage {
  readonly folder: string
  /** File name of the bundle that is started. */
  readonly entry: string
}

export interface Streams {
  /** Host files that take the guest's output. */
  readonly stdout: string
  readonly stderr: string
}

export interface NodeSettings {
  /** How far the node may go beyond its limits before it is ended. */
  readonly allowance?: Allowance
  /** As in `launcher.ts`; none by default. */
  readonly launcher?: readonly string[]
}

export interface NodeResult {
  readonly report: NodeReport
  /** Symbolic links among the outputs: guest path and target. Nothing of it is trusted. */
  readonly links: ReadonlyMap<string, string>
}

/** @throws InfraError if the node's process ended without a report, by our limits or by itself; or if `signal` stopped it. */
export async function runNode(
  image: NodeImage,
  request: NodeRequest,
  streams: Streams,
  signal: AbortSignal,
  { allowance = ALLOWANCE, launcher = [] }: NodeSettings = {},
): Promise<NodeResult> {
  signal.throwIfAborted()
  const [out, err] = await Promise.all([open(streams.stdout, 'w'), open(streams.stderr, 'w')])
  try {
    const node = [process.execPath, ...nodeFlags(image.folder, request), join(image.folder, image.entry)]
    const [program, ...args] = [...launcher, ...node]
    const child = spawn(program, args, {
      env: NODE_ENVIRONMENT,
      stdio: ['ignore', out.fd, err.fd, 'ipc'],
      serialization: 'advanced',
    })
    let report: NodeReport | undefined
    const links = new Map<string, string>()
    child.on('message', (event: NodeEvent) => {
      if (event.event === 'report') report = event.report
      else if (event.event === 'link') links.set(event.path, event.target)
    })
    makeLinks(child, request)
    const end = () => child.kill('SIGKILL')
    signal.addEventListener('abort', end)
    const watch = watchNode(child, request, allowance)
    try {
      const ended = await new Promise<string>((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (code, name) => resolve(name ?? `exit ${code}`))
        child.send(request, (error) => error && reject(error))
      })
      signal.throwIfAborted()
      if (report === undefined) throw new InfraError(watch.ended?.message ?? `the node's process ended without a report (${ended})`)
      return { report, links }
    } finally {
      watch.stop()
      signal.removeEventListener('abort', end)
      end()
    }
  } finally {
    await Promise.all([out.close(), err.close()])
  }
}
