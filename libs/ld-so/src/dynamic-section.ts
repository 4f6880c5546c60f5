/** The dynamic section (gABI, "Dynamic Section"): tags, and what an object asks the search for. */
import { word64 } from './elf/header.ts'

/** Longest file or version name that is read. */
export const TEXT_LIMIT = 4096

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
  textrel: 22,
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

/** Bits of DT_FLAGS. */
export const Df = { textrel: 4 } as const

export interface DynamicTags {
  /** Last value of each tag as written in the file (addresses without the bias); DT_NEEDED is kept apart. */
  readonly tags: ReadonlyMap<number, number>
  readonly needed: readonly number[]
}

export function readTags(view: DataView, start: number, end: number): DynamicTags {
  const tags = new Map<number, number>()
  const needed: number[] = []
  for (let at = start; at + 16 <= end; at += 16) {
    const tag = word64(view, at)
    if (tag === 0) break
    const value = word64(view, at + 8)
    if (tag === Dt.needed) needed.push(value)
    else tags.set(tag, value)
  }
  return { tags, needed }
}

/** What the search for needed objects reads of one. */
export interface Needs {
  /** Empty without one. */
  readonly soname: string
  readonly needed: readonly string[]
  /** Entries of DT_RPATH and DT_RUNPATH, `$ORIGIN` not yet replaced; undefined without the tag. */
  readonly rpath: readonly string[] | undefined
  readonly runpath: readonly string[] | undefined
}

/** `text` gives the string at an offset of the string table. */
export function readNeeds({ tags, needed }: DynamicTags, text: (offset: number) => string): Needs {
  const of = (tag: number): string | undefined => {
    const at = tags.get(tag)
    return at === undefined ? undefined : text(at)
  }
  return {
    soname: of(Dt.soname) ?? '',
    needed: needed.map(text),
    rpath: of(Dt.rpath)?.split(':'),
    runpath: of(Dt.runpath)?.split(':'),
  }
}
