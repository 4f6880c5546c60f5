/** What objects in memory define, from their dynamic symbol tables (gABI, "Symbol Table"). */
import type { Dso } from './dso.ts'
import { textAt } from './elf/section.ts'
import { SHN_UNDEF, Stt, SYM_SIZE } from './elf/symbol.ts'
import type { LoaderPort } from './loader-port.ts'

/** Where the tables of an object are. */
export type Tables = Pick<Dso, 'base' | 'end' | 'symtab' | 'strtab' | 'strtabEnd'>

export class Definitions {
  readonly #port: Pick<LoaderPort, 'memory' | 'settle'>
  /** Where the symbol of the function at an address is. */
  readonly #functions = new WeakMap<Tables, Map<number, number>>()

  constructor(port: Pick<LoaderPort, 'memory' | 'settle'>) {
    this.#port = port
  }

  /** Tells of each definition, thread-local variables apart: where its symbol is, its address and its type. */
  each({ base, symtab, strtab, strtabEnd, end }: Tables, tell: (symbol: number, value: number, type: number) => void): void {
    const { view, u8 } = this.#port.memory
    this.#port.settle?.(symtab, strtabEnd - symtab)
    // The string table follows the symbol table in every file that ld, lld or this lib makes; its start bounds the walk.
    const last = Math.min(strtab, end) - SYM_SIZE
    for (let at = symtab + SYM_SIZE; at <= last; at += SYM_SIZE) {
      const type = u8[at + 4] & 15
      if (view.getUint16(at + 6, true) !== SHN_UNDEF && type !== Stt.tls) tell(at, base + view.getUint32(at + 8, true), type)
    }
  }

  /** The name of the symbol that is at `symbol`. */
  nameOf({ strtab, strtabEnd }: Tables, symbol: number): string {
    const { view, u8 } = this.#port.memory
    return textAt(u8, strtab + view.getUint32(symbol, true), strtabEnd)
  }

  /** The name of the function that begins at an address, if the object exports it. */
  functionName(object: Tables, address: number): string | undefined {
    let functions = this.#functions.get(object)
    if (functions === undefined) {
      const found = new Map<number, number>()
      this.each(object, (symbol, value, type) => {
        if (type === Stt.func && !found.has(value)) found.set(value, symbol)
      })
      this.#functions.set(object, (functions = found))
    }
    const symbol = functions.get(address)
    return symbol === undefined ? undefined : this.nameOf(object, symbol)
  }
}
