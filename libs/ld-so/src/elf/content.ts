/** What a made ELF file holds, and where each piece lands inside its section. */
import { alignUp, ByteWriter } from './byte-writer.ts'
import { Stb, Stt, type SymbolRow } from './symbol.ts'

export interface MadeFunction {
  readonly name: string
  readonly code: Uint8Array
  readonly weak?: boolean
  /** Further, weak names at the same address. */
  readonly aliases?: readonly string[]
  /** Only in relocatable objects; offsets count from the function's start. */
  readonly relocations?: readonly MadeRelocation[]
}

export interface MadeRelocation {
  readonly offset: number
  /** R_X86_64_*. */
  readonly type: number
  readonly symbol: string
  readonly addend: number
}

export interface MadeObject {
  readonly name: string
  readonly size: number
  /** A power of two. */
  readonly align: number
  /** Initial bytes; zero where absent. */
  readonly data?: Uint8Array
  readonly weak?: boolean
  /** Further names at the same address; weak, because ld gives each strong alias a copy relocation and storage of its own. */
  readonly aliases?: readonly string[]
}

/** Section numbers that the placed symbols carry. */
export interface PlacedIn {
  readonly text: number
  readonly data: number
  readonly bss: number
}

export interface Placed {
  readonly text: Uint8Array
  readonly data: Uint8Array
  readonly bssSize: number
  /** Largest alignment among the objects, at least 16. */
  readonly dataAlign: number
  /** Values are offsets inside the section. */
  readonly symbols: readonly SymbolRow[]
  /** Offsets inside the code section. */
  readonly relocations: readonly MadeRelocation[]
}

const CODE_ALIGN = 16
const INT3 = 0xcc

/** Puts functions one after another (16-byte aligned, int3 between), initialised objects into data, the rest into bss. */
export function place(functions: readonly MadeFunction[], objects: readonly MadeObject[], sections: PlacedIn): Placed {
  const text = new ByteWriter()
  const data = new ByteWriter()
  const symbols: SymbolRow[] = []
  const relocations: MadeRelocation[] = []
  let bssSize = 0
  const name = (made: MadeFunction | MadeObject, row: Omit<SymbolRow, 'name' | 'binding'>): void => {
    symbols.push({ name: made.name, binding: made.weak ? Stb.weak : Stb.global, ...row })
    for (const alias of made.aliases ?? []) symbols.push({ name: alias, binding: Stb.weak, ...row })
  }
  for (const made of functions) {
    while (text.length % CODE_ALIGN !== 0) text.u8(INT3)
    name(made, { type: Stt.func, section: sections.text, value: text.length, size: made.code.length })
    for (const relocation of made.relocations ?? []) relocations.push({ ...relocation, offset: relocation.offset + text.length })
    text.bytes(made.code)
  }
  for (const made of objects) {
    const start = alignUp(made.data ? data.length : bssSize, made.align)
    name(made, { type: Stt.object, section: made.data ? sections.data : sections.bss, value: start, size: made.size })
    if (made.data) {
      data.padTo(start)
      data.bytes(made.data.subarray(0, made.size))
      data.padTo(start + made.size)
    } else bssSize = start + made.size
  }
  const dataAlign = objects.reduce((most, made) => Math.max(most, made.align), 16)
  return { text: text.done(), data: data.done(), bssSize, dataAlign, symbols, relocations }
}
