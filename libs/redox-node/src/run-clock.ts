/** Where a run spends its time, milliseconds: by phase, and by object that is loaded. Measured, so no part of what a run decides. */

export interface ObjectTime {
  readonly path: string
  /** Reading it into memory. */
  readonly map: number
  /** Binding its symbols and applying its relocations. */
  readonly bind: number
}

export class RunClock {
  readonly #phases = new Map<string, number>()
  readonly #objects = new Map<string, { map: number; bind: number }>()
  #running: { readonly what: string; readonly object: string; readonly since: number } | undefined

  /** The former piece ends, another begins; `map` and `bind` are told apart by object, anything else is not. */
  working(what: string, object = ''): void {
    this.pause()
    this.#running = { what, object, since: performance.now() }
  }

  pause(): void {
    if (this.#running === undefined) return
    const { what, object, since } = this.#running
    const spent = performance.now() - since
    this.#running = undefined
    if (what !== 'map' && what !== 'bind') {
      this.#phases.set(what, (this.#phases.get(what) ?? 0) + spent)
      return
    }
    this.#phases.set('load', (this.#phases.get('load') ?? 0) + spent)
    const known = this.#objects.get(object) ?? { map: 0, bind: 0 }
    known[what] += spent
    this.#objects.set(object, known)
  }

  /** What happens meanwhile counts for `phase` alone, and not for the piece under way; that goes on behind it. */
  readonly measure = <T>(phase: string, work: () => T): T => {
    const outer = this.#running
    this.working(phase)
    try {
      return work()
    } finally {
      this.pause()
      if (outer) this.working(outer.what, outer.object)
    }
  }

  get phases(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#phases)
  }

  get objects(): readonly ObjectTime[] {
    return [...this.#objects].map(([path, time]) => ({ path, ...time }))
  }
}
