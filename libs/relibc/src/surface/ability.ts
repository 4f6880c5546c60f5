/** What ld.so could do at the date of a surface. Its table wins over relibc's symbols for dl*: relibc exported dlopen long before anything stood behind it. */
import { ABILITIES, type AbilityAnswer, abilityAt } from '@bootgraph/ld-so/ability'

export interface SurfaceAbility extends AbilityAnswer {
  readonly name: string
}

/** `surface`: YYYY-MM-DD, latest, full, which has all of them, or the name of an imported one, taken to stand on ld.so of today. */
export function surfaceAbility(name: string, surface: string): SurfaceAbility {
  const answer = abilityAt(name, /^\d{4}-/.test(surface) ? surface : 'latest')
  return { name, ...answer, present: answer.present || surface === 'full' }
}

export const surfaceAbilities = (surface: string): readonly SurfaceAbility[] => ABILITIES.map((name) => surfaceAbility(name, surface))

/** The ability that a function of dlfcn.h or link.h is; rows of the table may name several, as `dlvsym / dlinfo`. */
export const abilityBehind = (symbol: string): string | undefined =>
  /^_?dl/.test(symbol) ? ABILITIES.find((name) => name.split(' / ').includes(symbol)) : undefined

/** Whether `symbol` is exported at `surface` with nothing behind it. */
export function isHollow(symbol: string, surface: string): boolean {
  const ability = abilityBehind(symbol)
  return ability !== undefined && !surfaceAbility(ability, surface).present
}
