/** CPU seconds (user + system, children included) and output of one whole command. */
import { spawnSync } from 'node:child_process'

export interface Measured {
  readonly cpu: number
  readonly stdout: string
  readonly code: number
}

/** CPU seconds of one command, on each side. */
export interface Row {
  readonly name: string
  /** On each side, once it is settled. */
  readonly runs: number
  /** Undefined where nothing native does the same. */
  readonly native?: number
  /** Undefined where qemu-user is not installed. */
  readonly qemu: number | undefined
  readonly bootgraph: number
  /** Without anything kept from earlier runs. */
  readonly cold?: number
  /** Runs from there to where the next one has nothing more to learn. */
  readonly settling?: number
  /** The node's memory, MiB. */
  readonly peak?: number
  /** Rows that are kept of one day may be of several machines. */
  readonly processor?: string | undefined
}

export function measure(command: readonly string[], cwd?: string): Measured {
  const script = 'TIMEFORMAT="%U %S"; { time "$@" 2>&4; } 3>&2 4>&2 2>&5'
  const done = spawnSync('bash', ['-c', script, 'bash', ...command], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore', 'ignore', 'ignore', 'pipe'],
    // Some machines set it; reading certificates is no work of what is measured.
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
    ...(cwd === undefined ? {} : { cwd }),
  })
  const [user, system] = String(done.output[5]).trim().split(/\s+/).map(Number)
  return { cpu: user + system, stdout: done.stdout, code: done.status ?? -1 }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
