/**
 * The surface of a C library that somebody built: what its libc.so exports, or what a static link finds in its libc.a, where hidden
 * symbols count. What is a stub cannot be seen from outside.
 */
import { fault, type Parsed, readArchive, readHeader, readSections, readSymbols, SHN_UNDEF, Sht, Stb, Stt, Stv } from '@bootgraph/ld-so/elf'
import type { Surface, SurfaceSymbol } from './dated.ts'

const KINDS: Readonly<Record<number, SurfaceSymbol['kind']>> = {
  [Stt.notype]: 'func',
  [Stt.func]: 'func',
  [Stt.gnuIfunc]: 'func',
  [Stt.object]: 'object',
  [Stt.common]: 'object',
  [Stt.tls]: 'object',
}

/** `name` becomes the surface's, `id` stands in for a commit. */
export function surfaceOfLibrary(file: string, bytes: Uint8Array, name: string, id: string): Parsed<Surface> {
  const symbols = new Map<string, SurfaceSymbol>()
  const archive = String.fromCharCode(...bytes.subarray(0, 7)) === '!<arch>'
  const members = archive ? readArchive(file, bytes) : ({ ok: true, value: [{ name: file, bytes }] } as const)
  if (!members.ok) return members
  for (const member of members.value) {
    const failed = exportsOf(archive ? `${file}(${member.name})` : file, member.bytes, archive ? Sht.symtab : Sht.dynsym, symbols)
    // An archive may hold other things than objects.
    if (failed && !archive) return failed
  }
  if (symbols.size === 0) return fault(file, 0, 'a C library with exported symbols', 'none')
  return { ok: true, value: { date: name, commit: id, symbols: new Map([...symbols].sort(([a], [b]) => (a < b ? -1 : 1))) } }
}

function exportsOf(
  file: string,
  bytes: Uint8Array,
  type: number,
  into: Map<string, SurfaceSymbol>,
): (Parsed<never> & { ok: false }) | undefined {
  const header = readHeader(file, bytes)
  if (!header.ok) return header
  const sections = readSections(file, bytes, header.value)
  if (!sections.ok) return sections
  const table = readSymbols(file, bytes, sections.value, type)
  if (!table.ok) return table
  const { names, info, other, section } = table.value
  names.forEach((name, i) => {
    const visibility = other[i] & 3
    const kind = KINDS[info[i] & 15]
    if (name === '' || kind === undefined || section[i] === SHN_UNDEF || info[i] >> 4 === Stb.local) return
    if (type === Sht.symtab || visibility === Stv.default || visibility === Stv.protected) into.set(name, { kind, status: 'implemented' })
  })
  return undefined
}
