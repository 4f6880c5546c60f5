/** Names that a mapped object imports: the undefined symbols of its dynamic symbol table (gABI, "Symbol Table"). */
import type { GuestMemory } from '@bootgraph/cpu'
import type { Dso } from '@bootgraph/ld-so'

const DT_STRTAB = 5
const DT_SYMTAB = 6
const SYMBOL = 24
const STB_WEAK = 2

export interface Import {
  readonly name: string
  readonly weak: boolean
}

/** Relies on .dynstr following .dynsym, as every common linker lays them out; nothing is read outside the object. */
export function* importsOf(dso: Dso, memory: GuestMemory): Generator<Import> {
  const symtab = dso.base + (dso.tags.get(DT_SYMTAB) ?? 0)
  const strtab = dso.base + (dso.tags.get(DT_STRTAB) ?? 0)
  if (symtab < dso.start || strtab <= symtab || strtab >= dso.end) return
  const decoder = new TextDecoder()
  for (let at = symtab + SYMBOL; at + SYMBOL <= strtab; at += SYMBOL) {
    if (memory.getU16(at + 6) !== 0) continue
    const from = strtab + memory.getU32(at)
    const end = from < dso.end ? memory.u8.subarray(from, Math.min(dso.end, from + 4096)).indexOf(0) : -1
    if (end > 0)
      yield { name: decoder.decode(memory.bytes(from, end)), weak: memory.getU8(at + 4) >> 4 === STB_WEAK && memory.getU32(at + 8) === 0 }
  }
}
