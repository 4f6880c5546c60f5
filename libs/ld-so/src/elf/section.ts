/** Section headers (gABI, "Section Header"). */
import { ByteWriter } from './byte-writer.ts'
import { fault, type Parsed } from './fault.ts'
import { type ElfHeader, word64 } from './header.ts'

export const SHDR_SIZE = 64
export const Sht = {
  null: 0,
  progbits: 1,
  symtab: 2,
  strtab: 3,
  rela: 4,
  dynamic: 6,
  nobits: 8,
  dynsym: 11,
  initArray: 14,
  finiArray: 15,
  gnuHash: 0x6ffffff6,
} as const
export const Shf = { write: 1, alloc: 2, exec: 4, infoLink: 0x40, tls: 0x400 } as const

export interface Section {
  readonly name: string
  /** One of `Sht`, or another value that is passed on. */
  readonly type: number
  readonly flags: number
  readonly address: number
  readonly offset: number
  readonly size: number
  readonly link: number
  readonly info: number
  readonly align: number
  readonly entsize: number
}

const UTF_8 = new TextDecoder()

/** The NUL-terminated text at `at`; bounded by `end`. */
export function textAt(bytes: Uint8Array, at: number, end = bytes.length): string {
  let stop = at
  while (stop < end && bytes[stop] !== 0) stop++
  return UTF_8.decode(bytes.subarray(at, stop))
}

/** Part of a file: up to `length` bytes from `offset`, short at its end. */
export type ReadAt = (offset: number, length: number) => Uint8Array

/** All section headers of a whole file; sections with content must lie inside it. */
export const readSections = (file: string, bytes: Uint8Array, header: ElfHeader): Parsed<readonly Section[]> =>
  readSectionsAt(file, bytes.length, (offset, length) => bytes.subarray(offset, offset + length), header)

/** The same of a file of `size` bytes that is not in memory. */
export function readSectionsAt(file: string, size: number, read: ReadAt, header: ElfHeader): Parsed<readonly Section[]> {
  const { shoff, shnum, shentsize, shstrndx } = header
  if (shoff === 0 || shnum === 0) return { ok: true, value: [] }
  if (shentsize !== SHDR_SIZE) return fault(file, 58, `section headers of ${SHDR_SIZE} bytes`, shentsize)
  if (shoff + shnum * SHDR_SIZE > size) return fault(file, 40, 'section headers inside the file', shoff)
  if (shstrndx >= shnum) return fault(file, 62, `a section index below ${shnum}`, shstrndx)
  const table = read(shoff, shnum * SHDR_SIZE)
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength)
  const namesAt = word64(view, shstrndx * SHDR_SIZE + 24)
  const namesSize = word64(view, shstrndx * SHDR_SIZE + 32)
  if (namesAt + namesSize > size) return fault(file, shoff + shstrndx * SHDR_SIZE + 24, 'section names inside the file', namesAt)
  const names = read(namesAt, namesSize)
  const out: Section[] = []
  for (let i = 0; i < shnum; i++) {
    const at = i * SHDR_SIZE
    const section: Section = {
      name: textAt(names, view.getUint32(at, true)),
      type: view.getUint32(at + 4, true),
      flags: word64(view, at + 8),
      address: word64(view, at + 16),
      offset: word64(view, at + 24),
      size: word64(view, at + 32),
      link: view.getUint32(at + 40, true),
      info: view.getUint32(at + 44, true),
      align: word64(view, at + 48),
      entsize: word64(view, at + 56),
    }
    if (section.type !== Sht.null && section.type !== Sht.nobits && section.offset + section.size > size)
      return fault(file, shoff + at + 24, 'a section inside the file', section.offset)
    out.push(section)
  }
  return { ok: true, value: out }
}

/** The section header table; `nameAt` are offsets into the section name table. */
export function writeSections(sections: readonly Section[], nameAt: readonly number[]): Uint8Array {
  const out = new ByteWriter()
  sections.forEach((section, i) => {
    out.u32(nameAt[i])
    out.u32(section.type)
    for (const value of [section.flags, section.address, section.offset, section.size]) out.u64(value)
    out.u32(section.link)
    out.u32(section.info)
    out.u64(section.align)
    out.u64(section.entsize)
  })
  return out.done()
}
