/** The environment as one checked, frozen object; whatever is wrong in it is told at the start, by name. */
import type { S3Options } from '@bootgraph/build-graph/s3'
import { dataFolder } from '@bootgraph/build-graph/store'

export interface Config {
  /** 0: any free port. */
  readonly port: number
  /** Address to listen on. */
  readonly address: string
  /** Names that this server answers to, without port. */
  readonly hosts: readonly string[]
  readonly data: string
  /** Folder of the dashboard's pages; undefined: those that this checkout built. */
  readonly dashboard: string | undefined
  /** Undefined: the embedded server. */
  readonly databaseUrl: string | undefined
  /** Address of the queue: Redis, or a PostgreSQL role of its own. */
  readonly redisUrl: string | undefined
  /** Undefined: the folder `store` of the data folder alone. */
  readonly bucket: Omit<S3Options, 'spool'> | undefined
  /** Collector of traces. */
  readonly traces: string | undefined
  /** Bytes of one blob. */
  readonly blobLimit: number
  /** Requests that one asker may make in a minute. */
  readonly requestsPerMinute: number
}

export class ConfigError extends Error {}

/** @throws ConfigError naming the variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  return Object.freeze({
    port: natural(env, 'BOOTGRAPH_PORT', 7420, 65_535),
    address: env.BOOTGRAPH_ADDRESS || '127.0.0.1',
    hosts: ['localhost', '127.0.0.1', '[::1]', ...(env.BOOTGRAPH_HOSTS ?? '').split(',').filter((host) => host !== '')],
    data: env.BOOTGRAPH_DATA || dataFolder(),
    dashboard: env.BOOTGRAPH_DASHBOARD || undefined,
    databaseUrl: url(env, 'DATABASE_URL', ['postgresql:', 'postgres:']),
    redisUrl: url(env, 'REDIS_URL', ['redis:', 'rediss:', 'postgresql:', 'postgres:']),
    bucket: bucket(env),
    traces: url(env, 'OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']),
    blobLimit: natural(env, 'BOOTGRAPH_BLOB_LIMIT', 2 ** 31, Number.MAX_SAFE_INTEGER),
    requestsPerMinute: natural(env, 'BOOTGRAPH_REQUESTS_PER_MINUTE', 6000, 1_000_000),
  })
}

function natural(env: Readonly<Record<string, string | undefined>>, name: string, otherwise: number, most: number): number {
  const text = env[name]
  if (text === undefined || text === '') return otherwise
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > most) throw new ConfigError(`${name}=${text}: expected a whole number up to ${most}`)
  return value
}

/** The value itself stays out of the message: it may hold a password. */
function url(env: Readonly<Record<string, string | undefined>>, name: string, protocols: readonly string[]): string | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol))
    throw new ConfigError(`${name}: expected a URL that starts with ${protocols[0]}//`)
  return text
}

/** `BOOTGRAPH_STORE=s3://bucket/prefix`, and the service and account under the names that every S3 client reads. */
function bucket(env: Readonly<Record<string, string | undefined>>): Config['bucket'] {
  const address = url(env, 'BOOTGRAPH_STORE', ['s3:'])
  if (address === undefined) return undefined
  const needed = (name: string): string => {
    const value = env[name]
    if (!value) throw new ConfigError(`BOOTGRAPH_STORE names a bucket, so ${name} must be set as well`)
    return value
  }
  const endpoint = url(env, 'AWS_ENDPOINT_URL_S3', ['https:', 'http:'])
  const { hostname, pathname } = new URL(address)
  const region = env.AWS_REGION || 'us-east-1'
  return {
    endpoint: endpoint ?? `https://s3.${region}.amazonaws.com`,
    region,
    bucket: hostname,
    prefix: pathname.replace(/^\/+|\/+$/g, '').replace(/.$/, '$&/'),
    accessKeyId: needed('AWS_ACCESS_KEY_ID'),
    secretAccessKey: needed('AWS_SECRET_ACCESS_KEY'),
  }
}
