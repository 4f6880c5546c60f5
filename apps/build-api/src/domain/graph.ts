/** The shape of a build: does it run at all, and how far is each unit from the end. */

/** The graph cannot be run: a cycle, an unknown dependency, a unit named twice. */
export class PlanError extends Error {}

interface Node {
  readonly id: string
  readonly needs: readonly string[]
  /** Milliseconds. */
  readonly expected: number
}

/** Longest expected way from each unit to the end, milliseconds; units in an order in which each comes before what it needs. @throws PlanError */
export function distances(units: readonly Node[]): ReadonlyMap<string, number> {
  const byId = new Map(units.map((unit) => [unit.id, unit]))
  if (byId.size !== units.length) throw new PlanError('a unit is named twice')
  const children = new Map<string, number>(units.map((unit) => [unit.id, 0]))
  for (const unit of units)
    for (const id of unit.needs) {
      if (!byId.has(id)) throw new PlanError(`unit ${unit.id} needs ${id}, which is not in the build`)
      children.set(id, children.get(id)! + 1)
    }
  const behind = new Map<string, number>()
  const distance = new Map<string, number>()
  const open = units.filter((unit) => children.get(unit.id) === 0)
  for (let unit = open.pop(); unit; unit = open.pop()) {
    const own = unit.expected + (behind.get(unit.id) ?? 0)
    distance.set(unit.id, own)
    for (const id of unit.needs) {
      behind.set(id, Math.max(behind.get(id) ?? 0, own))
      children.set(id, children.get(id)! - 1)
      if (children.get(id) === 0) open.push(byId.get(id)!)
    }
  }
  if (distance.size !== units.length) throw new PlanError('the units need each other in a circle')
  return distance
}

/** The longest expected way through these units, first to last. */
export function criticalPath<T extends Node>(units: readonly T[]): readonly T[] {
  const byId = new Map(units.map((unit) => [unit.id, unit]))
  const open = units.map((unit) => ({ ...unit, needs: unit.needs.filter((id) => byId.has(id)) }))
  const distance = distances(open)
  const children = new Map<string, string[]>()
  for (const unit of open) for (const id of unit.needs) children.set(id, [...(children.get(id) ?? []), unit.id])
  const farthest = (ids: readonly string[]) =>
    ids.reduce<string | undefined>((best, id) => (best === undefined || distance.get(id)! > distance.get(best)! ? id : best), undefined)
  const path: T[] = []
  for (
    let at = farthest(open.filter((u) => u.needs.length === 0).map((u) => u.id));
    at !== undefined;
    at = farthest(children.get(at) ?? [])
  )
    path.push(byId.get(at)!)
  return path
}
