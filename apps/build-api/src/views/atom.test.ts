import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, resultOf, startBuild, unitOf, type World } from '../../test/world.ts'
import { complete } from '../domain/completion.ts'
import { dispatch, type ReadyJob } from '../domain/dispatch.ts'
import { PREFIX } from '../openapi.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld('atom')
})
afterAll(() => world?.end())

test("an entry's link is an address of the dashboard's page of that gap, whatever its name", async () => {
  const gap = { truth: 'upstream', component: 'ld-so', kind: 'ability-missing' } as const
  const occurrences = [{ found: 'call', symbol: 'x', module: '/bin/x', count: 1 }] as const
  await startBuild(world, 'b', [unitOf(world, 'u')])
  const jobs: ReadyJob[] = []
  await dispatch(world, async (ready) => void jobs.push(...ready))
  const gaps = ['dladdr', 'a/b & <c>?'].map((name) => ({ ...gap, name, occurrences }))
  await complete(world.pool, world.store, [{ job: jobs[0]!, result: resultOf(world, jobs[0]!, 1, { gaps }) }])

  const app = await world.app()
  const { body } = await app.inject({ url: `${PREFIX}/feed.atom`, headers: { host: 'localhost' } })
  const links = [...body.matchAll(/<entry>.*?<link href="http:\/\/localhost([^"]*)"/g)].map(([, path]) => path!)
  expect(links.length).toBe(2)
  const routes = readFileSync(new URL('../../../dashboard/src/routes.tsx', import.meta.url), 'utf8')
  const page = /path: '(\/gaps\/\$[^']*)'/.exec(routes)![1]!
  for (const link of links) {
    expect(link).toMatch(new RegExp(`^${page.replaceAll(/\$\w+/g, '[^/]+')}$`))
    // The page asks the API for the same path.
    expect((await app.inject({ url: `${PREFIX}${link}`, headers: { host: 'localhost' } })).statusCode, link).toBe(200)
  }
})
