/** What the head of an executable or shared object says: its segments and the span of addresses they need. */
import { fault, type Parsed } from './elf/fault.ts'
import { EHDR_SIZE, type ElfHeader, Et, readHeader } from './elf/header.ts'
import { PHDR_SIZE, Pt, readSegments, type Segment } from './elf/segment.ts'
import type { LoaderFile } from './loader-port.ts'

export const PAGE = 4096

export interface Outline {
  readonly header: ElfHeader
  readonly segments: readonly Segment[]
  /** PT_LOAD, in order and apart. */
  readonly loads: readonly Segment[]
  /** First and one past the last address, page aligned, without any bias. */
  readonly first: number
  readonly last: number
  /** At least a page. */
  readonly align: number
  readonly dynamic: Segment | undefined
}

/** Reads header and program headers; every segment that is used later lies inside the span. */
export function readOutline(file: LoaderFile): Parsed<Outline> {
  const { path } = file
  const head = new Uint8Array(Math.min(file.size, PAGE))
  file.read(0, head)
  const parsed = readHeader(path, head)
  if (!parsed.ok) return parsed
  const header = parsed.value
  const { type, entry, phoff, phnum } = header
  if (type === Et.rel) return fault(path, 16, 'an executable or shared object', 'a relocatable object')
  const table = new Uint8Array(Math.max(EHDR_SIZE, Math.min(file.size, phoff + phnum * PHDR_SIZE)))
  file.read(0, table)
  const read = readSegments(path, table, header, file.size)
  if (!read.ok) return read
  const segments = read.value
  const loads = segments.filter((segment) => segment.type === Pt.load)
  if (loads.length === 0) return fault(path, phoff, 'a PT_LOAD segment', 'none')
  for (let i = 1; i < loads.length; i++)
    if (loads[i].vaddr < loads[i - 1].vaddr + loads[i - 1].memsz)
      return fault(path, phoff, 'PT_LOAD segments in order and apart', loads[i].vaddr)
  const first = Math.floor(loads[0].vaddr / PAGE) * PAGE
  const last = Math.ceil(Math.max(...loads.map((each) => each.vaddr + each.memsz)) / PAGE) * PAGE
  const inside = (address: number, length: number): boolean => address >= first && address + length <= last
  for (const { type: kind, vaddr, memsz } of segments)
    if ((kind === Pt.dynamic || kind === Pt.tls || kind === Pt.gnuRelro || kind === Pt.gnuEhFrame) && !inside(vaddr, memsz))
      return fault(path, phoff, `segment type ${kind} inside the image`, vaddr)
  if (entry !== 0 && !inside(entry, 0)) return fault(path, 24, 'an entry point inside the image', entry)
  const align = Math.max(PAGE, ...loads.map((each) => each.align))
  return {
    ok: true,
    value: { header, segments, loads, first, last, align, dynamic: segments.find(({ type: kind }) => kind === Pt.dynamic) },
  }
}
