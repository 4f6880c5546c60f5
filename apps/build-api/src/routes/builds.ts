/** Builds: list, show, cancel. */
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { Type } from 'typebox'
import { cancel, counts } from '../domain/scheduler.ts'
import { ApiError } from '../errors.ts'

const Cursor = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
})
const COLUMNS = 'id, target, request, state, priority, created_at AS "createdAt", ended_at AS "endedAt", triggered_by AS "triggeredBy"'

interface BuildDeps {
  readonly pool: pg.Pool
  readonly cancelled: (build: string) => Promise<void>
}

export async function buildRoutes(app: FastifyInstance, { pool, cancelled }: BuildDeps): Promise<void> {
  app.get<{ Querystring: { limit: number; cursor?: string } }>(
    '/builds',
    { config: { scope: 'read' }, schema: { querystring: Cursor } },
    async ({ query }) => {
      const [at, id] = query.cursor === undefined ? ['infinity', ''] : parseCursor(query.cursor)
      const { rows } = await pool.query<{ id: string; createdAt: Date }>(
        `SELECT ${COLUMNS} FROM build WHERE (created_at, id) < ($1, $2) ORDER BY build.created_at DESC, build.id DESC LIMIT $3`,
        [at, id, query.limit],
      )
      const last = rows.length === query.limit ? rows.at(-1) : undefined
      return { builds: rows, next: last && Buffer.from(`${last.createdAt.toISOString()} ${last.id}`).toString('base64url') }
    },
  )

  app.get<{ Params: { build: string } }>('/builds/:build', { config: { scope: 'read' } }, async ({ params }) => {
    const { rows } = await pool.query(`SELECT ${COLUMNS} FROM build WHERE id = $1`, [params.build])
    if (rows.length === 0) throw new ApiError('not-found', 'no such build')
    return { ...rows[0], counts: await counts(pool, params.build) }
  })

  app.post<{ Params: { build: string } }>('/builds/:build/cancel', { config: { scope: 'trigger' } }, async ({ params }) => {
    if (await cancel(pool, params.build)) {
      await cancelled(params.build)
      return { state: 'cancelled' }
    }
    const { rowCount } = await pool.query('SELECT 1 FROM build WHERE id = $1', [params.build])
    throw rowCount === 0 ? new ApiError('not-found', 'no such build') : new ApiError('conflict', 'the build has ended')
  })
}

function parseCursor(text: string): [string, string] {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9A-Za-z_-]{1,64})$/.exec(Buffer.from(text, 'base64url').toString())
  if (!found || Number.isNaN(Date.parse(found[1]!))) throw new ApiError('bad-request', 'the cursor is none of ours')
  return [found[1]!, found[2]!]
}
