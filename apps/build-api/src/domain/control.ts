/** What a person does to a running or ended build: cancel it, run again what failed. */
import type pg from 'pg'
import { settleWaiting } from './end-units.ts'
import { buildEvents, emit } from './events.ts'
import { type Note, transaction } from './transaction.ts'

/** Stops a build: what has not ended is cancelled. False if there is none or it has ended. */
export async function cancel(pool: pg.Pool, build: string, note?: Note): Promise<boolean> {
  return transaction(pool, async (client) => {
    // Locks in the order in which a completion takes them: attempts, units, build.
    const open = `EXISTS (SELECT 1 FROM build WHERE id = $1 AND state = 'running')`
    await client.query(`UPDATE attempt SET state = 'cancelled' WHERE build = $1 AND state IN ('queued', 'running') AND ${open}`, [build])
    await client.query(
      `UPDATE unit SET state = 'cancelled', ended_at = now()
       WHERE build = $1 AND state IN ('waiting', 'ready', 'queued', 'running') AND ${open}`,
      [build],
    )
    const { rowCount } = await client.query(`UPDATE build SET state = 'cancelled', ended_at = now() WHERE id = $1 AND state = 'running'`, [
      build,
    ])
    if (rowCount !== 1) return false
    await emit(client, await buildEvents(client, [build]))
    await note?.(client)
    return true
  })
}

/**
 * Opens failed and cancelled units again, past the cache and out of quarantine, and what was blocked behind them. All if `units` is absent.
 * How many, or the first of `units` that has not failed and was not cancelled.
 */
export async function retry(
  pool: pg.Pool,
  build: string,
  units?: readonly string[],
  note?: Note,
): Promise<{ reopened: number } | { refused: string }> {
  return transaction(pool, async (client) => {
    await client.query('SELECT 1 FROM build WHERE id = $1 FOR UPDATE', [build])
    if (units !== undefined) {
      const { rows } = await client.query<{ id: string }>(
        `SELECT id FROM unit WHERE build = $1 AND id = ANY($2) AND state IN ('failed', 'cancelled')`,
        [build, units],
      )
      const there = new Set(rows.map(({ id }) => id))
      const refused = units.find((id) => !there.has(id))
      if (refused !== undefined) return { refused }
    }
    const { rows: reopened } = await client.query<{ action: string | null }>(
      `UPDATE unit SET state = 'waiting', ended_at = NULL, message = NULL, stopped_by = NULL, blocks = 0, losses = 0, fresh = (state = 'failed'),
              action = CASE WHEN draft @? '$.inputs[*].outputsOf' OR draft ? 'scripts' THEN NULL ELSE action END
       WHERE build = $1 AND state IN ('failed', 'cancelled') AND draft IS NOT NULL AND ($2::text[] IS NULL OR id = ANY($2)) RETURNING action`,
      [build, units ?? null],
    )
    if (reopened.length === 0) return { reopened: 0 }
    await client.query('DELETE FROM quarantine WHERE action = ANY($1)', [
      reopened.flatMap(({ action }) => (action === null ? [] : [action])),
    ])
    // What was blocked is judged anew: it may stand behind another failure still.
    await client.query(
      `UPDATE unit SET state = 'waiting', blocked_by = NULL, ended_at = NULL WHERE build = $1 AND state = 'blocked' AND blocked_by IS NOT NULL`,
      [build],
    )
    await client.query(`UPDATE build SET state = 'running', ended_at = NULL WHERE id = $1`, [build])
    await settleWaiting(client, build)
    await emit(client, await buildEvents(client, [build]))
    await note?.(client)
    return { reopened: reopened.length }
  })
}
