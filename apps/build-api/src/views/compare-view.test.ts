/** Two builds, or the two linkages of one, held against each other. */
import type { Gap, UnitPlan } from '@bootgraph/build-graph'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuildOptions, draftOf, makeWorld, resultOf, startBuild, unitOf, type World } from '../../test/world.ts'
import { complete } from '../domain/completion.ts'
import { dispatch, type ReadyJob } from '../domain/dispatch.ts'

let world: World
let app: FastifyInstance
beforeAll(async () => {
  world = await makeWorld('compare')
  app = await world.app()
})
afterAll(() => world?.end())

const compare = async (a: string, b: string, query = '') =>
  (await app.inject({ url: `/api/v1/builds/${a}/compare/${b}${query}`, headers: { host: 'localhost' } })).json()
const classes = ({ units }: { units: { name: string; class: string }[] }) =>
  Object.fromEntries(units.map(({ name, class: word }) => [name, word]))
const gap = (name: string): Gap => ({
  truth: 'upstream',
  component: 'relibc',
  kind: 'symbol-missing',
  name,
  occurrences: [{ found: 'link', symbol: name, module: '/bin/x', count: 1 }],
})

/** A build whose units named in `bad` fail; each meets the gap of its id, takes a second of CPU in `a`, two in any other. */
async function build(id: string, units: readonly UnitPlan[], bad: readonly string[], options?: BuildOptions): Promise<void> {
  await startBuild(world, id, units, options)
  const jobs: ReadyJob[] = []
  while ((await dispatch(world, async (ready) => void jobs.push(...ready))) > 0)
    for (const job of jobs.splice(0)) {
      const measured = { peakMemory: 0, time: { cpu: id === 'a' ? 1000 : 2000 } }
      const more = { gaps: [gap(`${job.unit}_of_${id}`), gap('both')], measured }
      await complete(world.pool, world.store, [{ job, result: resultOf(world, job, bad.includes(job.unit) ? 1 : 0, more) }])
    }
}
const own = (build: string, id: string, needs: readonly string[] = []) =>
  unitOf(world, id, needs, { draft: draftOf(world, `${build} ${id}`) })

test('units fall into parts that add up; what did not run is neither failing nor passing', async () => {
  const plan = (id: string, last: string) => [
    ...['good', 'worse', 'better', 'bad'].map((unit) => own(id, unit)),
    own(id, 'behind', ['bad']),
    own(id, 'half', ['worse']),
    own(id, last),
  ]
  await build('a', plan('a', 'mine'), ['better', 'bad'])
  await build('b', plan('b', 'theirs'), ['worse', 'bad'], { request: { overlays: ['x'] } })
  const found = await compare('a', 'b')
  expect(classes(found)).toEqual({
    good: 'still-passing',
    worse: 'newly-failing',
    better: 'newly-passing',
    bad: 'still-failing',
    behind: 'not-run',
    half: 'not-run',
    mine: 'only-a',
    theirs: 'only-b',
  })
  const { total, ...parts } = found.counts
  expect([total, Object.values<number>(parts).reduce((sum, n) => sum + n, 0)]).toEqual([8, 8])
  expect(found.differ).toEqual([{ name: 'overlays', a: '[]', b: '["x"]' }])
  expect(found.cpu).toEqual({ units: 4, a: 4000, b: 8000 })
  const names = (gaps: { name: string }[]) => gaps.map(({ name }) => name)
  expect(names(found.gaps.onlyA)).toEqual(['bad_of_a', 'better_of_a', 'good_of_a', 'half_of_a', 'mine_of_a', 'worse_of_a'])
  expect(names(found.gaps.onlyB)).toEqual(['bad_of_b', 'better_of_b', 'good_of_b', 'theirs_of_b', 'worse_of_b'])
  expect(found.gaps.both).toBe(1)
})

test('the linkages of one build differ in their linkage, and each has its own gaps', async () => {
  const twin = (linkage: 'static' | 'dynamic') => unitOf(world, `${linkage}-core`, [], { name: 'core', linkage })
  await build('twins', [twin('static'), twin('dynamic')], ['static-core'], { request: { linkage: ['static', 'dynamic'] } })
  const found = await compare('twins', 'twins', '?linkages=static-dynamic')
  expect(classes(found)).toEqual({ core: 'newly-passing' })
  expect(found.units).toMatchObject([{ a: { linkage: 'static' }, b: { linkage: 'dynamic' } }])
  expect(found.differ).toEqual([{ name: 'linkage', a: 'static', b: 'dynamic' }])
  expect(found.gaps).toMatchObject({ onlyA: [{ name: 'static-core_of_twins' }], onlyB: [{ name: 'dynamic-core_of_twins' }], both: 1 })
})
