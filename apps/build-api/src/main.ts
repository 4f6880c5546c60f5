/** Configuration → database, Redis, queue → app → listen; SIGTERM and SIGINT drain in the opposite order. */
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folderStore } from '@bootgraph/build-graph/store'
import pg from 'pg'
import { buildApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import { startDispatchLoop } from './domain/dispatch-loop.ts'
import { openQueue } from './plugins/queue.ts'
import { migrate } from './services/migrate.ts'
import { type Service, startPostgres } from './services/postgres.ts'
import { startRedis } from './services/redis.ts'

const NO_REDIS =
  'bootgraph needs Redis for its build queue. Install it (Debian/Ubuntu: apt-get install redis-server · macOS: brew install redis · Fedora: dnf install redis) or set REDIS_URL=redis://host:6379.'

/** What `nx build dashboard` makes. */
const DASHBOARD = fileURLToPath(new URL('../../../dist/dashboard', import.meta.url))

/** Undone in the opposite order. */
const undo: (() => Promise<unknown>)[] = []

async function start(config: Config): Promise<void> {
  mkdirSync(config.data, { recursive: true })
  // The embedded PostgreSQL of root runs as nobody, who must be able to enter.
  if (process.getuid?.() === 0) chmodSync(config.data, 0o755)
  const database = config.databaseUrl ?? (await embedded(startPostgres(config.data))).url
  const redis = config.redisUrl ?? (await embedded(startRedis(config.data))).url
  await migrate(database, fileURLToPath(new URL('../../../prisma/migrations', import.meta.url)))

  const pool = new pg.Pool({ connectionString: database, max: 10 })
  pool.on('error', () => {})
  undo.push(() => pool.end())
  const queue = openQueue(redis)
  undo.push(() => queue.close())
  const loop = startDispatchLoop(pool, queue.enqueue, (error) => process.stderr.write(`dispatch: ${String(error)}\n`))
  undo.push(() => loop.stop())

  const app = await buildApp({
    pool,
    store: folderStore(join(config.data, 'store')),
    hosts: config.hosts,
    blobLimit: config.blobLimit,
    dashboard: existsSync(DASHBOARD) ? DASHBOARD : undefined,
    progressed: loop.kick,
    cancelled: queue.announceCancel,
  })
  undo.push(() => app.close())
  const api = await app.listen({ port: config.port, host: config.address })
  announce(config.data, { api, redis })
  process.stdout.write(`${api}\n`)
}

async function embedded(starting: Promise<Service | undefined>): Promise<Service> {
  const service = await starting
  if (service === undefined) throw new Error(NO_REDIS)
  undo.push(() => service.stop())
  return service
}

/** Where workers on this host find us. The Redis URL may hold a password. */
function announce(data: string, addresses: { api: string; redis: string }): void {
  const file = join(data, 'service.json')
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(addresses), { mode: 0o600 })
  renameSync(`${file}.${process.pid}`, file)
}

async function stop(): Promise<void> {
  for (let step = undo.pop(); step; step = undo.pop())
    await step().catch((error: unknown) => process.stderr.write(`stopping: ${String(error)}\n`))
}

for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void stop().then(() => process.exit(0)))
start(readConfig(process.env)).catch(async (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  await stop()
  process.exit(1)
})
