/** How units are put on cards: by stage, inside by crate. Depends on the plan alone, never on state, so that nothing moves. Pure. */
import { groupBy } from '../../group-by.ts'
import { depths, type UnitGraph } from './unit-graph.ts'

export interface Card {
  readonly stage: string
  readonly units: readonly number[]
  readonly crates: readonly { readonly name: string; readonly units: readonly number[] }[]
  /** Edges that come in from other cards, most first. */
  readonly from: readonly { readonly stage: string; readonly edges: number }[]
}

/** A unit's crate is the first word of its name: `serde build script` belongs to serde. */
export const crateOf = (name: string): string => name.split(/[\s(@]/)[0]!

/** Cards and crates in the order in which they can start; equal depths by name. */
export function cards(names: readonly string[], stages: readonly string[], graph: UnitGraph): Card[] {
  const depth = depths(graph)
  const byStage = groupBy(names.keys(), (unit) => stages[unit]!)
  const first = (units: readonly number[]) => Math.min(...units.map((unit) => depth[unit]!))
  return [...byStage]
    .map(([stage, units]) => {
      const crates = [...groupBy(units, (unit) => crateOf(names[unit]!))]
        .map(([name, members]) => ({ name, units: members.sort((a, b) => depth[a]! - depth[b]! || a - b) }))
        .sort((a, b) => first(a.units) - first(b.units) || (a.name < b.name ? -1 : 1))
      const edges = new Map<string, number>()
      for (const unit of units)
        for (const need of graph.needs[unit]!) if (stages[need] !== stage) edges.set(stages[need]!, (edges.get(stages[need]!) ?? 0) + 1)
      const from = [...edges].map(([other, count]) => ({ stage: other, edges: count })).sort((a, b) => b.edges - a.edges)
      return { stage, units, crates, from }
    })
    .sort((a, b) => first(a.units) - first(b.units) || (a.stage < b.stage ? -1 : 1))
}
