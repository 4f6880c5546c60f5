/** The ladder when builds of it differ in what they asked for, and the stages above it. */
import type { BuildRequest, Linkage, UnitPlan } from '@bootgraph/build-graph'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ladderPlan } from '../../test/known-plans.ts'
import { makeWorld, resultOf, startBuild, unitOf, type World } from '../../test/world.ts'
import { complete } from '../domain/completion.ts'
import { cancel } from '../domain/control.ts'
import { dispatch, type ReadyJob } from '../domain/dispatch.ts'

let world: World
let app: FastifyInstance
beforeAll(async () => {
  world = await makeWorld('ladder')
  app = await world.app()
})
afterAll(() => world?.end())
beforeEach(() => world.pool.query('TRUNCATE build, unit, edge, attempt, result CASCADE'))

const ask = async (path: string) => (await app.inject({ url: `/api/v1/${path}`, headers: { host: 'localhost' } })).json()
const passedOf = (verdicts: readonly { linkage: string; passed: number }[]) =>
  Object.fromEntries(verdicts.map(({ linkage, passed }) => [linkage, passed]))

interface Choices {
  readonly surface?: string
  readonly request?: Partial<BuildRequest>
  readonly failing?: string
}

async function start(
  id: string,
  stage: string,
  linkage: readonly Linkage[],
  units: readonly UnitPlan[],
  choices: Choices = {},
): Promise<void> {
  const surfaceDate = choices.surface ?? '2026-08-21'
  const inputs = { image: world.blank, surface: world.blank, surfaceName: surfaceDate, roots: [], path: [], libraryPath: [], overlays: [] }
  // No build takes another's results.
  const own = units.map((unit) => (unit.draft ? { ...unit, draft: { ...unit.draft, env: { BUILD: id } } } : unit))
  await startBuild(world, id, own, { surfaceDate, inputs, request: { stage, linkage, ...choices.request } })
}

/** A build that ran to its end; rung `failing` is not good. */
async function build(...[id, stage, linkage, units, choices]: Parameters<typeof start>): Promise<void> {
  await start(id, stage, linkage, units, choices)
  const jobs: ReadyJob[] = []
  while ((await dispatch(world, async (ready) => void jobs.push(...ready))) > 0)
    for (const job of jobs.splice(0)) {
      const code = choices?.failing && job.unit.includes(choices.failing) ? 1 : 0
      await complete(world.pool, world.store, [{ job, result: resultOf(world, job, code) }])
    }
}

const rungs = (linkages: readonly Linkage[]) =>
  ladderPlan({ surface: world.blank, image: world.blank, empty: world.empty }).filter(({ linkage }) => linkages.includes(linkage!))
/** As a plan has what nothing of it makes. */
const above = (rung: string): UnitPlan => {
  const { draft: _, ...unit } = unitOf(world, `dynamic-${rung}`, [], { stage: 'above', rung, linkage: 'dynamic', unavailable: 'waits' })
  return unit
}
const crate = (name: string): UnitPlan => unitOf(world, `std-dynamic-${name}`, [], { stage: 'std', rung: name, linkage: 'dynamic' })
const cell = async (rung: string) => (await ask('ladder')).rungs.find(({ id }: { id: string }) => id === rung).dynamic

test('a linkage that the newest build did not ask for is as its own newest build left it', async () => {
  await build('both', 'ladder', ['static', 'dynamic'], rungs(['static', 'dynamic']))
  await build('one', 'ladder', ['dynamic'], rungs(['dynamic']), { failing: 'procedural-macro' })
  const ladder = await ask('ladder')
  expect(passedOf(ladder.verdicts)).toEqual({ static: 9, dynamic: 9 })
  expect(ladder.verdicts.map(({ build: id }: { build: string }) => id)).toEqual(['both', 'one'])
  expect(ladder.rungs[0].static).toMatchObject({ state: 'passed', build: 'both', units: ['static-node-boots-1'] })
  const { points } = await ask('ladder/history')
  expect(points.map(({ verdicts }: never) => passedOf(verdicts))).toEqual([{ static: 9, dynamic: 10 }, { dynamic: 9 }])
})

test('a linkage that no build asked for has no verdict', async () => {
  await build('one', 'ladder', ['dynamic'], rungs(['dynamic']))
  const ladder = await ask('ladder')
  expect(passedOf(ladder.verdicts)).toEqual({ dynamic: 10 })
  expect(ladder.rungs[0].static).toEqual({ state: 'not-run', cached: false, units: [] })
})

test('a build that was cancelled before a rung ended hides nothing', async () => {
  await build('good', 'ladder', ['dynamic'], rungs(['dynamic']))
  await start('stopped', 'ladder', ['dynamic'], [unitOf(world, 'slow', [], { rung: 'node-boots', linkage: 'dynamic' })])
  await cancel(world.pool, 'stopped')
  expect(await ask('ladder')).toMatchObject({ build: 'good', complete: true })
})

test('over build time stand builds of one surface, over surfaces the newest of each linkage', async () => {
  await build('old', 'ladder', ['static', 'dynamic'], rungs(['static', 'dynamic']), { surface: '2019-11-27', failing: 'rustc-version' })
  await build('first', 'ladder', ['static', 'dynamic'], rungs(['static', 'dynamic']))
  await build('strict', 'ladder', ['dynamic'], rungs(['dynamic']), { surface: '2019-11-27', request: { mode: 'strict' } })
  await build('second', 'ladder', ['dynamic'], rungs(['dynamic']), { failing: 'procedural-macro' })
  const points = async (axis: string) =>
    (await ask(`ladder/history?axis=${axis}`)).points.map(({ build: id, surface, verdicts }: never) => [id, surface, passedOf(verdicts)])
  expect(await points('build')).toEqual([
    ['first', '2026-08-21', { static: 9, dynamic: 10 }],
    ['second', '2026-08-21', { dynamic: 9 }],
  ])
  expect(await points('surface')).toEqual([
    ['old', '2019-11-27', { static: 2, dynamic: 3 }],
    ['second', '2026-08-21', { static: 9, dynamic: 9 }],
  ])
})

test('a rung that another stage makes is not run until that was built, and then as that build says', async () => {
  const later = ['core', 'alloc', 'stage2'].map(above)
  await build('rungs', 'ladder', ['dynamic'], [...rungs(['dynamic']), ...later])
  expect(await cell('core')).toEqual({ state: 'not-run', cached: false, units: [], message: '"bootgraph build std" builds it' })
  expect(await cell('stage2')).toMatchObject({ state: 'blocked', message: 'waits' })
  await build('crates', 'std', ['dynamic'], [crate('core'), crate('alloc')], { failing: 'alloc' })
  await build('again', 'ladder', ['dynamic'], [...rungs(['dynamic']), ...later])
  expect(await cell('core')).toMatchObject({ state: 'passed', build: 'crates', units: ['std-dynamic-core'] })
  expect(await cell('alloc')).toMatchObject({ state: 'failed', build: 'crates' })
  expect((await ask('ladder')).verdicts).toMatchObject([{ linkage: 'dynamic', passed: 11, reached: 'alloc', build: 'again' }])
  const { points } = await ask('ladder/history')
  expect(points.map(({ verdicts }: never) => passedOf(verdicts))).toEqual([{ dynamic: 10 }, { dynamic: 11 }, { dynamic: 11 }])
})
