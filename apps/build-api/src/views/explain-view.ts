/** Why a unit ran: each ingredient of its action beside that of the time before. */
import { type Action, type ActionDraft, canonical, type Digest, type NodeImageManifest } from '@bootgraph/build-graph'
import { outcomesWanted } from '@bootgraph/rustc-bootstrap'
import type pg from 'pg'
import type { Static } from 'typebox'
import type { explainUnit } from '../contract/unit.ts'
import { ApiError } from '../errors.ts'

interface Row {
  readonly build: string
  readonly id: string
  readonly name: string
  readonly line: string
  readonly action: string | null
  readonly content: Action | null
  /** Content of what is there before a plan, as the parts of a node image are. */
  readonly made: Digest | null
  readonly draft: ActionDraft | null
  readonly cached: boolean | null
  readonly createdAt: string
}

const SELECT = `SELECT u.build, u.id, u.name, u.line, u.action, a.content, u.made, u.draft, t.cached, b.created_at AS "createdAt"
  FROM unit u JOIN build b ON b.id = u.build LEFT JOIN action a ON a.digest = u.action
  LEFT JOIN attempt t ON t.build = u.build AND t.unit = u.id AND t.number = u.attempt`

export async function explain(
  pool: pg.Pool,
  build: string,
  unit: string,
  against: string | undefined,
): Promise<Static<NonNullable<(typeof explainUnit)['answer']>>> {
  const now = (await pool.query<Row>(`${SELECT} WHERE u.build = $1 AND u.id = $2`, [build, unit])).rows[0]
  if (now === undefined) throw new ApiError('not-found', 'no such unit')
  const before = await earlier(pool, now, against)
  if (against !== undefined && before === undefined) throw new ApiError('not-found', `the build ${against} has no such unit`)
  const [mine, theirs] = [partsOf(now), before && partsOf(before)]
  const changed = mine && theirs ? changedParts(theirs, mine) : new Set<string>()
  const from = changed.has('input') && now.draft ? await changedNeeds(pool, now, before!) : []
  const [image, old] = [imageOf(now), before && imageOf(before)]
  const bundles = image && old && image !== old ? await changedBundles(pool, old, image) : []
  const names = Object.keys(mine ?? {}).sort((a, b) => Number(changed.has(b)) - Number(changed.has(a)) || (a < b ? -1 : 1))
  return {
    unit: now.id,
    name: now.name,
    ...(now.action === null ? {} : { action: now.action }),
    ...(before
      ? { against: { build: before.build, ...(before.action === null ? {} : { action: before.action }), at: before.createdAt } }
      : {}),
    verdict: !mine ? 'not-ready' : !theirs ? 'first' : changed.size > 0 ? 'changed' : 'same',
    ran: now.cached === false,
    ingredients: names.map((name) => ({
      name,
      changed: changed.has(name),
      now: mine![name]!,
      ...(theirs?.[name] === undefined ? {} : { before: theirs[name] }),
      ...(name === 'input' && from.length > 0 ? { from } : {}),
      ...((name === 'image' || name === 'content') && bundles.length > 0 ? { bundles } : {}),
    })),
  }
}

type Parts = Readonly<Record<string, string>>

/** What a unit follows from, as text by name; undefined while that is not known. */
function partsOf({ content, made }: Row): Parts | undefined {
  if (content === null) return made === null ? undefined : { content: made }
  const texts = Object.entries(content).map(([name, value]) => [name, typeof value === 'string' ? value : canonical(value)])
  return Object.fromEntries(texts) as Parts
}

const changedParts = (before: Parts, now: Parts): ReadonlySet<string> =>
  new Set([...Object.keys(before), ...Object.keys(now)].filter((name) => before[name] !== now[name]))

/** The node image that a unit runs in, or that it is. */
const imageOf = ({ content, made }: Row): Digest | null => content?.image ?? made

/** The same line of work in that build, or in the newest one before whose action was known. */
async function earlier(pool: pg.Pool, now: Row, against: string | undefined): Promise<Row | undefined> {
  const { rows } = await pool.query<Row>(
    `${SELECT} WHERE u.id = $1 AND u.build <> $2 AND (CASE WHEN $3::text IS NULL
       THEN u.line = $4 AND coalesce(u.action, u.made) IS NOT NULL AND b.created_at <= $5 ELSE u.build = $3 END) ORDER BY b.created_at DESC LIMIT 1`,
    [now.id, now.build, against ?? null, now.line, now.createdAt],
  )
  return rows[0]
}

/** Rooms of the machine whose bundles are not the same in two images. */
async function changedBundles(pool: pg.Pool, before: string, now: string): Promise<string[]> {
  const { rows } = await pool.query<{ digest: string; manifest: NodeImageManifest }>(
    'SELECT digest, manifest FROM node_image WHERE digest = ANY($1)',
    [[before, now]],
  )
  const [old, fresh] = [before, now].map((digest) => rows.find((row) => row.digest === digest)?.manifest.bundles)
  if (old === undefined || fresh === undefined) return []
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .filter((name) => old[name] !== fresh[name])
    .map((name) => name.replace(/\.[cm]js$/, ''))
    .sort()
}

/** Units whose outputs are part of the input and differ between the two builds. */
async function changedNeeds(pool: pg.Pool, now: Row, before: Row): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT x.id FROM unit x LEFT JOIN unit y ON y.build = $2 AND y.id = x.id
     LEFT JOIN artifact f ON f.build = x.build AND f.name = x.id LEFT JOIN artifact g ON g.build = y.build AND g.name = y.id
     WHERE x.build = $1 AND x.id = ANY($3) AND f.tree IS DISTINCT FROM g.tree ORDER BY x.id`,
    [now.build, before.build, outcomesWanted(now.draft!)],
  )
  return rows.map(({ id }) => id)
}
