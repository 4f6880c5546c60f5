/** The worker's environment as one checked, frozen object. */
import { readFileSync } from 'node:fs'
import { hostname, totalmem } from 'node:os'
import { join } from 'node:path'
import { dataFolder } from '@bootgraph/build-graph/store'

export interface Config {
  readonly id: string
  readonly host: string
  readonly api: string
  /** Address of the queue: Redis, or PostgreSQL where there is none. */
  readonly queue: string
  readonly token: string | undefined
  readonly data: string
  /** Actions at the same time. */
  readonly concurrency: number
  /** Milliseconds until the job of a dead worker is free for another. */
  readonly lease: number
  /** Bytes that all nodes of this worker may use together. */
  readonly memory: number
  /** Wall limit of one action, seconds. */
  readonly timeout: number
  /** Command and arguments before that of each node's process; empty = it is started directly, absent = without a network if this host can. */
  readonly launcher: readonly string[] | undefined
  /** Base address of a collector of traces. */
  readonly traces: string | undefined
}

/** @throws Error naming what is missing. Addresses not in the environment are those that an API on this host left. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const data = env.BOOTGRAPH_DATA || dataFolder()
  const found = env.BOOTGRAPH_URL && env.REDIS_URL ? {} : announced(data)
  const api = env.BOOTGRAPH_URL || found.api
  const queue = env.REDIS_URL || found.queue
  if (!api || !queue) throw new Error('no API was found on this host; set BOOTGRAPH_URL=http://host:port and REDIS_URL=redis://host:port')
  // A host may have no name.
  const host = hostname() || 'localhost'
  return Object.freeze({
    id: `${host}-${process.pid}`,
    host,
    api: api.replace(/\/+$/, ''),
    queue,
    token: env.BOOTGRAPH_TOKEN || found.token,
    data,
    concurrency: positive(env, 'BOOTGRAPH_CONCURRENCY', 1),
    lease: positive(env, 'BOOTGRAPH_LEASE', 10_000),
    // A fifth is left to the host and to this process.
    memory: positive(env, 'BOOTGRAPH_MEMORY', Math.floor(totalmem() * 0.8)),
    timeout: positive(env, 'BOOTGRAPH_ACTION_TIMEOUT', 6 * 3600),
    launcher: env.BOOTGRAPH_NODE_LAUNCHER?.split(' ').filter(Boolean),
    traces: collector(env),
  })
}

function announced(data: string): { api?: string; queue?: string; token?: string } {
  try {
    return JSON.parse(readFileSync(join(data, 'service.json'), 'utf8')) as { api?: string; queue?: string; token?: string }
  } catch {
    // None has run here; the caller says what to set.
    return {}
  }
}

function collector(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const text = env.OTEL_EXPORTER_OTLP_ENDPOINT
  if (text === undefined || text === '') return undefined
  if (!/^https?:/.test(text) || !URL.canParse(text)) throw new Error('OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL that starts with http://')
  return text
}

function positive(env: Readonly<Record<string, string | undefined>>, name: string, otherwise: number): number {
  const text = env[name]
  if (text === undefined || text === '') return otherwise
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name}=${text}: expected a whole number, 1 or more`)
  return value
}
