/** What a stage asks the toolchain in a node before its units are known. */
import type { Linkage, UnitPlan } from '@bootgraph/build-graph'
import { draft, type PlanContext } from './drafts.ts'
import { IMAGE_UNIT } from './image.ts'
import { NO_SOURCE, PlanError } from './plan-error.ts'
import { HOST, packagesCommand, type Stage, stageRustflags, TARGET, unitGraphCommand } from './stage.ts'

export const SOURCE = '/src'

export interface Answers {
  readonly unitGraph: string
  readonly packages: string
  readonly cfg: Readonly<Record<string, readonly string[]>>
}

const graphQuery = (stage: Stage, linkage: Linkage): string => `${stage.id}-${linkage}-unit-graph`
const packagesQuery = (stage: Stage, linkage: Linkage): string => `${stage.id}-${linkage}-packages`
const cfgQuery = (stage: Stage, linkage: Linkage, triple: string): string => `${stage.id}-${linkage}-cfg-${triple}`

export const queryIds = (stage: Stage, linkage: Linkage): string[] => [
  graphQuery(stage, linkage),
  packagesQuery(stage, linkage),
  ...[TARGET, HOST].map((triple) => cfgQuery(stage, linkage, triple)),
]

/** @throws PlanError without the compiler's source */
export function queryUnits(stage: Stage, linkage: Linkage, context: PlanContext): UnitPlan[] {
  const { inputs, request } = context
  const flags = stageRustflags(stage, request.targetLinkage)
  const about = { stage: stage.id, kind: 'query', linkage, needs: [IMAGE_UNIT], expected: 60_000 } as const
  const sources = inputs.sources
  if (sources === undefined) throw new PlanError(NO_SOURCE)
  const env = { ...stage.env, PATH: inputs.path.join(':'), HOME: '/tmp', CARGO_HOME: '/tmp/cargo' }
  return [
    ...[
      { id: graphQuery(stage, linkage), name: 'units, as cargo plans them', command: unitGraphCommand(stage, TARGET) },
      { id: packagesQuery(stage, linkage), name: 'packages, as their manifests describe them', command: packagesCommand(stage) },
    ].map(
      ({ id, name, command }): UnitPlan => ({
        ...about,
        id,
        name,
        draft: draft(context, linkage, {
          command,
          env: { ...env, ...(flags.length > 0 ? { RUSTFLAGS: flags.join(' ') } : {}) },
          cwd: SOURCE,
          inputs: [{ tree: sources, at: SOURCE.slice(1) }],
          outputs: [],
        }),
      }),
    ),
    ...[TARGET, HOST].map(
      (triple): UnitPlan => ({
        ...about,
        id: cfgQuery(stage, linkage, triple),
        name: `what rustc says of ${triple}`,
        draft: draft(context, linkage, {
          command: ['rustc', '--print', 'cfg', '--target', triple, ...(triple === TARGET ? flags : [])],
          env: { RUSTC_BOOTSTRAP: '1', PATH: inputs.path.join(':') },
          cwd: '/',
          inputs: [],
          outputs: [],
        }),
      }),
    ),
  ]
}

/** Undefined until all of them have ended. */
export function answersOf(stage: Stage, linkage: Linkage, { inputs }: PlanContext): Answers | undefined {
  const said = queryIds(stage, linkage).map((id) => inputs.answers?.[id])
  const [unitGraph, packages, ...cfgs] = said
  if (unitGraph === undefined || packages === undefined || cfgs.includes(undefined)) return undefined
  const cfg = Object.fromEntries([TARGET, HOST].map((triple, i) => [triple, (cfgs[i] ?? '').split('\n').filter(Boolean)]))
  return { unitGraph, packages, cfg }
}
