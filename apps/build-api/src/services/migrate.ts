/**
 * Applies the versioned SQL below prisma/migrations without a downloaded engine. It keeps Prisma's own table, so that
 * `prisma migrate deploy` finds nothing left to do where its engine can be had.
 */
import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** The advisory lock that Prisma's migrations take as well: two starters at once, one waits. */
const LOCK = 72707369

const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
  logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)`

/**
 * Brings the database up to date, or to the state after those of the migrations that are named, and returns the names applied now.
 * @throws Error if a migration fails, has failed before, or was edited after it had been applied.
 */
export async function migrate(url: string, folder: string, only?: readonly string[]): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await migrateBy(client, folder, only)
  } finally {
    await client.end()
  }
}

/** `migrate` by a client that may have begun a transaction: what fails is undone with it. The lock is held until the client ends. */
export async function migrateBy(client: pg.Client, folder: string, only?: readonly string[]): Promise<readonly string[]> {
  const names = migrationNames(folder)
  const unknown = only?.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`this release does not know the migration ${unknown}; a newer one does`)
  await client.query('SELECT pg_advisory_lock($1)', [LOCK])
  await client.query(TABLE)
  const known = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  )
  const before = new Map(known.rows.map((row) => [row.migration_name, row]))
  const applied: string[] = []
  for (const name of only ?? names) {
    const sql = readFileSync(join(folder, name, 'migration.sql'))
    const checksum = createHash('sha256').update(sql).digest('hex')
    const row = before.get(name)
    if (row === undefined) {
      await apply(client, name, checksum, sql.toString())
      applied.push(name)
    } else if (row.finished_at === null) {
      throw new Error(`migration ${name} failed before; restore a backup, or mark its row in _prisma_migrations as rolled back`)
    } else if (row.checksum !== checksum) {
      throw new Error(`migration ${name} was changed after it had been applied`)
    }
  }
  return applied
}

function migrationNames(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** The file runs as one simple query, which is one transaction. The row is written first, so that a failure leaves a trace. */
async function apply(client: pg.Client, name: string, checksum: string, sql: string): Promise<void> {
  const id = randomUUID()
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [id, checksum, name])
  try {
    await client.query(sql)
  } catch (error) {
    // Within a transaction there is no row left to write to.
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, String(error)]).catch(() => {})
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id])
}
