/** Collects what a run met: one gap per key, one occurrence per place and way it was found. */
import { type Gap, type GapOccurrence, gapKey } from '@bootgraph/build-graph'

type Identity = Pick<Gap, 'truth' | 'component' | 'kind' | 'name'>
type Occurrence = Omit<GapOccurrence, 'count'>

export class GapRecord {
  readonly #gaps = new Map<string, { identity: Identity; occurrences: Map<string, { at: Occurrence; count: number }> }>()
  readonly #onNew: (gap: Gap) => void

  constructor(onNew: (gap: Gap) => void = () => {}) {
    this.#onNew = onNew
  }

  /** `stack` is asked once per occurrence. */
  add(identity: Identity, where: Occurrence, stack: () => readonly string[] = () => []): void {
    const key = gapKey(identity)
    let gap = this.#gaps.get(key)
    const fresh = gap === undefined
    if (gap === undefined) {
      gap = { identity, occurrences: new Map() }
      this.#gaps.set(key, gap)
    }
    const place = `${where.found}\0${where.symbol}\0${where.module}\0${where.caller ?? ''}\0${where.detail ?? ''}`
    const seen = gap.occurrences.get(place)
    if (seen) {
      seen.count++
      return
    }
    const frames = stack()
    const at = frames.length > 0 ? { ...where, stack: frames } : where
    gap.occurrences.set(place, { at, count: 1 })
    if (fresh) this.#onNew({ ...identity, occurrences: [{ ...at, count: 1 }] })
  }

  /** In the order of their keys, so that equal runs give equal reports. */
  list(): Gap[] {
    return [...this.#gaps.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { identity, occurrences }]) => ({
        ...identity,
        occurrences: [...occurrences.values()].map(({ at, count }) => ({ ...at, count })),
      }))
  }
}
