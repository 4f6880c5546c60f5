/** What ELF files ask for by name and do not hold themselves. */
import { faultText, type Parsed, readArchive, readHeader, readSections, readSymbols, SHN_UNDEF, Sht, Stb } from '@bootgraph/ld-so/elf'

/** Names over any number of files; `add` takes them one by one, so that no file has to stay in memory. */
export class Demand {
  /** Name → first file that asks for it and cannot do without. */
  readonly #wanted = new Map<string, string>()
  readonly #weak = new Map<string, string>()
  readonly #defined = new Set<string>()
  #objects = 0
  /** ELF files and archives that cannot be read or are for another machine, one line each; nothing is known of what they ask for. */
  readonly damaged: string[] = []

  /** How many ELF objects were read, archive members counted one by one. */
  get objects(): number {
    return this.#objects
  }

  /** Reads an executable, shared object, relocatable object or archive; false for any other bytes, and for what is damaged. */
  add(path: string, bytes: Uint8Array): boolean {
    const archive = ARCHIVES.some((magic) => startsWith(bytes, magic)) ? readArchive(path, bytes) : undefined
    if (archive === undefined) return this.#object(path, bytes)
    if (!archive.ok) {
      this.damaged.push(faultText(archive.error))
      return false
    }
    for (const member of archive.value) this.#object(`${path}(${member.name})`, member.bytes)
    return true
  }

  /** What no file read so far defines, sorted. A weak reference may stay unanswered: it is null then. */
  open(): readonly { readonly name: string; readonly by: string; readonly weak: boolean }[] {
    const names = [...new Set([...this.#wanted.keys(), ...this.#weak.keys()])].filter((name) => !this.#defined.has(name)).sort()
    return names.map((name) => {
      const by = this.#wanted.get(name)
      return { name, by: by ?? this.#weak.get(name) ?? '', weak: by === undefined }
    })
  }

  #object(path: string, bytes: Uint8Array): boolean {
    if (!startsWith(bytes, ELF)) return false
    const table = symbolsOf(path, bytes)
    if (!table.ok) {
      this.damaged.push(faultText(table.error))
      return false
    }
    this.#objects++
    const { names, info, section } = table.value
    for (const [i, name] of names.entries()) {
      const binding = info[i] >> 4
      if (name === '' || binding === Stb.local) continue
      if (section[i] !== SHN_UNDEF) this.#defined.add(name)
      else {
        const asked = binding === Stb.weak ? this.#weak : this.#wanted
        if (!asked.has(name)) asked.set(name, path)
      }
    }
    return true
  }
}

const ELF = [0x7f, 0x45, 0x4c, 0x46]
/** An archive, and a thin one, whose members are files of their own. */
const ARCHIVES = ['!<arch>\n', '!<thin>\n'].map((magic) => [...new TextEncoder().encode(magic)])
const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte)

function symbolsOf(path: string, bytes: Uint8Array): ReturnType<typeof readSymbols> {
  const header = readHeader(path, bytes)
  if (!header.ok) return header
  const sections: Parsed<Parameters<typeof readSymbols>[2]> = readSections(path, bytes, header.value)
  if (!sections.ok) return sections
  // What is linked already speaks to other objects through its dynamic symbols only.
  const dynamic = sections.value.some((section) => section.type === Sht.dynsym)
  return readSymbols(path, bytes, sections.value, dynamic ? Sht.dynsym : Sht.symtab)
}
