import { expect, test } from 'vitest'
import { layout, recordedEnvironments, recordedGraph, recordedScripts } from '../test/std-1.63-redox/load.ts'
import { type PlanChoices, plan } from './plan.ts'
import { STAGES, stageRustflags, unitGraphCommand } from './stage.ts'

const choices: PlanChoices = {
  layout,
  host: 'x86_64-unknown-linux-gnu',
  env: STAGES[0].env,
  cfg: (triple) => (triple.endsWith('redox') ? ['unix', 'target_os="redox"', 'target_feature="sse"', 'target_feature="sse2"'] : []),
}

test('compilers get the variables that cargo gave them', () => {
  const graph = recordedGraph()
  const planned = plan(graph, choices)
  const scripts = recordedScripts(graph)
  const recorded = recordedEnvironments()
  let compared = 0
  for (const [i, unit] of graph.units.entries()) {
    const expected = recorded[unit.target.path]
    if (unit.mode !== 'build' || expected === undefined) continue
    const { OUT_DIR, ...plain } = expected
    const { env } = planned[i].command(scripts)
    expect(env).toMatchObject(plain)
    expect('OUT_DIR' in env).toBe(OUT_DIR)
    compared++
  }
  expect(compared).toBe(Object.keys(recorded).length)
})

test('everything is planned once, and what a unit is given is an output of what it needs', () => {
  const graph = recordedGraph()
  const scripts = recordedScripts(graph)
  const made = new Map<string, readonly string[]>()
  for (const unit of plan(graph, choices)) {
    const given = unit.needs.flatMap((id) => made.get(id) ?? [])
    const { argv } = unit.command(scripts)
    const used = argv.flatMap((word, i) => (argv[i - 1] === '--extern' ? [word.slice(word.indexOf('=') + 1)] : []))
    for (const path of used) expect(given).toContain(path)
    if (argv[0] !== layout.rustc) expect(given).toContain(argv[0])
    made.set(unit.id, unit.outputs)
  }
  expect(made.size).toBe(graph.units.length)
})

test('a build script sees the target, its features and where to write', () => {
  const graph = recordedGraph()
  const run = plan(graph, choices).find((unit) => unit.title === 'libc 0.2.126 (run build script)')
  expect(run?.command(new Map())).toMatchObject({
    cwd: '/src/vendor/libc',
    env: {
      TARGET: 'x86_64-unknown-redox',
      HOST: 'x86_64-unknown-linux-gnu',
      CARGO_CFG_UNIX: '',
      CARGO_CFG_TARGET_OS: 'redox',
      CARGO_CFG_TARGET_FEATURE: 'sse,sse2',
      CARGO_FEATURE_RUSTC_DEP_OF_STD: '1',
      OUT_DIR: run?.folders[0],
    },
  })
})

test('a dynamic target takes back crt-static', () => {
  expect(stageRustflags(STAGES[0], 'static')).toEqual(['-Zforce-unstable-if-unmarked'])
  expect(stageRustflags(STAGES[0], 'dynamic')).toContain('target-feature=-crt-static')
  expect(unitGraphCommand(STAGES[0], 'x86_64-unknown-redox')).toContain('backtrace,panic-unwind')
})
