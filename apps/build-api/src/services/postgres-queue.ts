/**
 * Where no Redis can be had, the queue is in PostgreSQL: in a schema and under a role of its own, which is all that a worker gets to see
 * of the database.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { QUEUE_SCHEMA } from '@bootgraph/build-graph'
import { runMigrations } from 'bullmq'
import pg from 'pg'

const ROLE = 'bootgraph_queue'

/** The address that workers get; role and schema are made if they are not there. The password is kept in `data`. */
export async function preparePostgresQueue(database: string, data: string): Promise<string> {
  const file = join(data, 'queue-password')
  if (!existsSync(file)) {
    writeFileSync(`${file}.${process.pid}`, randomBytes(24).toString('hex'), { mode: 0o600 })
    renameSync(`${file}.${process.pid}`, file)
  }
  const password = readFileSync(file, 'utf8')
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [ROLE])
    await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${ROLE} LOGIN PASSWORD ${client.escapeLiteral(password)}`)
    await runMigrations(client, QUEUE_SCHEMA)
    await client.query(`GRANT USAGE, CREATE ON SCHEMA ${QUEUE_SCHEMA} TO ${ROLE}`)
    for (const kind of ['TABLES', 'SEQUENCES', 'FUNCTIONS'])
      await client.query(`GRANT ALL ON ALL ${kind} IN SCHEMA ${QUEUE_SCHEMA} TO ${ROLE}`)
  } finally {
    await client.end()
  }
  const url = new URL(database)
  url.username = ROLE
  url.password = password
  return url.href
}
