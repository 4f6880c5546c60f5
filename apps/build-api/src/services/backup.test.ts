/** Backups come back whole, and the kept dump of every released migration comes under the schema of the day with nothing lost. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MIGRATIONS } from '../../test/world.ts'
import { backup, restore } from './backup.ts'
import { migrate } from './migrate.ts'
import { type Service, startPostgres } from './postgres.ts'

const DUMPS = fileURLToPath(new URL('../../../../prisma/dumps', import.meta.url))
/** Columns that later migrations dropped; nothing ever wrote them. */
const DROPPED = new Set(['attempt.lease_until'])
const names = readdirSync(MIGRATIONS).filter((name) => /^\d/.test(name))
const folder = mkdtempSync(join(tmpdir(), 'bootgraph-backup-'))
let postgres: Service
let databases = 0

beforeAll(async () => {
  chmodSync(folder, 0o755)
  postgres = await startPostgres(folder)
})
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function emptyDatabase(): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  await client.query(`CREATE DATABASE d${++databases}`)
  await client.end()
  const url = new URL(postgres.url)
  url.pathname = `/d${databases}`
  return url.href
}

const linesOf = (file: string): string[] => gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
/** Rows as [table, row]; what a column that was dropped held is told as undefined. */
const rowsOf = (file: string): [string, Record<string, unknown>][] =>
  linesOf(file)
    .slice(1)
    .filter((line) => !line.startsWith('sequence '))
    .map((line) => {
      const space = line.indexOf(' ')
      const table = line.slice(0, space)
      const row = Object.entries(JSON.parse(line.slice(space + 1)) as Record<string, unknown>)
      return [table, Object.fromEntries(row.filter(([column]) => !DROPPED.has(`${table}.${column}`)))]
    })
const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort()

test('every migration has a dump, and a dump is of the migrations up to its own', () => {
  expect(readdirSync(DUMPS).sort()).toEqual(names.map((name) => `${name}.gz`))
  for (const [i, name] of names.entries())
    expect(JSON.parse(linesOf(join(DUMPS, `${name}.gz`))[0]!)).toMatchObject({ migrations: names.slice(0, i + 1) })
})

test.each(names)('the dump of %s comes under the schema of the day with nothing lost', async (name) => {
  const kept = join(DUMPS, `${name}.gz`)
  const url = await emptyDatabase()
  await restore(url, kept, MIGRATIONS)
  const now = join(folder, `${name}.gz`)
  await backup(url, now)
  const found = rowsOf(now)
  expect(rowsOf(kept).length).toBeGreaterThan(20)
  for (const [table, row] of rowsOf(kept)) expect(found).toContainEqual([table, expect.objectContaining(row)])
})

test('a gap that only a build with an overlay was said to have closed is open again', async () => {
  const [url, changed] = [await emptyDatabase(), join(folder, 'overlay.gz')]
  const old = linesOf(join(DUMPS, '0007_first_ready.gz')).flatMap((line): string[] => {
    if (line.startsWith('gap ') || line.startsWith('gap_line '))
      return [line.replace('"closed_at":null', '"closed_at":"2026-11-26T00:00:00+00:00"').replace('"open":true', '"open":false')]
    // The same build once more, with overlays; its unit met nothing.
    if (line.startsWith('build ')) return [line, line.replace('"id":"1"', '"id":"2"').replace('"overlays": []', '"overlays": ["y", "x"]')]
    return line.startsWith('unit {"build":"1","id":"b"')
      ? [
          line,
          line
            .replace('"build":"1"', '"build":"2"')
            .replace('"failed"', '"built"')
            .replace(/"ended_at":"\d+/, '"ended_at":"2030'),
        ]
      : [line]
  })
  writeFileSync(changed, gzipSync(`${old.join('\n')}\n`))
  await restore(url, changed, MIGRATIONS)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  expect((await client.query(`SELECT build, line FROM unit WHERE id = 'b' ORDER BY build`)).rows).toEqual([
    { build: '1', line: 'test/bridge/static/b' },
    { build: '2', line: 'test/bridge/static+x+y/b' },
  ])
  expect((await client.query('SELECT closed_at FROM gap')).rows).toEqual([{ closed_at: null }])
  expect((await client.query('SELECT line, open FROM gap_line')).rows).toEqual([{ line: 'test/bridge/static/b', open: true }])
  await client.end()
})

test('a backup of a restored database is the same backup, sequences included', async () => {
  const [url, file, again] = [await emptyDatabase(), join(DUMPS, `${names.at(-1)}.gz`), join(folder, 'again.gz')]
  await restore(url, file, MIGRATIONS)
  expect(await backup(url, again)).toBe(linesOf(file).length - 1)
  expect(sorted(linesOf(again))).toEqual(sorted(linesOf(file)))
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(`INSERT INTO event (type, data) VALUES ('worker', '{}') RETURNING sequence > 1 AS after`)
  expect(rows).toEqual([{ after: true }])
  await client.end()
})

test('what is no backup, of a newer release or for a database in use is refused and changes nothing', async () => {
  const url = await emptyDatabase()
  const bad = join(folder, 'bad')
  writeFileSync(bad, 'hello')
  await expect(restore(url, bad, MIGRATIONS)).rejects.toThrow('is no backup of bootgraph')
  writeFileSync(bad, gzipSync('{"format":"other"}\n'))
  await expect(restore(url, bad, MIGRATIONS)).rejects.toThrow('is no backup of bootgraph')
  await expect(restore(url, join(folder, 'absent'), MIGRATIONS)).rejects.toThrow('is no backup of bootgraph')
  writeFileSync(bad, gzipSync('{"format":"bootgraph backup 1","migrations":["0001_start","9999_later"]}\n'))
  await expect(restore(url, bad, MIGRATIONS)).rejects.toThrow('does not know the migration 9999_later')
  writeFileSync(
    bad,
    gzipSync(
      `${linesOf(join(DUMPS, `${names[0]}.gz`))
        .slice(0, -1)
        .join('\n')}\nbuild {"id": 5}\n`,
    ),
  )
  await expect(restore(await emptyDatabase(), bad, MIGRATIONS)).rejects.toThrow('null value')
  await migrate(url, MIGRATIONS)
  await expect(restore(url, join(DUMPS, `${names.at(-1)}.gz`), MIGRATIONS)).rejects.toThrow('the database is not empty')
})

test('a restore that is cut short leaves the database empty, and it is restored into again', async () => {
  const [url, file, cut] = [await emptyDatabase(), join(DUMPS, `${names.at(-1)}.gz`), join(folder, 'cut.gz')]
  const whole = readFileSync(file)
  writeFileSync(cut, whole.subarray(0, whole.length - 100))
  await expect(restore(url, cut, MIGRATIONS)).rejects.toThrow('unexpected end of file')
  writeFileSync(cut, gzipSync(`${linesOf(file).slice(0, -1).join('\n')}\nbuild {"id": 5}\n`))
  await expect(restore(url, cut, MIGRATIONS)).rejects.toThrow('null value')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace
     UNION ALL SELECT typname FROM pg_type WHERE typnamespace = current_schema()::regnamespace`,
  )
  await client.end()
  expect(rows).toEqual([])
  await restore(url, file, MIGRATIONS)
  expect(await backup(url, cut)).toBe(linesOf(file).length - 1)
})
