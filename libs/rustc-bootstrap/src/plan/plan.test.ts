import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  type BuildRequest,
  type Digest,
  digestOf,
  encodeDirectory,
  type PlanInputs,
  type UnitOutcome,
  type UnitPlan,
} from '@bootgraph/build-graph'
import { memoryStore } from '@bootgraph/build-graph/store'
import { expect, test } from 'vitest'
import { unitGraphJson } from '../../test/std-1.63-redox/load.ts'
import { RUNGS } from '../rung.ts'
import { finish, outcomesWanted } from './finish.ts'
import { plan } from './plan.ts'
import { PlanError } from './plan-error.ts'

const name = (text: string): Digest => digestOf(text)
const request: BuildRequest = {
  stage: 'ladder',
  linkage: ['static', 'dynamic'],
  targetLinkage: 'static',
  surface: 'latest',
  mode: 'bridge',
  toolchain: 'debian',
  overlays: [],
  seed: 0,
}
const inputs: PlanInputs = {
  image: name('image'),
  bundles: { cpu: name('cpu'), kernel: name('kernel') },
  surface: name('surface'),
  surfaceName: '2026-08-21',
  roots: [name('toolchain')],
  path: ['/usr/bin'],
  libraryPath: ['/usr/lib'],
  sysroot: name('sysroot'),
  sources: name('sources'),
  overlays: [],
}
const cfg = 'unix\ntarget_os="redox"\ntarget_feature="sse"\n'
const answers = Object.fromEntries(
  ['unit-graph', 'packages', 'cfg-x86_64-unknown-redox', 'cfg-x86_64-unknown-linux-gnu'].map((query) => [
    `std-dynamic-${query}`,
    query === 'unit-graph' ? unitGraphJson() : query === 'packages' ? '{"packages":[]}' : cfg,
  ]),
)
const std: BuildRequest = { ...request, stage: 'std', linkage: ['dynamic'] }

/** What an action takes outcomes of is needed by its unit, if only through others. */
function ordered(units: readonly UnitPlan[]): void {
  const reach = new Map<string, ReadonlySet<string>>()
  for (const unit of units) {
    expect(reach.has(unit.id)).toBe(false)
    const below = new Set<string>(unit.needs)
    for (const need of unit.needs) {
      expect([...reach.keys()], `${unit.id} needs ${need}`).toContain(need)
      for (const further of reach.get(need) ?? []) below.add(further)
    }
    for (const wanted of unit.draft ? outcomesWanted(unit.draft) : []) expect(below.has(wanted), `${unit.id} wants ${wanted}`).toBe(true)
    reach.set(unit.id, below)
    expect(unit.id).toMatch(/^[0-9A-Za-z_-]{1,64}$/)
    expect(unit.draft !== undefined || unit.made !== undefined || unit.unavailable !== undefined).toBe(true)
  }
}

test('the ladder has every step of every rung for both linkages, upon the node image', () => {
  const { units } = plan(request, inputs)
  ordered(units)
  const steps = RUNGS.flatMap((rung) => rung.linkages.map(() => rung.steps.length)).reduce((a, b) => a + b, 0)
  expect(units.filter((unit) => unit.stage === 'ladder')).toHaveLength(steps)
  expect(units.find((unit) => unit.id === 'static-node-boots-1')?.needs).toEqual(['image'])
  expect(units.filter((unit) => unit.stage === 'above' && unit.rung === 'stage3')).toHaveLength(2)
})

test('only the rungs that are asked for are planned, and what they need', () => {
  const { units } = plan({ ...request, rungs: ['run-executable'], linkage: ['dynamic'] }, inputs)
  expect(units.some((unit) => unit.rung === 'emit-object')).toBe(true)
  expect(units.some((unit) => unit.rung === 'procedural-macro')).toBe(false)
})

test('without a C library to link against, what links is planned as unavailable', () => {
  const { sysroot: _, ...bare } = inputs
  expect(plan(request, bare).units.find((unit) => unit.id === 'dynamic-link-executable-1')?.unavailable).toMatch('no C library')
})

test('the standard library is first asked for its units, then planned with the answers', () => {
  const before = plan(std, inputs).units.filter((unit) => unit.stage === 'std')
  expect(before.map((unit) => unit.kind)).toEqual(['query', 'query', 'query', 'query'])
  const { units } = plan(std, { ...inputs, answers })
  ordered(units)
  for (const unit of before) expect(units).toContainEqual(unit)
  const crates = units.filter((unit) => unit.stage === 'std' && unit.kind !== 'query' && unit.rung !== 'std-hello')
  expect(crates).toHaveLength(36)
  const ids = new Set(crates.map((unit) => unit.id))
  expect(crates.flatMap((unit) => unit.needs.filter((need) => ids.has(need)))).toHaveLength(97)
  expect(
    crates
      .filter((unit) => unit.rung !== undefined)
      .map((unit) => unit.rung)
      .sort(),
  ).toEqual(['alloc', 'core', 'std'])
  const needs = (rung: string) => units.find((unit) => unit.stage === 'above' && unit.rung === rung)?.needs
  expect([needs('stage1'), needs('stage1-runs')]).toEqual([[crates.find(({ rung }) => rung === 'std')?.id], ['dynamic-stage1']])
  expect(plan(std, inputs).units.some((unit) => unit.stage === 'above')).toBe(false)
})

test('crates of the compiler stand upon the whole standard library', () => {
  const recorded = (file: string): string =>
    gunzipSync(readFileSync(new URL(`../../test/stage1-1.63-redox/${file}.json.gz`, import.meta.url))).toString()
  const stage1 = Object.fromEntries(
    Object.keys(answers).map((id) => {
      const query = id.slice('std-dynamic-'.length)
      return [`stage1-dynamic-${query}`, query.startsWith('cfg') ? cfg : recorded(query)]
    }),
  )
  const { units } = plan({ ...std, stage: 'stage1', targetLinkage: 'dynamic' }, { ...inputs, answers: { ...answers, ...stage1 } })
  ordered(units)
  const own = units.filter((unit) => unit.stage === 'stage1' && unit.kind !== 'query')
  expect(own.filter((unit) => unit.kind !== 'rung-step')).toHaveLength(254)
  const [version, backend, check, hello] = own.filter((unit) => unit.rung === 'stage1-runs')
  const program = own.find((unit) => unit.crate === 'rustc_main')!
  expect([version, backend].map(({ needs }) => needs)).toEqual([[program.id], [program.id]])
  expect([check, hello].map(({ needs }) => needs)).toEqual([[version.id, backend.id], [check.id]])
  expect(version.draft?.command).toEqual([program.draft?.outputs[0], '--version'])
  expect(program.draft?.command).toContain('link-arg=--dynamic-linker=/lib/ld64.so.1')
  expect(units.find((unit) => unit.rung === 'stage2')?.needs).toEqual([hello.id])
})

test('equal requests give equal plans; another image changes every action and no id', () => {
  const [a, b] = [plan(std, { ...inputs, answers }), plan(std, { ...inputs, answers })]
  expect(digestOf(a.units)).toBe(digestOf(b.units))
  const other = plan(std, { ...inputs, answers, image: name('another image') })
  expect(other.units.map(({ id }) => id)).toEqual(a.units.map(({ id }) => id))
  for (const [i, { draft }] of a.units.entries()) if (draft) expect(digestOf(other.units[i].draft)).not.toBe(digestOf(draft))
})

test('what a build script says reaches the command line and the environment of its own package', async () => {
  const store = memoryStore()
  const unit = plan(std, { ...inputs, answers }).units.find((each) => each.crate === 'std' && each.kind === 'compile')
  const draft = unit?.draft
  if (!draft) throw new Error('std has no action')
  const outputs = (await store.put(encodeDirectory([]))).digest
  const stdout = (await store.put(new TextEncoder().encode('cargo:rustc-cfg=backtrace_in_libstd\ncargo:rustc-env=STD_ENV_ARCH=x86_64\n')))
    .digest
  const withoutSources = { ...draft, inputs: draft.inputs.filter((part) => 'outputsOf' in part) }
  const outcomes = new Map(outcomesWanted(draft).map((id): [string, UnitOutcome] => [id, { outputs, stdout }]))
  const action = await finish(withoutSources, outcomes, store)
  expect(action.command.slice(-2)).toEqual(['--cfg', 'backtrace_in_libstd'])
  expect(action.env.STD_ENV_ARCH).toBe('x86_64')
  expect(action.env.OUT_DIR).toMatch(/^\/target\/.*\/out$/)
  await expect(finish(withoutSources, new Map(), store)).rejects.toThrow('has not')
})

test('a stage or rung that does not exist is refused in one line', () => {
  expect(() => plan({ ...request, stage: 'stage9' }, inputs)).toThrow(PlanError)
  expect(() => plan({ ...request, rungs: ['cpu'] }, inputs)).toThrow('there is no rung "cpu"')
})
