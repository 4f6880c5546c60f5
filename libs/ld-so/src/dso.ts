/** One mapped object: its segments in guest memory, its dynamic tags, and symbol lookup straight from the mapped hash tables. */
import { fault, type Parsed } from './elf/fault.ts'
import { EHDR_SIZE, Et, readHeader } from './elf/header.ts'
import { textAt } from './elf/section.ts'
import { PHDR_SIZE, Pt, readSegments, type Segment } from './elf/segment.ts'
import type { LoaderFile, LoaderPort } from './loader-port.ts'

export const PAGE = 4096

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
}

export const Dt = {
  needed: 1,
  pltrelsz: 2,
  hash: 4,
  strtab: 5,
  symtab: 6,
  rela: 7,
  relasz: 8,
  init: 12,
  fini: 13,
  soname: 14,
  rpath: 15,
  symbolic: 16,
  jmprel: 23,
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
  const low = Math.min(...loads.map((each) => each.vaddr)) & -PAGE
  const first = low >>> 0
  const last = Math.ceil(Math.max(...loads.map((each) => each.vaddr + each.memsz)) / PAGE) * PAGE
  const align = Math.max(PAGE, ...loads.map((each) => each.align))
  const at = port.reserve(type === Et.exec ? first : 0, last - first, align)
  if (at === undefined) return fault(path, 0, `${last - first} bytes of free address space`, 'none')
  const base = at - first
  const { u8 } = port.memory
  for (const load of loads) file.read(load.offset, u8.subarray(base + load.vaddr, base + load.vaddr + load.filesz))
  const carrier = loads.find((each) => phoff >= each.offset && phoff + header.value.phnum * PHDR_SIZE <= each.offset + each.filesz)
  const dynamic = segments.find((segment) => segment.type === Pt.dynamic)
  const tags = new Map<number, number>()
  const neededAt: number[] = []
  const { view } = port.memory
  const inside = (address: number, length: number): boolean => address >= first && address + length <= last
  if (dynamic && inside(dynamic.vaddr, dynamic.memsz))
    for (let p = base + dynamic.vaddr, end = p + dynamic.memsz; p + 16 <= end; p += 16) {
      const tag = view.getUint32(p, true)
      if (tag === 0) break
      const value = view.getUint32(p + 8, true)
      if (tag === Dt.needed) neededAt.push(value)
      else tags.set(tag, value)
    }
  for (const [offset, size] of [
    [Dt.rela, Dt.relasz],
    [Dt.jmprel, Dt.pltrelsz],
    [Dt.relr, Dt.relrsz],
    [Dt.initArray, Dt.initArraysz],
    [Dt.finiArray, Dt.finiArraysz],
  ])
    if (tags.has(offset) && !inside(tags.get(offset) ?? 0, tags.get(size) ?? 0))
      return fault(path, dynamic?.offset ?? 0, `dynamic tag ${offset} inside the image`, tags.get(offset) ?? 0)
  const strings = base + (tags.get(Dt.strtab) ?? 0)
  const text = (offset: number): string => textAt(u8, strings + offset, base + last)
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
  }
  readVersions(port, dso, text)
  return { ok: true, value: dso }
}

/** Version index → name, of what the object defines and of what it asks for (the two share one numbering). */
function readVersions({ memory: { view } }: LoaderPort, dso: Dso, text: (offset: number) => string): void {
  const names = dso.versions as Map<number, string>
  const ok = (at: number): boolean => at >= dso.start && at + 20 <= dso.end
  let at = dso.base + (dso.tags.get(Dt.verdef) ?? 0)
  for (let n = dso.tags.get(Dt.verdefnum) ?? 0; n > 0 && ok(at); n--) {
    const aux = at + view.getUint32(at + 12, true)
    // Flag 1 marks the file's own name, which is no version.
    if (ok(aux) && (view.getUint16(at + 2, true) & 1) === 0) names.set(view.getUint16(at + 4, true), text(view.getUint32(aux, true)))
    const next = view.getUint32(at + 16, true)
    if (next === 0) break
    at += next
  }
  at = dso.base + (dso.tags.get(Dt.verneed) ?? 0)
  for (let n = dso.tags.get(Dt.verneednum) ?? 0; n > 0 && ok(at); n--) {
    let aux = at + view.getUint32(at + 8, true)
    for (let m = view.getUint16(at + 2, true); m > 0 && ok(aux); m--) {
      names.set(view.getUint16(aux + 6, true), text(view.getUint32(aux + 8, true)))
      aux += view.getUint32(aux + 12, true)
    }
    const next = view.getUint32(at + 12, true)
    if (next === 0) break
    at += next
  }
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

export interface Name {
  readonly bytes: Uint8Array
  readonly at: number
  readonly gnu: number
  readonly sysv: number
}

export function nameAt(bytes: Uint8Array, at: number): Name {
  let gnu = 5381
  let sysv = 0
  for (let i = at; i < bytes.length && bytes[i] !== 0; i++) {
    gnu = (Math.imul(gnu, 33) + bytes[i]) >>> 0
    sysv = ((sysv << 4) + bytes[i]) >>> 0
    sysv = (sysv ^ ((sysv & 0xf0000000) >>> 24)) & 0x0fffffff
  }
  return { bytes, at, gnu, sysv }
}

const same = (u8: Uint8Array, a: number, bytes: Uint8Array, b: number): boolean => {
  for (; ; a++, b++) {
    const byte = u8[a]
    if (byte !== bytes[b]) return false
    if (byte === 0 || byte === undefined) return true
  }
}

/**
 * Index of the defining symbol, 0 if there is none. `version` undefined takes the default version.
 * An object without version table satisfies every version.
 */
export function findSymbol({ memory: { u8, view } }: LoaderPort, dso: Dso, name: Name, version: string | undefined): number {
  const { base, tags } = dso
  const symtab = base + (tags.get(Dt.symtab) ?? 0)
  const strtab = base + (tags.get(Dt.strtab) ?? 0)
  const versym = tags.get(Dt.versym)
  const fits = (index: number): boolean => {
    const symbol = symtab + index * 24
    if (symbol + 24 > dso.end || view.getUint16(symbol + 6, true) === 0) return false
    if (!same(u8, strtab + view.getUint32(symbol, true), name.bytes, name.at)) return false
    if (versym === undefined) return true
    const number = view.getUint16(base + versym + index * 2, true)
    if (version === undefined) return (number & 0x8000) === 0
    return (number & 0x7fff) <= 1 ? (number & 0x7fff) === 1 : dso.versions.get(number & 0x7fff) === version
  }
  const gnu = tags.get(Dt.gnuHash)
  if (gnu !== undefined) {
    const at = base + gnu
    if (at + 16 > dso.end) return 0
    const buckets = view.getUint32(at, true)
    const first = view.getUint32(at + 4, true)
    const words = view.getUint32(at + 8, true)
    const shift = view.getUint32(at + 12, true) & 31
    const starts = at + 16 + words * 8
    if (buckets === 0 || starts + buckets * 4 > dso.end) return 0
    const word = at + 16 + ((name.gnu >>> 6) & (words - 1)) * 8
    for (const bit of [name.gnu & 63, (name.gnu >>> shift) & 63])
      if (((view.getUint32(word + (bit & 32 ? 4 : 0), true) >>> (bit & 31)) & 1) === 0) return 0
    let index = view.getUint32(starts + (name.gnu % buckets) * 4, true)
    if (index < first) return 0
    for (let chain = starts + buckets * 4 + (index - first) * 4; chain + 4 <= dso.end; chain += 4, index++) {
      const hash = view.getUint32(chain, true)
      if ((hash | 1) >>> 0 === (name.gnu | 1) >>> 0 && fits(index)) return index
      if (hash & 1) return 0
    }
    return 0
  }
  const sysv = tags.get(Dt.hash)
  if (sysv === undefined || base + sysv + 8 > dso.end) return 0
  const buckets = view.getUint32(base + sysv, true)
  const chains = view.getUint32(base + sysv + 4, true)
  const table = base + sysv + 8
  if (buckets === 0 || table + (buckets + chains) * 4 > dso.end) return 0
  let index = view.getUint32(table + (name.sysv % buckets) * 4, true)
  for (let steps = 0; index !== 0 && index < chains && steps < chains; steps++) {
    if (fits(index)) return index
    index = view.getUint32(table + (buckets + index) * 4, true)
  }
  return 0
}
