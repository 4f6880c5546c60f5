/** Whether every shared object that a tree's ELF files ask for (DT_NEEDED) is in the tree or served by the C library. */
import type { Digest } from '@bootgraph/build-graph'
import { listTree, type Store } from '@bootgraph/build-graph/store'

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

const PT_LOAD = 1
const PT_DYNAMIC = 2
const DT_NEEDED = 1n
const DT_STRTAB = 5n

/** Names in DT_NEEDED of a 64-bit little-endian ELF file; nothing for any other bytes. */
export function neededBy(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  try {
    if (view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) return []
    const segments = segmentsOf(view)
    const dynamic = segments.find((s) => s.type === PT_DYNAMIC)
    if (!dynamic) return []
    const needed: number[] = []
    let strings = 0n
    for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
      const tag = view.getBigInt64(at, true)
      const value = view.getBigUint64(at + 8, true)
      if (tag === DT_NEEDED) needed.push(Number(value))
      else if (tag === DT_STRTAB) strings = value
    }
    const table = segments.find((s) => s.type === PT_LOAD && strings >= s.address && strings < s.address + BigInt(s.size))
    if (!table) return []
    const start = table.offset + Number(strings - table.address)
    return needed.map((offset) => {
      const end = bytes.indexOf(0, start + offset)
      return new TextDecoder().decode(bytes.subarray(start + offset, end))
    })
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: bigint
  readonly size: number
}

function segmentsOf(view: DataView): Segment[] {
  const table = Number(view.getBigUint64(32, true))
  const entrySize = view.getUint16(54, true)
  return Array.from({ length: view.getUint16(56, true) }, (_, i) => {
    const at = table + i * entrySize
    return {
      type: view.getUint32(at, true),
      offset: Number(view.getBigUint64(at + 8, true)),
      address: view.getBigUint64(at + 16, true),
      size: Number(view.getBigUint64(at + 32, true)),
    }
  })
}
