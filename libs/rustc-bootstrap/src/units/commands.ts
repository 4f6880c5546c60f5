/** Units as commands: environment, working folder, folders that must exist, outputs. */

import { manifestVariables, type Packages, packageKey } from './package.ts'
import { type BuildLayout, outFolder, outputFiles, ownScript, platformFolder, rustcArgv, unitAt } from './rustc-argv.ts'
import { crateName, type Unit } from './unit.ts'
import type { UnitGraph } from './unit-graph.ts'

export interface UnitCommand {
  /** Without what build scripts say. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Guest folders that must exist before the start. */
  readonly folders: readonly string[]
  /** Guest paths that must exist after exit 0. */
  readonly outputs: readonly string[]
}

export interface CommandChoices {
  readonly layout: BuildLayout
  /** Triple that the compiler itself runs on. */
  readonly host: string
  /** Variables for every command. */
  readonly env: Readonly<Record<string, string>>
  /** Lines of `rustc --print cfg` for a triple: what build scripts see as CARGO_CFG_*. */
  cfg(triple: string): readonly string[]
  readonly packages: Packages
}

export function unitCommand(unit: Unit, graph: UnitGraph, choices: CommandChoices): UnitCommand {
  return unit.mode === 'run-custom-build' ? scriptRun(unit, graph, choices) : compilation(unit, graph, choices)
}

function compilation(unit: Unit, graph: UnitGraph, { layout, env, packages }: CommandChoices): UnitCommand {
  const script = ownScript(unit, graph)
  return {
    argv: rustcArgv(unit, graph, layout),
    env: {
      ...env,
      CARGO_CRATE_NAME: crateName(unit),
      ...(unit.target.kinds.includes('bin') ? { CARGO_BIN_NAME: unit.target.name } : {}),
      ...packageVariables(unit, layout, packages),
      ...(script ? { OUT_DIR: scriptFolder(script, layout) } : {}),
    },
    // Cargo stands in the workspace for its own packages and in the package for vendored ones.
    cwd: unit.source === 'path' ? layout.source : `${layout.source}/${unit.folder}`,
    folders: [outFolder(unit, layout)],
    outputs: outputFiles(unit, layout),
  }
}

function scriptRun(unit: Unit, graph: UnitGraph, { layout, env, host, cfg, packages }: CommandChoices): UnitCommand {
  const script = unit.needs.map((edge) => unitAt(graph, edge.unit)).find((needed) => needed.mode === 'build' && needed.name === unit.name)
  if (!script) throw new Error(`${unit.name}: a build script is run that nothing builds`)
  const target = unit.platform ?? host
  const scriptEnv = {
    ...env,
    ...packageVariables(unit, layout, packages),
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
  const folder = scriptFolder(unit, layout)
  return {
    argv: outputFiles(script, layout).slice(0, 1),
    env: scriptEnv,
    cwd: `${layout.source}/${unit.folder}`,
    folders: [folder],
    outputs: [folder],
  }
}

const scriptFolder = (run: Unit, layout: BuildLayout): string => `${platformFolder(run.platform, layout)}/build/${run.name}-${run.id}/out`

/** What cargo tells every program of a package. */
function packageVariables(unit: Unit, layout: BuildLayout, packages: Packages): Record<string, string> {
  const [, major, minor, patch, pre = ''] = /^(\d+)\.(\d+)\.(\d+)(?:-([^+]*))?/.exec(unit.version) ?? []
  return {
    ...manifestVariables(packages.get(packageKey(unit))),
    CARGO_MANIFEST_DIR: `${layout.source}/${unit.folder}`,
    CARGO_PKG_NAME: unit.name,
    CARGO_PKG_VERSION: unit.version,
    CARGO_PKG_VERSION_MAJOR: major,
    CARGO_PKG_VERSION_MINOR: minor,
    CARGO_PKG_VERSION_PATCH: patch,
    CARGO_PKG_VERSION_PRE: pre,
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
