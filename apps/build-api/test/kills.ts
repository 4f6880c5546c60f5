/** What can be killed or fail in the middle of a build, and what must hold when the build has ended all the same. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type ActionResult, sha256 } from '@bootgraph/build-graph'
import { counts } from '../src/domain/counts.ts'
import { type DiskFaults, greeting, nodesOf, type Process, type RealService, until } from './real-service.ts'

/** Needs by position: units that run side by side, and units that wait for them. */
export const GRAPH = [[], [], [0], [0, 1], [2, 3], [3]] as const

/** Milliseconds within which the death of a node is known. */
const GRIEF = 500

export const BLOWS = ['worker', 'node', 'redis', 'api'] as const
export type Blow = (typeof BLOWS)[number]

/** The processes of a service under blows. */
export interface Fleet {
  readonly service: RealService
  server: Process
  worker: Process
}

export async function startFleet(
  service: RealService,
  faults: { readonly server?: DiskFaults; readonly worker?: DiskFaults } = {},
): Promise<Fleet> {
  const server = await service.serve(faults.server)
  return { service, server, worker: await service.work('w', { ...(faults.worker ? { faults: faults.worker } : {}) }) }
}

/** Kills one part without warning; what nobody else starts again is started again. */
export async function strike(fleet: Fleet, blow: Blow): Promise<void> {
  switch (blow) {
    case 'worker':
      await fleet.worker.end('SIGKILL')
      fleet.worker = await fleet.service.work('w')
      return
    case 'api':
      await fleet.server.end('SIGKILL')
      fleet.server = await fleet.service.serve()
      return
    case 'redis':
      // One that an earlier blow ended may not be back yet.
      await until('Redis', 30, async () => killed(() => fleet.service.killRedis()))
      return
    case 'node':
      // One that is struck may have said all that it had to say: then it is the next one's turn.
      while ((await underWay(fleet.service)) && !(await hasLost(fleet.service))) {
        await until('a node, or the end', 60, async () => nodesOf(fleet.worker).length > 0 || !(await underWay(fleet.service)))
        for (const pid of nodesOf(fleet.worker)) killed(() => process.kill(pid, 'SIGKILL'))
        await sleep(GRIEF)
      }
  }
}
/** Whether there was a process to kill. */
function killed(kill: () => void): boolean {
  try {
    kill()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    return false
  }
}

/** Whether the build that runs has lost an attempt. */
async function hasLost({ pool }: RealService): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT 1 FROM attempt JOIN build ON build.id = attempt.build WHERE build.state = 'running' AND attempt.state = 'lost'`,
  )
  return rowCount! > 0
}

async function underWay({ pool }: RealService): Promise<boolean> {
  return (await pool.query(`SELECT 1 FROM build WHERE state = 'running'`)).rowCount! > 0
}

/** Runs the graph under actions that nobody ran before; `strikes` once a unit is built, or after so many milliseconds. */
export async function runUnder(fleet: Fleet, build: string, seed: number, strikes: () => Promise<void>, delay?: number): Promise<void> {
  const { service } = fleet
  await service.start(
    build,
    GRAPH.map((_, i) => service.hello(seed + i)),
    GRAPH,
  )
  if (delay === undefined) await until('something built', 60, async () => (await counts(service.pool, build)).built >= 1)
  else await sleep(delay)
  await strikes()
  await service.ended(build, 120)
}

/** A line for each promise that a build broke: one recorded result a unit, nothing lost, nothing completed twice. */
export async function broken({ pool }: RealService, build: string, seed: number): Promise<readonly string[]> {
  const wrong: string[] = []
  const { built, total } = await counts(pool, build)
  if (built !== GRAPH.length || total !== GRAPH.length) wrong.push(`${built} of ${total} units are built, expected ${GRAPH.length}`)
  const { rows } = await pool.query<{ unit: string; state: string; action: string; result: ActionResult | null }>(
    'SELECT unit, state, action, result FROM attempt WHERE build = $1 ORDER BY unit, number',
    [build],
  )
  for (const i of GRAPH.keys()) {
    const results = rows.filter(({ unit, result }) => unit === `u${i}` && result !== null)
    if (results.length !== 1) wrong.push(`u${i} has ${results.length} results`)
    const stdout = sha256(new TextEncoder().encode(greeting(seed + i)))
    if (results.some(({ result }) => result!.stdout !== stdout)) wrong.push(`u${i} printed something else`)
  }
  for (const { unit, state } of rows) if (state !== 'succeeded' && state !== 'lost') wrong.push(`an attempt of ${unit} is ${state}`)
  const actions = [...new Set(rows.map(({ action }) => action))]
  const { rows: kept } = await pool.query<{ results: number; defects: number; ends: number }>(
    `SELECT (SELECT count(*)::int FROM result WHERE action = ANY($2)) AS results,
            (SELECT count(*)::int FROM determinism_defect WHERE action = ANY($2)) AS defects,
            (SELECT count(*)::int FROM event WHERE build = $1 AND type = 'unit' AND data->>'state' = 'built') AS ends`,
    [build, actions],
  )
  const { results, defects, ends } = kept[0]!
  if (results !== GRAPH.length) wrong.push(`${results} results are kept`)
  if (defects !== 0) wrong.push(`${defects} determinism defects`)
  if (ends !== GRAPH.length) wrong.push(`${ends} units were told as built`)
  return wrong
}
