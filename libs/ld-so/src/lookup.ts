/** Symbol lookup by name straight from the mapped hash table. Table bounds are taken when the object is mapped; chains are hostile for ever. */
import type { Dso } from './dso.ts'
import type { LoaderPort } from './loader-port.ts'

/** Longest name that is read, and most chain steps of one lookup: a made-up table must not cost more. */
export const NAME_LIMIT = 0x1_0000
const CHAIN_LIMIT = 0x1_0000

export interface Name {
  readonly bytes: Uint8Array
  readonly at: number
  readonly length: number
  readonly gnu: number
}

/** The NUL-terminated name at `at`; undefined if it does not end before `end`. */
export function nameAt(bytes: Uint8Array, at: number, end = bytes.length): Name | undefined {
  let gnu = 5381
  const limit = Math.min(end, at + NAME_LIMIT)
  for (let i = at; i < limit; i++) {
    const byte = bytes[i]
    if (byte === 0) return { bytes, at, length: i - at, gnu }
    gnu = (Math.imul(gnu, 33) + byte) >>> 0
  }
  return undefined
}
/** The hash of the gABI, which few objects of today have. */
function sysvHash({ bytes, at, length }: Name): number {
  let hash = 0
  for (let i = at; i < at + length; i++) {
    hash = ((hash << 4) + bytes[i]) >>> 0
    hash = (hash ^ ((hash & 0xf0000000) >>> 24)) & 0x0fffffff
  }
  return hash
}

export type HashTable =
  | {
      readonly kind: 'gnu'
      readonly buckets: number
      readonly first: number
      readonly words: number
      readonly shift: number
      readonly at: number
    }
  | { readonly kind: 'sysv'; readonly buckets: number; readonly chains: number; readonly at: number }

/** Header of a DT_GNU_HASH table at `at`; undefined if its filter and buckets do not end before `end`. */
export function gnuTable(view: DataView, at: number, end: number): HashTable | undefined {
  if (at + 16 > end) return undefined
  const buckets = view.getUint32(at, true)
  const words = view.getUint32(at + 8, true)
  if (words === 0 || (words & (words - 1)) !== 0 || at + 16 + words * 8 + buckets * 4 > end) return undefined
  return { kind: 'gnu', buckets, first: view.getUint32(at + 4, true), words, shift: view.getUint32(at + 12, true) & 31, at: at + 16 }
}

/** Header of a DT_HASH table at `at`; undefined if it does not end before `end`. */
export function sysvTable(view: DataView, at: number, end: number): HashTable | undefined {
  if (at + 8 > end) return undefined
  const buckets = view.getUint32(at, true)
  const chains = view.getUint32(at + 4, true)
  return at + 8 + (buckets + chains) * 4 > end ? undefined : { kind: 'sysv', buckets, chains, at: at + 8 }
}

function same(u8: Uint8Array, at: number, end: number, name: Name): boolean {
  if (at + name.length >= end || u8[at + name.length] !== 0) return false
  for (let i = 0; i < name.length; i++) if (u8[at + i] !== name.bytes[name.at + i]) return false
  return true
}

function fits({ u8, view }: LoaderPort['memory'], dso: Dso, index: number, { name, version, call }: Wanted): boolean {
  const symbol = dso.symtab + index * 24
  if (symbol + 24 > dso.end) return false
  // A fixed executable gives an undefined function an address, its PLT entry: that is the function's for all but calls (psABI 5.2).
  const undefinedOne = view.getUint16(symbol + 6, true) === 0
  if (undefinedOne && (call || view.getUint32(symbol + 8, true) === 0)) return false
  if (!same(u8, dso.strtab + view.getUint32(symbol, true), dso.strtabEnd, name)) return false
  const number = versionNumber(view, dso, index)
  if (number === undefined) return true
  if (version === undefined) return (number & 0x8000) === 0
  return (number & 0x7fff) <= 1 ? (number & 0x7fff) === 1 : dso.versions.get(number & 0x7fff) === version
}

/** Entry of DT_VERSYM; undefined for an object without one, 0 (local) beyond its image. */
export function versionNumber(view: DataView, dso: Dso, index: number): number | undefined {
  if (dso.versym === 0) return undefined
  const at = dso.versym + index * 2
  return at + 2 > dso.end ? 0 : view.getUint16(at, true)
}

export interface Wanted {
  readonly name: Name
  /** undefined takes the default version. An object without version table satisfies every version. */
  readonly version: string | undefined
  /** For a jump through the PLT. */
  readonly call: boolean
}

/** A name that no image holds; undefined if it is longer than any that is read. */
export function wanted(name: string, version?: string): Wanted | undefined {
  const bytes = nameAt(new TextEncoder().encode(`${name}\0`), 0)
  return bytes && { name: bytes, version, call: false }
}

/** Index of the defining symbol, 0 if there is none. */
export function findSymbol({ memory }: Pick<LoaderPort, 'memory'>, dso: Dso, wanted: Wanted): number {
  const { name } = wanted
  const { hash, end } = dso
  const { view } = memory
  if (!hash || hash.buckets === 0) return 0
  if (hash.kind === 'sysv') {
    let index = view.getUint32(hash.at + (sysvHash(name) % hash.buckets) * 4, true)
    for (let steps = 0; index !== 0 && index < hash.chains && steps < CHAIN_LIMIT; steps++) {
      if (fits(memory, dso, index, wanted)) return index
      index = view.getUint32(hash.at + (hash.buckets + index) * 4, true)
    }
    return 0
  }
  const word = hash.at + ((name.gnu >>> 6) & (hash.words - 1)) * 8
  for (let bit = name.gnu & 63, n = 0; n < 2; bit = (name.gnu >>> hash.shift) & 63, n++)
    if (((view.getUint32(word + (bit & 32 ? 4 : 0), true) >>> (bit & 31)) & 1) === 0) return 0
  const starts = hash.at + hash.words * 8
  let index = view.getUint32(starts + (name.gnu % hash.buckets) * 4, true)
  if (index < hash.first) return 0
  const last = index + CHAIN_LIMIT
  for (let chain = starts + (hash.buckets + index - hash.first) * 4; chain + 4 <= end && index < last; chain += 4, index++) {
    const found = view.getUint32(chain, true)
    if ((found | 1) >>> 0 === (name.gnu | 1) >>> 0 && fits(memory, dso, index, wanted)) return index
    if (found & 1) return 0
  }
  return 0
}
