/** Which unit is next: those whose needs are good, the longest expected way to the end first; those behind a failure are blocked. */
import type { UnitPlan } from '@bootgraph/build-graph'

export interface Taken {
  readonly unit: UnitPlan
  /** A need that can never be good. */
  readonly blockedBy?: string
}

export class Progress {
  /** Longest way first. */
  readonly #waiting: UnitPlan[]
  readonly #good: (id: string) => boolean
  readonly #bad: (id: string) => boolean
  #running = 0
  #wake: (() => void)[] = []

  constructor(units: readonly UnitPlan[], good: (id: string) => boolean, bad: (id: string) => boolean) {
    const way = ways(units)
    this.#waiting = [...units].sort((a, b) => (way.get(b.id) ?? 0) - (way.get(a.id) ?? 0))
    this.#good = good
    this.#bad = bad
  }

  /** Undefined while nothing is ready. */
  take(): Taken | undefined {
    for (const [i, unit] of this.#waiting.entries()) {
      const blockedBy = unit.needs.find(this.#bad)
      if (blockedBy === undefined && !unit.needs.every(this.#good)) continue
      this.#waiting.splice(i, 1)
      this.#running++
      return { unit, ...(blockedBy === undefined ? {} : { blockedBy }) }
    }
    return undefined
  }

  /** Nothing runs, so nothing more will be ready. */
  get idle(): boolean {
    return this.#running === 0
  }

  done(_unit: UnitPlan): void {
    this.#running--
    for (const wake of this.#wake.splice(0)) wake()
  }

  change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve))
  }
}

/** Milliseconds from a unit's start to the end of the last one behind it. */
function ways(units: readonly UnitPlan[]): ReadonlyMap<string, number> {
  const way = new Map<string, number>()
  for (const unit of [...units].reverse()) {
    const own = Math.max(way.get(unit.id) ?? 0, 0) + unit.expected
    way.set(unit.id, own)
    for (const need of unit.needs) way.set(need, Math.max(way.get(need) ?? 0, own))
  }
  return way
}
