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

  add(identity: Identity, at: Occurrence): void {
    const key = gapKey(identity)
    let gap = this.#gaps.get(key)
    const fresh = gap === undefined
    if (gap === undefined) {
      gap = { identity, occurrences: new Map() }
      this.#gaps.set(key, gap)
    }
    const place = `${at.found}\0${at.symbol}\0${at.module}\0${at.caller ?? ''}\0${at.detail ?? ''}`
    const seen = gap.occurrences.get(place)
    if (seen) seen.count++
    else gap.occurrences.set(place, { at, count: 1 })
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
