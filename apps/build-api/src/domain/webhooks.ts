/** Webhooks: events become deliveries, deliveries are tried until they are taken or have been tried for a day. */
import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { type Event, lastSequence } from './events.ts'
import type { Live } from './live.ts'
import { transaction } from './transaction.ts'

/** Seconds until the next try, by tries made; then it is given up. */
const PAUSES = [5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600]
/** Milliseconds. */
const PATIENCE = 10_000
/** Milliseconds between two looks at what happened. */
const PAUSE = 500
/** One API process at a time turns events into deliveries. */
const LOCK = 72707373

/** What webhooks call an event; undefined: they do not. */
function nameOf({ type, data }: Event): string | undefined {
  if (type === 'gap') return `gap.${String(data.what)}`
  return type === 'build' && data.state === 'ended' ? 'build.ended' : undefined
}

/** Deliveries for what happened since the last call. */
export async function queueDeliveries(pool: pg.Pool): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const last = await lastSequence(client)
    const { rows } = await client.query<{ seen: number }>('SELECT seen FROM webhook_position FOR UPDATE')
    const { rows: events } = await client.query<Event & { last: number }>(
      `SELECT sequence, at, type, build, data FROM event WHERE sequence > $1 AND sequence <= $2
       AND (type = 'gap' OR type = 'build' AND data->>'state' = 'ended') AND EXISTS (SELECT 1 FROM webhook) ORDER BY sequence`,
      [rows[0]!.seen, last],
    )
    for (const event of events) {
      const name = nameOf(event)
      if (name === undefined) continue
      await client.query(
        `INSERT INTO webhook_delivery (webhook, event, next_try_at) SELECT id, $2, now() FROM webhook
         WHERE $1 = ANY(events) AND created_at <= $3`,
        [name, JSON.stringify({ ...event, event: name }), event.at],
      )
    }
    if (last > rows[0]!.seen) await client.query('UPDATE webhook_position SET seen = $1', [last])
  })
}

/** Makes the deliveries that are due. */
export async function deliver(pool: pg.Pool, call: typeof fetch = fetch): Promise<number> {
  const { rows } = await pool.query<{ id: number; event: unknown; tries: number; url: string; secret: string }>(
    `UPDATE webhook_delivery d SET tries = tries + 1, next_try_at = now() + interval '1 minute'
     FROM webhook w WHERE w.id = d.webhook AND d.id IN (
       SELECT id FROM webhook_delivery WHERE next_try_at <= now() ORDER BY next_try_at LIMIT 20 FOR UPDATE SKIP LOCKED)
     RETURNING d.id, d.event, d.tries, w.url, w.secret`,
  )
  await Promise.all(
    rows.map(async ({ id, event, tries, url, secret }) => {
      const fault = await post(call, url, secret, JSON.stringify(event))
      const pause = PAUSES[tries - 1]
      await pool.query(
        `UPDATE webhook_delivery SET delivered_at = CASE WHEN $2::text IS NULL THEN now() END, last_error = $2,
                next_try_at = CASE WHEN $2::text IS NOT NULL AND $3::int IS NOT NULL THEN now() + make_interval(secs => $3) END WHERE id = $1`,
        [id, fault ?? null, pause ?? null],
      )
    }),
  )
  return rows.length
}

/** Why it was not taken. */
async function post(call: typeof fetch, url: string, secret: string, body: string): Promise<string | undefined> {
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  try {
    const answer = await call(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-bootgraph-signature': `sha256=${signature}` },
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    })
    await answer.body?.cancel()
    return answer.ok ? undefined : `answered ${answer.status}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export function startDeliveries(pool: pg.Pool, live: Live, failed: (error: unknown) => void): { stop(): Promise<void> } {
  const end = new AbortController()
  const run = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const woken = live.next('event', end.signal)
      try {
        await queueDeliveries(pool)
        while ((await deliver(pool)) > 0 && !end.signal.aborted);
      } catch (error) {
        failed(error)
      }
      await woken
      await sleep(PAUSE, undefined, { signal: end.signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    async stop() {
      end.abort()
      await running
    },
  }
}
