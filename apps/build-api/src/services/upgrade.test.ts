import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { MIGRATIONS } from '../../test/world.ts'
import { migrate } from './migrate.ts'
import { startPostgres } from './postgres.ts'

const folder = mkdtempSync(join(tmpdir(), 'bootgraph-upgrade-'))
chmodSync(folder, 0o755)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a database of the first migration comes under the current schema with nothing lost', async () => {
  const postgres = await startPostgres(folder)
  const first = join(folder, 'first')
  cpSync(join(MIGRATIONS, '0001_start'), join(first, '0001_start'), { recursive: true })
  expect(await migrate(postgres.url, first)).toEqual(['0001_start'])
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const digest = 'a'.repeat(64)
  await client.query(`INSERT INTO build (id, target, request, triggered_by) VALUES ('old', 'ladder', '{}', 'somebody')`)
  await client.query(`INSERT INTO action (digest, content) VALUES ('${digest}', '{}')`)
  await client.query(`INSERT INTO unit (build, id, name, stage, action, state) VALUES ('old', 'u', 'u', 's', '${digest}', 'failed')`)
  await client.query(`INSERT INTO attempt (build, unit, number, action, state) VALUES ('old', 'u', 1, '${digest}', 'failed')`)
  await client.query(`INSERT INTO gap (key, truth, component, kind, name) VALUES ('k', 'upstream', 'relibc', 'symbol-missing', 'x')`)
  await client.query(`INSERT INTO gap_occurrence (gap, build, unit, attempt, surface, content) VALUES ('k', 'old', 'u', 1, 'latest', '{}')`)
  const tables = ['build', 'action', 'unit', 'attempt', 'gap', 'gap_occurrence']
  const rows = async () => {
    const all: unknown[] = []
    for (const table of tables) {
      const { rows: found } = await client.query<Record<string, unknown>>(`SELECT * FROM ${table}`)
      // Nothing ever wrote this column; 0003 dropped it.
      all.push(found.map(({ lease_until: _, ...row }) => row))
    }
    return all
  }
  const before = await rows()
  expect((await migrate(postgres.url, MIGRATIONS)).length).toBeGreaterThan(0)
  expect(await rows()).toMatchObject(before)
  await client.end()
  await postgres.stop()
})
