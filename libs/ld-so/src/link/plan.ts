/** Before a link: finds a program's closure and decides every address; reads no more than heads and dynamic sections. */
import { Abilities } from '../ability.ts'
import { loadClosure } from '../closure.ts'
import { faultText } from '../elf/fault.ts'
import type { Linked } from '../linker.ts'
import type { LoaderFile, LoaderPort } from '../loader-port.ts'
import { type Input, readInput } from './input.ts'
import { layout } from './layout.ts'
import type { LinkOptions, LinkPlan } from './link.ts'

/** A static link takes place before there is a dynamic linker: no date lacks anything. */
export const allAbilities = (): Abilities => new Abilities({ ability: () => true }, () => {})

export function planLink(port: Pick<LoaderPort, 'open'>, program: LoaderFile, options: LinkOptions): Linked<LinkPlan> {
  const errors: string[] = []
  const inputs: Input[] = []
  const load = (file: LoaderFile): Input | undefined => {
    const input = readInput(file)
    if (!input.ok) errors.push(faultText(input.error))
    return input.ok ? input.value : undefined
  }
  const fail = (message: string): void => void errors.push(message)
  loadClosure({ port, abilities: allAbilities(), paths: options, loaded: inputs, load, fail }, [program])
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: { inputs, layout: layout(inputs, options.base), options } }
}
