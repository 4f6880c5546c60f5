import { setTimeout as sleep } from 'node:timers/promises'
import type { Gap, PlanInputs } from '@bootgraph/build-graph'
import { TreeBuilder } from '@bootgraph/build-graph/store'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type BuildOptions, draftOf, makeWorld, resultOf, startBuild, unitOf, type World } from '../../test/world.ts'
import { complete, LOSS_LIMIT, lose, pass, releaseQuarantine, take as takeMany } from './completion.ts'
import { cancel, retry } from './control.ts'
import { counts } from './counts.ts'
import { type ReadyJob, dispatch as round, sweep } from './dispatch.ts'
import { eventsAfter } from './events.ts'
import { criticalPath, distances, PlanError } from './graph.ts'
import { startTelling, tellBuilds } from './tell-builds.ts'

let world: World
let queue: Map<string, ReadyJob>

const enqueue = async (jobs: readonly ReadyJob[]): Promise<void> => {
  for (const job of jobs) queue.set(`${job.build}.${job.unit}.${job.attempt}`, job)
}
const takeAll = (): ReadyJob[] => {
  const jobs = [...queue.values()]
  queue.clear()
  return jobs
}
const dispatch = () => round(world, enqueue)
const unit = (id: string, needs: readonly string[] = [], name = id + expect.getState().currentTestName) =>
  unitOf(world, id, needs, { draft: draftOf(world, name) })
const start = (id: string, units: Parameters<typeof startBuild>[2], options?: BuildOptions) => startBuild(world, id, units, options)
const take = async (job: ReadyJob, worker: string) => (await takeMany(world.pool, [{ job, worker }]))[0]
const end = async (job: ReadyJob, code = 0, more = {}) =>
  (await complete(world.pool, world.store, [{ job, result: resultOf(world, job, code, more) }]))[0]
const few = async (build: string) => Object.fromEntries(Object.entries(await counts(world.pool, build)).filter(([, n]) => n > 0))
const runAll = async () => {
  while ((await dispatch()) > 0) await Promise.all(takeAll().map((job) => end(job)))
}
const stateOf = async (build: string) =>
  (await world.pool.query<{ state: string }>('SELECT state FROM build WHERE id = $1', [build])).rows[0]?.state

beforeAll(async () => {
  world = await makeWorld('scheduler')
})
afterAll(() => world?.end())
beforeEach(() => {
  queue = new Map()
})

test('a unit is queued when its last dependency has ended, and the build ends with its last unit', async () => {
  await start('diamond', [unit('a'), unit('b', ['a']), unit('c', ['a']), unit('d', ['b', 'c'])])
  const order: string[][] = []
  while ((await dispatch()) > 0) {
    const jobs = takeAll()
    order.push(jobs.map((job) => job.unit).sort())
    await Promise.all(jobs.map((job) => end(job)))
  }
  expect(order).toEqual([['a'], ['b', 'c'], ['d']])
  expect(await few('diamond')).toEqual({ built: 4, total: 4 })
  expect(await stateOf('diamond')).toBe('ended')
})

test('a result delivered many times at once is recorded once', async () => {
  await start('repeat', [unit('a'), unit('b', ['a'])])
  await dispatch()
  const [job] = takeAll() as [ReadyJob]
  const answers = await Promise.all(Array.from({ length: 8 }, () => end(job)))
  expect(answers.filter((answer) => answer === 'recorded')).toHaveLength(1)
  expect(answers.filter((answer) => answer === 'repeated')).toHaveLength(7)
  expect((await world.pool.query(`SELECT pending FROM unit WHERE build = 'repeat' AND id = 'b'`)).rows).toEqual([{ pending: 0 }])
  expect(await end({ ...job, attempt: 9 })).toBe('unknown')
  const twice = { job, result: resultOf(world, job) }
  expect(await complete(world.pool, world.store, [twice, twice])).toEqual(['repeated', 'repeated'])
})

test('what is behind a failed unit is blocked by it and counted, the rest goes on', async () => {
  await start('wall', [unit('bad'), unit('behind', ['bad']), unit('far', ['behind', 'good']), unit('good')])
  await dispatch()
  for (const job of takeAll()) await end(job, job.unit === 'bad' ? 1 : 0)
  expect(await dispatch()).toBe(0)
  expect(await few('wall')).toEqual({ failed: 1, built: 1, blocked: 2, total: 4 })
  const { rows } = await world.pool.query(`SELECT id, blocked_by, blocks, message FROM unit WHERE build = 'wall' ORDER BY id`)
  expect(rows.map(({ id, blocked_by, blocks }) => [id, blocked_by, blocks])).toEqual([
    ['bad', null, 2],
    ['behind', 'bad', 0],
    ['far', 'bad', 0],
    ['good', null, 0],
  ])
  expect(rows[0].message).toContain('ended by exit with 1, expected 0')
})

test('what nothing can run is blocked with its reason, and what is behind it by it', async () => {
  const { draft: _, ...planned } = unit('later')
  await start('above', [{ ...planned, unavailable: 'nobody can run it yet' }, unit('after', ['later']), unit('free')])
  await runAll()
  expect(await few('above')).toEqual({ built: 1, blocked: 2, total: 3 })
  const { rows } = await world.pool.query(
    `SELECT id, message, blocked_by FROM unit WHERE build = 'above' AND state = 'blocked' ORDER BY id`,
  )
  expect(rows).toEqual([
    { id: 'after', message: null, blocked_by: 'later' },
    { id: 'later', message: 'nobody can run it yet', blocked_by: null },
  ])
  expect(await stateOf('above')).toBe('ended')
})

test('equal actions of two builds run once', async () => {
  await start('one', [unit('x', [], 'shared')])
  await start('two', [unit('y', [], 'shared'), unit('z', ['y'])])
  expect(await dispatch()).toBe(1)
  await end(takeAll()[0]!)
  expect(await dispatch()).toBe(1)
  expect(takeAll().map((next) => next.unit)).toEqual(['z'])
  expect([await few('one'), await few('two')].map(({ built = 0, cached = 0 }) => built + cached)).toEqual([1, 1])
  await cancel(world.pool, 'two')
})

test('a sparing look queues what comes next, and never what has a result already', async () => {
  await start('known', [unit('x', [], 'known x')])
  await runAll()
  await start('spared', [unit('gate'), unit('x', ['gate'], 'known x'), unit('y', ['gate'])])
  const sparing = () => round(world, enqueue, false)
  expect(await sparing()).toBe(1)
  await end(takeAll()[0]!)
  expect(await sparing()).toBe(1)
  expect(takeAll().map((job) => job.unit)).toEqual(['y'])
  expect(await few('spared')).toEqual({ built: 1, ready: 1, queued: 1, total: 3 })
  await dispatch()
  expect(await few('spared')).toEqual({ built: 1, cached: 1, queued: 1, total: 3 })
  await cancel(world.pool, 'spared')
})

test('units lost between the mark and the queue are put back', async () => {
  await start('crash', [unit('a'), unit('b')])
  const lost = async () => {
    throw new Error('the queue is gone')
  }
  await expect(round(world, lost)).rejects.toThrow('the queue is gone')
  expect(await dispatch()).toBe(0)
  await sweep(world.pool, enqueue)
  await sweep(world.pool, enqueue)
  const jobs = takeAll()
  expect(jobs.map((job) => job.unit).sort()).toEqual(['a', 'b'])
  for (const job of jobs) await end(job)
})

test('a recorded result ends a unit when it is planned, and what is behind it, with an attempt marked as cached', async () => {
  const chain = () => [unit('a', [], 'cached-a'), unit('b', ['a'], 'cached-b'), unit('c', ['b'], 'cached-c')]
  await start('cold', chain())
  await runAll()
  await start('warm', chain())
  expect(await stateOf('warm')).toBe('ended')
  expect(await few('warm')).toEqual({ cached: 3, total: 3 })
  const { rows } = await world.pool.query(`SELECT unit, number, cached, state FROM attempt WHERE build = 'warm' ORDER BY unit`)
  expect(rows).toEqual(['a', 'b', 'c'].map((id) => ({ unit: id, number: 1, cached: true, state: 'succeeded' })))
})

test('a result that lost a blob is no answer any more', async () => {
  const gone = await world.store.put(Buffer.from('soon gone'))
  await start('before', [unit('a', [], 'lossy')])
  await dispatch()
  await end(takeAll()[0]!, 0, { stdout: gone.digest })
  await world.store.remove(gone.digest)
  world.whole.forget()
  await start('after-loss', [unit('a', [], 'lossy')])
  expect(await dispatch()).toBe(1)
  await end(takeAll()[0]!)
  expect(await few('after-loss')).toEqual({ built: 1, total: 1 })
})

test('what one unit made is the input of the next, and equal inputs are one action however they came about', async () => {
  const { digest, size } = await world.store.put(Buffer.from('object'))
  const made = new TreeBuilder()
  made.setFile('work/a.o', digest, size, false)
  const outputs = await made.store(world.store)
  const linked = unitOf(world, 'link', ['compile'], { draft: draftOf(world, 'link', { inputs: [{ outputsOf: 'compile' }] }) })
  await start('chain', [unit('compile', [], 'compile 1'), linked])
  await dispatch()
  await end(takeAll()[0]!, 0, { outputs })
  await dispatch()
  const [link] = takeAll() as [ReadyJob]
  expect((await take(link, 'w'))!.action.input).not.toBe(world.empty)
  await end(link)
  // Another compilation that comes out equal: nothing is linked again.
  await start('chain2', [unit('compile', [], 'compile 2'), linked])
  await dispatch()
  await end(takeAll()[0]!, 0, { outputs })
  expect(await dispatch()).toBe(0)
  expect(await few('chain2')).toEqual({ built: 1, cached: 1, total: 2 })
})

test('a criterion decides what is good', async () => {
  const said = await world.store.put(Buffer.from('hello\nworld\n'))
  const wants = (id: string, stdout: string) =>
    unitOf(world, id, [], { draft: draftOf(world, `says ${id}`), criterion: { code: 42, stdout } })
  await start('judged', [wants('yes', '^world$'), wants('no', '^moon$'), unit('code')])
  await dispatch()
  for (const job of takeAll()) await end(job, 42, { stdout: said.digest })
  const { rows } = await world.pool.query(`SELECT id, state, message FROM unit WHERE build = 'judged' ORDER BY id`)
  expect(rows).toEqual([
    { id: 'code', state: 'failed', message: 'ended by exit with 42, expected 0' },
    { id: 'no', state: 'failed', message: 'did not print what it should' },
    { id: 'yes', state: 'built', message: null },
  ])
})

test('a build whose queries are answered with nonsense fails and can be retried; the others go on', async () => {
  const request = { stage: 'std', overlays: [] }
  const inputs = { roots: [], path: [], libraryPath: [], bundles: {}, overlays: [], sources: world.empty } as unknown as PlanInputs
  const asked = ['unit-graph', 'packages', 'cfg-x86_64-unknown-redox', 'cfg-x86_64-unknown-linux-gnu'].map((what) => `std-static-${what}`)
  const queries = asked.map((id) => ({ ...unit(id), kind: 'query' as const }))
  await start('garbled', queries, { request, inputs, planning: true })
  await start('sound', [unit('first'), unit('second', ['first'])])
  const { digest: stdout } = await world.store.put(new TextEncoder().encode('{"version":2}'))
  while ((await dispatch()) > 0) await Promise.all(takeAll().map((job) => end(job, 0, job.build === 'garbled' ? { stdout } : {})))
  expect(await few('sound')).toEqual({ built: 2, total: 2 })
  expect(await few('garbled')).toEqual({ failed: 4, total: 4 })
  expect(await stateOf('garbled')).toBe('ended')
  const { rows } = await world.pool.query<{ message: string }>(`SELECT message FROM unit WHERE build = 'garbled' AND kind = 'query'`)
  for (const { message } of rows)
    expect(message).toBe('no plan follows from the answers: a unit graph of version 1 is read here, this one says 2')
  expect(await retry(world.pool, 'garbled')).toEqual({ reopened: 4 })
  expect([await dispatch(), await stateOf('garbled')]).toEqual([4, 'running'])
  takeAll()
  await cancel(world.pool, 'garbled')
})

test('a unit whose action cannot be made of what came before it fails; the others go on', async () => {
  const said = { own: 'script', below: [], links: false }
  await start('spoiled', [
    unit('script'),
    { ...unit('crate', ['script']), draft: draftOf(world, 'crate', { scripts: said }) },
    unit('other', ['script'], 'other'),
  ])
  const { digest: stdout } = await world.store.put(new TextEncoder().encode('cargo:rustc-env=NAME=a\0b\n'))
  while ((await dispatch()) > 0) await Promise.all(takeAll().map((job) => end(job, 0, job.unit === 'script' ? { stdout } : {})))
  expect(await few('spoiled')).toEqual({ built: 2, failed: 1, total: 3 })
})

test('a lost attempt is tried again, not for ever; what had been started is quarantined until a person says so', async () => {
  const losing = () => [unit('a', [], 'killer'), unit('b', ['a'], 'after killer')]
  await start('losing', losing())
  for (let attempt = 1; attempt <= LOSS_LIMIT; attempt++) {
    await dispatch()
    const [job] = takeAll() as [ReadyJob]
    expect(job.attempt).toBe(attempt)
    await take(job, 'w')
    expect(await pass(world.pool, job, 'started')).toBe(true)
    expect(await lose(world.pool, job, 'the node died')).toBe('recorded')
    expect(await lose(world.pool, job, 'the node died')).toBe('repeated')
    expect(await end(job)).toBe('repeated')
  }
  expect(await dispatch()).toBe(0)
  expect(await few('losing')).toEqual({ failed: 1, blocked: 1, total: 2 })
  await start('again', losing())
  expect(await dispatch()).toBe(0)
  expect(await few('again')).toEqual({ failed: 1, blocked: 1, total: 2 })
  const { rows } = await world.pool.query(`SELECT action, message FROM unit WHERE build = 'again' AND id = 'a'`)
  expect(rows[0].message).toContain('quarantined')
  expect(await releaseQuarantine(world.pool, rows[0].action)).toBe(true)
  await retry(world.pool, 'again')
  await runAll()
  expect(await few('again')).toEqual({ built: 2, total: 2 })
})

test('an attempt in whose hands workers keep dying is lost in the end', async () => {
  await start('deadly', [unit('a')])
  await dispatch()
  const [job] = takeAll() as [ReadyJob]
  for (const worker of ['w1', 'w2', 'w3', 'w4']) expect(await take(job, worker)).toBeDefined()
  expect(await take(job, 'w5')).toBeUndefined()
  expect((await world.pool.query(`SELECT state FROM attempt WHERE build = 'deadly'`)).rows).toEqual([{ state: 'lost' }])
  await cancel(world.pool, 'deadly')
})

test('a retry runs what failed again past the cache, keeps the attempts, and tells a different outcome', async () => {
  await start('flaky', [unit('a'), unit('b', ['a']), unit('c', ['b']), unit('d')])
  await dispatch()
  for (const job of takeAll()) await end(job, job.unit === 'a' ? 1 : 0)
  expect(await few('flaky')).toEqual({ failed: 1, blocked: 2, built: 1, total: 4 })
  expect(await retry(world.pool, 'flaky', ['d'])).toEqual({ refused: 'd' })
  expect(await retry(world.pool, 'flaky')).toEqual({ reopened: 1 })
  expect(await few('flaky')).toEqual({ ready: 1, waiting: 2, built: 1, total: 4 })
  expect(await dispatch()).toBe(1)
  const [job] = takeAll() as [ReadyJob]
  expect(job.attempt).toBe(2)
  await end(job)
  await runAll()
  expect(await few('flaky')).toEqual({ built: 4, total: 4 })
  const { rows } = await world.pool.query(`SELECT number, state FROM attempt WHERE build = 'flaky' AND unit = 'a' ORDER BY number`)
  expect(rows).toEqual([
    { number: 1, state: 'failed' },
    { number: 2, state: 'succeeded' },
  ])
  expect((await world.pool.query('SELECT count(*)::int AS n FROM determinism_defect WHERE action = $1', [job.action])).rows).toEqual([
    { n: 1 },
  ])
})

test('interactive builds go first, and builds of one class take turns', async () => {
  const many = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => unit(`${prefix}${i}`))
  await start('large', many('l', 200))
  await start('small', many('s', 3))
  await start('urgent', many('u', 2), { priority: 10 })
  await dispatch()
  const order = takeAll().map(({ build }) => build)
  expect(order.slice(0, 2)).toEqual(['urgent', 'urgent'])
  expect(order.slice(2, 8).filter((build) => build === 'small')).toHaveLength(3)
  for (const build of ['large', 'small', 'urgent']) await cancel(world.pool, build)
})

test('a gap met by many units is one gap with an occurrence of each; it closes and comes back', async () => {
  const occurrence = { found: 'load', symbol: 'strlcpy', module: '/bin/x', count: 1 } as const
  const gap: Gap = { truth: 'upstream', component: 'relibc', kind: 'symbol-missing', name: 'strlcpy', occurrences: [occurrence] }
  const key = 'upstream/relibc/symbol-missing/strlcpy'
  const told = async () =>
    (await eventsAfter(world.pool, 0, 10_000)).filter(({ type, data }) => type === 'gap' && data.key === key).map(({ data }) => data.what)
  const run = async (build: string, date: string, code: number, gaps: readonly Gap[]) => {
    await start(build, [unit('g1', [], `${build}1`), unit('g2', [], `${build}2`)], { surfaceDate: date })
    await dispatch()
    await Promise.all(takeAll().flatMap((job) => [1, 2].map(() => end(job, code, { gaps }))))
  }
  const closed = async () => (await world.pool.query('SELECT closed_at IS NOT NULL AS closed FROM gap WHERE key = $1', [key])).rows
  await run('gaps', '2019-11-27', 1, [gap])
  expect((await world.pool.query(`SELECT unit, attempt, surface FROM gap_occurrence WHERE build = 'gaps' ORDER BY unit`)).rows).toEqual([
    { unit: 'g1', attempt: 1, surface: '2019-11-27' },
    { unit: 'g2', attempt: 1, surface: '2019-11-27' },
  ])
  expect(await told()).toEqual(['opened'])
  // A run under an older surface proves nothing.
  await run('older', '2018-01-01', 0, [])
  expect(await closed()).toEqual([{ closed: false }])
  await run('newer', '2020-01-01', 0, [])
  expect(await closed()).toEqual([{ closed: true }])
  await run('worse', '2021-01-01', 1, [gap])
  expect(await closed()).toEqual([{ closed: false }])
  expect(await told()).toEqual(['opened', 'closed', 'returned'])
})

test('an overlay carries a build past a gap, which stays open until a build without it does without it', async () => {
  const occurrence = { found: 'compile', symbol: 'libc::flock', module: 'flock.rs', count: 1 } as const
  const gap: Gap = { truth: 'upstream', component: 'libc-crate', kind: 'declaration-missing', name: 'flock', occurrences: [occurrence] }
  const run = async (build: string, overlays: readonly string[], code: number, gaps: readonly Gap[] = []) => {
    await start(build, [unit('locks', [], build)], { request: { overlays } })
    await dispatch()
    await Promise.all(takeAll().map((job) => end(job, code, { gaps })))
    const { rows } = await world.pool.query(`SELECT closed_at IS NULL AS open FROM gap WHERE name = 'flock'`)
    return rows[0]?.open
  }
  expect(await run('bare', [], 1, [gap])).toBe(true)
  expect(await run('carried', ['b', 'a'], 0)).toBe(true)
  expect(await run('mended', [], 0)).toBe(false)
  const { rows } = await world.pool.query(`SELECT line FROM unit WHERE id = 'locks' AND build IN ('bare', 'carried') ORDER BY build`)
  expect(rows.map(({ line }) => line)).toEqual(['test/bridge/static/locks', 'test/bridge/static+a+b/locks'])
})

test('a cancelled build takes no result', async () => {
  await start('stopped', [unit('a'), unit('b', ['a'])])
  await dispatch()
  const [job] = takeAll().filter((taken) => taken.build === 'stopped') as [ReadyJob]
  expect(await cancel(world.pool, 'stopped')).toBe(true)
  expect(await cancel(world.pool, 'stopped')).toBe(false)
  expect(await end(job)).toBe('repeated')
  expect(await few('stopped')).toEqual({ cancelled: 2, total: 2 })
})

test('how a build stands is told once after its units changed, and its end by itself', async () => {
  await tellBuilds(world.pool)
  await start('telling', [unit('a'), unit('b')])
  const told = async () =>
    (await eventsAfter(world.pool, 0, 100_000, 'telling')).flatMap(({ type, data }) =>
      type === 'build' ? [[data.state, (data.counts as Record<string, number>).built]] : [],
    )
  expect(await tellBuilds(world.pool)).toBe(0)
  await dispatch()
  const [first, second] = takeAll() as [ReadyJob, ReadyJob]
  await Promise.all([take(first, 'w'), take(second, 'w')])
  await end(first)
  expect(await tellBuilds(world.pool)).toBe(1)
  expect(await tellBuilds(world.pool)).toBe(0)
  await end(second)
  expect(await told()).toEqual([
    ['running', 0],
    ['running', 1],
    ['ended', 2],
  ])
})

test('while nobody follows, nobody is told how builds stand; who comes then is', async () => {
  await start('unheard', [unit('a')])
  await dispatch()
  await take(takeAll()[0]!, 'w')
  const told = async () => (await eventsAfter(world.pool, 0, 100_000, 'unheard')).filter(({ type }) => type === 'build').length
  let followed = false
  const teller = startTelling(
    world.pool,
    () => followed,
    (error) => {
      throw error
    },
  )
  await sleep(600)
  expect(await told()).toBe(1)
  followed = true
  await expect.poll(told, { timeout: 5000 }).toBe(2)
  await teller.stop()
  await cancel(world.pool, 'unheard')
})

test('the counts of every event sum to the total', async () => {
  const events = await eventsAfter(world.pool, 0, 100_000)
  const sets = events.flatMap(({ data }) => (data.counts ? [data.counts as Record<string, number>] : []))
  expect(sets.length).toBeGreaterThan(20)
  for (const { total, ...rest } of sets) expect(Object.values(rest).reduce((sum, n) => sum + n, 0)).toBe(total)
})

test('a plan with a circle or an unknown dependency changes nothing', async () => {
  await expect(start('circle', [unit('a', ['b']), unit('b', ['a'])])).rejects.toThrow(PlanError)
  await expect(start('circle', [unit('a', ['nowhere'])])).rejects.toThrow('needs nowhere')
  expect(await stateOf('circle')).toBeUndefined()
})

test('the longest way to the end goes first', () => {
  const units = [unit('a'), unit('b', ['a']), unit('c', ['b']), unit('d', ['a'])]
  expect(Object.fromEntries(distances(units))).toEqual({ a: 30, b: 20, c: 10, d: 10 })
  expect(criticalPath(units).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
})
