/** Which C symbols relibc exported at a date, from the recorded snapshots of its history (data/surface.json). */
import recorded from '../../data/surface.json' with { type: 'json' }
import { isHollow } from './ability.ts'

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

/** Every change of a symbol's status, oldest first, hollow ones as stubs; empty if relibc never had it. */
export function historyOf(name: string): readonly SurfaceChange[] {
  if (!Object.hasOwn(facts.symbols, name)) return []
  const { history } = facts.symbols[name]
  const statusAt = (index: number): string | undefined => history.findLast(([from]) => from <= index)?.[1]
  const changes: SurfaceChange[] = []
  for (const [index, { date }] of facts.snapshots.entries()) {
    const recorded = statusAt(index)
    const status = recorded === 'implemented' && isHollow(name, date) ? 'stub' : recorded
    if (status !== undefined && status !== changes.at(-1)?.status) changes.push({ date, status })
  }
  return changes
}

/**
 * The first snapshot that implements the symbol after all the surfaces that were seen without it; undefined if none does yet.
 * Imported surfaces have no date and are passed over.
 */
export function closesAt(name: string, lackedBy: readonly string[]): string | undefined {
  const newest =
    lackedBy
      .filter((surface) => /^\d{4}-/.test(surface))
      .sort()
      .at(-1) ?? ''
  return historyOf(name).find(({ date, status }) => date > newest && status === 'implemented')?.date
}

/** What a surface has of a symbol; what is exported with nothing behind it is a stub. */
export function statusOf(name: string, { date, symbols }: Surface): SurfaceSymbol['status'] | 'absent' {
  const status = symbols.get(name)?.status ?? 'absent'
  return status === 'implemented' && isHollow(name, date) ? 'stub' : status
}
