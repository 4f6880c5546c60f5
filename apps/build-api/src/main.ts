/** Configuration → database, Redis, queue → app → listen; SIGTERM and SIGINT drain in the opposite order. */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { reach } from '@bootgraph/build-graph/reach'
import { s3Store } from '@bootgraph/build-graph/s3'
import { folderStore, layeredStore } from '@bootgraph/build-graph/store'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { startDispatchLoop } from './domain/dispatch-loop.ts'
import { listenLive } from './domain/live.ts'
import { WholeResults } from './domain/outcome.ts'
import { startTelling } from './domain/tell-builds.ts'
import { openPool } from './domain/transaction.ts'
import { startDeliveries } from './domain/webhooks.ts'
import { openQueue } from './plugins/queue.ts'
import { claimFolder } from './services/claim.ts'
import { migrate } from './services/migrate.ts'
import { type Service, startPostgres } from './services/postgres.ts'
import { preparePostgresQueue } from './services/postgres-queue.ts'
import { startRedis } from './services/redis.ts'
import { startApiTracing } from './services/tracing.ts'

const NO_REDIS =
  'no Redis was found (Debian/Ubuntu: apt-get install redis-server · macOS: brew install redis · Fedora: dnf install redis · or REDIS_URL=redis://host:6379); the build queue is in PostgreSQL\n'

/** What `nx build dashboard` makes. */
const DASHBOARD = fileURLToPath(new URL('../../../dist/dashboard', import.meta.url))

/** Undone in the opposite order. */
const undo: (() => Promise<unknown>)[] = []
const complain =
  (what: string) =>
  (error: unknown): void =>
    void process.stderr.write(`${what}: ${String(error)}\n`)

async function start(): Promise<void> {
  const config = readConfig(process.env)
  if (config.databaseUrl) await reach(config.databaseUrl, 'DATABASE_URL')
  if (config.redisUrl) await reach(config.redisUrl, 'REDIS_URL')
  mkdirSync(config.data, { recursive: true })
  if (!config.databaseUrl || !config.redisUrl) {
    const release = claimFolder(config.data)
    undo.push(async () => release())
  }
  // The embedded PostgreSQL of root runs as nobody, who must be able to enter.
  if (process.getuid?.() === 0) chmodSync(config.data, 0o755)
  const database = config.databaseUrl ?? (await embedded(startPostgres(config.data, { watch: true }))).url
  const queueUrl = config.redisUrl ?? (await embeddedQueue(config.data, database))
  await migrate(database, fileURLToPath(new URL('../../../prisma/migrations', import.meta.url)))

  const pool = openPool(database)
  undo.push(() => pool.end())
  const live = await listenLive(database)
  undo.push(() => live.close())
  const near = folderStore(join(config.data, 'store'))
  const store = config.bucket ? layeredStore(near, s3Store(config.bucket)) : near
  const whole = new WholeResults(store)
  const tracing = config.traces === undefined ? undefined : await startApiTracing(config.traces)
  if (tracing) undo.push(() => tracing.stop())
  const queue = openQueue(queueUrl, tracing?.jobs)
  undo.push(() => queue.close())
  const loop = startDispatchLoop({ pool, store, whole }, queue.enqueue, complain('dispatch'))
  undo.push(() => loop.stop())
  const teller = startTelling(pool, live.followed, complain('telling'))
  undo.push(() => teller.stop())
  const deliveries = startDeliveries(pool, live, complain('webhooks'))
  undo.push(() => deliveries.stop())

  const ownSecret = ownerSecret(config.data)
  const app = await buildApp({
    pool,
    store,
    whole,
    live,
    ownSecret,
    place: { data: config.data, store: join(config.data, 'store') },
    hosts: config.hosts,
    blobLimit: config.blobLimit,
    requestsPerMinute: config.requestsPerMinute,
    dashboard: config.dashboard ?? (existsSync(DASHBOARD) ? DASHBOARD : undefined),
    tracing: tracing?.requests,
    progressed: loop.kick,
    cancelled: queue.announceCancel,
    queue,
  })
  undo.push(() => app.close())
  const api = await app.listen({ port: config.port, host: config.address }).catch(({ code, message }: NodeJS.ErrnoException) => {
    const place = `${config.address}:${config.port} (${code ?? message})`
    throw new Error(`cannot listen on ${place}: end what listens there, or set BOOTGRAPH_PORT or BOOTGRAPH_ADDRESS`)
  })
  announce(config.data, { api, queue: queueUrl, token: ownSecret })
  process.stdout.write(`${api}\n`)
}

async function embedded(starting: Promise<Service>): Promise<Service> {
  const service = await starting
  undo.push(() => service.stop())
  return service
}

/** Redis, or PostgreSQL where none can be had, said aloud. */
async function embeddedQueue(data: string, database: string): Promise<string> {
  const redis = await startRedis(data)
  if (redis !== undefined) {
    undo.push(() => redis.stop())
    return redis.url
  }
  process.stderr.write(NO_REDIS)
  return preparePostgresQueue(database, data)
}

/** Lets in whoever can read the data folder; kept, so that a worker gets in after a restart, too. */
function ownerSecret(data: string): string {
  const file = join(data, 'owner-secret')
  if (!existsSync(file)) {
    writeFileSync(`${file}.${process.pid}`, randomBytes(32).toString('base64url'), { mode: 0o600 })
    renameSync(`${file}.${process.pid}`, file)
  }
  return readFileSync(file, 'utf8')
}

/** Where the owner's worker and command line on this host find us, and what lets them in. */
function announce(data: string, addresses: { api: string; queue: string; token: string }): void {
  const file = join(data, 'service.json')
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(addresses), { mode: 0o600 })
  renameSync(`${file}.${process.pid}`, file)
}

/** Milliseconds for a part to end. What does not by then waits for a server that does not answer; nothing depends on it: a start finds out what is to be done. */
const PATIENCE = 30_000

async function stop(): Promise<void> {
  for (let step = undo.pop(); step; step = undo.pop()) {
    const ended = new AbortController()
    const late = sleep(PATIENCE, undefined, { signal: ended.signal }).then(
      () => complain('stopping')('a part did not end and is left behind'),
      () => {},
    )
    await Promise.race([step().catch(complain('stopping')), late])
    ended.abort()
  }
}

let stopping: Promise<void> | undefined
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void (stopping ??= stop()).then(() => process.exit(0)))
start().catch(async (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  await stop()
  process.exit(1)
})
