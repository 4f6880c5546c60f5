/** The compiler's own units: cargo's plan of them is the oracle. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { STAGES } from '../plan/stage.ts'
import { unitCommand } from './commands.ts'
import { readPackages } from './package.ts'
import { readUnitGraph } from './unit-graph.ts'

const recorded = (name: string): string =>
  gunzipSync(readFileSync(new URL(`../../test/stage1-1.63-redox/${name}.json.gz`, import.meta.url))).toString()

interface Invocation {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

const graph = readUnitGraph(recorded('unit-graph'), '/src')
const invocations = JSON.parse(recorded('build-plan')) as readonly Invocation[]
const choices = {
  layout: {
    rustc: '/usr/bin/rustc',
    source: '/src',
    target: '/target',
    profile: 'debug',
    rustflags: ['-C', 'target-feature=-crt-static'],
    link: { all: [], program: { host: [], target: [] }, dylib: [] },
    platformHasDylib: true,
  },
  host: 'x86_64-unknown-linux-gnu',
  env: { ...STAGES[1].env, CARGO: '/usr/bin/cargo' },
  packages: readPackages(recorded('packages')),
  cfg: () => ['unix'],
}
const commands = graph.units.filter((unit) => unit.mode === 'build').map((unit) => unitCommand(unit, graph, choices))

const idOf = (argv: readonly string[]): string => argv.find((word) => word.startsWith('metadata='))?.slice('metadata='.length) ?? ''
/** A command without the ids in it, which two planners make differently. */
const subject = (argv: readonly string[]): string => argv.map((word) => word.replace(/\b[0-9a-f]{16}\b/g, 'id')).join(' ')

test('254 units with 960 edges, as cargo counts them', () => {
  expect(graph.units).toHaveLength(254)
  expect(graph.units.flatMap((unit) => unit.needs)).toHaveLength(960)
})

test("command lines, folders and environments are cargo's own, but for the ids", () => {
  const ours = new Map(commands.map((command) => [subject(command.argv.slice(1)), command]))
  expect(ours.size).toBe(invocations.length)
  const ids = new Map<string, string>()
  for (const { args } of invocations) ids.set(idOf(args), idOf(ours.get(subject(args))?.argv ?? []))
  const inOurIds = (text: string): string => text.replace(/\b[0-9a-f]{16}\b/g, (id) => ids.get(id) ?? id)
  for (const { args, env, cwd } of invocations) {
    const own = ours.get(subject(args))
    expect(own?.argv.slice(1)).toEqual(args.map(inOurIds))
    expect(own?.cwd).toBe(cwd)
    // Where libraries lie is the node's own matter; OUT_DIR bears the id of a unit that the plan does not compile.
    const { LD_LIBRARY_PATH: _, OUT_DIR, CARGO_PRIMARY_PACKAGE: __, ...rest } = env
    expect(own?.env).toMatchObject(rest)
    expect(own?.env.OUT_DIR === undefined).toBe(OUT_DIR === undefined)
  }
})
