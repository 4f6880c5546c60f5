/** Units, attempts, logs, why a unit ran, what it made. */
import { Readable } from 'node:stream'
import type { Digest } from '@bootgraph/build-graph'
import type { FastifyInstance } from 'fastify'
import { serve } from '../contract/operation.ts'
import * as contract from '../contract/unit.ts'
import { lastSequence } from '../domain/events.ts'
import { transaction } from '../domain/transaction.ts'
import { ApiError } from '../errors.ts'
import { audit } from '../plugins/auth.ts'
import { fileOf, filesOf, listArtifacts } from '../views/artifact-view.ts'
import { buildOf } from '../views/build-view.ts'
import { explain } from '../views/explain-view.ts'
import { linesOf, openLog, type Stream, textOf } from '../views/log-view.ts'
import { actionView, pairOf } from '../views/pair-view.ts'
import { type AttemptRow, actionContent, attemptOf, attemptRows, gapRef, listUnits, unitOf, unitRow } from '../views/unit-view.ts'
import { logTopic } from './attempts.ts'
import type { RouteDeps } from './deps.ts'
import { sendRange } from './range.ts'
import { eventStream } from './sse.ts'

export async function unitRoutes(app: FastifyInstance, { pool, store, whole, live }: RouteDeps): Promise<void> {
  const attempt = async ({ build, unit, attempt: number }: { build: string; unit: string; attempt: number }): Promise<AttemptRow> => {
    const [row] = await attemptRows(pool, build, unit, number)
    if (row === undefined) throw new ApiError('not-found', 'no such attempt')
    return row
  }

  serve(app, contract.listUnits, async ({ params, query }) => {
    await buildOf(pool, params.build)
    return listUnits(pool, params.build, query)
  })

  serve(app, contract.showUnit, async ({ params }) => {
    const asOf = await lastSequence(pool)
    const row = await unitRow(pool, params.build, params.unit)
    const [attempts, needs, neededBy, gaps, content] = await Promise.all([
      attemptRows(pool, row.build, row.id),
      neighbours(row.build, row.id, 'dependency', 'child'),
      neighbours(row.build, row.id, 'child', 'dependency'),
      gapsOf(row.build, row.id, row.attempt, row.stoppedBy),
      actionContent(pool, row.action),
    ])
    return {
      ...unitOf(row),
      asOf,
      needs,
      neededBy,
      ...(row.unavailable === null ? {} : { unavailable: row.unavailable }),
      ...(content ? { content: { ...content } } : {}),
      attempts: await Promise.all(attempts.map((each) => attemptOf(pool, store, each))),
      gaps,
    }
  })

  async function neighbours(build: string, unit: string, wanted: 'dependency' | 'child', given: 'dependency' | 'child'): Promise<string[]> {
    const { rows } = await pool.query<{ id: string }>(`SELECT ${wanted} AS id FROM edge WHERE build = $1 AND ${given} = $2 ORDER BY 1`, [
      build,
      unit,
    ])
    return rows.map(({ id }) => id)
  }

  async function gapsOf(build: string, unit: string, number: number, stoppedBy: string | null) {
    const { rows } = await pool.query<{ gap: string; n: number; found: string }>(
      `SELECT gap, count(*)::int AS n, min(content->>'found') AS found FROM gap_occurrence
       WHERE build = $1 AND unit = $2 AND attempt = $3 GROUP BY gap ORDER BY gap`,
      [build, unit, number],
    )
    return rows.map(({ gap, n, found }) => ({ gap: gapRef(gap), occurrences: n, found, stopped: gap === stoppedBy }))
  }

  serve(app, contract.showAttempt, async ({ params }) => attemptOf(pool, store, await attempt(params)))

  serve(app, contract.readLog, async ({ params, query, request, reply }) => {
    const log = await openLog(pool, store, await attempt(params), query.stream ?? 'stdout')
    return sendRange(request, reply.type('text/plain; charset=utf-8'), log.size, (start, end) => log.read(start, end))
  })

  serve(app, contract.logLines, async ({ params, query }) => {
    const log = await openLog(pool, store, await attempt(params), query.stream ?? 'stdout')
    const [from, count] = [query.from ?? 1, query.count ?? 200]
    const lines: string[] = []
    let total = 0
    for await (const { line, text } of linesOf(log)) {
      total = line
      if (line >= from && line < from + count) lines.push(text)
    }
    return { from, lines, total, complete: log.complete }
  })

  serve(app, contract.searchLog, async ({ params, query }) => {
    const log = await openLog(pool, store, await attempt(params), query.stream ?? 'stdout')
    const words = query.q.toLowerCase()
    const matches: { line: number; text: string }[] = []
    let total = 0
    for await (const { line, text } of linesOf(log))
      if (text.toLowerCase().includes(words) && ++total <= (query.limit ?? 100)) matches.push({ line, text: text.slice(0, 2000) })
    return { total, matches }
  })

  serve(app, contract.tailLog, async ({ params, query, request, reply }) => {
    await attempt(params)
    const at: Record<Stream, number> = { stdout: query.from ?? 0, stderr: 0 }
    return eventStream(request, reply, async function* (signal) {
      while (!signal.aborted) {
        const woken = live.next(logTopic({ ...params }), signal)
        const row = await attempt(params)
        for (const stream of ['stdout', 'stderr'] as const) {
          const log = await openLog(pool, store, row, stream)
          for await (const { text, bytes } of textOf(log, at[stream])) {
            yield { event: 'log', data: { stream, start: at[stream], text } }
            at[stream] += bytes
          }
        }
        if (row.state !== 'queued' && row.state !== 'running') return yield { event: 'end', data: { state: row.state } }
        await woken
      }
    })
  })

  serve(app, contract.explainUnit, ({ params, query }) => explain(pool, params.build, params.unit, query.against))
  serve(app, contract.pairUnit, ({ params }) => pairOf(pool, params.build, params.unit))
  serve(app, contract.showAction, ({ params }) => actionView(pool, whole, params.action as Digest))

  serve(app, contract.listArtifacts, async ({ params, query }) => {
    await buildOf(pool, params.build)
    return listArtifacts(pool, params.build, query)
  })
  serve(app, contract.pinArtifact, async ({ params, body, request }) => {
    const tree = await transaction(pool, async (client) => {
      const { rows } = await client.query<{ tree: string }>(
        'UPDATE artifact SET pinned = $3 WHERE build = $1 AND name = $2 RETURNING tree',
        [params.build, params.unit, body.pinned],
      )
      if (rows[0] === undefined) throw new ApiError('not-found', 'no such artifact')
      await audit(client, request, body.pinned ? 'artifact.pin' : 'artifact.unpin', `${params.build}/${params.unit}`)
      return rows[0].tree
    })
    return { unit: params.unit, tree, pinned: body.pinned }
  })
  serve(app, contract.listFiles, ({ params }) => filesOf(pool, store, params.build, params.unit))
  serve(app, contract.readFile, async ({ params, query, reply }) => {
    const { digest, size } = await fileOf(pool, store, params.build, params.unit, query.path)
    reply.type('application/octet-stream').header('content-length', size).header('content-disposition', 'attachment')
    return reply.send(Readable.from(store.read(digest), { objectMode: false }))
  })
}
