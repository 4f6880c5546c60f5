/**
 * The whole database as lines of text, and back. The first line is a header; then `<table> <row as JSON>`, tables after those that they
 * refer to; then `sequence <name> <last value>`. A backup of an older release comes back under its own migrations and is then brought up
 * to date, as the database itself would have been.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import pg from 'pg'
import { migrate, migrateBy } from './migrate.ts'

const FORMAT = 'bootgraph backup 1'
/** Rows that are under way at once. */
const ROWS = 1_000

interface Header {
  readonly format: string
  /** Names of the migrations that the rows stand under. */
  readonly migrations: readonly string[]
}

/** Writes a backup of one moment, compressed; the file appears when it is whole. How many rows. */
export async function backup(url: string, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  let rows = 0
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const lines = async function* (): AsyncIterable<string> {
      for await (const line of linesOf(client)) {
        rows++
        yield `${line}\n`
      }
    }
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(`${file}.incoming`, { mode: 0o600 }))
    await rename(`${file}.incoming`, file)
    return rows - 1
  } finally {
    await client.end()
  }
}

async function* linesOf(client: pg.Client): AsyncIterable<string> {
  const { rows: migrations } = await client.query<{ name: string }>(
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1',
  )
  yield JSON.stringify({ format: FORMAT, migrations: migrations.map(({ name }) => name) } satisfies Header)
  for (const table of await tablesOf(client)) {
    // As text: a number of the database may be larger than one of ours.
    await client.query(`DECLARE all_rows CURSOR FOR SELECT row_to_json(t)::text AS row FROM ${pg.escapeIdentifier(table)} t`)
    for (;;) {
      const { rows } = await client.query<{ row: string }>(`FETCH ${ROWS} FROM all_rows`)
      if (rows.length === 0) break
      for (const { row } of rows) yield `${table} ${row}`
    }
    await client.query('CLOSE all_rows')
  }
  const { rows: sequences } = await client.query<{ name: string; last: string | null }>(
    `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1`,
  )
  for (const { name, last } of sequences) if (last !== null) yield `sequence ${name} ${last}`
}

/** Tables of rows, each after those that it refers to. */
async function tablesOf(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; needs: string[] }>(
    `SELECT c.relname AS name, coalesce(array_agg(r.relname::text) FILTER (WHERE r.relname IS NOT NULL), '{}') AS needs
     FROM pg_class c LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid
     LEFT JOIN pg_class r ON r.oid = f.confrelid
     WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> '_prisma_migrations'
     GROUP BY c.relname ORDER BY c.relname`,
  )
  const ordered: string[] = []
  while (ordered.length < rows.length) {
    const next = rows.filter(({ name, needs }) => !ordered.includes(name) && needs.every((need) => ordered.includes(need)))
    if (next.length === 0) throw new Error('tables refer to each other in a circle')
    ordered.push(...next.map(({ name }) => name))
  }
  return ordered
}

/**
 * Fills an empty database from a backup and brings it up to date with the migrations of `folder`.
 * @throws Error for a file that is no backup, is damaged or of a newer release, or a database that is not empty: nothing is changed then,
 * nor if the restore is cut short.
 */
export async function restore(url: string, file: string, folder: string): Promise<void> {
  const lines = textLines(file)
  const { migrations } = headerOf(await lines.next().catch(() => undefined), file)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: there } = await client.query('SELECT 1 FROM pg_tables WHERE schemaname = current_schema() LIMIT 1')
    if (there.length > 0) throw new Error('the database is not empty; a backup is restored into a new one')
    await client.query('BEGIN')
    await migrateBy(client, folder, migrations)
    // What a migration itself put in is in the backup, too.
    await client.query(`TRUNCATE ${(await tablesOf(client)).map((name) => pg.escapeIdentifier(name)).join(', ')}`)
    await fill(client, lines)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
  await migrate(url, folder)
}

async function fill(client: pg.Client, lines: AsyncIterable<string>): Promise<void> {
  let table = ''
  let rows: string[] = []
  const flush = async (): Promise<void> => {
    const name = pg.escapeIdentifier(table)
    if (rows.length > 0)
      await client.query(`INSERT INTO ${name} SELECT * FROM jsonb_populate_recordset(NULL::${name}, $1)`, [`[${rows.join(',')}]`])
    rows = []
  }
  for await (const line of lines) {
    const space = line.indexOf(' ')
    const [word, rest] = [line.slice(0, space), line.slice(space + 1)]
    if (word !== table || rows.length === ROWS) await flush()
    table = word
    if (word === 'sequence') {
      const [name, last] = rest.split(' ')
      await client.query('SELECT setval($1, $2)', [pg.escapeIdentifier(name!), last])
    } else rows.push(rest)
  }
  await flush()
}

async function* textLines(file: string): AsyncGenerator<string, void> {
  let open = ''
  const text = createGunzip()
  createReadStream(file)
    .on('error', (error) => text.destroy(error))
    .pipe(text)
  text.setEncoding('utf8')
  for await (const piece of text as AsyncIterable<string>) {
    const lines = (open + piece).split('\n')
    open = lines.pop()!
    yield* lines
  }
}

function headerOf(first: IteratorResult<string, void> | undefined, file: string): Header {
  try {
    const header = JSON.parse(first?.value ?? '') as Header
    if (header.format === FORMAT && Array.isArray(header.migrations)) return header
  } catch {
    // Not a line of JSON: told below.
  }
  throw new Error(`${file} is no backup of bootgraph`)
}
