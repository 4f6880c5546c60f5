/**
 * build-api with rows that tests can name: `tsx seeded-server.ts none|all FOLDER` (the dashboard to serve). Plans are recorded
 * and results posted as the service does it; only the nodes are missing. Writes one JSON line when it listens and one for each
 * line that it reads: `advance` ends the next unit of the build that runs, `cut` drops all connections. Ends with its input.
 */
import { createInterface } from 'node:readline'
import { encodeDirectory, type Linkage, type UnitPlan } from '@bootgraph/build-graph'
import { recordBuild } from '../src/domain/record-plan.ts'
import { knownNodes } from './known-nodes.ts'
import { type KnownContent, ladderPlan, stdPlan, widePlan } from './known-plans.ts'
import { LONG_LOG_ERRORS, LONG_LOG_LINES } from './known-results.ts'
import { makeWorld } from './world.ts'

const SURFACE = '2026-08-21'
const [rows, dashboard] = process.argv.slice(2)
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)

const world = await makeWorld('seeded')
const app = await world.app({ dashboard })
const nodes = knownNodes(world, app)
const builds = rows === 'all' ? await seed() : {}
const url = await app.listen({ port: 0, host: '127.0.0.1' })
say({ url, builds, log: { lines: LONG_LOG_LINES, errors: LONG_LOG_ERRORS } })

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'advance') say({ advanced: await nodes.endNext(builds.running!) })
  if (line === 'cut') {
    app.server.closeAllConnections()
    say({ cut: true })
  }
}
await world.end()

/** Ids of the builds and of two units, by what they are for. */
async function seed(): Promise<Record<string, string>> {
  const put = async (bytes: Uint8Array) => (await world.store.put(bytes)).digest
  const content: KnownContent = {
    image: await nodes.registerImage(),
    surface: await put(new TextEncoder().encode('{}')),
    empty: await put(encodeDirectory([])),
  }
  await nodes.heartbeat()
  const ladder = await record('ladder', ladderPlan(content), ['static', 'dynamic'])
  await nodes.endAll(ladder)
  // The same actions once more: what was good comes from the cache.
  const again = await record('ladder', ladderPlan(content), ['static', 'dynamic'])
  await nodes.endAll(again)
  const std = await record('std', stdPlan(content, 'static'), ['static'])
  await nodes.endAll(std)
  const wide = await record('stage1', widePlan(content, 1000), ['dynamic'])
  for (let ended = 0; ended < 30; ended++) await nodes.endNext(wide)
  await nodes.cancel(wide)
  const running = await record('std', stdPlan(content, 'dynamic'), ['dynamic'])
  for (let ended = 0; ended < 8; ended++) await nodes.endNext(running)
  const unit = async (pattern: string) =>
    (await world.pool.query<{ id: string }>('SELECT id FROM unit WHERE build = $1 AND id ~ $2', [std, pattern])).rows[0]!.id
  return { ladder: again, std, wide, running, libc: await unit('^static-libc-[0-9]'), addr2line: await unit('^static-addr2line-[0-9]') }
}

async function record(stage: string, units: readonly UnitPlan[], linkage: readonly Linkage[]): Promise<string> {
  const { rows: next } = await world.pool.query<{ id: string }>(`SELECT nextval('build_number')::text AS id`)
  const { id } = next[0]!
  const { image, surface } = units[0]!.draft!
  const request = {
    stage,
    linkage,
    targetLinkage: 'static',
    surface: 'latest',
    mode: 'bridge',
    toolchain: 'debian',
    overlays: [],
    image,
    seed: 1,
  } as const
  const inputs = { image, surface, surfaceName: SURFACE, roots: [], path: [], libraryPath: [], overlays: [] }
  await recordBuild(world, { id, request, inputs, surfaceDate: SURFACE, priority: 10, triggeredBy: 'test', units, planning: false })
  return id
}
