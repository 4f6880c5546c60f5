/** Symbol tables as columns (gABI, "Symbol Table"). */
import type { ByteWriter } from './byte-writer.ts'
import { fault, type Parsed } from './fault.ts'
import { type Section, Sht, textAt } from './section.ts'

export const SYM_SIZE = 24
export const Stt = { notype: 0, object: 1, func: 2, section: 3, file: 4, common: 5, tls: 6, gnuIfunc: 10 } as const
export const Stb = { local: 0, global: 1, weak: 2, gnuUnique: 10 } as const
export const Stv = { default: 0, internal: 1, hidden: 2, protected: 3 } as const
export const SHN_UNDEF = 0
export const SHN_ABS = 0xfff1

export interface SymbolTable {
  readonly names: readonly string[]
  readonly value: Float64Array
  readonly size: Float64Array
  /** st_info: binding << 4 | type. */
  readonly info: Uint8Array
  /** st_other; the low two bits are the visibility. */
  readonly other: Uint8Array
  readonly section: Uint16Array
}

/** Reads the first symbol table of the given type; an absent one is an empty table. */
export function readSymbols(file: string, bytes: Uint8Array, sections: readonly Section[], type: number): Parsed<SymbolTable> {
  const table = sections.find((section) => section.type === type)
  const count = table ? Math.floor(table.size / SYM_SIZE) : 0
  const strings = table && sections[table.link]
  if (table && strings?.type !== Sht.strtab) return fault(file, table.offset, 'a string table linked to the symbols', table.link)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const value = new Float64Array(count)
  const size = new Float64Array(count)
  const info = new Uint8Array(count)
  const other = new Uint8Array(count)
  const section = new Uint16Array(count)
  const names: string[] = []
  // Names may overlap on purpose; a hostile table would make this quadratic, so the text read is bounded by the file.
  let budget = bytes.length * 4
  for (let i = 0; i < count && table && strings; i++) {
    const at = table.offset + i * SYM_SIZE
    const name = textAt(bytes, strings.offset + view.getUint32(at, true), strings.offset + strings.size)
    budget -= name.length
    if (budget < 0) return fault(file, at, 'names no longer than the file', 'more')
    names.push(name)
    info[i] = bytes[at + 4]
    other[i] = bytes[at + 5]
    section[i] = view.getUint16(at + 6, true)
    value[i] = view.getUint32(at + 8, true) + view.getUint32(at + 12, true) * 0x1_0000_0000
    size[i] = view.getUint32(at + 16, true) + view.getUint32(at + 20, true) * 0x1_0000_0000
  }
  return { ok: true, value: { names, value, size, info, other, section } }
}

export interface SymbolRow {
  readonly name: string
  readonly binding: number
  readonly type: number
  readonly section: number
  readonly value: number
  readonly size: number
}

export function writeSymbol(out: ByteWriter, nameAt: number, row: SymbolRow): void {
  out.u32(nameAt)
  out.u8((row.binding << 4) | row.type)
  out.u8(Stv.default)
  out.u16(row.section)
  out.u64(row.value)
  out.u64(row.size)
}
