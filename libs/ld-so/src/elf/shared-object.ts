/**
 * Makes an ET_DYN file out of finished code and data: headers, hash, symbols, unwind records | code | dynamic section, data, bss.
 * File offset equals address everywhere, so that the layout reads off the section table.
 */
import { alignUp, ByteWriter, StringTable } from './byte-writer.ts'
import { type MadeFunction, type MadeObject, place } from './content.ts'
import { bucketCount, gnuHash, writeGnuHash } from './gnu-hash.ts'
import { EHDR_SIZE, Et } from './header.ts'
import { Shf, Sht } from './section.ts'
import { Pf, PHDR_SIZE, Pt, type Segment } from './segment.ts'
import { SYM_SIZE, writeSymbol } from './symbol.ts'
import { type MadeFrame, unwindSize, unwindTables } from './unwind-writer.ts'
import { type MadeSection, section, writeFile } from './write-file.ts'

export interface SharedObjectParts {
  readonly soname: string
  readonly functions: readonly MadeFunction[]
  readonly objects: readonly MadeObject[]
  /** p_flags of the code segment; default PF_R | PF_X. Hosted gates add PF_GATE. */
  readonly codeFlags?: number
  readonly needed?: readonly string[]
  /** How exceptions and walks of the stack pass functions of the parts. */
  readonly frames?: readonly MadeFrame[]
}

const PAGE = 4096
const Dt = { null: 0, needed: 1, strtab: 5, symtab: 6, strsz: 10, syment: 11, soname: 14, gnuHash: 0x6ffffef5 } as const
/** Section numbers of the order below; from code on two more with unwind records. */
const At = { dynsym: 2, dynstr: 3, text: 4, data: 6, bss: 7 } as const

/** Deterministic: equal parts give equal bytes. Symbols carry no version, so they satisfy any version asked for. */
export function makeSharedObject(parts: SharedObjectParts): Uint8Array {
  const frames = parts.frames ?? []
  const more = frames.length > 0 ? 2 : 0
  const numbers = { text: At.text + more, data: At.data + more, bss: At.bss + more }
  const placed = place(parts.functions, parts.objects, numbers)
  const buckets = bucketCount(placed.symbols.length)
  const hashed = placed.symbols.map((symbol) => ({ symbol, hash: gnuHash(symbol.name) }))
  // Chains are runs of the symbol table, so symbols stand in bucket order (sort is stable: order of the parts within a bucket).
  hashed.sort((a, b) => (a.hash % buckets) - (b.hash % buckets))

  const strings = new StringTable()
  const soname = strings.add(parts.soname)
  const needed = (parts.needed ?? []).map((name) => strings.add(name))
  const nameAt = hashed.map(({ symbol }) => strings.add(symbol.name))
  const dynstr = strings.done()
  const hash = writeGnuHash(
    hashed.map((each) => each.hash),
    1,
  )

  const phnum = frames.length > 0 ? 6 : 5
  const hashAt = alignUp(EHDR_SIZE + phnum * PHDR_SIZE, 8)
  const symbolsAt = alignUp(hashAt + hash.length, 8)
  const stringsAt = symbolsAt + (hashed.length + 1) * SYM_SIZE
  const unwindAt = alignUp(stringsAt + dynstr.length, 4)
  const headEnd = frames.length > 0 ? unwindAt + unwindSize(frames) : stringsAt + dynstr.length
  const textAt = alignUp(headEnd, PAGE)
  const dynamicAt = alignUp(textAt + Math.max(1, placed.text.length), PAGE)
  const dynamicSize = (needed.length + 7) * 16
  const dataAt = alignUp(dynamicAt + dynamicSize, placed.dataAlign)
  const dataEnd = dataAt + placed.data.length
  const bssAt = alignUp(dataEnd, placed.dataAlign)

  const dynsym = new ByteWriter()
  dynsym.padTo(SYM_SIZE)
  const base = new Map<number, number>([
    [numbers.text, textAt],
    [numbers.data, dataAt],
    [numbers.bss, bssAt],
  ])
  hashed.forEach(({ symbol }, i) => {
    writeSymbol(dynsym, nameAt[i], { ...symbol, value: symbol.value + (base.get(symbol.section) ?? 0) })
  })

  const codeOf = (wanted: string): { address: number; size: number } => {
    const found = placed.symbols.find(({ name }) => name === wanted)
    if (found === undefined) throw new Error(`${parts.soname}: no function ${wanted} to unwind`)
    return { address: textAt + found.value, size: found.size }
  }
  const unwind = unwindTables(frames, unwindAt, codeOf)

  const dynamic = new ByteWriter()
  const tag = (name: number, value: number): void => {
    dynamic.u64(name)
    dynamic.u64(value)
  }
  for (const at of needed) tag(Dt.needed, at)
  tag(Dt.soname, soname)
  tag(Dt.gnuHash, hashAt)
  tag(Dt.strtab, stringsAt)
  tag(Dt.symtab, symbolsAt)
  tag(Dt.strsz, dynstr.length)
  tag(Dt.syment, SYM_SIZE)
  tag(Dt.null, 0)

  const load = (type: number, flags: number, at: number, filesz: number, memsz: number, align: number): Segment => ({
    type,
    flags,
    offset: at,
    vaddr: at,
    filesz,
    memsz,
    align,
  })
  const segments: Segment[] = [
    load(Pt.load, Pf.r, 0, headEnd, headEnd, PAGE),
    load(Pt.load, parts.codeFlags ?? Pf.r | Pf.x, textAt, placed.text.length, placed.text.length, PAGE),
    load(Pt.load, Pf.r | Pf.w, dynamicAt, dataEnd - dynamicAt, bssAt + placed.bssSize - dynamicAt, Math.max(PAGE, placed.dataAlign)),
    load(Pt.dynamic, Pf.r | Pf.w, dynamicAt, dynamicSize, dynamicSize, 8),
    load(Pt.gnuStack, Pf.r | Pf.w, 0, 0, 0, 16),
  ]
  if (frames.length > 0) segments.push(load(Pt.gnuEhFrame, Pf.r, unwindAt, unwind.head, unwind.head, 4))
  const at = (address: number, flags: number, align: number, more: Partial<MadeSection> = {}): Partial<MadeSection> => ({
    address,
    offset: address,
    flags,
    align,
    ...more,
  })
  const [head, records] = [unwind.bytes.subarray(0, unwind.head), unwind.bytes.subarray(unwind.head)]
  const unwinding = [
    section('.eh_frame_hdr', Sht.progbits, head, at(unwindAt, Shf.alloc, 4)),
    section('.eh_frame', Sht.progbits, records, at(unwindAt + unwind.head, Shf.alloc, 4)),
  ]
  return writeFile(Et.dyn, segments, [
    section('.gnu.hash', Sht.gnuHash, hash, at(hashAt, Shf.alloc, 8, { link: At.dynsym })),
    section('.dynsym', Sht.dynsym, dynsym.done(), at(symbolsAt, Shf.alloc, 8, { link: At.dynstr, info: 1, entsize: SYM_SIZE })),
    section('.dynstr', Sht.strtab, dynstr, at(stringsAt, Shf.alloc, 1)),
    ...(frames.length > 0 ? unwinding : []),
    section('.text', Sht.progbits, placed.text, at(textAt, Shf.alloc | Shf.exec, 16)),
    section('.dynamic', Sht.dynamic, dynamic.done(), at(dynamicAt, Shf.alloc | Shf.write, 8, { link: At.dynstr, entsize: 16 })),
    section('.data', Sht.progbits, placed.data, at(dataAt, Shf.alloc | Shf.write, placed.dataAlign)),
    section('.bss', Sht.nobits, new Uint8Array(), at(bssAt, Shf.alloc | Shf.write, placed.dataAlign, { size: placed.bssSize })),
  ])
}
