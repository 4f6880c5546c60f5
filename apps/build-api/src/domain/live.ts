/** Wakes those who wait for events or log pieces, in every API process: one LISTEN connection, and a beat in case a word was lost. */
import { EventEmitter } from 'node:events'
import pg from 'pg'
import { LIVE_CHANNEL } from './events.ts'

/** Milliseconds. */
const BEAT = 5_000
const RECONNECT = 1_000

export interface Live {
  /** Resolves at the next word on the topic, at the beat, or when the signal aborts. */
  next(topic: string, signal: AbortSignal): Promise<void>
  /** Somebody follows how builds stand until the signal aborts. */
  follow(signal: AbortSignal): void
  /** Whether anybody does, of this process. */
  followed(): boolean
  close(): Promise<void>
}

export async function listenLive(url: string): Promise<Live> {
  const words = new EventEmitter().setMaxListeners(0)
  const followers = new Set<AbortSignal>()
  let closed = false
  let client: pg.Client | undefined
  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url })
    next.on('notification', ({ payload }) => words.emit(payload ?? ''))
    next.on('error', () => {})
    next.on('end', () => {
      if (!closed) setTimeout(() => void connect().catch(() => {}), RECONNECT).unref()
    })
    await next.connect()
    await next.query(`LISTEN ${LIVE_CHANNEL}`)
    client = next
  }
  await connect()
  return {
    next: (topic, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          words.off(topic, done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, BEAT)
        words.on(topic, done)
        signal.addEventListener('abort', done)
        if (signal.aborted) done()
      }),
    follow(signal) {
      if (signal.aborted) return
      followers.add(signal)
      signal.addEventListener('abort', () => followers.delete(signal), { once: true })
    },
    followed: () => followers.size > 0,
    async close() {
      closed = true
      await client?.end()
    },
  }
}
