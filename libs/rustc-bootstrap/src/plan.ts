/** Unit graph → commands with their environments, folders and outputs, in an order in which each finds what it needs. */
import { dirname } from 'node:path/posix'
import { type BuildLayout, outFolder, outputFiles, ownScript, platformFolder, rustcArgv, type ScriptOutputs, unitAt } from './rustc-argv.ts'
import { crateName, type Unit } from './unit.ts'
import type { UnitGraph } from './unit-graph.ts'

export interface PlannedUnit {
  readonly id: string
  readonly title: string
  /** Ids of units that must have ended well. */
  readonly needs: readonly string[]
  /** Guest folders that must exist before the start. */
  readonly folders: readonly string[]
  /** Guest paths that must exist after exit 0. */
  readonly outputs: readonly string[]
  /** What to run; the scripts that are needed have run by then, and what they said is part of it. */
  command(scripts: ScriptOutputs): PlannedCommand
}

export interface PlannedCommand {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

export interface PlanChoices {
  readonly layout: BuildLayout
  /** Triple that the compiler itself runs on. */
  readonly host: string
  /** Variables for every command. */
  readonly env: Readonly<Record<string, string>>
  /** Lines of `rustc --print cfg` for a triple: what build scripts see as CARGO_CFG_*. */
  cfg(triple: string): readonly string[]
}

export function plan(graph: UnitGraph, choices: PlanChoices): PlannedUnit[] {
  return graph.units.map((unit) => (unit.mode === 'run-custom-build' ? scriptRun(unit, graph, choices) : compilation(unit, graph, choices)))
}

function compilation(unit: Unit, graph: UnitGraph, { layout, env }: PlanChoices): PlannedUnit {
  const script = ownScript(unit, graph)
  return {
    ...named(unit, unit.target.kinds.includes('custom-build') ? 'build script' : (unit.platform ?? 'host')),
    folders: [outFolder(unit, layout)],
    outputs: outputFiles(unit, layout),
    command: (scripts) => ({
      argv: rustcArgv(unit, graph, layout, scripts),
      env: {
        ...env,
        CARGO_CRATE_NAME: crateName(unit),
        ...packageVariables(unit, layout),
        ...(script ? { OUT_DIR: scriptFolder(script, layout), ...scripts.get(script.id)?.env } : {}),
      },
      cwd: layout.source,
    }),
  }
}

function scriptRun(unit: Unit, graph: UnitGraph, { layout, env, host, cfg }: PlanChoices): PlannedUnit {
  const script = unit.needs.map((edge) => unitAt(graph, edge.unit)).find((needed) => needed.mode === 'build' && needed.name === unit.name)
  if (!script) throw new Error(`${unit.name}: a build script is run that nothing builds`)
  const [program] = outputFiles(script, layout)
  const target = unit.platform ?? host
  const scriptEnv = {
    ...env,
    ...packageVariables(unit, layout),
    ...Object.fromEntries(unit.features.map((feature) => [`CARGO_FEATURE_${upper(feature)}`, '1'])),
    ...cfgVariables(cfg(target)),
    DEBUG: String((unit.profile.debuginfo ?? 0) !== 0),
    HOST: host,
    NUM_JOBS: '1',
    OPT_LEVEL: unit.profile.optLevel,
    OUT_DIR: scriptFolder(unit, layout),
    PROFILE: layout.profile,
    RUSTC: layout.rustc,
    TARGET: target,
  }
  return {
    ...named(unit, 'run build script'),
    folders: [scriptFolder(unit, layout)],
    outputs: [scriptFolder(unit, layout)],
    command: () => ({ argv: [program], env: scriptEnv, cwd: `${layout.source}/${unit.folder}` }),
  }
}

const named = (unit: Unit, what: string): Pick<PlannedUnit, 'id' | 'title' | 'needs'> => ({
  id: unit.id,
  title: `${unit.name} ${unit.version} (${what})`,
  needs: [...new Set(unit.needs.map((edge) => edge.unit))],
})

const scriptFolder = (run: Unit, layout: BuildLayout): string => `${platformFolder(run.platform, layout)}/build/${run.name}-${run.id}/out`

/** What cargo tells every program of a package, as far as a unit graph knows it: authors, licence and the like are not in it. */
function packageVariables(unit: Unit, layout: BuildLayout): Record<string, string> {
  const [, major, minor, patch, pre = ''] = /^(\d+)\.(\d+)\.(\d+)(?:-([^+]*))?/.exec(unit.version) ?? []
  return {
    CARGO_MANIFEST_DIR: `${layout.source}/${unit.folder}`,
    CARGO_PKG_NAME: unit.name,
    CARGO_PKG_VERSION: unit.version,
    CARGO_PKG_VERSION_MAJOR: major,
    CARGO_PKG_VERSION_MINOR: minor,
    CARGO_PKG_VERSION_PATCH: patch,
    CARGO_PKG_VERSION_PRE: pre,
    PATH: dirname(layout.rustc),
  }
}

/** `target_os="redox"` → CARGO_CFG_TARGET_OS=redox; values of one key joined by commas, a bare name is empty. */
function cfgVariables(lines: readonly string[]): Record<string, string> {
  const values: Record<string, string[]> = {}
  for (const line of lines) {
    const [, key, value] = /^([^=]+)(?:="(.*)")?$/.exec(line) ?? []
    if (key === undefined || key === 'debug_assertions') continue
    const all = (values[`CARGO_CFG_${upper(key)}`] ??= [])
    if (value !== undefined) all.push(value)
  }
  return Object.fromEntries(Object.entries(values).map(([key, all]) => [key, all.join(',')]))
}

const upper = (name: string): string => name.toUpperCase().replaceAll('-', '_')
