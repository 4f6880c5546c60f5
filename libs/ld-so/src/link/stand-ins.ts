/** Gates and storage in the image for names that no input defines, so that the gap is met where the program meets it, by name. */
import type { LoaderPort } from '../loader-port.ts'
import { STATIC_RESOLVER } from '../tls-descriptor.ts'
import type { Layout } from './layout.ts'

const SLOT = 16
const OBJECT = 4096

export class StandIns {
  readonly #layout: Layout
  readonly #memory: LoaderPort['memory']
  readonly #byName = new Map<string, number>()
  /** Every demand that was answered, in the order of the links. */
  readonly asked: { readonly name: string; readonly requester: string }[] = []
  #gates: number
  #storage: number

  constructor(layout: Layout, memory: LoaderPort['memory']) {
    this.#layout = layout
    this.#memory = memory
    this.#gates = layout.gates
    this.#storage = layout.storage
  }

  /** The resolver of TLS descriptors whose argument is the distance from the thread pointer. */
  readonly resolver = (): number => this.#code('', STATIC_RESOLVER)

  /** Address of the gate of a name; undefined without room. */
  gate(name: string, code: Uint8Array): number | undefined {
    return this.#gates + SLOT > this.#layout.gatesEnd ? undefined : this.#code(name, code)
  }

  storage(name: string): number | undefined {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    if (this.#storage + OBJECT > this.#layout.storageEnd) return undefined
    const address = this.#storage
    this.#storage += OBJECT
    this.#byName.set(name, address)
    return address
  }

  #code(name: string, code: Uint8Array): number {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const address = this.#gates
    this.#gates += SLOT
    this.#memory.u8.set(code, address)
    this.#byName.set(name, address)
    return address
  }

  /** What of the two areas is used. */
  get used(): { readonly gatesEnd: number; readonly storageEnd: number } {
    return { gatesEnd: this.#gates, storageEnd: this.#storage }
  }
}
