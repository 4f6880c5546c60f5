/** The frame around a made file: ELF header, section name table, section headers. */
import { alignUp, ByteWriter, StringTable } from './byte-writer.ts'
import { EHDR_SIZE } from './header.ts'
import { type Section, SHDR_SIZE, Sht, writeSections } from './section.ts'
import { PHDR_SIZE, type Segment } from './segment.ts'

export interface MadeSection extends Section {
  /** Empty for NOBITS. */
  readonly bytes: Uint8Array
}

export const section = (name: string, type: number, bytes: Uint8Array, more: Partial<MadeSection> = {}): MadeSection => ({
  name,
  type,
  flags: 0,
  address: 0,
  offset: 0,
  size: bytes.length,
  link: 0,
  info: 0,
  align: 1,
  entsize: 0,
  bytes,
  ...more,
})

/**
 * Assembles a file; sections come without the null section, which is number 0 of the result, and number from 1 in their order.
 * A section with an offset lies there; one without is put behind what precedes it. The section name table is added last.
 */
export function writeFile(type: number, segments: readonly Segment[], sections: readonly MadeSection[]): Uint8Array {
  const names = new StringTable()
  const nameAt = [0, ...sections.map((each) => names.add(each.name)), names.add('.shstrtab')]
  const body = new ByteWriter()
  body.padTo(EHDR_SIZE + segments.length * PHDR_SIZE)
  const placed: Section[] = [section('', Sht.null, new Uint8Array(), { align: 0 })]
  for (const each of [...sections, section('.shstrtab', Sht.strtab, names.done())]) {
    const offset = each.offset || alignUp(body.length, each.align)
    if (each.bytes.length > 0) {
      body.padTo(offset)
      body.bytes(each.bytes)
    }
    placed.push({ ...each, offset })
  }
  const shoff = alignUp(body.length, 8)
  body.padTo(shoff)
  body.bytes(writeSections(placed, nameAt))
  const out = body.done()
  out.set(writeHeads(type, segments, shoff, placed.length, 0))
  return out
}

/** ELF header and program headers; the section name table is the last of `shnum` sections. */
export function writeHeads(type: number, segments: readonly Segment[], shoff: number, shnum: number, entry: number): Uint8Array {
  const out = new ByteWriter()
  out.bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0))
  out.u16(type)
  out.u16(62)
  out.u32(1)
  out.u64(entry)
  out.u64(segments.length > 0 ? EHDR_SIZE : 0)
  out.u64(shoff)
  out.u32(0)
  out.u16(EHDR_SIZE)
  out.u16(segments.length > 0 ? PHDR_SIZE : 0)
  out.u16(segments.length)
  out.u16(SHDR_SIZE)
  out.u16(shnum)
  out.u16(shnum - 1)
  for (const segment of segments) {
    out.u32(segment.type)
    out.u32(segment.flags)
    out.u64(segment.offset)
    out.u64(segment.vaddr)
    out.u64(segment.vaddr)
    out.u64(segment.filesz)
    out.u64(segment.memsz)
    out.u64(segment.align)
  }
  return out.done()
}
