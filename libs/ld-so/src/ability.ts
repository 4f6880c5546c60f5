/** Abilities of ld.so by the names of the dated table: each is asked for where it is used. */
import rows from '../data/ld-so-features.json' with { type: 'json' }
import type { LoaderPort } from './loader-port.ts'

export type Ability = keyof typeof rows

/** False if the chosen date lacks the ability: it is then left out, or reported through `fail` where its absence is an error. */
export function served(port: LoaderPort, name: Ability, object: string, fail: (message: string) => void): boolean {
  if (port.ability(name, object)) return true
  if (rows[name].absence === 'fails') fail(`${object}: this dynamic linker lacks '${name}'`)
  return false
}

/** Relocation types that the table names. */
export const relocationAbility: Readonly<Record<number, Ability>> = {
  1: 'R_X86_64_64',
  2: 'R_X86_64_PC32',
  5: 'R_X86_64_COPY',
  6: 'R_X86_64_GLOB_DAT',
  7: 'R_X86_64_JUMP_SLOT',
  8: 'R_X86_64_RELATIVE',
  16: 'R_X86_64_DTPMOD64',
  17: 'R_X86_64_DTPOFF64',
  18: 'R_X86_64_TPOFF64',
  36: 'R_X86_64_TLSDESC',
  37: 'R_X86_64_IRELATIVE',
}
