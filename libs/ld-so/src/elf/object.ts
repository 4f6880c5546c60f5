/** Makes an ET_REL file: what `ld` takes as an archive member or as crt0.o, crti.o, crtn.o. */
import { ByteWriter, StringTable } from './byte-writer.ts'
import { type MadeFunction, type MadeObject, place } from './content.ts'
import { Et } from './header.ts'
import { Shf, Sht } from './section.ts'
import { SHN_UNDEF, Stb, Stt, SYM_SIZE, type SymbolRow, writeSymbol } from './symbol.ts'
import { section, writeFile } from './write-file.ts'

export interface ObjectParts {
  readonly functions: readonly MadeFunction[]
  readonly objects: readonly MadeObject[]
  /** Name of the section that holds the code; default `.text` (crti.o wants `.init`). */
  readonly codeSection?: string
}

const RELA_SIZE = 24
const At = { text: 1, data: 2, bss: 3, symtab: 5, strtab: 6 } as const

/**
 * Pieces of `.init` are one function after the link: nothing may come between them, so they are not aligned.
 * Names that only relocations mention become undefined symbols, to be found by the link.
 */
export function makeObject(parts: ObjectParts): Uint8Array {
  const placed = place(parts.functions, parts.objects, At)
  const rows: SymbolRow[] = [...placed.symbols]
  const index = new Map<string, number>(rows.map((row, i) => [row.name, i + 1]))
  for (const { symbol } of placed.relocations) {
    if (index.has(symbol)) continue
    rows.push({ name: symbol, binding: Stb.global, type: Stt.notype, section: SHN_UNDEF, value: 0, size: 0 })
    index.set(symbol, rows.length)
  }
  const strings = new StringTable()
  const symtab = new ByteWriter()
  symtab.padTo(SYM_SIZE)
  for (const row of rows) writeSymbol(symtab, strings.add(row.name), row)
  const rela = new ByteWriter()
  for (const { offset, type, symbol, addend } of placed.relocations) {
    rela.u64(offset)
    rela.u32(type)
    rela.u32(index.get(symbol) ?? 0)
    rela.u64(addend)
  }
  const code = parts.codeSection ?? '.text'
  const data = { flags: Shf.alloc | Shf.write, align: placed.dataAlign }
  return writeFile(
    Et.rel,
    [],
    [
      section(code, Sht.progbits, placed.text, { flags: Shf.alloc | Shf.exec, align: code === '.init' ? 1 : 16 }),
      section('.data', Sht.progbits, placed.data, data),
      section('.bss', Sht.nobits, new Uint8Array(), { ...data, size: placed.bssSize }),
      section(`.rela${code}`, Sht.rela, rela.done(), { flags: Shf.infoLink, link: At.symtab, info: At.text, align: 8, entsize: RELA_SIZE }),
      section('.symtab', Sht.symtab, symtab.done(), { link: At.strtab, info: 1, align: 8, entsize: SYM_SIZE }),
      section('.strtab', Sht.strtab, strings.done()),
      section('.note.GNU-stack', Sht.progbits, new Uint8Array()),
    ],
  )
}
