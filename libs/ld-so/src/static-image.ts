/** A static image as a file: what its start code must know, read from its headers and sections. */
import { fault, type Parsed } from './elf/fault.ts'
import { readSectionsAt, type Section, Sht, textAt } from './elf/section.ts'
import { Pt } from './elf/segment.ts'
import { SHN_UNDEF, Stt, SYM_SIZE } from './elf/symbol.ts'
import { type LinkManifest, MANIFEST_SECTION, readManifest } from './link/manifest.ts'
import { type LoaderFile, PF_GATE } from './loader-port.ts'
import { type Outline, readOutline } from './outline.ts'

/** Section of the gates that a link takes from libc.a, whose pages are marked as gates. A C identifier: ld offers its bounds as `__start_` and `__stop_`. */
export const GATE_SECTION = 'libc_gates'

export interface StaticImageFile {
  readonly file: LoaderFile
  readonly outline: Outline
  readonly sections: readonly Section[]
  /** Present in images that `linkStatic` made. */
  readonly manifest: LinkManifest | undefined
  /** Where gates lie, [start, end): they need pages that allow them. */
  readonly gates: readonly (readonly [start: number, end: number])[]
}

/** Reads headers and sections, no content but the manifest. */
export function readStaticImage(file: LoaderFile): Parsed<StaticImageFile> {
  const outline = readOutline(file)
  if (!outline.ok) return outline
  const read = (offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length)
    return bytes.subarray(0, file.read(offset, bytes))
  }
  const sections = readSectionsAt(file.path, file.size, read, outline.value.header)
  if (!sections.ok) return sections
  const described = sections.value.find(({ name }) => name === MANIFEST_SECTION)
  const manifest = described && readManifest(read(described.offset, described.size))
  if (described && !manifest) return fault(file.path, described.offset, 'a manifest of a static link', 'something else')
  return {
    ok: true,
    value: {
      file,
      outline: outline.value,
      sections: sections.value,
      manifest,
      gates: [
        ...outline.value.loads.filter(({ flags }) => flags & PF_GATE).map(({ vaddr, memsz }) => [vaddr, vaddr + memsz] as const),
        ...sections.value.filter(({ name }) => name === GATE_SECTION).map(({ address, size }) => [address, address + size] as const),
      ],
    },
  }
}

/** Addresses of named functions and objects, from the section symbol table; what a stripped image has lost is not there. */
export function symbolAddresses({ file, sections }: StaticImageFile): Map<string, number> {
  const out = new Map<string, number>()
  const table = sections.find(({ type }) => type === Sht.symtab)
  const strings = table && sections[table.link]
  if (!table || strings?.type !== Sht.strtab) return out
  const bytes = new Uint8Array(table.size)
  const names = new Uint8Array(strings.size)
  file.read(table.offset, bytes)
  file.read(strings.offset, names)
  const view = new DataView(bytes.buffer)
  for (let at = SYM_SIZE; at + SYM_SIZE <= bytes.length; at += SYM_SIZE) {
    const type = bytes[at + 4] & 15
    if (view.getUint16(at + 6, true) === SHN_UNDEF || type > Stt.func) continue
    out.set(textAt(names, view.getUint32(at, true)), view.getUint32(at + 8, true))
  }
  return out
}

/** Guest address of the unwind index, 0 without one. */
export const ehFrameHdrOf = ({ outline: { segments } }: StaticImageFile): number =>
  segments.find(({ type, memsz }) => type === Pt.gnuEhFrame && memsz > 0)?.vaddr ?? 0
