/** The rungs of the ladder as units: one a step, per linkage. What a step leaves in the working folder the next ones find. */
import type { Criterion, InputPart, Linkage, UnitPlan } from '@bootgraph/build-graph'
import { chosen } from '../ladder/run-ladder.ts'
import type { Rung, RungId, Step } from '../rung.ts'
import { draft, type PlanContext } from './drafts.ts'
import { IMAGE_UNIT } from './image.ts'

const WORK = 'work'

export function rungUnits(context: PlanContext): UnitPlan[] {
  const { request } = context
  const rungs = chosen(request.rungs as readonly RungId[] | undefined)
  return request.linkage.flatMap((linkage) =>
    rungs.filter((rung) => rung.linkages.includes(linkage)).flatMap((rung) => stepUnits(rung, rungs, linkage, context)),
  )
}

const stepId = (rung: Rung, step: number, linkage: Linkage): string => `${linkage}-${rung.id}-${step + 1}`
const lastStep = (rung: Rung, linkage: Linkage): string => stepId(rung, rung.steps.length - 1, linkage)

function stepUnits(rung: Rung, rungs: readonly Rung[], linkage: Linkage, context: PlanContext): UnitPlan[] {
  const before = rungs.filter((other) => rung.needs.includes(other.id) && other.linkages.includes(linkage))
  return rung.steps.map((step, i): UnitPlan => {
    const needs =
      i > 0 ? [stepId(rung, i - 1, linkage)] : before.length > 0 ? before.map((other) => lastStep(other, linkage)) : [IMAGE_UNIT]
    const about = {
      id: stepId(rung, i, linkage),
      name: rung.steps.length > 1 ? `${rung.title} (${i + 1} of ${rung.steps.length})` : rung.title,
      stage: 'ladder',
      kind: 'rung-step' as const,
      linkage,
      rung: rung.id,
      needs,
      expected: (rung.timeout * 1000) / 10,
    }
    if (rung.sysroot && context.inputs.sysroot === undefined) return { ...about, unavailable: 'no C library was made for its linker' }
    return { ...about, draft: stepDraft(rung, step, i, rungs, linkage, context), criterion: criterionOf(step) }
  })
}

function stepDraft(rung: Rung, step: Step, i: number, rungs: readonly Rung[], linkage: Linkage, context: PlanContext) {
  const { inputs, blobs } = context
  const [program, ...args] = step.command
  const made = [
    ...needed(rung, rungs).flatMap((other) => other.steps.map((each, at) => ({ each, id: stepId(other, at, linkage) }))),
    ...rung.steps.slice(0, i).map((each, at) => ({ each, id: stepId(rung, at, linkage) })),
  ]
  const parts: InputPart[] = [
    ...made.filter(({ each }) => each.outputs.length > 0).map(({ id }) => ({ outputsOf: id })),
    { tree: blobs.files(Object.assign({}, ...rung.steps.slice(0, i + 1).map(({ files }) => files))), at: WORK },
    ...(rung.sysroot && inputs.sysroot ? [{ tree: inputs.sysroot, at: `${WORK}/sysroot` }] : []),
  ]
  return draft(context, linkage, {
    command: [program.startsWith('./') ? `/${WORK}/${program.slice(2)}` : program, ...args],
    env: { PATH: inputs.path.join(':') },
    cwd: `/${WORK}`,
    abi: step.abi,
    inputs: parts,
    outputs: step.outputs.map(({ path }) => `/${WORK}/${path}`),
  })
}

/** All rungs that this one needs, however far below. */
function needed(rung: Rung, rungs: readonly Rung[], found = new Set<Rung>()): Rung[] {
  for (const other of rungs) {
    if (!rung.needs.includes(other.id) || found.has(other)) continue
    found.add(other)
    needed(other, rungs, found)
  }
  return rungs.filter((other) => found.has(other))
}

function criterionOf(step: Step): Criterion {
  return {
    code: step.code,
    ...(step.stdout ? { stdout: step.stdout.source } : {}),
    ...(step.outputs.length > 0 ? { forms: step.outputs.map(({ path, form }) => ({ path: `/${WORK}/${path}`, form })) } : {}),
  }
}
