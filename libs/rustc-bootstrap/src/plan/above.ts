/** The rungs above those that run today: planned and counted, so that the whole way is visible. */
import type { Linkage, UnitPlan } from '@bootgraph/build-graph'
import type { StageId } from './stage.ts'

interface Above {
  readonly rung: string
  readonly title: string
  readonly needs: readonly string[]
  /** What it waits for. */
  readonly unavailable: string
  /** The stage whose builds make it. */
  readonly builtBy?: StageId
}

const STD = { unavailable: '"bootgraph build std" builds it', builtBy: 'std' } as const

export const ABOVE: readonly Above[] = [
  { rung: 'core', title: 'core for x86_64-unknown-redox', needs: ['emit-object'], ...STD },
  { rung: 'alloc', title: 'alloc', needs: ['core'], ...STD },
  { rung: 'std', title: 'std', needs: ['alloc', 'run-executable'], ...STD },
  { rung: 'std-hello', title: 'hello world on that std', needs: ['std'], ...STD },
  {
    rung: 'stage1',
    title: "the compiler's crates (stage 1)",
    needs: ['std', 'procedural-macro'],
    unavailable: '"bootgraph build stage1" builds them',
    builtBy: 'stage1',
  },
  {
    rung: 'stage1-runs',
    title: 'stage-1 rustc runs',
    needs: ['stage1'],
    unavailable: '"bootgraph build stage1" tries it',
    builtBy: 'stage1',
  },
  { rung: 'stage2', title: 'stage 2', needs: ['stage1-runs'], unavailable: 'waits for LLVM built for Redox' },
  { rung: 'stage3', title: 'stage 2 equals stage 3', needs: ['stage2'], unavailable: 'waits for stage 2' },
]

/** @param known rungs of this plan that have units; edges to others are left out. */
export function aboveUnits(
  linkages: readonly Linkage[],
  rungs: readonly Above[],
  known: (rung: string, linkage: Linkage) => readonly string[],
): UnitPlan[] {
  return linkages.flatMap((linkage) => {
    const own = (rung: string): string => `${linkage}-${rung}`
    return rungs.map(
      ({ rung, title, needs, unavailable }): UnitPlan => ({
        id: own(rung),
        name: title,
        stage: 'above',
        kind: 'rung-step',
        linkage,
        rung,
        needs: needs.flatMap((need) => (rungs.some((other) => other.rung === need) ? [own(need)] : known(need, linkage))),
        unavailable,
        expected: 0,
      }),
    )
  })
}
