/**
 * Redis for the queue: REDIS_URL, else a server from PATH, else one unpacked from the distribution's packages without
 * root, as a child with an append-only file. Undefined where none can be had: the caller goes on with PostgreSQL and says so.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'
import { alive, freePort, keepAlive, until } from './child.ts'
import type { Service } from './postgres.ts'

const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'liblua5.1-0', 'lua-bitop', 'lua-cjson', 'libatomic1']

interface Server {
  readonly program: string
  readonly libraries?: string
}

/** A server that dies is started again on its port, with all that it acknowledged. @throws Error if one was found but does not answer in 30 s. */
export async function startRedis(folder: string, path = process.env.PATH ?? ''): Promise<Service | undefined> {
  const home = join(folder, 'redis')
  mkdirSync(home, { recursive: true })
  const server = fromPath(path) ?? unpacked(join(home, 'unpacked'))
  if (server === undefined) return undefined
  const found = left(join(home, 'server.json'))
  const port = found?.port ?? (await freePort())
  const watch = keepAlive(found?.pid ?? (await launch(server, home, port)), () => launch(server, home, port))
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      const pid = await watch.stop()
      if (!alive(pid)) return
      process.kill(pid, 'SIGTERM')
      await until('the end of Redis', 30_000, async () => !alive(pid))
    },
  }
}

/** The pid of a server that answers. */
async function launch(server: Server, home: string, port: number): Promise<number> {
  const listen = ['--port', String(port), '--bind', '127.0.0.1', '--dir', home, '--logfile', '']
  // Every write is on disk within a second; jobs are never evicted.
  const keep = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--maxmemory-policy', 'noeviction']
  const env = server.libraries === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: server.libraries }
  const child = spawn(server.program, [...listen, ...keep], { stdio: 'ignore', detached: true, env })
  await until('Redis', 30_000, () => answers(port), child)
  writeFileSync(join(home, 'server.json'), JSON.stringify({ pid: child.pid, port }))
  return child.pid!
}

/** The server that a killed parent left running. */
function left(record: string): { pid: number; port: number } | undefined {
  if (!existsSync(record)) return undefined
  try {
    const { pid, port } = JSON.parse(readFileSync(record, 'utf8')) as { pid: number; port: number }
    return alive(pid, `:${port}`) ? { pid, port } : undefined
  } catch {
    // A record cut short by a crash: the server, if any, keeps its port; ours takes another.
    return undefined
  }
}

function fromPath(path: string): Server | undefined {
  for (const name of ['redis-server', 'valkey-server'])
    for (const folder of path.split(delimiter)) {
      const program = join(folder, name)
      if (folder !== '' && existsSync(program)) return { program }
    }
  return undefined
}

/** Downloads the packages with apt's own client into a private folder and unpacks them there. */
function unpacked(target: string): Server | undefined {
  const found = (): Server | undefined => {
    const program = join(target, 'usr/bin/redis-server')
    if (!existsSync(program)) return undefined
    const triple = readdirSync(join(target, 'usr/lib')).find((name) => name.includes('-linux-'))
    return { program, libraries: join(target, 'usr/lib', triple ?? '') }
  }
  if (existsSync(target)) return found()
  const work = `${target}.incoming`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(join(work, 'lists', 'partial'), { recursive: true })
  mkdirSync(join(work, 'archives', 'partial'), { recursive: true })
  const run = (program: string, args: readonly string[]): boolean =>
    spawnSync(program, args, { cwd: work, stdio: 'ignore', timeout: 120_000 }).status === 0
  const own = ['-o', `Dir::State::lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${work}`, '-o', 'APT::Sandbox::User=']
  if (
    !run('apt-get', ['download', ...PACKAGES]) &&
    !(run('apt-get', [...own, 'update']) && run('apt-get', [...own, 'download', ...PACKAGES]))
  )
    return undefined
  const files = readdirSync(work).filter((name) => name.endsWith('.deb'))
  if (!files.every((name) => run('dpkg-deb', ['-x', name, 'tree']))) return undefined
  renameSync(join(work, 'tree'), target)
  rmSync(work, { recursive: true, force: true })
  return found()
}

async function answers(port: number): Promise<boolean> {
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}
