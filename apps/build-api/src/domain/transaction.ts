/** Transactions on the pool, and how rows are read. */
import pg from 'pg'

const DEADLOCK = '40P01'
const SERIALIZATION = '40001'
const TRIES = 8

/**
 * Opens a transaction whose end does not wait for the disk: after a crash of the server it may not have been. For what is done again
 * or missed by nobody then; a later transaction that does wait takes it along.
 */
export const FORGETTABLE = 'BEGIN; SET LOCAL synchronous_commit TO off'

/**
 * Runs `body` as one transaction; one that lost a deadlock is run again, so `body` must touch nothing but the database.
 * `opening` takes what must be held before anything is seen, in the same message as BEGIN.
 */
export async function transaction<T>(
  pool: pg.Pool,
  body: (client: pg.PoolClient) => Promise<T>,
  opening: 'BEGIN' | `BEGIN; ${string}` = 'BEGIN',
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect()
    try {
      await client.query(opening)
      const value = await body(client)
      await client.query('COMMIT')
      return value
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {})
      if (!lostDeadlock(error) || attempt === TRIES) throw error
    } finally {
      client.release()
    }
  }
}

/** What else a deed records in its own transaction, as its last step: who asked for it. */
export type Note = (client: pg.PoolClient) => Promise<void>

/** One statement as a transaction of its own, in one message; one that lost a deadlock is run again. */
export async function statement<Row extends pg.QueryResultRow>(pool: pg.Pool, sql: string, values: readonly unknown[]): Promise<Row[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Named, it is parsed once for each connection; a longer name the database would cut.
      return (await pool.query<Row>({ text: sql, values: [...values], ...(sql.length < 64 ? { name: sql } : {}) })).rows
    } catch (error) {
      if (!lostDeadlock(error) || attempt === TRIES) throw error
    }
  }
}

const lostDeadlock = (error: unknown): boolean => [DEADLOCK, SERIALIZATION].includes((error as { code?: string }).code ?? '')

const TIMESTAMPTZ = 1184
const INT8 = 20
const NUMERIC = 1700

/** Times as ISO strings and counts as numbers, as the API says them. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === TIMESTAMPTZ) return (text: string) => new Date(text).toISOString()
    if (oid === INT8 || oid === NUMERIC) return Number
    return pg.types.getTypeParser(oid, format as 'text')
  }) as typeof pg.types.getTypeParser,
}

export function openPool(connectionString: string, max = 10): pg.Pool {
  const pool = new pg.Pool({ connectionString, max, types })
  // A server that went away is met again by the next query.
  pool.on('error', () => {})
  // Lost in somebody's hands, it is found out by the next query over it; without a listener it would end the process.
  pool.on('connect', (client) => void client.on('error', () => {}))
  return pool
}
