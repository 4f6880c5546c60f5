/** The ar format, GNU flavour: symbol index `/`, long names `//`, members on even offsets. Thin archives are refused. */
import { ByteWriter } from './byte-writer.ts'
import { fault, type Parsed } from './fault.ts'
import { readHeader } from './header.ts'
import { readSections, Sht } from './section.ts'
import { readSymbols, SHN_UNDEF, Stb } from './symbol.ts'

const MAGIC = '!<arch>\n'
const THIN = '!<thin>\n'
const HEAD = 60

export interface ArchiveMember {
  readonly name: string
  readonly bytes: Uint8Array
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

/** Members in file order, without the index and the long name table; bytes are views into the archive. */
export function readArchive(file: string, bytes: Uint8Array): Parsed<readonly ArchiveMember[]> {
  const magic = ascii(bytes.subarray(0, 8))
  if (magic === THIN) return fault(file, 0, 'an archive that holds its members', 'a thin archive')
  if (magic !== MAGIC) return fault(file, 0, 'the magic !<arch>', JSON.stringify(magic))
  const members: ArchiveMember[] = []
  let longNames = new Uint8Array()
  for (let at = 8; at < bytes.length; ) {
    if (at + HEAD > bytes.length) return fault(file, at, `a member header of ${HEAD} bytes`, bytes.length - at)
    if (bytes[at + 58] !== 0x60 || bytes[at + 59] !== 0x0a) return fault(file, at + 58, 'the end mark of a member header', bytes[at + 58])
    const digits = ascii(bytes.subarray(at + 48, at + 58)).trimEnd()
    const size = /^[0-9]+$/.test(digits) ? Number(digits) : -1
    if (size < 0 || at + HEAD + size > bytes.length) return fault(file, at + 48, 'a size inside the archive', JSON.stringify(digits))
    const field = ascii(bytes.subarray(at, at + 16)).trimEnd()
    const content = bytes.subarray(at + HEAD, at + HEAD + size)
    if (field === '//') longNames = new Uint8Array(content)
    else if (field !== '/' && field !== '/SYM64/') {
      const long = /^\/([0-9]+)$/.exec(field)
      const start = long ? Number(long[1]) : 0
      if (long && start >= longNames.length) return fault(file, at, 'a name inside the long name table', field)
      const end = long ? longNames.indexOf(0x0a, start) : 0
      const name = long ? ascii(longNames.subarray(start, Math.min(end < 0 ? longNames.length : end, start + 4096))) : field
      members.push({ name: name.replace(/\/$/, ''), bytes: content })
    }
    at += HEAD + size + (size % 2)
  }
  return { ok: true, value: members }
}

/** Names that an ET_REL member offers to the link; none if it is no ELF file. */
function offered(member: ArchiveMember): readonly string[] {
  const header = readHeader(member.name, member.bytes)
  if (!header.ok) return []
  const sections = readSections(member.name, member.bytes, header.value)
  if (!sections.ok) return []
  const symbols = readSymbols(member.name, member.bytes, sections.value, Sht.symtab)
  if (!symbols.ok) return []
  const { names, info, section } = symbols.value
  return names.filter((name, i) => name !== '' && info[i] >> 4 !== Stb.local && section[i] !== SHN_UNDEF)
}

/** Deterministic: no dates, owners or modes but fixed ones. The symbol index is made from the members' own symbols. */
export function makeArchive(members: readonly ArchiveMember[]): Uint8Array {
  const text = new TextEncoder()
  const longNames = new ByteWriter()
  const nameOf = members.map(({ name }) => {
    if (name.length < 16) return `${name}/`
    const at = longNames.length
    longNames.bytes(text.encode(`${name}/\n`))
    return `/${at}`
  })
  const index = members.map(offered)
  const symbolCount = index.reduce((sum, names) => sum + names.length, 0)
  const names = text.encode(index.flatMap((each) => each.map((name) => `${name}\0`)).join(''))
  const indexSize = 4 + symbolCount * 4 + names.length
  const even = (size: number): number => size + (size % 2)
  let at = 8 + HEAD + even(indexSize) + (longNames.length > 0 ? HEAD + even(longNames.length) : 0)
  const symbolIndex = new ByteWriter()
  const big = (value: number): void => symbolIndex.bytes(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value))
  big(symbolCount)
  members.forEach((member, i) => {
    for (let n = 0; n < index[i].length; n++) big(at)
    at += HEAD + even(member.bytes.length)
  })
  symbolIndex.bytes(names)

  const out = new ByteWriter()
  out.bytes(text.encode(MAGIC))
  const put = (name: string, bytes: Uint8Array): void => {
    const head = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(bytes.length).padEnd(10)}\`\n`
    out.bytes(text.encode(head))
    out.bytes(bytes)
    if (bytes.length % 2 === 1) out.u8(0x0a)
  }
  put('/', symbolIndex.done())
  if (longNames.length > 0) put('//', longNames.done())
  members.forEach((member, i) => {
    put(nameOf[i], member.bytes)
  })
  return out.done()
}
