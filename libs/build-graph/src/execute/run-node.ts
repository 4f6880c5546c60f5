/**
 * One action, one child process: the machine computes there and its crash ends there, so this process stays free to renew
 * its leases. The child runs the image's own bundle and gets nothing of our environment.
 */
import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { NODE_ENVIRONMENT, type NodeEvent, type NodeReport, type NodeRequest } from '../node-contract.ts'
import { InfraError } from './infra-error.ts'
import { ALLOWANCE, watchNode } from './watch-node.ts'

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

/** @throws InfraError if the node's process ended without a report, by our limits or by itself; or if `signal` stopped it. */
export async function runNode(
  image: NodeImage,
  request: NodeRequest,
  streams: Streams,
  signal: AbortSignal,
  allowance = ALLOWANCE,
): Promise<NodeReport> {
  signal.throwIfAborted()
  const [out, err] = await Promise.all([open(streams.stdout, 'w'), open(streams.stderr, 'w')])
  try {
    const child = spawn(process.execPath, ['--no-warnings', join(image.folder, image.entry)], {
      env: NODE_ENVIRONMENT,
      stdio: ['ignore', out.fd, err.fd, 'ipc'],
      serialization: 'advanced',
    })
    let report: NodeReport | undefined
    child.on('message', (event: NodeEvent) => {
      if (event.event === 'report') report = event.report
    })
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
      return report
    } finally {
      watch.stop()
      signal.removeEventListener('abort', end)
      end()
    }
  } finally {
    await Promise.all([out.close(), err.close()])
  }
}
