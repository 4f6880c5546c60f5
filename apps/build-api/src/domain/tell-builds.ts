/**
 * How builds stand, told a few times a second while somebody follows: their units end by the hundred, and counting them all each time would
 * cost more. The end of a build is told by itself.
 */
import type pg from 'pg'
import { emit, type NewEvent } from './events.ts'
import { transaction } from './transaction.ts'

/** Milliseconds. */
const PAUSE = 250

/** Tells the builds whose units changed since they were told; how many. Whoever changes one meanwhile waits, so none is missed. */
export async function tellBuilds(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query('SELECT 1 FROM build WHERE untold LIMIT 1')
  if (rows.length === 0) return 0
  return transaction(pool, async (client) => {
    const { rows: events } = await client.query<NewEvent>('SELECT * FROM untold_events()')
    await emit(client, events)
    return events.length
  })
}

export interface Teller {
  stop(): Promise<void>
}

export function startTelling(pool: pg.Pool, followed: () => boolean, failed: (error: unknown) => void): Teller {
  let telling: Promise<unknown> | undefined
  const timer = setInterval(() => {
    if (!followed()) return
    telling ??= tellBuilds(pool)
      .catch(failed)
      .finally(() => (telling = undefined))
  }, PAUSE)
  return {
    async stop() {
      clearInterval(timer)
      await telling
    },
  }
}
