/**
 * What a demand for a name means on a surface: Redox has it, Redox lacks it, or it is only how a build for glibc spells
 * something else. The kinds are recorded apart and never mixed.
 */
import classified from '../../data/classification.json' with { type: 'json' }
import { historyOf, type Surface } from './dated.ts'

interface Classified {
  readonly class: string
  readonly posix_equivalent: string | null
  readonly alternatives?: readonly string[]
  readonly header?: string
}

const classes = (classified as unknown as { readonly symbols: Readonly<Record<string, Classified>> }).symbols

export type Judgement =
  /** The surface has the name, or what stands for it needs no symbol. */
  | { readonly kind: 'served'; readonly name: string; readonly stub: boolean }
  /** A glibc spelling of `name`, which the surface has. */
  | { readonly kind: 'host-spelling'; readonly name: string; readonly stub: boolean }
  /** Neither relibc of any date nor POSIX has it under another name. */
  | { readonly kind: 'host-only'; readonly name: string }
  /** Redox of that date lacks `name` (the plain name). */
  | { readonly kind: 'upstream'; readonly name: string }

/** `builtFor`: demand of a program built for Redox is taken at its word. */
export function judge(asked: string, surface: Surface, builtFor: 'linux-gnu' | 'redox'): Judgement {
  const own = surface.symbols.get(asked)
  if (own) return { kind: 'served', name: asked, stub: own.status === 'stub' }
  if (builtFor === 'redox') return { kind: 'upstream', name: asked }
  const row = Object.hasOwn(classes, asked) ? classes[asked] : undefined
  const plain = row?.posix_equivalent ?? asked
  if (plain !== asked) {
    for (const name of [plain, ...(row?.alternatives ?? [])]) {
      const found = surface.symbols.get(name)
      if (found) return { kind: 'host-spelling', name, stub: found.status === 'stub' }
    }
    return { kind: 'upstream', name: plain }
  }
  if (row?.posix_equivalent === null && (row.header !== undefined || historyOf(asked).length === 0))
    return { kind: 'host-only', name: asked }
  if (row === undefined && historyOf(asked).length === 0) return { kind: 'host-only', name: asked }
  return { kind: 'upstream', name: asked }
}
