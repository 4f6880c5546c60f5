import { expect, test } from 'vitest'
import { layout, recordedEnvironments, recordedGraph, recordedScripts } from '../../test/std-1.63-redox/load.ts'
import { STAGES, stageRustflags, unitGraphCommand } from '../plan/stage.ts'
import { type CommandChoices, unitCommand } from './commands.ts'
import { ownScript } from './rustc-argv.ts'

const choices: CommandChoices = {
  layout,
  host: 'x86_64-unknown-linux-gnu',
  env: STAGES[0].env,
  packages: new Map(),
  cfg: (triple) => (triple.endsWith('redox') ? ['unix', 'target_os="redox"', 'target_feature="sse"', 'target_feature="sse2"'] : []),
}

test('compilers get the variables that cargo gave them', () => {
  const graph = recordedGraph()
  const recorded = recordedEnvironments()
  const scripts = recordedScripts(graph)
  let compared = 0
  for (const unit of graph.units) {
    const expected = recorded[unit.target.path]
    if (unit.mode !== 'build' || expected === undefined) continue
    const { OUT_DIR, ...plain } = expected
    const { env } = unitCommand(unit, graph, choices)
    const said = scripts.get(ownScript(unit, graph)?.id ?? '')?.env
    expect({ ...env, ...said }).toMatchObject(plain)
    expect('OUT_DIR' in env).toBe(OUT_DIR)
    compared++
  }
  expect(compared).toBe(Object.keys(recorded).length)
})

test('everything is planned once, and what a unit is given is an output of what it needs', () => {
  const graph = recordedGraph()
  const made = new Map<string, readonly string[]>()
  for (const unit of graph.units) {
    const given = unit.needs.flatMap((edge) => made.get(edge.unit) ?? [])
    const { argv, outputs } = unitCommand(unit, graph, choices)
    const used = argv.flatMap((word, i) => (argv[i - 1] === '--extern' ? [word.slice(word.indexOf('=') + 1)] : []))
    for (const path of used) expect(given).toContain(path)
    if (argv[0] !== layout.rustc) expect(given).toContain(argv[0])
    made.set(unit.id, outputs)
  }
  expect(made.size).toBe(graph.units.length)
})

test('a build script sees the target, its features and where to write', () => {
  const graph = recordedGraph()
  const run = graph.units.find((unit) => unit.name === 'libc' && unit.mode === 'run-custom-build')
  const command = unitCommand(run ?? graph.units[0], graph, choices)
  expect(command).toMatchObject({
    cwd: '/src/vendor/libc',
    env: {
      TARGET: 'x86_64-unknown-redox',
      HOST: 'x86_64-unknown-linux-gnu',
      CARGO_CFG_UNIX: '',
      CARGO_CFG_TARGET_OS: 'redox',
      CARGO_CFG_TARGET_FEATURE: 'sse,sse2',
      CARGO_FEATURE_RUSTC_DEP_OF_STD: '1',
      OUT_DIR: command.folders[0],
    },
  })
})

test('a dynamic target takes back crt-static', () => {
  expect(stageRustflags(STAGES[0], 'static')).toEqual(['-Zforce-unstable-if-unmarked'])
  expect(stageRustflags(STAGES[0], 'dynamic')).toContain('target-feature=-crt-static')
  expect(unitGraphCommand(STAGES[0], 'x86_64-unknown-redox')).toContain('backtrace,panic-unwind')
})
