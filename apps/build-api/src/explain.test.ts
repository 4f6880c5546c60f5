/** A line of the kernel is changed: `explain` names the kernel. A comment or the README is: nothing is another. All node images are built. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Digest, NodeImageManifest } from '@bootgraph/build-graph'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { draftOf, makeWorld, resultOf, startBuild, unitOf, type World } from '../test/world.ts'
import { complete } from './domain/completion.ts'
import { counts } from './domain/counts.ts'
import { dispatch, type ReadyJob } from './domain/dispatch.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const ROOMS = ['cpu', 'kernel', 'drivers', 'ld-so', 'relibc', 'redox-node']
const checkout = mkdtempSync(join(tmpdir(), 'bootgraph-checkout-'))
let world: World
let app: FastifyInstance

beforeAll(async () => {
  for (const room of ROOMS)
    cpSync(join(root, 'libs', room), join(checkout, 'libs', room), {
      recursive: true,
      filter: (path) => !/\/(test|node_modules)$/.test(path),
    })
  cpSync(join(root, 'tools/node-image'), join(checkout, 'tools/node-image'), { recursive: true })
  for (const file of ['package.json', 'tsconfig.base.json', 'README.md']) cpSync(join(root, file), join(checkout, file))
  mkdirSync(join(checkout, 'apps'))
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'))
  world = await makeWorld('explain')
  app = await world.app()
})
afterAll(async () => {
  await world?.end()
  rmSync(checkout, { recursive: true, force: true })
})

/** Builds the image of the checkout as it is and registers it. */
async function image(): Promise<Digest> {
  const digest = execFileSync(process.execPath, [join(checkout, 'tools/node-image/build.mjs')], { encoding: 'utf8' }).trim()
  const folder = join(checkout, 'dist/images', digest)
  for (const name of readdirSync(folder)) await world.store.put(readFileSync(join(folder, name)))
  const answer = await app.inject({ method: 'PUT', url: `/api/v1/node-images/${digest}`, headers: { host: 'localhost' } })
  expect(answer.statusCode).toBe(201)
  return digest as Digest
}

/** Runs a build of two units in that image; how many of them had to run. */
async function run(build: string, digest: Digest): Promise<number> {
  const unit = (id: string, needs: readonly string[] = []) => unitOf(world, id, needs, { draft: draftOf(world, id, { image: digest }) })
  const { bundles } = JSON.parse(readFileSync(join(checkout, 'dist/images', digest, 'image.json'), 'utf8')) as NodeImageManifest
  const made = (id: string, content: string) =>
    ({ id, name: id, stage: 'image', kind: 'image', needs: [], expected: 0, made: content as Digest }) as const
  const parts = [made('image-kernel', bundles['kernel.cjs']!), made('image-relibc', bundles['relibc.cjs']!), made('image', digest)]
  await startBuild(world, build, [...parts, unit('first'), unit('second', ['first'])])
  for (;;) {
    const jobs: ReadyJob[] = []
    await dispatch(world, async (ready) => void jobs.push(...ready))
    if (jobs.length === 0) return (await counts(world.pool, build)).built
    for (const job of jobs) await complete(world.pool, world.store, [{ job, result: resultOf(world, job) }])
  }
}

async function explanation(build: string, unit = 'second'): Promise<{ verdict: string; ran: boolean; changed: unknown[] }> {
  const answer = await app.inject({ url: `/api/v1/builds/${build}/units/${unit}/explain`, headers: { host: 'localhost' } })
  const { verdict, ran, ingredients } = answer.json() as {
    verdict: string
    ran: boolean
    ingredients: { name: string; changed: boolean; bundles?: string[] }[]
  }
  return { verdict, ran, changed: ingredients.flatMap(({ name, changed, bundles }) => (changed ? [[name, bundles]] : [])) }
}

test('a changed line of the kernel is named and runs everything again; a comment there or the README runs nothing', {
  timeout: 180_000,
}, async () => {
  const before = await image()
  expect(await run('before', before)).toBe(2)
  expect((await explanation('before')).verdict).toBe('first')

  const source = join(checkout, 'libs/kernel/src/syscall/path.ts')
  const text = readFileSync(source, 'utf8')
  writeFileSync(source, `// Said in passing.\n${text}\n/* And at the end. */\n`)
  appendFileSync(join(checkout, 'README.md'), '\nSaid in passing.\n')
  appendFileSync(join(checkout, 'libs/kernel/README.md'), '\nSaid in passing.\n')
  const remarked = await image()
  expect(remarked).toBe(before)
  expect(await run('remarked', remarked)).toBe(0)
  expect(await explanation('remarked')).toEqual({ verdict: 'same', ran: false, changed: [] })

  const changed = text.replace('PATH_MAX = 4096', 'PATH_MAX = 4095')
  expect(changed).not.toBe(text)
  writeFileSync(source, changed)
  const after = await image()
  expect(after).not.toBe(before)
  expect(await run('after', after)).toBe(2)
  expect(await explanation('after')).toEqual({ verdict: 'changed', ran: true, changed: [['image', ['kernel']]] })
  // The parts of the image themselves, which no worker makes.
  expect(await explanation('before', 'image-kernel')).toEqual({ verdict: 'first', ran: false, changed: [] })
  expect(await explanation('remarked', 'image-kernel')).toEqual({ verdict: 'same', ran: false, changed: [] })
  expect(await explanation('after', 'image-kernel')).toEqual({ verdict: 'changed', ran: false, changed: [['content', undefined]] })
  expect(await explanation('after', 'image-relibc')).toEqual({ verdict: 'same', ran: false, changed: [] })
  expect(await explanation('after', 'image')).toEqual({ verdict: 'changed', ran: false, changed: [['content', ['kernel']]] })
})
