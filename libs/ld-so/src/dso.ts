/** One mapped object: its segments in guest memory, its dynamic tags, and symbol lookup straight from the mapped hash tables. */
import { fault, type Parsed } from './elf/fault.ts'
import { EHDR_SIZE, Et, readHeader, word64 } from './elf/header.ts'
import { textAt } from './elf/section.ts'
import { PHDR_SIZE, Pt, readSegments, type Segment } from './elf/segment.ts'
import type { LoaderFile, LoaderPort } from './loader-port.ts'
import { gnuTable, type HashTable, sysvTable } from './lookup.ts'

export const PAGE = 4096
/** Longest file or version name that is read. */
const TEXT_LIMIT = 4096

export interface Dso {
  readonly path: string
  readonly digest: string
  /** Load bias; 0 for a fixed executable. */
  readonly base: number
  readonly start: number
  readonly end: number
  readonly entry: number
  readonly phdrAddress: number
  readonly segments: readonly Segment[]
  /** Last value of each dynamic tag as written in the file (addresses without the bias). */
  readonly tags: ReadonlyMap<number, number>
  readonly soname: string
  readonly needed: readonly string[]
  readonly tls: Segment | undefined
  /** 1-based; 0 without TLS. */
  tlsModule: number
  /** Distance of the static TLS block below the thread pointer; 0 while it has none. */
  tlsOffset: number
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

export const Dt = {
  needed: 1,
  pltrelsz: 2,
  hash: 4,
  strtab: 5,
  symtab: 6,
  rela: 7,
  relasz: 8,
  strsz: 10,
  init: 12,
  fini: 13,
  soname: 14,
  rpath: 15,
  symbolic: 16,
  jmprel: 23,
  bindNow: 24,
  initArray: 25,
  finiArray: 26,
  initArraysz: 27,
  finiArraysz: 28,
  runpath: 29,
  flags: 30,
  preinitArray: 32,
  preinitArraysz: 33,
  relrsz: 35,
  relr: 36,
  gnuHash: 0x6ffffef5,
  versym: 0x6ffffff0,
  flags1: 0x6ffffffb,
  verdef: 0x6ffffffc,
  verdefnum: 0x6ffffffd,
  verneed: 0x6ffffffe,
  verneednum: 0x6fffffff,
} as const

/** Maps a file; its pages stay without permissions until `protectSegments`. */
export function mapDso(port: LoaderPort, file: LoaderFile): Parsed<Dso> {
  const path = file.path
  const head = new Uint8Array(Math.min(file.size, PAGE))
  file.read(0, head)
  const header = readHeader(path, head)
  if (!header.ok) return header
  const { type, entry, phoff } = header.value
  if (type === Et.rel) return fault(path, 16, 'an executable or shared object', 'a relocatable object')
  const tableEnd = Math.min(file.size, phoff + header.value.phnum * PHDR_SIZE)
  const table = new Uint8Array(Math.max(EHDR_SIZE, tableEnd))
  file.read(0, table)
  const parsed = readSegments(path, table, header.value, file.size)
  if (!parsed.ok) return parsed
  const segments = parsed.value
  const loads = segments.filter((segment) => segment.type === Pt.load)
  if (loads.length === 0) return fault(path, phoff, 'a PT_LOAD segment', 'none')
  for (let i = 1; i < loads.length; i++)
    if (loads[i].vaddr < loads[i - 1].vaddr + loads[i - 1].memsz)
      return fault(path, phoff, 'PT_LOAD segments in order and apart', loads[i].vaddr)
  const low = Math.min(...loads.map((each) => each.vaddr)) & -PAGE
  const first = low >>> 0
  const last = Math.ceil(Math.max(...loads.map((each) => each.vaddr + each.memsz)) / PAGE) * PAGE
  const align = Math.max(PAGE, ...loads.map((each) => each.align))
  const inside = (address: number, length: number): boolean => address >= first && address + length <= last
  for (const { type: kind, vaddr, memsz } of segments)
    if ((kind === Pt.dynamic || kind === Pt.tls || kind === Pt.gnuRelro || kind === Pt.gnuEhFrame) && !inside(vaddr, memsz))
      return fault(path, phoff, `segment type ${kind} inside the image`, vaddr)
  if (entry !== 0 && !inside(entry, 0)) return fault(path, 24, 'an entry point inside the image', entry)
  const at = port.reserve(type === Et.exec ? first : 0, last - first, align)
  if (at === undefined) return fault(path, 0, `${last - first} bytes of free address space`, 'none')
  const refuse = (expected: string, found: number): Parsed<Dso> => {
    port.release(at, last - first)
    return fault(path, dynamic?.offset ?? 0, expected, found)
  }
  const base = at - first
  const { u8 } = port.memory
  for (const load of loads) file.read(load.offset, u8.subarray(base + load.vaddr, base + load.vaddr + load.filesz))
  const carrier = loads.find((each) => phoff >= each.offset && phoff + header.value.phnum * PHDR_SIZE <= each.offset + each.filesz)
  const dynamic = segments.find((segment) => segment.type === Pt.dynamic)
  const frames = segments.find((segment) => segment.type === Pt.gnuEhFrame)
  const tags = new Map<number, number>()
  const neededAt: number[] = []
  const { view } = port.memory
  if (dynamic)
    for (let p = base + dynamic.vaddr, end = p + dynamic.memsz; p + 16 <= end; p += 16) {
      const tag = word64(view, p)
      if (tag === 0) break
      const value = word64(view, p + 8)
      if (tag === Dt.needed) neededAt.push(value)
      else tags.set(tag, value)
    }
  for (const [offset, size] of [
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
  ])
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
  const soname = tags.get(Dt.soname)
  const dso: Dso = {
    path,
    digest: file.digest,
    base,
    start: at,
    end: base + last,
    entry: base + entry,
    phdrAddress: carrier ? base + carrier.vaddr + phoff - carrier.offset : 0,
    segments,
    tags,
    soname: soname === undefined ? '' : text(soname),
    needed: neededAt.map(text),
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

/**
 * Version index → name, of what the object defines and of what it asks for (the two share one numbering).
 * False if a record lies outside the image, or there are more than 15-bit indices can name.
 */
function readVersions({ memory: { view } }: LoaderPort, dso: Dso, text: (offset: number) => string): boolean {
  const names = dso.versions as Map<number, string>
  let left = 0x8000
  const ok = (at: number, length: number): boolean => at >= dso.start && at + length <= dso.end && left-- > 0
  let at = dso.base + (dso.tags.get(Dt.verdef) ?? 0)
  for (let n = dso.tags.get(Dt.verdefnum) ?? 0; n > 0; n--) {
    if (!ok(at, 20)) return false
    const aux = at + view.getUint32(at + 12, true)
    if (!ok(aux, 8)) return false
    // Flag 1 marks the file's own name, which is no version.
    if ((view.getUint16(at + 2, true) & 1) === 0) names.set(view.getUint16(at + 4, true), text(view.getUint32(aux, true)))
    const next = view.getUint32(at + 16, true)
    if (next === 0) break
    at += next
  }
  at = dso.base + (dso.tags.get(Dt.verneed) ?? 0)
  for (let n = dso.tags.get(Dt.verneednum) ?? 0; n > 0; n--) {
    if (!ok(at, 16)) return false
    let aux = at + view.getUint32(at + 8, true)
    for (let m = view.getUint16(at + 2, true); m > 0; m--) {
      if (!ok(aux, 16)) return false
      names.set(view.getUint16(aux + 6, true), text(view.getUint32(aux + 8, true)))
      aux += view.getUint32(aux + 12, true)
    }
    const next = view.getUint32(at + 12, true)
    if (next === 0) break
    at += next
  }
  return true
}

/** Applies p_flags to the pages, then RELRO. */
export function protectSegments(port: LoaderPort, dso: Dso): void {
  for (const { type, vaddr, memsz, flags } of dso.segments) {
    if (type !== Pt.load && type !== Pt.gnuRelro) continue
    const start = Math.floor((dso.base + vaddr) / PAGE) * PAGE
    const end =
      type === Pt.load ? Math.ceil((dso.base + vaddr + memsz) / PAGE) * PAGE : Math.floor((dso.base + vaddr + memsz) / PAGE) * PAGE
    if (end > start) port.protect(start, end - start, type === Pt.load ? flags : 4)
  }
}
