/** What programs and shared objects ask of ld.so: kinds of relocations, which hold the models of thread-local storage, and functions of dlfcn.h and link.h. */
import { relocationAbility } from '@bootgraph/ld-so/ability'
import { Et, Pt, readHeader, readSections, readSegments, type Section, Shf, Sht } from '@bootgraph/ld-so/elf'
import { abilityBehind, type SurfaceAbility, surfaceAbility } from '@bootgraph/relibc/surface'

export interface AskedAbility extends SurfaceAbility {
  /** The model of thread-local storage that the relocation belongs to (psABI, "Thread-Local Storage"). */
  readonly tlsModel?: string
  /** First file that asks. */
  readonly by: string
}

const RELA_SIZE = 24
const SHT_RELR = 19
const RELR = 'RELR (packed relative relocations)'

const TLS_MODELS: Readonly<Record<string, string>> = {
  R_X86_64_DTPMOD64: 'general dynamic',
  R_X86_64_DTPOFF64: 'general dynamic',
  R_X86_64_TPOFF64: 'initial exec',
  R_X86_64_TLSDESC: 'TLS descriptors',
}

/** Abilities over any number of files, which are added one by one. */
export class LoaderDemand {
  /** Ability → first file that asks for it. */
  readonly #asked = new Map<string, string>()
  /** Programs that nothing loads other objects for: what they ask of a C library has no names. */
  readonly staticPrograms: string[] = []

  /** What is no linked ELF file asks for nothing. */
  add(path: string, bytes: Uint8Array): void {
    const header = readHeader(path, bytes)
    if (!header.ok || header.value.type === Et.rel) return
    const segments = readSegments(path, bytes, header.value)
    const sections = readSections(path, bytes, header.value)
    if (!segments.ok || !sections.ok) return
    const has = (type: number): boolean => segments.value.some((segment) => segment.type === type)
    if (!has(Pt.interp) && (header.value.type === Et.exec || isPie(bytes, sections.value))) {
      this.staticPrograms.push(path)
      return
    }
    if (has(Pt.tls)) this.#ask('static TLS', path)
    for (const section of sections.value) {
      if (section.type === SHT_RELR) this.#ask(RELR, path)
      if (section.type !== Sht.rela || (section.flags & Shf.alloc) === 0) continue
      for (const type of typesIn(bytes, section)) this.#ask(relocationAbility[type] ?? 'unknown relocation', path)
    }
  }

  /** A function that `by` calls. */
  calls(symbol: string, by: string): void {
    const ability = abilityBehind(symbol)
    if (ability !== undefined) this.#ask(ability, by)
  }

  /** Each with what `surface` has of it, by name. */
  judged(surface: string): readonly AskedAbility[] {
    return [...this.#asked]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, by]) => ({ ...surfaceAbility(name, surface), ...(name in TLS_MODELS ? { tlsModel: TLS_MODELS[name] } : {}), by }))
  }

  #ask(ability: string, by: string): void {
    if (!this.#asked.has(ability)) this.#asked.set(ability, by)
  }
}

const NONE = 0

function typesIn(bytes: Uint8Array, { offset, size }: Section): Set<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const types = new Set<number>()
  for (let at = offset; at + RELA_SIZE <= offset + size; at += RELA_SIZE) types.add(view.getUint32(at + 8, true))
  types.delete(NONE)
  return types
}

const DT_FLAGS_1 = 0x6ffffffb
const DF_1_PIE = 0x08000000

function isPie(bytes: Uint8Array, sections: readonly Section[]): boolean {
  const dynamic = sections.find(({ type }) => type === Sht.dynamic)
  if (dynamic === undefined) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = dynamic.offset; at + 16 <= dynamic.offset + dynamic.size; at += 16)
    if (view.getUint32(at, true) === DT_FLAGS_1) return (view.getUint32(at + 8, true) & DF_1_PIE) !== 0
  return false
}
