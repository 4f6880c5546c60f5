/** A stage's crates as units, from what cargo and rustc answered in a node. */
import type { InputPart, Linkage, ScriptUse, UnitKind, UnitPlan } from '@bootgraph/build-graph'
import { DYLIB_LINKER, dylibFlags, Interpreter, LINKER_FOLDER, linkFlags, programFlags } from '../link.ts'
import { unitCommand } from '../units/commands.ts'
import { readPackages } from '../units/package.ts'
import { type BuildLayout, makesDylib, scriptUse } from '../units/rustc-argv.ts'
import { crateName, isBuildScript, isPlainLibrary, type Unit } from '../units/unit.ts'
import { readUnitGraph, type UnitGraph } from '../units/unit-graph.ts'
import { draft, type PlanContext } from './drafts.ts'
import { expectedTime } from './expected.ts'
import { helloUnits } from './hello.ts'
import { type Answers, answersOf, queryIds, queryUnits, SOURCE } from './queries.ts'
import { HOST, type Stage, stageNamed, stageRustflags } from './stage.ts'
import { stage1Runs } from './stage1-runs.ts'
import { crateOfTarget, hasRlib, SYSROOT, sysrootPart } from './sysroot-parts.ts'

/** Crates whose compilation is a rung of the ladder. */
const RUNG_CRATES: Readonly<Record<string, string>> = { core: 'core', alloc: 'alloc', std: 'std', rustc_main: 'stage1' }

/** Queries, and the units that their answers tell of; below them the stage that this one is built upon. */
export function stageUnits(stage: Stage, linkage: Linkage, context: PlanContext): UnitPlan[] {
  const queries = queryUnits(stage, linkage, context)
  const upon = stage.upon === undefined ? undefined : stageNamed(stage.upon)
  const below = upon ? stageUnits(upon, linkage, context) : []
  const answers = answersOf(stage, linkage, context)
  // What stands below must be known before anything can be said to need it.
  if (!answers || (upon && !answersOf(upon, linkage, context))) return [...below, ...queries]
  return [...below, ...queries, ...crateUnits(stage, linkage, answers, below, context)]
}

export const unitId = (stage: Stage, linkage: Linkage, unit: string): string => `${stage.id}-${linkage}-${unit}`

export function layoutOf(stage: Stage, { inputs, request }: PlanContext): BuildLayout {
  const hasDylib = request.targetLinkage === 'dynamic'
  const program = {
    host: programFlags(SYSROOT, Interpreter.linux),
    target: programFlags(SYSROOT, hasDylib ? Interpreter.redox : undefined),
  }
  return {
    rustc: `${inputs.path.find((folder) => folder === '/usr/bin') ?? inputs.path[0]}/rustc`,
    source: SOURCE,
    target: '/target',
    profile: stage.release ? 'release' : 'debug',
    rustflags: stageRustflags(stage, request.targetLinkage),
    link: { all: linkFlags(SYSROOT), program, dylib: dylibFlags() },
    platformHasDylib: hasDylib,
  }
}

function crateUnits(stage: Stage, linkage: Linkage, answers: Answers, below: readonly UnitPlan[], context: PlanContext): UnitPlan[] {
  const layout = layoutOf(stage, context)
  const graph = readUnitGraph(answers.unitGraph, SOURCE)
  const choices = {
    layout,
    host: HOST,
    env: { ...stage.env, CARGO: '/usr/bin/cargo', PATH: context.inputs.path.join(':') },
    cfg: (triple: string) => answers.cfg[triple] ?? [],
    packages: readPackages(answers.packages),
  }
  const upon = below.filter((unit) => unit.kind === 'compile')
  const reach = closures(graph)
  const ofTarget = new Set(graph.units.filter((unit) => unit.platform !== null).map(({ id }) => id))
  // What needs another unit of the target needs the stage below through it; build scripts probe the compiler, so they need it, too.
  const first = (unit: Unit): boolean => ofTarget.has(unit.id) && !unit.needs.some((edge) => ofTarget.has(edge.unit))
  const name = (id: string): string => unitId(stage, linkage, id)
  const crates = graph.units.map((unit): UnitPlan => {
    const { argv, env, cwd, folders, outputs } = unitCommand(unit, graph, choices)
    const kind = kindOf(unit)
    const forTarget = unit.platform !== null
    const needs = [...new Set(unit.needs.map((edge) => name(edge.unit)))]
    return {
      id: name(unit.id),
      name: `${unit.name} ${unit.version} (${kind === 'compile' ? (unit.platform ?? 'host') : kind === 'build-script' ? 'build script' : 'run build script'})`,
      stage: stage.id,
      kind,
      linkage,
      ...(kind === 'compile' ? { crate: crateName(unit) } : { crate: unit.name }),
      ...(kind === 'compile' && forTarget && RUNG_CRATES[crateName(unit)] ? { rung: RUNG_CRATES[crateName(unit)] } : {}),
      needs: [...queryIds(stage, linkage), ...(first(unit) ? upon.map(({ id }) => id) : []), ...needs],
      draft: draft(context, linkage, {
        command: argv,
        env,
        cwd,
        ...(kind === 'compile' ? { scripts: named(scriptUse(unit, graph), name) } : {}),
        inputs: [
          ...(context.inputs.sources ? [{ tree: context.inputs.sources, at: SOURCE.slice(1) }] : []),
          ...folders.map((folder): InputPart => ({ tree: context.blobs.emptyFolder(), at: folder.slice(1) })),
          ...(needsSysroot(unit) ? sysrootPart(context) : []),
          ...(makesDylib(unit, layout) ? [{ tree: context.blobs.files(DYLIB_LINKER), at: LINKER_FOLDER.slice(1) }] : []),
          ...(forTarget ? upon.filter(hasRlib).map(crateOfTarget) : []),
          ...(reach.get(unit.id) ?? []).map((id): InputPart => ({ outputsOf: name(id) })),
        ],
        outputs,
      }),
      expected: expectedTime(crateName(unit), kind),
    }
  })
  const steps = stage.id === 'std' ? helloUnits(linkage, crates.filter(hasRlib), context) : stage1Runs(linkage, crates, upon, context)
  return [...crates, ...steps]
}

const needsSysroot = (unit: Unit): boolean => unit.mode === 'build' && !isPlainLibrary(unit)

const named = ({ own, below, links }: ScriptUse, name: (id: string) => string): ScriptUse => ({
  ...(own === undefined ? {} : { own: name(own) }),
  below: below.map(name),
  links,
})

function kindOf(unit: Unit): UnitKind {
  if (unit.mode === 'run-custom-build') return 'run-build-script'
  return isBuildScript(unit) ? 'build-script' : 'compile'
}

/**
 * What a unit finds in its folders: everything below it, down to programs that were only run. rustc reads metadata of indirect
 * dependencies, too.
 */
function closures(graph: UnitGraph): Map<string, readonly string[]> {
  const reach = new Map<string, readonly string[]>()
  for (const unit of graph.units) {
    const all = new Set<string>()
    for (const { unit: id } of unit.needs) {
      all.add(id)
      for (const further of reach.get(id) ?? []) all.add(further)
    }
    reach.set(unit.id, [...all])
  }
  return reach
}
