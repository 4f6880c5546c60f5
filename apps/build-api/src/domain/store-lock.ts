/** Those who store what they will name share the store; who removes from it has it alone. */
import type pg from 'pg'

const LOCK = 72707372

/** One at a time in a process: each holds a connection while it uses others, and they must not hold them all. */
let last: Promise<unknown> = Promise.resolve()

export function sharingStore<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  const next = last.then(() => shared(pool, work))
  last = next.catch(() => {})
  return next
}

async function shared<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('SELECT pg_advisory_lock_shared($1)', [LOCK])
    return await work()
  } finally {
    await client.query('SELECT pg_advisory_unlock_shared($1)', [LOCK]).catch(() => {})
    client.release()
  }
}

/** Undefined, and nothing done, while others share it. */
export async function aloneWithStore<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [LOCK])
    return rows[0]!.mine ? await work() : undefined
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => {})
    client.release()
  }
}
