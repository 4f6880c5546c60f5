/** What the passes of a static link hand on. */
import type { Abilities } from '../ability.ts'
import type { Dso } from '../dso.ts'
import type { LoaderPort, MissingSymbol } from '../loader-port.ts'
import type { Pending } from '../reloc/x86_64.ts'
import type { Scope } from '../scope.ts'
import type { SearchPaths } from '../search.ts'
import type { Input } from './input.ts'
import type { Layout } from './layout.ts'
import type { StandIns } from './stand-ins.ts'

export interface LinkPort extends Pick<LoaderPort, 'memory' | 'withheld'> {
  /**
   * What shall stand for a name that nothing defines: a gate (a function whose code is `gateCode`), zeroed storage, nothing, or
   * an error of the link.
   */
  missing(symbol: MissingSymbol): 'gate' | 'storage' | 'null' | 'fail'
  gateCode(name: string): Uint8Array
}

export interface LinkOptions extends SearchPaths {
  /** Where the first position-independent input lies: where ld.so would put it, so that its code is the same in both linkages. */
  readonly base: number
}

/** An input closure with every address decided: what a link's result depends on, besides its port. */
export interface LinkPlan {
  readonly inputs: readonly Input[]
  readonly layout: Layout
  readonly options: LinkOptions
}

export interface Link {
  readonly plan: LinkPlan
  readonly port: LinkPort
  readonly abilities: Abilities
  readonly scope: Scope
  readonly standIns: StandIns
  /** The inputs in memory, in load order; the program is the first. */
  readonly objects: Dso[]
  /** Slots that a resolver of the guest fills at the start. */
  readonly indirect: Pending[]
  readonly relocationCounts: Uint32Array
  readonly errors: string[]
}
