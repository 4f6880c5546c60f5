/** Writes the image: headers and tables first in the file, then the page runs, then what only tools and the loader read. */
import { alignUp, ByteWriter, StringTable } from '../elf/byte-writer.ts'
import { EHDR_SIZE, Et } from '../elf/header.ts'
import { type Section, SHDR_SIZE, Shf, Sht, writeSections } from '../elf/section.ts'
import { Pf, PHDR_SIZE, Pt, type Segment } from '../elf/segment.ts'
import { SYM_SIZE, writeSymbol } from '../elf/symbol.ts'
import { section, writeHeads } from '../elf/write-file.ts'
import { PAGE } from '../outline.ts'
import { R } from '../reloc/x86_64.ts'
import { describeInputs, libraryNames } from './describe.ts'
import { mergeInitArrays } from './init-arrays.ts'
import type { Link } from './link.ts'
import { MANIFEST_SECTION, writeManifest } from './manifest.ts'
import { contentOf, pageRuns, relroOf } from './segments.ts'
import { type MergedTls, tlsTemplate } from './thread-storage.ts'
import { collectFrames, unwindTable } from './unwind-index.ts'

interface Piece {
  readonly name: string
  readonly type: number
  readonly flags: number
  readonly align: number
  readonly size: number
  /** Content once the address is known; undefined if it cannot be written there. */
  bytes(at: number): Uint8Array | undefined
  readonly more?: Partial<Section>
}

const RELA_SIZE = 24

const made = (name: string, type: number, size: number, bytes: Piece['bytes'], more: Partial<Section> = {}): Piece => ({
  name,
  type,
  flags: Shf.alloc,
  align: 8,
  size,
  bytes,
  more,
})
const words = (values: readonly number[]): Uint8Array => {
  const out = new ByteWriter()
  for (const value of values) out.u64(value)
  return out.done()
}
const fixed = (name: string, type: number, bytes: Uint8Array, flags: number, align: number, more: Partial<Section> = {}): Piece => ({
  ...made(name, type, bytes.length, () => bytes, more),
  flags,
  align,
})

/** The file's bytes; undefined after an error that it has reported. */
export function writeImage(link: Link, tls: MergedTls): Uint8Array | undefined {
  const { init, fini } = mergeInitArrays(link)
  const frames = collectFrames(link)
  const template = tlsTemplate(link, tls)
  const sections: Section[] = [section('', Sht.null, new Uint8Array(), { align: 0 })]
  const at = (name: string): Section => sections.find((each) => each.name === name) ?? sections[0]
  const pieces: Piece[] = [
    fixed('.tdata', Sht.progbits, template, Shf.alloc | Shf.tls, tls.align),
    fixed('.init_array', Sht.initArray, words(init), Shf.alloc, 8, { entsize: 8 }),
    fixed('.fini_array', Sht.finiArray, words(fini), Shf.alloc, 8, { entsize: 8 }),
    made('.rela.iplt', Sht.rela, link.indirect.length * RELA_SIZE, () => indirections(link, tls, at('.tdata').address), {
      entsize: RELA_SIZE,
    }),
    made('.eh_frame_hdr', Sht.progbits, frames.size, (address) => unwindTable(frames, address)),
  ]
  const runs = pageRuns(link)
  const relro = relroOf(link)
  const phnum = runs.length + relro.length + 5
  const { tables } = link.plan.layout

  const head = new ByteWriter()
  head.padTo(EHDR_SIZE + phnum * PHDR_SIZE)
  for (const piece of pieces) {
    const offset = alignUp(head.length, piece.align)
    const bytes = piece.size === 0 ? new Uint8Array() : piece.bytes(tables + offset)
    if (bytes === undefined) {
      link.errors.push(`${piece.name}: the image spans more than 2 GiB`)
      return undefined
    }
    head.padTo(offset)
    head.bytes(bytes)
    const { name, type, flags, align, size } = piece
    sections.push(section(name, type, bytes, { flags, align, size, offset, address: tables + offset, ...piece.more }))
  }
  const load = (start: number, offset: number, filesz: number, memsz: number, flags: number): Segment => ({
    type: Pt.load,
    flags,
    offset,
    vaddr: start,
    filesz,
    memsz,
    align: PAGE,
  })
  const contents = runs.map((run) => contentOf(link.port.memory.u8, run))
  let offset = alignUp(head.length, PAGE)
  const loads = runs.map((run, i) => {
    const placed = load(run.start, offset, contents[i].length, run.end - run.start, run.flags)
    offset += contents[i].length
    return placed
  })
  const unwind = at('.eh_frame_hdr')
  const tdata = at('.tdata')
  const segments: Segment[] = [load(tables, 0, head.length, head.length, Pf.r), ...loads].sort((a, b) => a.vaddr - b.vaddr)
  segments.unshift({ ...load(tables + EHDR_SIZE, EHDR_SIZE, phnum * PHDR_SIZE, phnum * PHDR_SIZE, Pf.r), type: Pt.phdr, align: 8 })
  segments.push(
    { type: Pt.tls, flags: Pf.r, offset: tdata.offset, vaddr: tdata.address, filesz: template.length, memsz: tls.size, align: tls.align },
    { type: Pt.gnuEhFrame, flags: Pf.r, offset: unwind.offset, vaddr: unwind.address, filesz: unwind.size, memsz: unwind.size, align: 4 },
    { type: Pt.gnuStack, flags: Pf.r | Pf.w, offset: 0, vaddr: 0, filesz: 0, memsz: 0, align: 16 },
    ...relro,
  )

  const tail = new ByteWriter()
  const unmapped = (name: string, type: number, bytes: Uint8Array, more: Partial<Section> = {}): void => {
    tail.padTo(alignUp(tail.length, 8))
    sections.push(section(name, type, bytes, { offset: offset + tail.length, align: 8, ...more }))
    tail.bytes(bytes)
  }
  const { symtab, strtab } = symbolTable(link)
  unmapped('.symtab', Sht.symtab, symtab, { link: sections.length + 1, info: 1, entsize: SYM_SIZE })
  unmapped('.strtab', Sht.strtab, strtab)
  unmapped(MANIFEST_SECTION, Sht.progbits, writeManifest(describeInputs(link)))
  const names = new StringTable()
  const nameAt = [...sections.map(({ name }) => names.add(name)), names.add('.shstrtab')]
  unmapped('.shstrtab', Sht.strtab, names.done())
  tail.padTo(alignUp(tail.length, 8))
  const shoff = offset + tail.length

  const out = new Uint8Array(shoff + sections.length * SHDR_SIZE)
  out.set(head.done())
  loads.forEach((each, i) => {
    out.set(contents[i], each.offset)
  })
  out.set(tail.done(), offset)
  out.set(writeSections(sections, nameAt), shoff)
  out.set(writeHeads(Et.exec, segments, shoff, sections.length, link.objects[0].entry))
  return out
}

/**
 * R_X86_64_IRELATIVE for start code: the resolver is the addend. A slot in initial thread-local data is filled in the template,
 * which starts at `template`.
 */
function indirections({ indirect, objects }: Link, tls: MergedTls, template: number): Uint8Array {
  const out = new ByteWriter()
  for (const { at, resolver } of indirect) {
    const owner = objects.find((dso) => dso.tls && at >= dso.base + dso.tls.vaddr && at < dso.base + dso.tls.vaddr + dso.tls.filesz)
    out.u64(owner?.tls ? template + tls.start(owner) + at - owner.base - owner.tls.vaddr : at)
    out.u32(R.irelative)
    out.u32(0)
    out.u64(resolver)
  }
  return out.done()
}

function symbolTable(link: Link): { symtab: Uint8Array; strtab: Uint8Array } {
  const symtab = new ByteWriter()
  const strings = new StringTable()
  symtab.padTo(SYM_SIZE)
  for (const row of libraryNames(link)) writeSymbol(symtab, strings.add(row.name), row)
  return { symtab: symtab.done(), strtab: strings.done() }
}
