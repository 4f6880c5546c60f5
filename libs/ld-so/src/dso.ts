/** One mapped object: its segments in guest memory, its dynamic tags, and symbol lookup straight from the mapped hash tables. */
import type { Abilities } from './ability.ts'
import { identityOf } from './closure.ts'
import { Df, Dt, type Needs, readNeeds, readTags, TEXT_LIMIT } from './dynamic-section.ts'
import { fault, type Parsed } from './elf/fault.ts'
import { Et } from './elf/header.ts'
import { textAt } from './elf/section.ts'
import { Pf, PHDR_SIZE, Pt, type Segment } from './elf/segment.ts'
import type { LoaderFile, LoaderPort } from './loader-port.ts'
import { gnuTable, type HashTable, sysvTable } from './lookup.ts'
import { PAGE, readOutline } from './outline.ts'
import type { TlsModule } from './tcb.ts'
import { readVersions } from './version.ts'

export interface Dso extends Needs, TlsModule {
  readonly path: string
  readonly digest: string
  /** As of its file. */
  readonly identity: unknown
  /** ET_EXEC or ET_DYN. */
  readonly type: number
  readonly start: number
  readonly end: number
  readonly entry: number
  readonly phdrAddress: number
  readonly segments: readonly Segment[]
  /** As `DynamicTags`. */
  readonly tags: ReadonlyMap<number, number>
  dependencies: Dso[]
  /** Where this object looks after the global scope. */
  localScope: readonly Dso[]
  references: number
  readonly versions: ReadonlyMap<number, string>
  /** Guest addresses of the symbol table, of the string table and its end, of DT_VERSYM (0: none); all inside the image. */
  readonly symtab: number
  readonly strtab: number
  readonly strtabEnd: number
  readonly versym: number
  readonly hash: HashTable | undefined
  /** Guest address and bytes of `.eh_frame_hdr`, as dl_iterate_phdr and _dl_find_object report it; 0 without one. */
  readonly ehFrameHdr: number
  readonly ehFrameHdrSize: number
}

/** Maps a file; its pages stay without permissions until `protectSegments`. */
export function mapDso(port: Pick<LoaderPort, 'memory' | 'reserve' | 'release' | 'defer' | 'settle'>, file: LoaderFile): Parsed<Dso> {
  const { path } = file
  const outline = readOutline(file)
  if (!outline.ok) return outline
  const { header, segments, loads, first, last, align, dynamic } = outline.value
  const { type, entry, phoff, phnum } = header
  const inside = (address: number, length: number): boolean => address >= first && address + length <= last
  const at = port.reserve(type === Et.exec ? first : 0, last - first, align)
  if (at === undefined) return fault(path, 0, `${last - first} bytes of free address space`, 'none')
  const refuse = (expected: string, found: number): Parsed<Dso> => {
    port.release(at, last - first)
    return fault(path, dynamic?.offset ?? 0, expected, found)
  }
  const base = at - first
  const { u8, view } = port.memory
  const read = ({ vaddr, offset, filesz }: Segment): void => void file.read(offset, u8.subarray(base + vaddr, base + vaddr + filesz))
  const holds = ({ vaddr, memsz }: Segment, address: number): boolean => address >= vaddr && address < vaddr + memsz
  const late = loads.filter((load) => !(load.flags & Pf.w) && !(dynamic && holds(load, dynamic.vaddr)))
  for (const load of loads) if (!late.includes(load)) read(load)
  const carrier = loads.find((each) => phoff >= each.offset && phoff + phnum * PHDR_SIZE <= each.offset + each.filesz)
  const frames = segments.find((segment) => segment.type === Pt.gnuEhFrame)
  const section = readTags(view, base + (dynamic?.vaddr ?? 0), base + (dynamic ? dynamic.vaddr + dynamic.memsz : 0))
  const { tags } = section
  const relocatesText = tags.has(Dt.textrel) || ((tags.get(Dt.flags) ?? 0) & Df.textrel) !== 0
  for (const load of late) {
    if (relocatesText || !deferSegment(port, file, load, base)) read(load)
    else port.settle?.(base + load.vaddr, tablesIn(load, tags) - load.vaddr)
  }
  for (const [offset, size] of TABLES)
    if (tags.has(offset) && !inside(tags.get(offset) ?? 0, tags.get(size) ?? 0))
      return refuse(`dynamic tag ${offset} inside the image`, tags.get(offset) ?? 0)
  const address = (tag: number): number => (tags.has(tag) ? base + (tags.get(tag) ?? 0) : 0)
  const strtab = address(Dt.strtab)
  const strtabEnd = strtab + (tags.get(Dt.strsz) ?? 0)
  const gnu = address(Dt.gnuHash)
  const sysv = address(Dt.hash)
  const reachable = (table: number): boolean => table >= at && table < base + last
  const hash = reachable(gnu) ? gnuTable(view, gnu, base + last) : reachable(sysv) ? sysvTable(view, sysv, base + last) : undefined
  if ((gnu !== 0 || sysv !== 0) && !hash) return refuse('a hash table inside the image', (gnu || sysv) - base)
  if (!tags.has(Dt.symtab) && hash) return refuse('a symbol table beside the hash table', 0)
  const text = (offset: number): string => textAt(u8, strtab + offset, Math.min(strtab + offset + TEXT_LIMIT, strtabEnd))
  const dso: Dso = {
    path,
    digest: file.digest,
    identity: identityOf(file),
    type,
    base,
    start: at,
    end: base + last,
    entry: base + entry,
    phdrAddress: carrier ? base + carrier.vaddr + phoff - carrier.offset : 0,
    segments,
    tags,
    ...readNeeds(section, text),
    tls: segments.find((segment) => segment.type === Pt.tls && segment.memsz > 0),
    tlsModule: 0,
    tlsOffset: 0,
    dependencies: [],
    localScope: [],
    references: 0,
    versions: new Map(),
    // Without a symbol table every index lies past the end of the image.
    symtab: tags.has(Dt.symtab) ? address(Dt.symtab) : base + last,
    strtab,
    strtabEnd,
    versym: address(Dt.versym),
    hash,
    ehFrameHdr: frames ? base + frames.vaddr : 0,
    ehFrameHdrSize: frames?.memsz ?? 0,
  }
  return readVersions(port, dso, text) ? { ok: true, value: dso } : refuse('version tables inside the image', tags.get(Dt.verneed) ?? 0)
}

/** Leaves the whole pages of a segment to their first use and reads the rest; false where that cannot be. */
export function deferSegment(port: Pick<LoaderPort, 'memory' | 'defer'>, file: LoaderFile, load: Segment, base: number): boolean {
  const { later } = file
  if (port.defer === undefined || later === undefined) return false
  const { vaddr, offset, filesz } = load
  const at = base + vaddr
  const [start, end] = [Math.ceil(at / PAGE) * PAGE, Math.floor((at + filesz) / PAGE) * PAGE]
  if (start >= end) return false
  const { u8 } = port.memory
  file.read(offset, u8.subarray(at, start))
  file.read(offset + end - at, u8.subarray(end, at + filesz))
  port.defer(start, end - start, (behind, into) => later(offset + start - at + behind, into))
  return true
}

/** Where in a segment the linker's tables end: before the code, as linkers place them, or nowhere before the segment's end. */
function tablesIn({ vaddr, filesz }: Segment, tags: ReadonlyMap<number, number>): number {
  const end = vaddr + filesz
  const init = tags.get(Dt.init) ?? 0
  const tables = [Dt.gnuHash, Dt.hash, ...TABLES.map(([tag]) => tag)]
    .filter((tag) => tag !== Dt.init && tag !== Dt.fini)
    .map((tag) => tags.get(tag) ?? 0)
    .filter((address) => address >= vaddr && address < end)
  if (tables.length === 0) return vaddr
  return init < end && tables.every((address) => address < init) ? init : end
}

/** Dynamic tags that hold addresses, with the tag of the size (0: none). */
const TABLES = [
  [Dt.rela, Dt.relasz],
  [Dt.jmprel, Dt.pltrelsz],
  [Dt.relr, Dt.relrsz],
  [Dt.preinitArray, Dt.preinitArraysz],
  [Dt.initArray, Dt.initArraysz],
  [Dt.finiArray, Dt.finiArraysz],
  [Dt.strtab, Dt.strsz],
  [Dt.symtab, 0],
  [Dt.versym, 0],
  [Dt.verdef, 0],
  [Dt.verneed, 0],
  [Dt.init, 0],
  [Dt.fini, 0],
] as const

/** Applies p_flags to the pages, then RELRO. */
export function protectSegments(port: LoaderPort, dso: Dso, abilities: Abilities): void {
  for (const { type, vaddr, memsz, flags } of dso.segments) {
    if (type !== Pt.load && type !== Pt.gnuRelro) continue
    if (type === Pt.gnuRelro && !abilities.served('PT_GNU_RELRO applied', dso.path)) continue
    const start = Math.floor((dso.base + vaddr) / PAGE) * PAGE
    const end =
      type === Pt.load ? Math.ceil((dso.base + vaddr + memsz) / PAGE) * PAGE : Math.floor((dso.base + vaddr + memsz) / PAGE) * PAGE
    if (end > start) port.protect(start, end - start, type === Pt.load ? flags : 4)
  }
}
