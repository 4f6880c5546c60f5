/** Logs of attempts: the blob of the result when it has ended, the pieces that came in while it runs or when it was lost. */
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Digest } from '@bootgraph/build-graph'
import type { Store } from '@bootgraph/build-graph/store'
import type pg from 'pg'
import type { AttemptRow } from './unit-view.ts'

export type Stream = 'stdout' | 'stderr'

export interface Log {
  readonly size: number
  /** Nothing more will come. */
  readonly complete: boolean
  /** Bytes from `start` up to, without, `end`. */
  read(start: number, end: number): AsyncIterable<Uint8Array>
}

interface Piece {
  readonly start: number
  readonly size: number
  readonly blob: Digest
}

export async function openLog(pool: pg.Pool, store: Store, attempt: AttemptRow, stream: Stream): Promise<Log> {
  const whole = attempt.result?.[stream]
  const size = whole === undefined ? undefined : await store.size(whole)
  const pieces: readonly Piece[] =
    whole !== undefined && size !== undefined ? [{ start: 0, size, blob: whole }] : await piecesOf(pool, attempt, stream)
  const last = pieces.at(-1)
  return {
    size: last === undefined ? 0 : last.start + last.size,
    complete: attempt.state !== 'queued' && attempt.state !== 'running',
    async *read(start, end) {
      for (const piece of pieces) {
        if (piece.start + piece.size <= start || piece.start >= end) continue
        let at = piece.start
        for await (const bytes of store.read(piece.blob)) {
          const from = Math.max(0, start - at)
          const to = Math.min(bytes.length, end - at)
          if (from < to) yield bytes.subarray(from, to)
          at += bytes.length
          if (at >= end) return
        }
      }
    },
  }
}

async function piecesOf(pool: pg.Pool, { build, unit, number }: AttemptRow, stream: Stream): Promise<readonly Piece[]> {
  const { rows } = await pool.query<Piece>(
    'SELECT start, size, blob FROM log_chunk WHERE build = $1 AND unit = $2 AND attempt = $3 AND stream = $4 ORDER BY start',
    [build, unit, number, stream],
  )
  return rows
}

export async function logSizes(
  pool: pg.Pool,
  store: Store,
  attempt: AttemptRow,
): Promise<{ stream: Stream; size: number; complete: boolean }[]> {
  return Promise.all(
    (['stdout', 'stderr'] as const).map(async (stream) => {
      const { size, complete } = await openLog(pool, store, attempt, stream)
      return { stream, size, complete }
    }),
  )
}

/** Every line with its number, from 1; a line longer than a mebibyte is cut. */
export async function* linesOf(log: Log): AsyncIterable<{ line: number; text: string }> {
  const input = Readable.from(log.read(0, log.size), { objectMode: false })
  let line = 0
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
    yield { line: ++line, text: text.slice(0, 2 ** 20) }
}

/** What a log has from a byte on, in whole characters: one that is cut at the end comes with its rest, or damaged when nothing more will come. */
export async function* textOf(log: Log, from: number): AsyncIterable<{ text: string; bytes: number }> {
  let cut = Buffer.alloc(0)
  for await (const read of log.read(from, log.size)) {
    const bytes = Buffer.concat([cut, read])
    const whole = wholeCharacters(bytes)
    cut = bytes.subarray(whole)
    if (whole > 0) yield { text: bytes.toString('utf8', 0, whole), bytes: whole }
  }
  if (log.complete && cut.length > 0) yield { text: cut.toString('utf8'), bytes: cut.length }
}

/** Bytes before a character of UTF-8 that has begun and not ended. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    const byte = bytes[at]!
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return at + length > bytes.length ? at : bytes.length
  }
  return bytes.length
}

/**
 * Records the next piece of a log; one that overlaps what is there is cut, one that leaves a hole is not taken.
 * Gives the offset that is expected next.
 */
export async function appendLog(
  pool: pg.Pool,
  store: Store,
  attempt: Pick<AttemptRow, 'build' | 'unit' | 'number'>,
  stream: Stream,
  start: number,
  bytes: Uint8Array,
): Promise<number> {
  const { rows } = await pool.query<{ next: number | null }>(
    'SELECT max(start + size) AS next FROM log_chunk WHERE build = $1 AND unit = $2 AND attempt = $3 AND stream = $4',
    [attempt.build, attempt.unit, attempt.number, stream],
  )
  const next = rows[0]?.next ?? 0
  const fresh = bytes.subarray(Math.min(bytes.length, next - start))
  if (start > next || fresh.length === 0) return next
  const { digest } = await store.put(fresh)
  await pool.query(
    `INSERT INTO log_chunk (build, unit, attempt, stream, start, size, blob) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [attempt.build, attempt.unit, attempt.number, stream, next, fresh.length, digest],
  )
  return next + fresh.length
}
