/** Part of a plan: the units that are asked for, and all that they need. */
import type { UnitPlan } from '@bootgraph/build-graph'

/** Ids, crates or rungs. */
export type UnitFilter = readonly string[]

export const isNamed = (unit: UnitPlan, name: string): boolean => unit.id === name || unit.crate === name || unit.rung === name

/** While a stage has not said what it consists of, its queries stand for whatever is asked of it. */
export function chooseUnits(units: readonly UnitPlan[], only: UnitFilter | undefined): readonly UnitPlan[] {
  if (only === undefined) return units
  const wanted = new Set<string>()
  for (const unit of [...units].reverse()) {
    const asked = unit.kind === 'query' || only.some((name) => isNamed(unit, name))
    if (asked || wanted.has(unit.id)) for (const id of [unit.id, ...unit.needs]) wanted.add(id)
  }
  return units.filter(({ id }) => wanted.has(id))
}
