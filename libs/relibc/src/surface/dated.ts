/** Which C symbols relibc exported at a date, from the recorded snapshots of its history (data/surface.json). */
import recorded from '../../data/surface.json' with { type: 'json' }

export interface SurfaceSymbol {
  readonly kind: 'func' | 'object'
  readonly status: 'implemented' | 'stub'
}
export interface Surface {
  /** Date of the snapshot that stands for the asked date. */
  readonly date: string
  readonly commit: string
  readonly symbols: ReadonlyMap<string, SurfaceSymbol>
}
export interface SurfaceChange {
  readonly date: string
  readonly status: string
}
interface Recorded {
  readonly snapshots: readonly { readonly date: string; readonly commit: string; readonly exported: number }[]
  readonly symbols: Readonly<Record<string, { readonly kind: string; readonly history: readonly (readonly [number, string])[] }>>
}
const facts = recorded as unknown as Recorded

/** The newest snapshot not after `date` (YYYY-MM-DD, or 'latest'); undefined before the first one. */
export function surfaceAt(date: string): Surface | undefined {
  const index = facts.snapshots.findLastIndex((s) => date === 'latest' || s.date <= date)
  if (index < 0) return undefined
  const symbols = new Map<string, SurfaceSymbol>()
  for (const [name, { kind, history }] of Object.entries(facts.symbols)) {
    const status = history.findLast(([from]) => from <= index)?.[1]
    if (status === 'implemented' || status === 'stub') symbols.set(name, { kind: kind === 'object' ? 'object' : 'func', status })
  }
  const { date: taken, commit } = facts.snapshots[index]
  return { date: taken, commit, symbols }
}

/** Every change of a symbol's status, oldest first; empty if relibc never had it. */
export function historyOf(name: string): readonly SurfaceChange[] {
  if (!Object.hasOwn(facts.symbols, name)) return []
  return facts.symbols[name].history.map(([index, status]) => ({ date: facts.snapshots[index].date, status }))
}
