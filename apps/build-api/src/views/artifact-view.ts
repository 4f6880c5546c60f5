/** Trees that units made, and the files in them. A path names an entry of a tree, never a file of this host. */
import type { Digest } from '@bootgraph/build-graph'
import { listTree, readDirectory, type Store } from '@bootgraph/build-graph/store'
import type pg from 'pg'
import type { Static } from 'typebox'
import type { listArtifacts as contract, listFiles } from '../contract/unit.ts'
import { ApiError } from '../errors.ts'
import { decodeCursor, PAGE, pageOf } from './page.ts'

const FILE_LIMIT = 5000
/** Directories included: a tree may show thousands that hold nothing. */
const ENTRY_LIMIT = 20_000

export async function listArtifacts(
  pool: pg.Pool,
  build: string,
  query: { limit?: number; cursor?: string },
): Promise<Static<NonNullable<(typeof contract)['answer']>>> {
  const limit = query.limit ?? PAGE
  const after = decodeCursor(query.cursor, ['string'])
  const { rows } = await pool.query<{ unit: string; name: string; tree: string; pinned: boolean }>(
    `SELECT a.name AS unit, u.name, a.tree, a.pinned FROM artifact a JOIN unit u ON u.build = a.build AND u.id = a.name
     WHERE a.build = $1 AND ($2::text IS NULL OR a.name > $2) ORDER BY a.name LIMIT $3`,
    [build, after?.[0] ?? null, limit + 1],
  )
  return pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [row.unit],
  )
}

async function treeOf(pool: pg.Pool, build: string, unit: string): Promise<Digest> {
  const { rows } = await pool.query<{ tree: Digest }>('SELECT tree FROM artifact WHERE build = $1 AND name = $2', [build, unit])
  if (rows[0] === undefined) throw new ApiError('not-found', 'no such artifact')
  return rows[0].tree
}

export async function filesOf(
  pool: pg.Pool,
  store: Store,
  build: string,
  unit: string,
): Promise<Static<NonNullable<(typeof listFiles)['answer']>>> {
  const tree = await treeOf(pool, build, unit)
  const files: Static<NonNullable<(typeof listFiles)['answer']>>['files'] = []
  let seen = 0
  for await (const { path, entry } of listTree(store, tree)) {
    if (files.length === FILE_LIMIT || ++seen > ENTRY_LIMIT) return { tree, files, truncated: true }
    if (entry.kind === 'file') files.push({ path, kind: 'file', size: entry.size, digest: entry.digest, executable: entry.executable })
    else if (entry.kind === 'symlink') files.push({ path, kind: 'symlink', target: entry.target })
  }
  return { tree, files, truncated: false }
}

export async function fileOf(
  pool: pg.Pool,
  store: Store,
  build: string,
  unit: string,
  path: string,
): Promise<{ digest: Digest; size: number }> {
  const names = path.split('/')
  if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0')))
    throw new ApiError('bad-request', 'a path is relative, with no empty name, dot or dot-dot in it')
  let here = await treeOf(pool, build, unit)
  for (const [i, name] of names.entries()) {
    const entry = (await readDirectory(store, here)).find((each) => each.name === name)
    if (entry?.kind === 'file' && i === names.length - 1) return entry
    if (entry?.kind !== 'directory') break
    here = entry.digest
  }
  throw new ApiError('not-found', 'the artifact has no such file')
}
