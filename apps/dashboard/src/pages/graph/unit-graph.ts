/** The graph of a build as adjacency lists over positions, and the questions that the page asks of it. Pure. */

export interface UnitGraph {
  readonly count: number
  /** For unit i, the units that it needs. */
  readonly needs: readonly (readonly number[])[]
  readonly neededBy: readonly (readonly number[])[]
}

/** `from[k]` is needed by `to[k]`. */
export function unitGraph(count: number, from: readonly number[], to: readonly number[]): UnitGraph {
  const needs: number[][] = Array.from({ length: count }, () => [])
  const neededBy: number[][] = Array.from({ length: count }, () => [])
  for (let edge = 0; edge < from.length; edge++) {
    needs[to[edge]!]!.push(from[edge]!)
    neededBy[from[edge]!]!.push(to[edge]!)
  }
  return { count, needs, neededBy }
}

/** Steps from the start: 0 needs nothing, every other unit is one behind the deepest that it needs. */
export function depths({ count, needs, neededBy }: UnitGraph): Int32Array {
  const depth = new Int32Array(count)
  const open = Int32Array.from(needs, (list) => list.length)
  const ready = Array.from(open.keys()).filter((unit) => open[unit] === 0)
  for (let unit = ready.pop(); unit !== undefined; unit = ready.pop())
    for (const next of neededBy[unit]!) {
      depth[next] = Math.max(depth[next]!, depth[unit]! + 1)
      if (--open[next]! === 0) ready.push(next)
    }
  return depth
}

/** Everything that cannot start before these have ended, without themselves. */
export function behind({ neededBy }: UnitGraph, units: readonly number[]): Set<number> {
  const found = new Set<number>()
  const open = [...units]
  for (let unit = open.pop(); unit !== undefined; unit = open.pop())
    for (const next of neededBy[unit]!)
      if (!found.has(next)) {
        found.add(next)
        open.push(next)
      }
  for (const unit of units) found.delete(unit)
  return found
}

/** The shortest way by which `to` stands behind `from`, both included; undefined if it does not. */
export function chain({ neededBy }: UnitGraph, from: number, to: number): number[] | undefined {
  const before = new Map<number, number>([[from, -1]])
  const open = [from]
  for (let at = 0; at < open.length && !before.has(to); at++)
    for (const next of neededBy[open[at]!]!)
      if (!before.has(next)) {
        before.set(next, open[at]!)
        open.push(next)
      }
  if (!before.has(to)) return undefined
  const way: number[] = []
  for (let unit = to; unit !== -1; unit = before.get(unit)!) way.push(unit)
  return way.reverse()
}

/**
 * The units at most `hops` away, needs on one side and dependants on the other, nearest first and at most `limit`.
 * `more`: how many were left out.
 */
export function neighbourhood(graph: UnitGraph, centre: number, hops: number, limit: number): { units: number[]; more: number } {
  const found = new Set([centre])
  for (const lists of [graph.needs, graph.neededBy]) {
    let ring = [centre]
    const seen = new Set(ring)
    for (let hop = 0; hop < hops; hop++) {
      ring = [...new Set(ring.flatMap((unit) => lists[unit]!))].filter((unit) => !seen.has(unit))
      for (const unit of ring) {
        seen.add(unit)
        found.add(unit)
      }
    }
  }
  const units = [...found]
  return { units: units.slice(0, limit), more: Math.max(0, units.length - limit) }
}

/** Edges among `units` without those that a longer way says already (transitive reduction), as pairs of positions. */
export function reducedEdges(graph: UnitGraph, units: readonly number[]): [from: number, to: number][] {
  const inside = new Set(units)
  const edges: [number, number][] = []
  for (const to of units) {
    const direct = graph.needs[to]!.filter((unit) => inside.has(unit))
    // What a direct need stands on, within the picture, needs no edge of its own.
    const indirect = new Set<number>()
    const open = direct.flatMap((unit) => graph.needs[unit]!)
    for (let unit = open.pop(); unit !== undefined; unit = open.pop())
      if (inside.has(unit) && !indirect.has(unit)) {
        indirect.add(unit)
        open.push(...graph.needs[unit]!)
      }
    for (const from of direct) if (!indirect.has(from)) edges.push([from, to])
  }
  return edges
}
