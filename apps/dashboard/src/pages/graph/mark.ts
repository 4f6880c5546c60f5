/** Which units a mark names, from the words of the URL. Pure. */
import { noun } from '../../format.ts'
import { behind, type UnitGraph } from './unit-graph.ts'

export interface Mark {
  readonly units: ReadonlySet<number>
  readonly sentence: (names: readonly string[]) => string
}

/**
 * `critical` or `blocked-by:<unit>`; undefined for anything else, for a unit that is not in this build, and for the critical path
 * of a build that has none: it is what is left to do.
 */
export function markOf(
  mark: string | undefined,
  graph: UnitGraph,
  at: ReadonlyMap<string, number>,
  critical: readonly string[],
): Mark | undefined {
  if (mark === 'critical') {
    if (critical.length === 0) return undefined
    const units = new Set(critical.flatMap((id) => at.get(id) ?? []))
    return { units, sentence: () => `The critical path: ${noun(units.size, 'unit')}.` }
  }
  const unit = mark?.startsWith('blocked-by:') ? at.get(mark.slice('blocked-by:'.length)) : undefined
  if (unit === undefined) return undefined
  const waiting = behind(graph, [unit])
  return {
    units: new Set([unit, ...waiting]),
    sentence: (names) => `${noun(waiting.size, 'unit stands', 'units stand')} behind ${names[unit]}.`,
  }
}
