/** Builds with a stand-in for the node: a process that speaks the node contract and does what a small table says. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuildRequest, type Digest, digestOf, encodeDirectory, type PlanInputs } from '@bootgraph/build-graph'
import { folderStore } from '@bootgraph/build-graph/store'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { storeSurface } from '../plan/inputs.ts'
import { type BuildHere, buildHere, type UnitEnd } from './build-here.ts'

/** Answers by the last word of the program's path; writes down that it ran, beside the translations: elsewhere a node may not. */
const NODE = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
const here = dirname(fileURLToPath(import.meta.url))
process.on('message', (request) => {
  const behaviour = JSON.parse(readFileSync(join(here, 'behaviour.json'), 'utf8'))[request.program] ?? {}
  mkdirSync(request.cache, { recursive: true })
  appendFileSync(join(request.cache, 'ran'), request.program + '\\n')
  process.stdout.write(behaviour.stdout ?? '')
  process.stderr.write(behaviour.stderr ?? '')
  if (behaviour.die) process.exit(1)
  if (!behaviour.makesNothing)
    for (const path of request.outputs.paths) {
      mkdirSync(join(request.outputs.folder, dirname(path)), { recursive: true })
      writeFileSync(join(request.outputs.folder, path), behaviour.output ?? 'rust metadata')
    }
  const report = { version: 1, exit: { reason: 'exit', code: behaviour.code ?? 0 }, gaps: [], fuel: 7, measured: { peakMemory: 1, time: {} } }
  process.send({ event: 'report', report }, () => process.exit(0))
})
`

let data: string
let image: string
let inputs: PlanInputs
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'build-here-'))
  image = join(data, 'image')
  mkdirSync(image)
  writeFileSync(join(image, 'main.mjs'), NODE)
  const store = folderStore(join(data, 'store'))
  const tree = (await store.put(encodeDirectory([]))).digest
  const surface = await storeSurface(store, 'latest')
  inputs = {
    image: digestOf('image'),
    surface: surface.digest,
    surfaceName: surface.name,
    roots: [tree],
    path: ['/usr/bin'],
    libraryPath: [],
    sysroot: tree,
    sources: tree,
    overlays: [],
  }
  behave({})
})
afterEach(() => rmSync(data, { recursive: true }))

const GOOD = { '/work/boot': { code: 42 }, rustc: { stdout: 'rustc 1.63.0\n' } }
const behave = (changes: Record<string, object>): void =>
  writeFileSync(join(image, 'behaviour.json'), JSON.stringify({ ...GOOD, ...changes }))

function ran(): string[] {
  try {
    return readFileSync(join(data, 'translations', 'ran'), 'utf8')
      .trimEnd()
      .split('\n')
  } catch {
    return []
  } finally {
    rmSync(join(data, 'translations', 'ran'), { force: true })
  }
}

const request: BuildRequest = {
  stage: 'ladder',
  rungs: ['check-crate'],
  linkage: ['dynamic'],
  targetLinkage: 'static',
  surface: 'latest',
  mode: 'bridge',
  toolchain: 'debian',
  overlays: [],
  seed: 0,
}

async function build(changes: Partial<BuildHere> = {}): Promise<ReadonlyMap<string, UnitEnd>> {
  return buildHere({
    request,
    inputs,
    data,
    image: { folder: image, entry: 'main.mjs' },
    jobs: 2,
    timeout: 20,
    again: false,
    signal: new AbortController().signal,
    onEvent() {},
    ...changes,
  })
}
const states = (ends: ReadonlyMap<string, UnitEnd>): Record<string, string> =>
  Object.fromEntries([...ends].map(([id, { state }]) => [id, state]))

test('what a unit needs runs before it, and a second build runs nothing', async () => {
  expect(states(await build())).toEqual({
    image: 'made',
    'dynamic-node-boots-1': 'built',
    'dynamic-rustc-version-1': 'built',
    'dynamic-check-crate-1': 'built',
  })
  expect(ran()).toEqual(['/work/boot', 'rustc', 'rustc'])
  expect(Object.values(states(await build())).sort()).toEqual(['cached', 'cached', 'cached', 'made'])
  expect(ran()).toEqual([])
})

test('behind a unit that fails everything is blocked, and the failure is a result that is kept', async () => {
  behave({ rustc: { code: 101, stderr: 'error: no\n' } })
  const ends = await build()
  expect(ends.get('dynamic-rustc-version-1')).toMatchObject({ state: 'failed', fault: 'ended by exit with 101, expected 0: error: no' })
  expect(ends.get('dynamic-check-crate-1')).toMatchObject({ state: 'blocked', blockedBy: 'dynamic-rustc-version-1' })
  ran()
  expect((await build()).get('dynamic-rustc-version-1')?.state).toBe('failed')
  expect(ran()).toEqual([])
})

test('a program that ends well without its output has failed', async () => {
  behave({ rustc: { stdout: 'rustc 1.63.0\n', makesNothing: true } })
  expect((await build()).get('dynamic-check-crate-1')).toMatchObject({ state: 'failed', fault: '/work/libcheck.rmeta was not made' })
})

test('a node that dies says nothing about the action: the build stops and goes on from there the next time', async () => {
  behave({ rustc: { die: true } })
  await expect(build()).rejects.toThrow('ended without a report')
  ran()
  behave({})
  expect(states(await build())).toMatchObject({ 'dynamic-node-boots-1': 'cached', 'dynamic-check-crate-1': 'built' })
  expect(ran()).toEqual(['rustc', 'rustc'])
})

test('run again, an equal outcome is good and another one is an error of the machine', async () => {
  await build()
  expect((await build({ again: true })).get('dynamic-rustc-version-1')?.state).toBe('built')
  behave({ rustc: { stdout: 'rustc 1.63.1\n' } })
  expect((await build({ again: true })).get('dynamic-rustc-version-1')).toMatchObject({
    state: 'failed',
    fault: 'a second run of the same action came out differently',
  })
})

test("a stage's queries run first; where one fails its crates stay unknown", async () => {
  behave({ cargo: { code: 101, stderr: 'error: no matching package\n' } })
  const ends = await build({ request: { ...request, stage: 'std', rungs: [] } })
  expect(ends.get('std-dynamic-unit-graph')).toMatchObject({
    state: 'failed',
    fault: expect.stringContaining('no matching package') as string,
  })
  expect([...ends.keys()].some((id) => /-[0-9a-f]{16}$/.test(id))).toBe(false)
})

test('another image runs everything again', async () => {
  await build()
  ran()
  await build({ inputs: { ...inputs, image: digestOf('another') as Digest } })
  expect(ran()).toHaveLength(3)
})
