/** Runs fuzzed requests against an API with a few real rows, and says what went against the contract. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { complete } from '../src/domain/completion.ts'
import { dispatch, type ReadyJob } from '../src/domain/dispatch.ts'
import { openApiDocument, PREFIX } from '../src/openapi.ts'
import { Fuzzer } from './fuzz-requests.ts'
import { resultOf, startBuild, unitOf, type World } from './world.ts'

/** Streams do not end by themselves. */
export const ENDLESS = /^\/events$|\/log\/tail$/

export async function fuzz(world: World, count: number, seed: number): Promise<{ faults: string[]; statuses: Record<string, number> }> {
  const app = await world.app()
  const jobs: ReadyJob[] = []
  await startBuild(world, 'known', [unitOf(world, 'a'), unitOf(world, 'b', ['a']), unitOf(world, 'c')])
  await dispatch(world, async (ready) => void jobs.push(...ready))
  for (const job of jobs) await complete(world.pool, world.store, [{ job, result: resultOf(world, job, job.unit === 'c' ? 1 : 0) }])
  const document = JSON.parse(JSON.stringify(await openApiDocument()))
  const known = {
    build: ['known'],
    other: ['known'],
    unit: ['a', 'b', 'c'],
    attempt: ['1'],
    digest: [world.blank, world.empty],
    date: ['latest', '2019-11-27'],
  }
  const fuzzer = new Fuzzer(document, known, seed)
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'document', ...document })
  const faults: string[] = []
  const statuses: Record<string, number> = {}
  for (let done = 0; done < count; done++) {
    const { operation, url, payload } = fuzzer.request()
    if (ENDLESS.test(operation.path)) continue
    const before = await rowsOf(world)
    const answer = await app.inject({
      method: operation.method as 'GET',
      url: `${PREFIX}${url}`,
      headers: { host: 'localhost', ...(payload === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
    })
    const status = answer.statusCode
    statuses[status] = (statuses[status] ?? 0) + 1
    const told = (what: string) =>
      faults.push(`${operation.method} ${url} ${JSON.stringify(payload)?.slice(0, 200) ?? ''}: ${status} ${what}`)
    if (status >= 500) told(answer.body.slice(0, 300))
    if (status >= 400) {
      if (!String(answer.headers['content-type']).includes('application/problem+json')) told('is no problem document')
      if (JSON.stringify(await rowsOf(world)) !== JSON.stringify(before)) told('changed something')
      continue
    }
    const schema = operation.responses[status]?.content?.['application/json']?.schema
    if (operation.responses[status] === undefined && status !== 206) told('is not documented')
    if (schema === undefined) continue
    const check = ajv.compile(schema.$ref ? { $ref: `document${schema.$ref}` } : schema)
    if (!check(answer.json())) told(`does not have the documented shape: ${ajv.errorsText(check.errors)}`)
  }
  return { faults, statuses }
}

const TABLES = [
  'build',
  'unit',
  'attempt',
  'node_image',
  'token',
  'webhook',
  'artifact',
  'audit',
  'quarantine',
  'log_chunk',
  'event',
  'worker',
  'nx_cache_entry',
  'result',
]

/** Enough of the state to see that a refused request left it alone. */
export async function rowsOf(world: World): Promise<unknown> {
  const counts = TABLES.map((table) => `SELECT '${table}' AS name, count(*) AS n FROM ${table}`).join(' UNION ALL ')
  return (
    await world.pool.query(
      `${counts} UNION ALL SELECT 'pinned', count(*) FROM artifact WHERE pinned UNION ALL SELECT 'revoked', count(*) FROM token WHERE revoked_at IS NOT NULL`,
    )
  ).rows
}
