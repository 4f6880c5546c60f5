/** Unit → rustc command line, in cargo's own words and order, so that both can be compared byte for byte. */
import type { ScriptUse } from '@bootgraph/build-graph'
import { type BuildScriptOutput, NO_OUTPUT } from './build-script.ts'
import { crateName, isBuildScript, isPlainLibrary, isProcMacro, type Unit } from './unit.ts'
import type { UnitGraph } from './unit-graph.ts'

/** Guest paths and choices that hold for all units of a build. */
export interface BuildLayout {
  readonly rustc: string
  /** The source tree; commands start in it. */
  readonly source: string
  /** Cargo's target folder. */
  readonly target: string
  /** Folder of the profile below it: release or debug. */
  readonly profile: string
  /** Given to units with a platform, never to those for the host. */
  readonly rustflags: readonly string[]
  /** Given to what is linked, and to programs or dylibs besides: a linker that stands in for the C compiler. */
  readonly link: {
    readonly all: readonly string[]
    readonly program: { readonly host: readonly string[]; readonly target: readonly string[] }
    readonly dylib: readonly string[]
  }
  /** Whether the platform can have crate type dylib. One that is crt-static cannot; the host always can. */
  readonly platformHasDylib: boolean
}

export type ScriptOutputs = ReadonlyMap<string, BuildScriptOutput>

const JSON_TO_CARGO = ['--error-format=json', '--json=diagnostic-rendered-ansi,artifacts,future-incompat']

/** The command line but for what build scripts add at its end (`scriptFlags`). */
export function rustcArgv(unit: Unit, graph: UnitGraph, layout: BuildLayout): string[] {
  const { target, profile } = unit
  const name = crateName(unit)
  return [
    layout.rustc,
    ...['--crate-name', name],
    ...(target.edition === '2015' ? [] : [`--edition=${target.edition}`]),
    // Cargo names the workspace's own files from where it stands, vendored ones from the root.
    unit.source === 'path' ? target.path : `${layout.source}/${target.path}`,
    ...JSON_TO_CARGO,
    ...target.crateTypes.flatMap((type) => ['--crate-type', type]),
    `--emit=${emitted(unit)}`,
    ...(prefersDynamic(unit, graph) ? ['-C', 'prefer-dynamic'] : []),
    ...profileFlags(unit),
    ...unit.features.flatMap((feature) => ['--cfg', `feature="${feature}"`]),
    ...['-C', `metadata=${unit.id}`, '-C', `extra-filename=-${unit.id}`],
    ...(profile.rpath ? ['-C', 'rpath'] : []),
    ...['--out-dir', outFolder(unit, layout)],
    ...(unit.platform === null ? [] : ['--target', unit.platform]),
    ...(profile.strip === 'none' ? [] : ['-C', `strip=${profile.strip}`]),
    ...[...new Set([dependencyFolder(unit.platform, layout), dependencyFolder(null, layout)])].flatMap((f) => ['-L', `dependency=${f}`]),
    ...unit.needs.flatMap((edge) => {
      const needed = unitAt(graph, edge.unit)
      if (isBuildScript(needed)) return []
      const option = edge.noprelude ? 'noprelude:' : ''
      return filesToUse(unit, needed, layout).flatMap((file) => ['--extern', `${option}${edge.externName}=${file}`])
    }),
    ...(isProcMacro(unit) ? ['--extern', 'proc_macro'] : []),
    ...(unit.source === 'path' ? [] : ['--cap-lints', 'allow']),
    ...(unit.platform === null ? [] : layout.rustflags),
    ...(isPlainLibrary(unit) ? [] : layout.link.all),
    ...(target.crateTypes.includes('bin') ? layout.link.program[unit.platform === null ? 'host' : 'target'] : []),
    ...(makesDylib(unit, layout) ? layout.link.dylib : []),
  ]
}

/** Whether a library for programs is linked; a procedural macro is for the compiler alone. */
export const makesDylib = ({ target, platform }: Unit, layout: BuildLayout): boolean =>
  target.crateTypes.some((type) => type === 'dylib' || type === 'cdylib') && (platform === null || layout.platformHasDylib)

export const dependencyFolder = (platform: string | null, layout: BuildLayout): string => `${platformFolder(platform, layout)}/deps`

export const platformFolder = (platform: string | null, layout: BuildLayout): string =>
  `${layout.target}/${platform === null ? '' : `${platform}/`}${layout.profile}`

export function outFolder(unit: Unit, layout: BuildLayout): string {
  return isBuildScript(unit)
    ? `${platformFolder(unit.platform, layout)}/build/${unit.name}-${unit.id}`
    : dependencyFolder(unit.platform, layout)
}

/** Guest paths of what a compilation leaves for others, metadata first. */
export function outputFiles(unit: Unit, layout: BuildLayout): string[] {
  const folder = outFolder(unit, layout)
  const metadata = emitted(unit).includes('metadata') ? [`${folder}/lib${crateName(unit)}-${unit.id}.rmeta`] : []
  return unit.mode === 'check' ? metadata : [...metadata, ...linkedFiles(unit, layout)]
}

function linkedFiles(unit: Unit, layout: BuildLayout): string[] {
  const stem = `${crateName(unit)}-${unit.id}`
  const folder = outFolder(unit, layout)
  // rustc drops what a platform cannot have beside another type; with nothing beside it, the unit lacks what it is for.
  const hasDylib = unit.platform === null || layout.platformHasDylib || unit.target.crateTypes.length === 1
  return unit.target.crateTypes.flatMap((type) => {
    if (type === 'bin') return [`${folder}/${stem}`]
    if (type === 'lib' || type === 'rlib') return [`${folder}/lib${stem}.rlib`]
    if (type === 'staticlib') return [`${folder}/lib${stem}.a`]
    return hasDylib ? [`${folder}/lib${stem}.so`] : []
  })
}

/** What `unit` is given of `needed`: metadata if neither links anything, else all that can be linked. */
function filesToUse(unit: Unit, needed: Unit, layout: BuildLayout): string[] {
  const metadataIsEnough = needed.mode === 'check' || (isPlainLibrary(unit) && isPlainLibrary(needed))
  return metadataIsEnough ? outputFiles(needed, layout).slice(0, 1) : linkedFiles(needed, layout)
}

function emitted(unit: Unit): string {
  if (unit.mode === 'check') return 'dep-info,metadata'
  return isPlainLibrary(unit) ? 'dep-info,metadata,link' : 'dep-info,link'
}

/** Procedural macros, and dylibs of other packages than the one that was asked for. */
function prefersDynamic(unit: Unit, graph: UnitGraph): boolean {
  if (isProcMacro(unit)) return true
  const asked = graph.roots.some((root) => unitAt(graph, root).name === unit.name)
  return unit.target.crateTypes.includes('dylib') && !asked
}

function profileFlags({ profile, mode }: Unit): string[] {
  const flags: string[] = []
  const codegen = (flag: string): void => void flags.push('-C', flag)
  if (profile.optLevel !== '0') codegen(`opt-level=${profile.optLevel}`)
  if (profile.panic !== 'unwind') codegen(`panic=${profile.panic}`)
  if (profile.lto === 'false') {
    if (mode === 'build') codegen('embed-bitcode=no')
  } else codegen(profile.lto === 'true' ? 'lto' : `lto=${profile.lto}`)
  if (profile.codegenUnits !== null) codegen(`codegen-units=${profile.codegenUnits}`)
  if (profile.debuginfo !== null) codegen(`debuginfo=${profile.debuginfo}`)
  // Said only where it differs from what rustc takes by itself: checks at level 0, none above; overflow follows assertions.
  if (profile.debugAssertions !== (profile.optLevel === '0')) codegen(`debug-assertions=${profile.debugAssertions ? 'on' : 'off'}`)
  if (profile.overflowChecks !== profile.debugAssertions) codegen(`overflow-checks=${profile.overflowChecks ? 'on' : 'off'}`)
  return flags
}

/** A script's search paths reach every unit above it; its libraries, linker arguments and cfgs only its own package. */
export function scriptUse(unit: Unit, graph: UnitGraph): ScriptUse {
  const own = ownScript(unit, graph)
  return {
    ...(own ? { own: own.id } : {}),
    below: isBuildScript(unit) ? [] : [...new Set(scriptsBelow(unit, graph))],
    links: !isPlainLibrary(unit),
  }
}

/** What the scripts' words add to a command line. @param scripts what they said, by id of the running unit. */
export function scriptFlags(use: ScriptUse, scripts: ScriptOutputs): string[] {
  const own = scripts.get(use.own ?? '') ?? NO_OUTPUT
  const paths = use.below.flatMap((id) => scripts.get(id)?.searchPaths ?? [])
  return [
    ...[...new Set(paths)].flatMap((path) => ['-L', path]),
    ...own.libraries.flatMap((library) => ['-l', library]),
    ...(use.links ? own.linkArgs.flatMap((arg) => ['-C', `link-arg=${arg}`]) : []),
    ...own.cfgs.flatMap((cfg) => ['--cfg', cfg]),
  ]
}

/** The run of the package's own build script. */
export function ownScript(unit: Unit, graph: UnitGraph): Unit | undefined {
  return unit.needs
    .map((edge) => unitAt(graph, edge.unit))
    .find((needed) => needed.mode === 'run-custom-build' && needed.name === unit.name && needed.version === unit.version)
}

function scriptsBelow(unit: Unit, graph: UnitGraph, seen = new Set<string>()): string[] {
  return unit.needs.flatMap((edge) => {
    if (seen.has(edge.unit)) return []
    seen.add(edge.unit)
    const needed = unitAt(graph, edge.unit)
    if (needed.mode === 'run-custom-build') return [needed.id]
    // What is built for the host (a macro, a script) is not linked into this unit.
    return needed.platform === unit.platform && !isProcMacro(needed) ? scriptsBelow(needed, graph, seen) : []
  })
}

/** @throws Error for an id that the graph does not hold: a defect of the caller. */
export function unitAt(graph: UnitGraph, id: string): Unit {
  const unit = graph.byId.get(id)
  if (!unit) throw new Error(`no unit ${id} in the graph`)
  return unit
}
