/** Abilities of ld.so by the names of the dated table: each is asked for where it is needed, once for each object. */
import rows from '../data/ld-so-features.json' with { type: 'json' }
import type { LoaderPort } from './loader-port.ts'

export type Ability = keyof typeof rows

export class Abilities {
  readonly #port: Pick<LoaderPort, 'ability' | 'has'>
  readonly #fail: (message: string) => void
  /** Answers by ability and object. */
  readonly #asked = new Map<Ability, Map<string, boolean>>()

  /** `fail` takes a line for what cannot be done without the ability. */
  constructor(port: Pick<LoaderPort, 'ability' | 'has'>, fail: (message: string) => void) {
    this.#port = port
    this.#fail = fail
  }

  /**
   * False if the chosen date lacks the ability. Where its absence is ignored it is then simply left out; anything else is an error
   * by name, because a result known to be wrong helps nobody.
   */
  served(name: Ability, object: string): boolean {
    let byObject = this.#asked.get(name)
    if (byObject === undefined) this.#asked.set(name, (byObject = new Map()))
    let answer = byObject.get(object)
    if (answer === undefined) {
      answer = this.#port.ability(name, object)
      byObject.set(object, answer)
    }
    if (!answer && rows[name].absence !== 'ignored') this.#fail(`${object}: this dynamic linker lacks '${name}'`)
    return answer
  }

  /** Whether the date has it at all, where finding out whether it is needed costs something. Not a demand. */
  has(name: Ability): boolean {
    return this.#port.has?.(name) ?? true
  }
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
