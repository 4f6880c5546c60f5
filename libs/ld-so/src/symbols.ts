/** All entries of a mapped object's dynamic symbol table (gABI, "Symbol Table"). */
import type { Dso } from './dso.ts'
import { textAt } from './elf/section.ts'
import { SHN_UNDEF, SYM_SIZE } from './elf/symbol.ts'
import type { LoaderPort } from './loader-port.ts'

export interface DynamicSymbol {
  readonly name: string
  readonly binding: number
  readonly type: number
  readonly defined: boolean
}

/**
 * The string table follows the symbol table in every file that ld, lld or this lib makes; its start bounds the walk, and nothing
 * is read outside the object.
 */
export function* symbolsOf({ u8, view }: LoaderPort['memory'], dso: Dso): Generator<DynamicSymbol> {
  const { symtab, strtab, strtabEnd } = dso
  for (let at = symtab + SYM_SIZE; at + SYM_SIZE <= Math.min(strtab, dso.end); at += SYM_SIZE) {
    const info = u8[at + 4]
    yield {
      name: textAt(u8, strtab + view.getUint32(at, true), strtabEnd),
      binding: info >> 4,
      type: info & 15,
      defined: view.getUint16(at + 6, true) !== SHN_UNDEF,
    }
  }
}
