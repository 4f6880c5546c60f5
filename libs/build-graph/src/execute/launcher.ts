/** What starts a node's process: a command that does something to itself first, and then runs the command after it in its own place. */
import { spawnSync } from 'node:child_process'
import { NODE_ENVIRONMENT } from '../node-contract.ts'

/**
 * util-linux: a network namespace with nothing in it, and a user namespace with this user alone. The second is what lets a user without any
 * rights have the first, and keeps native code in the node from processes outside: their memory, their environment.
 */
export const NO_NETWORK: readonly string[] = ['unshare', '--user', '--map-current-user', '--net', '--']

/** Why `launcher` starts no node that can write to `folder`, in one line; undefined if it does. Tried as nodes are started, some 50 ms. */
export function launcherFault(launcher: readonly string[], folder: string): string | undefined {
  const node = [process.execPath, '--eval', 'fs.accessSync(process.argv[1], fs.constants.W_OK)', folder]
  const [program, ...args] = [...launcher, ...node]
  const { error, status, stderr } = spawnSync(program, args, { env: NODE_ENVIRONMENT, encoding: 'utf8' })
  if (error !== undefined) return error.message
  if (status === 0) return undefined
  const said = /^Error: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split('\n')[0]
  return said || `${program} ended with ${status}`
}
