/** The recorded build, as tests want it. */
import { readFileSync } from 'node:fs'
import { type BuildScriptOutput, readBuildScriptOutput } from '../../src/units/build-script.ts'
import type { BuildLayout } from '../../src/units/rustc-argv.ts'
import { readUnitGraph, type UnitGraph } from '../../src/units/unit-graph.ts'

const text = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

export const unitGraphJson = (): string => text('unit-graph.json')
export const recordedGraph = (): UnitGraph => readUnitGraph(unitGraphJson(), '/src')
export const recordedCommands = (): string[] => text('commands.txt').trimEnd().split('\n')

export const recordedEnvironments = (): Record<string, Record<string, string | boolean>> =>
  JSON.parse(text('environments.json')) as Record<string, Record<string, string | boolean>>

export const layout: BuildLayout = {
  rustc: '/usr/bin/rustc',
  source: '/src',
  target: '/target',
  profile: 'release',
  rustflags: ['-Zforce-unstable-if-unmarked'],
  link: { all: [], program: { host: [], target: [] }, dylib: [] },
  platformHasDylib: false,
}

export function recordedScripts(graph: UnitGraph): Map<string, BuildScriptOutput> {
  const byPackage = JSON.parse(text('build-script-output.json')) as Record<string, string[]>
  const running = graph.units.filter((unit) => unit.mode === 'run-custom-build')
  return new Map(running.map((unit) => [unit.id, readBuildScriptOutput(byPackage[unit.name].join('\n'))]))
}
