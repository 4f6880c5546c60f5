/**
 * Connect, take, hand over, report; SIGTERM and SIGINT drain: what is under way ends, nothing more is taken. This thread renews the
 * leases, so it never computes.
 */

import { mkdir } from 'node:fs/promises'
import type { ActionJob } from '@bootgraph/build-graph'
import { launcherFault, NO_NETWORK } from '@bootgraph/build-graph/execute'
import { reach } from '@bootgraph/build-graph/reach'
import { Admission } from './admission.ts'
import { apiClient, Refused } from './api-client.ts'
import { type Config, readConfig } from './config.ts'
import { clearWork } from './execute-action.ts'
import { startExecutor } from './executor.ts'
import { Leases } from './lease.ts'
import { takeJobs } from './take-jobs.ts'

const { config, launcher, network } = await begin().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  return process.exit(1)
})
const leases = new Leases()
const admission = new Admission(config.memory)
const givenUp = new AbortController()
const api = apiClient(config.api, config.token, givenUp.signal)
const executor = startExecutor({ ...config, launcher })

interface Start {
  readonly launcher: readonly string[]
  /** For people: what nodes have of the network. */
  readonly network: string
}

/** @throws Error of one line for what a person can put right. */
async function begin(): Promise<{ readonly config: Config } & Start> {
  const found = readConfig(process.env)
  await mkdir(found.data, { recursive: true })
  const start = startOf(found)
  await reach(found.queue, 'REDIS_URL')
  return { config: found, ...start }
}

/** How nodes are started. @throws Error if not as it was asked for. */
function startOf({ launcher, data }: Config): Start {
  const fault = launcherFault(launcher ?? NO_NETWORK, data)
  if (launcher === undefined)
    return fault === undefined
      ? { launcher: NO_NETWORK, network: 'its nodes have no network' }
      : { launcher: [], network: `its nodes have this host's network (${fault})` }
  if (fault !== undefined) throw new Error(`BOOTGRAPH_NODE_LAUNCHER starts no node: ${fault}`)
  return { launcher, network: 'its nodes are started by BOOTGRAPH_NODE_LAUNCHER' }
}

async function attempt(job: ActionJob): Promise<void> {
  await leases.hold(job, async (signal) => {
    try {
      const taken = await api.taken(job, config.id)
      if (taken === undefined) return
      await admission.hold(taken.memory, signal, () => executor.execute(job, taken.action, signal))
    } catch (error) {
      // Given up is not lost: the attempt is cancelled, or another worker has it.
      if (signal.aborted || givenUp.signal.aborted) return
      leaveIfShutOut(error)
      const message = error instanceof Error ? error.message : String(error)
      process.stderr.write(`${job.build} ${job.unit}: ${message}\n`)
      await api.lost(job, message).catch((refusal: unknown) => {
        leaveIfShutOut(refusal)
        process.stderr.write(`not taken: ${String(refusal)}\n`)
      })
    }
  })
}

/** Ends the worker at once if the API does not let it in: it could report nothing of what it takes, and others can. */
function leaveIfShutOut(error: unknown, statuses: readonly number[] = [401]): void {
  if (!(error instanceof Refused) || !statuses.includes(error.status)) return
  process.stderr.write(`${config.api} does not let this worker in: ${error.message}; look at BOOTGRAPH_TOKEN and BOOTGRAPH_URL\n`)
  process.exit(1)
}

/** Milliseconds. */
const HEARTBEAT = 5_000

let stopping = false
async function beat(): Promise<void> {
  const { host, concurrency, memory } = config
  const state = { host, concurrency, memory, memoryUsed: admission.used, draining: stopping }
  await api.heartbeat(config.id, state).catch((error: unknown) => {
    leaveIfShutOut(error, [401, 403])
    process.stderr.write(`heartbeat: ${String(error)}\n`)
  })
}

await clearWork(config.data)
// Whom the API does not let in takes nothing.
await beat()
const tracing =
  config.traces === undefined ? undefined : (await import('@bootgraph/build-graph/tracing')).startTracing('bootgraph-worker', config.traces)
const jobs = await takeJobs(
  { ...config, telemetry: tracing?.jobs },
  {
    attempt,
    cancelled: (build) => leases.cancel(build),
    lost: (id) => leases.lose(id),
  },
)

const beating = setInterval(() => void beat(), HEARTBEAT)

async function drain(): Promise<void> {
  // Asked twice: at once. The jobs go to another worker when their leases end.
  if (stopping) {
    givenUp.abort(new Error('the worker was stopped'))
    process.exit(1)
  }
  stopping = true
  void beat()
  await jobs.stop()
  await tracing?.stop().catch((error: unknown) => process.stderr.write(`traces: ${String(error)}\n`))
  clearInterval(beating)
  process.exit(0)
}
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void drain())
process.stdout.write(`${config.id} takes actions for ${config.api}; ${network}\n`)
