/** Runs fuzzed requests against an API with a few real rows, and says what went against the contract. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { complete } from '../src/domain/completion.ts'
import { dispatch, type ReadyJob } from '../src/domain/dispatch.ts'
import { openApiDocument, PREFIX } from '../src/openapi.ts'
import { judge } from './fuzz-judge.ts'
import { Fuzzer } from './fuzz-requests.ts'
import { resultOf, startBuild, unitOf, type World } from './world.ts'

/** Streams do not end by themselves. */
export const ENDLESS = /^\/events$|\/log\/tail$/

export interface Fuzzed {
  readonly faults: readonly string[]
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** Requests that went against the document. */
  readonly broken: number
}

/** `count` requests were answered; what streams for ever is not asked. */
export async function fuzz(world: World, count: number, seed: number): Promise<Fuzzed> {
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
  const keeps = judge(document)
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'document', ...document })
  const faults: string[] = []
  const statuses: Record<string, number> = {}
  let [broken, state] = [0, await stateOf(world)]
  for (let done = 0; done < count; ) {
    const request = fuzzer.request()
    const { operation, url, payload } = request
    if (ENDLESS.test(operation.path)) continue
    done++
    const type = operation.consumes ?? 'application/json'
    const answer = await app.inject({
      method: operation.method as 'GET',
      url: `${PREFIX}${url}`,
      headers: { host: 'localhost', ...(payload === undefined ? {} : { 'content-type': type }) },
      ...(payload === undefined ? {} : { payload: payload instanceof Uint8Array ? Buffer.from(payload) : JSON.stringify(payload) }),
    })
    const status = answer.statusCode
    statuses[status] = (statuses[status] ?? 0) + 1
    const told = (what: string) =>
      faults.push(`${operation.method} ${url} ${JSON.stringify(payload)?.slice(0, 200) ?? ''}: ${status} ${what}`)
    if (status >= 500) told(answer.body.slice(0, 300))
    if (!keeps(request)) {
      broken++
      if (status < 400) told('was taken, and the document does not allow it')
    }
    const before = state
    state = await stateOf(world)
    if (status >= 400) {
      if (!String(answer.headers['content-type']).includes('application/problem+json')) told('is no problem document')
      if (state !== before) told('changed something')
      continue
    }
    const schema = operation.responses[status]?.content?.['application/json']?.schema
    if (operation.responses[status] === undefined && status !== 206) told('is not documented')
    if (schema === undefined) continue
    const check = ajv.compile(schema.$ref ? { $ref: `document${schema.$ref}` } : schema)
    if (!check(answer.json())) told(`does not have the documented shape: ${ajv.errorsText(check.errors)}`)
  }
  return { faults, statuses, broken }
}

/** The content of every table, and of the store, as one text; when a token was last used is no state. */
export async function stateOf(world: World): Promise<string> {
  const { rows: tables } = await world.pool.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  )
  const sums = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, md5(string_agg(x, '' ORDER BY x)) AS sum FROM (SELECT (to_jsonb(t) - 'used_at')::text AS x FROM ${name} t) rows`,
  )
  const { rows } = await world.pool.query<{ name: string; sum: string | null }>(sums.join(' UNION ALL '))
  const blobs: string[] = []
  for await (const digest of world.store.list()) blobs.push(digest)
  return JSON.stringify([rows, blobs.sort()])
}
