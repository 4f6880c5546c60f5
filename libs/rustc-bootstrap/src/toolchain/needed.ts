/** Whether every shared object that a tree's ELF files ask for (DT_NEEDED) is in the tree or served by the C library. */
import type { Digest } from '@bootgraph/build-graph'
import { listTree, type Store } from '@bootgraph/build-graph/store'
import { Pt, readHeader, readSegments } from '@bootgraph/ld-so/elf'

export interface Unresolved {
  readonly soname: string
  /** Path of the first object that asks. */
  readonly by: string
}

export async function unresolvedNeeds(store: Store, tree: Digest, served: readonly string[]): Promise<Unresolved[]> {
  const names = new Set(served)
  const objects: { path: string; digest: Digest }[] = []
  for await (const { path, entry } of listTree(store, tree)) {
    if (entry.kind === 'directory') continue
    names.add(entry.name)
    const isCandidate = entry.kind === 'file' && (entry.executable || /\.so(\.|$)/.test(entry.name))
    if (isCandidate) objects.push({ path, digest: entry.digest })
  }
  const found = new Map<string, string>()
  for (const { path, digest } of objects) {
    for (const soname of neededBy(await store.get(digest))) if (!names.has(soname) && !found.has(soname)) found.set(soname, path)
  }
  return [...found].map(([soname, by]) => ({ soname, by }))
}

const DT_NEEDED = 1n
const DT_STRTAB = 5n
const DYN_SIZE = 16

/** Names in DT_NEEDED of an ELF file for x86-64; nothing for any other bytes. */
export function neededBy(bytes: Uint8Array): string[] {
  const header = readHeader('', bytes)
  const segments = header.ok ? readSegments('', bytes, header.value) : header
  if (!segments.ok) return []
  const dynamic = segments.value.find((segment) => segment.type === Pt.dynamic)
  if (!dynamic || dynamic.offset + dynamic.filesz > bytes.length) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const needed: number[] = []
  let strings = 0
  for (let at = dynamic.offset; at + DYN_SIZE <= dynamic.offset + dynamic.filesz; at += DYN_SIZE) {
    const tag = view.getBigInt64(at, true)
    const value = Number(view.getBigUint64(at + 8, true))
    if (tag === DT_NEEDED) needed.push(value)
    else if (tag === DT_STRTAB) strings = value
  }
  const table = segments.value.find(({ type, vaddr, filesz }) => type === Pt.load && strings >= vaddr && strings < vaddr + filesz)
  if (!table) return []
  const start = table.offset + strings - table.vaddr
  return needed.map((offset) => {
    const end = bytes.indexOf(0, start + offset)
    return new TextDecoder().decode(bytes.subarray(start + offset, end < 0 ? bytes.length : end))
  })
}
