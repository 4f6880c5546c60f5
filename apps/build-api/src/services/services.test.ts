import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPool } from '../domain/transaction.ts'
import { migrate } from './migrate.ts'
import { type Service, startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import { missingMigration } from './schema-diff.ts'

const prisma = fileURLToPath(new URL('../../../../prisma', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-services-'))
let postgres: Service

beforeAll(async () => {
  // As root the server runs as nobody, who must be able to enter.
  const { chmodSync } = await import('node:fs')
  chmodSync(folder, 0o755)
  postgres = await startPostgres(folder)
})
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function query(sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  return client.query(sql).finally(() => client.end())
}

test('the schema and the migrations agree', async () => {
  expect(await missingMigration(prisma)).toBe('')
})

test('two starters at once apply each migration once', async () => {
  const applied = await Promise.all([1, 2].map(() => migrate(postgres.url, join(prisma, 'migrations'))))
  const all = readdirSync(join(prisma, 'migrations'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(applied.map((names) => names.length).sort()).toEqual([0, all.length])
  expect(await migrate(postgres.url, join(prisma, 'migrations'))).toEqual([])
})

test('what was recorded cannot be changed or removed', async () => {
  await query(`INSERT INTO audit (who, what, subject) VALUES ('test', 'trigger', 'x')`)
  await expect(query('DELETE FROM audit')).rejects.toThrow('never changed or removed')
  await expect(query(`UPDATE audit SET who = 'other'`)).rejects.toThrow('never changed or removed')
})

test('a database server left running is used again, and a stopped one starts again with its data', async () => {
  expect((await startPostgres(folder)).url).toBe(postgres.url)
  const { rows } = await query('SELECT count(*)::int AS n FROM audit')
  await postgres.stop()
  postgres = await startPostgres(folder)
  expect((await query('SELECT count(*)::int AS n FROM audit')).rows).toEqual(rows)
})

test('a connection that is lost while it is in use fails what is asked over it, and nothing else', async () => {
  const pool = openPool(postgres.url, 2)
  const client = await pool.connect()
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  await query(`SELECT pg_terminate_backend(${rows[0]!.pid})`)
  await sleep(200)
  await expect(client.query('SELECT 1')).rejects.toThrow(/not queryable|terminat/)
  client.release()
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await pool.end()
})

test('a watched database server that dies is started again with its data, and not after it was stopped', async () => {
  const { rows } = await query('SELECT count(*)::int AS n FROM audit')
  await postgres.stop()
  postgres = await startPostgres(folder, { watch: true })
  const pid = () => Number(readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0])
  const first = pid()
  process.kill(first, 'SIGKILL')
  await expect
    .poll(() => query('SELECT count(*)::int AS n FROM audit').then((found) => found.rows, String), { timeout: 20_000 })
    .toEqual(rows)
  expect(pid()).not.toBe(first)
  await postgres.stop()
  await sleep(1_000)
  await expect(query('SELECT 1')).rejects.toThrow('ECONNREFUSED')
  postgres = await startPostgres(folder)
})

test('Redis keeps what it acknowledged over a restart, without being installed', async () => {
  // An empty PATH for the search: the server comes from unpacked packages.
  const first = await startRedis(folder, '')
  if (first === undefined) throw new Error('no Redis could be unpacked here: apt-get download needs the package mirror')
  const again = await startRedis(folder, '')
  expect(again?.url).toBe(first.url)
  const client = new Redis(first.url)
  await client.set('kept', 'yes')
  client.disconnect()
  // Both watch over the one server, and start it again when it dies.
  for (const each of [first, again]) await each?.stop()
  const second = (await startRedis(folder, ''))!
  const reader = new Redis(second.url)
  expect(await reader.get('kept')).toBe('yes')
  reader.disconnect()
  await second.stop()
})
