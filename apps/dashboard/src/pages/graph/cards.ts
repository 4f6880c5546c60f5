/** How units are put on cards: by stage, inside by crate. Depends on the plan alone, never on state, so that nothing moves. Pure. */
import type { Schema } from '../../api/client.ts'
import { groupBy } from '../../group-by.ts'
import { depths, type UnitGraph } from './unit-graph.ts'

type Columns = Pick<Schema['GraphColumns'], 'name' | 'stage' | 'kind'>

export interface Card {
  readonly stage: string
  readonly units: readonly number[]
  readonly crates: readonly { readonly name: string; readonly units: readonly number[] }[]
  /** Edges that come in from other cards, most first. */
  readonly from: readonly { readonly stage: string; readonly edges: number }[]
}

const OF_A_CRATE = new Set(['compile', 'build-script', 'run-build-script'])

/** What belongs to a crate is named by it first: `serde 1.0.137 (build script)` stands with serde. Steps of a rung stand together. */
export const groupOf = (name: string, kind: string): string =>
  OF_A_CRATE.has(kind) ? name.split(' ')[0]! : name.replace(/ \([^)]*\)$/, '')

/** Cards and crates in the order in which they can start; equal depths by name. */
export function cards({ name: names, stage: stages, kind: kinds }: Columns, graph: UnitGraph): Card[] {
  const depth = depths(graph)
  const byStage = groupBy(names.keys(), (unit) => stages[unit]!)
  const first = (units: readonly number[]) => Math.min(...units.map((unit) => depth[unit]!))
  return [...byStage]
    .map(([stage, units]) => {
      const crates = [...groupBy(units, (unit) => groupOf(names[unit]!, kinds[unit]!))]
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
