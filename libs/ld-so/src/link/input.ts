/** What the static linker learns of an executable or shared object before it maps anything: its span, and what it needs. */
import { identityOf, type Member } from '../closure.ts'
import { Dt, readNeeds, readTags, TEXT_LIMIT } from '../dynamic-section.ts'
import { fault, type Parsed } from '../elf/fault.ts'
import { textAt } from '../elf/section.ts'
import type { LoaderFile } from '../loader-port.ts'
import { type Outline, readOutline } from '../outline.ts'

export interface Input extends Member<Input> {
  readonly file: LoaderFile
  readonly outline: Outline
  /** First address in the image; set by the layout. */
  start: number
}

/** A dynamic section longer than this is no dynamic section. */
const DYNAMIC_LIMIT = 1 << 20

export function readInput(file: LoaderFile): Parsed<Input> {
  const outline = readOutline(file)
  if (!outline.ok) return outline
  const { dynamic, loads } = outline.value
  const size = dynamic?.filesz ?? 0
  if (size > DYNAMIC_LIMIT) return fault(file.path, dynamic?.offset ?? 0, `a dynamic section of at most ${DYNAMIC_LIMIT} bytes`, size)
  const bytes = new Uint8Array(size)
  file.read(dynamic?.offset ?? 0, bytes)
  const section = readTags(new DataView(bytes.buffer), 0, size)
  const strtab = section.tags.get(Dt.strtab) ?? 0
  const end = strtab + (section.tags.get(Dt.strsz) ?? 0)
  const carrier = loads.find(({ vaddr, filesz }) => strtab >= vaddr && strtab < vaddr + filesz)
  const text = (offset: number): string => {
    const at = strtab + offset
    if (carrier === undefined || at >= Math.min(end, carrier.vaddr + carrier.filesz)) return ''
    const piece = new Uint8Array(Math.min(TEXT_LIMIT, end - at))
    return textAt(piece, 0, file.read(carrier.offset + at - carrier.vaddr, piece))
  }
  const { path, digest } = file
  return {
    ok: true,
    value: {
      path,
      digest,
      identity: identityOf(file),
      file,
      outline: outline.value,
      ...readNeeds(section, text),
      dependencies: [],
      start: 0,
    },
  }
}
