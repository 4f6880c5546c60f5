/** Gaps: ranked by what they hold up, with who met them and when. */
import { TRUTHS } from '@bootgraph/build-graph'
import { closesAt, historyOf } from '@bootgraph/relibc/surface'
import type { FastifyInstance } from 'fastify'
import type { Static } from 'typebox'
import * as contract from '../contract/gap.ts'
import { serve } from '../contract/operation.ts'
import { type GapWeight, takePicture } from '../domain/gap-ranking.ts'
import { ApiError } from '../errors.ts'
import { decodeCursor, PAGE, pageOf, present } from '../views/page.ts'
import type { RouteDeps } from './deps.ts'

type Gap = Static<typeof contract.Gap>
interface Row {
  readonly key: string
  readonly truth: Gap['truth']
  readonly component: Gap['component']
  readonly kind: Gap['kind']
  readonly name: string
  readonly firstSeen: string
  readonly lastSeen: string
  readonly closedAt: string | null
}

const COLUMNS = `key, truth, component, kind, name, first_seen AS "firstSeen", last_seen AS "lastSeen", closed_at AS "closedAt"`
const NOTHING: GapWeight = { units: 0, stops: 0, blocks: 0, freesAlone: 0, rungs: [], linkages: [], called: false, surfaces: [] }

export async function gapRoutes(app: FastifyInstance, { pool }: RouteDeps): Promise<void> {
  serve(app, contract.listGaps, async ({ query }) => {
    const limit = query.limit ?? PAGE
    const { rows } = await pool.query<Row>(
      `SELECT ${COLUMNS} FROM gap WHERE ($1::text[] IS NULL OR truth = ANY($1)) AND ($2::text[] IS NULL OR component = ANY($2))
         AND ($3::text[] IS NULL OR kind = ANY($3)) AND ($4::text IS NULL OR (closed_at IS NULL) = ($4 = 'open'))
         AND ($5::text IS NULL OR strpos(lower(name), lower($5)) > 0)`,
      [words(query.truth), words(query.component), words(query.kind), query.state ?? null, query.q ?? null],
    )
    const narrowed = query.build !== undefined || query.surface !== undefined || query.linkage !== undefined
    const { weights } = await takePicture(pool, {
      ...(query.build === undefined ? {} : { build: query.build }),
      ...(query.surface === undefined ? {} : { surface: query.surface }),
      ...(query.linkage === undefined ? {} : { linkage: query.linkage }),
    })
    const gaps = rows.filter(({ key }) => !narrowed || weights.has(key)).map((row) => gapOf(row, weights.get(row.key) ?? NOTHING))
    const rank = RANKS[query.sort ?? 'blocks']
    const ranked = gaps.map((gap) => ({ gap, at: rank(gap) })).sort((a, b) => compare(a.at, b.at))
    const after = decodeCursor(query.cursor, RANK_KINDS[query.sort ?? 'blocks'])
    const rest = after === undefined ? ranked : ranked.filter(({ at }) => compare(at, after) > 0)
    return pageOf(
      rest.slice(0, limit + 1),
      limit,
      ({ gap }) => gap,
      ({ at }) => at,
    )
  })

  serve(app, contract.summariseGaps, async () => {
    const { rows } = await pool.query<{ truth: Gap['truth']; open: number; closed: number }>(
      `SELECT truth, count(*) FILTER (WHERE closed_at IS NULL)::int AS open, count(*) FILTER (WHERE closed_at IS NOT NULL)::int AS closed
       FROM gap GROUP BY truth`,
    )
    return {
      byTruth: TRUTHS.map((truth) => rows.find((row) => row.truth === truth) ?? { truth, open: 0, closed: 0 }),
      unitsBlocked: (await takePicture(pool, {})).unitsBlocked,
    }
  })

  const find = async (params: { truth: string; component: string; kind: string; name: string }): Promise<Row> => {
    const key = `${params.truth}/${params.component}/${params.kind}/${params.name}`
    const { rows } = await pool.query<Row>(`SELECT ${COLUMNS} FROM gap WHERE key = $1`, [key])
    if (rows[0] === undefined) throw new ApiError('not-found', 'nobody has met such a gap')
    return rows[0]
  }
  serve(app, contract.showGap, async ({ params }) => {
    const row = await find(params)
    const picture = await takePicture(pool, {})
    return {
      gap: gapOf(row, picture.weights.get(row.key) ?? NOTHING),
      history: row.component === 'relibc' ? historyOf(row.name).map((change) => ({ ...change })) : [],
      blocked: picture.held(row.key).map((held) => ({ ...held })),
    }
  })
  serve(app, contract.listOccurrences, async ({ params, query }) => {
    const { key } = await find(params)
    const limit = query.limit ?? PAGE
    const after = decodeCursor(query.cursor, ['number'])
    const { rows } = await pool.query<{
      id: number
      build: string
      unit: string
      attempt: number
      surface: string
      seenAt: string
      content: Occurrence
    }>(
      `SELECT id, build, unit, attempt, surface, seen_at AS "seenAt", content FROM gap_occurrence
       WHERE gap = $1 AND ($2::text IS NULL OR build = $2) AND ($3::text IS NULL OR unit = $3) AND ($4::bigint IS NULL OR id < $4)
       ORDER BY id DESC LIMIT $5`,
      [key, query.build ?? null, query.unit ?? null, after?.[0] ?? null, limit + 1],
    )
    return pageOf(
      rows,
      limit,
      ({ content, ...row }) => ({ ...row, ...content }),
      (row) => [row.id],
    )
  })
}

interface Occurrence {
  readonly found: string
  readonly symbol: string
  readonly module: string
  readonly count: number
}

const words = (list: string | undefined): string[] | null => list?.split(',') ?? null

function gapOf(row: Row, weight: GapWeight): Gap {
  const closing = row.component === 'relibc' ? closesAt(row.name, weight.surfaces) : undefined
  return {
    ...(present(row) as Omit<Row, 'closedAt'>),
    ...weight,
    state: row.closedAt === null ? 'open' : 'closed',
    rungs: [...weight.rungs],
    linkages: [...weight.linkages],
    surfaces: [...weight.surfaces],
    ...(closing === undefined ? {} : { closesAt: closing }),
  }
}

/** Sort keys ascend; the gap's key decides between equal ones. */
const RANKS = {
  blocks: (gap: Gap) => [-gap.blocks, -gap.units, gap.key],
  name: (gap: Gap) => [gap.name, gap.key],
  firstSeen: (gap: Gap) => [-Date.parse(gap.firstSeen), gap.key],
  lastSeen: (gap: Gap) => [-Date.parse(gap.lastSeen), gap.key],
} as const
const RANK_KINDS = {
  blocks: ['number', 'number', 'string'],
  name: ['string', 'string'],
  firstSeen: ['number', 'string'],
  lastSeen: ['number', 'string'],
} as const

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i]!
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}
