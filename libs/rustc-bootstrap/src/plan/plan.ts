/** What a person asks for → units with the edges between them: a pure function of the request and of content. */
import type { BuildRequest, Digest, Linkage, PlanInputs, UnitPlan } from '@bootgraph/build-graph'
import { RUNGS } from '../rung.ts'
import { ABOVE, aboveUnits } from './above.ts'
import { stageUnits } from './crates.ts'
import type { PlanContext } from './drafts.ts'
import { imageUnits } from './image.ts'
import { PlanError } from './plan-error.ts'
import { Blobs } from './pure-tree.ts'
import { rungUnits } from './rungs.ts'
import { STAGES, stageNamed } from './stage.ts'

export interface BuildPlan {
  /** What is needed stands before what needs it. */
  readonly units: readonly UnitPlan[]
  /** Content that the units name and that may not be stored yet. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
}

export const PLANNED_STAGES: readonly string[] = ['ladder', ...STAGES.map(({ id }) => id)]

/** @throws PlanError for a stage or rung that does not exist, or a stage without its source; UnitGraphError for an answer that is no unit graph. */
export function plan(request: BuildRequest, inputs: PlanInputs): BuildPlan {
  const stage = stageNamed(request.stage)
  if (!stage && request.stage !== 'ladder') throw new PlanError(`there is no stage "${request.stage}": use ${PLANNED_STAGES.join(', ')}`)
  for (const rung of request.rungs ?? [])
    if (!RUNGS.some(({ id }) => id === rung)) throw new PlanError(`there is no rung "${rung}": use ${RUNGS.map(({ id }) => id).join(', ')}`)
  const context: PlanContext = { request, inputs, blobs: new Blobs() }
  const units = stage ? request.linkage.flatMap((linkage) => stageUnits(stage, linkage, context)) : rungUnits(context)
  const all = [...imageUnits(context), ...units]
  return { units: [...all, ...above(request, all)], blobs: context.blobs.all }
}

/** Rungs that nothing of the plan stands for. A stage that has not been asked what it consists of may bring some of them, and what they need. */
function above(request: BuildRequest, units: readonly UnitPlan[]): UnitPlan[] {
  const asked = stageNamed(request.stage)
  if (request.rungs || (asked && !units.some(({ stage, kind }) => stage === asked.id && kind !== 'query'))) return []
  const present = new Set(units.map((unit) => unit.rung))
  const ofRung = (rung: string, linkage: Linkage): string[] => {
    const last = units.findLast((unit) => unit.rung === rung && unit.linkage === linkage)
    return last ? [last.id] : []
  }
  return aboveUnits(
    request.linkage,
    ABOVE.filter(({ rung }) => !present.has(rung)),
    ofRung,
  )
}
