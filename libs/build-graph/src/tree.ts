/**
 * Merkle trees: a directory is a canonical object that names its entries by digest; a tree is the digest of its top
 * directory. Nothing but name, content, the executable bit and link targets exists: no owners, no times, so equal
 * content gives the equal tree wherever it was unpacked.
 */
import { canonical } from './canonical.ts'
import { type Digest, isDigest } from './digest.ts'

export type TreeEntry =
  | { readonly kind: 'file'; readonly name: string; readonly digest: Digest; readonly size: number; readonly executable: boolean }
  | { readonly kind: 'directory'; readonly name: string; readonly digest: Digest }
  | { readonly kind: 'symlink'; readonly name: string; readonly target: string }

const utf8 = new TextEncoder()

/** Why a name cannot stand in a tree, or undefined. Names come from archives and the network: they are hostile until checked. */
export function nameFault(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'is no name'
  if (name.includes('/') || name.includes('\0')) return 'holds a slash or NUL'
  if (!name.isWellFormed()) return 'is not valid UTF-8'
  if (utf8.encode(name).length > 255) return 'is longer than 255 bytes'
  return undefined
}

function targetFault(target: string): string | undefined {
  if (target === '' || target.includes('\0') || !target.isWellFormed()) return 'is no link target'
  return utf8.encode(target).length > 4095 ? 'is longer than 4095 bytes' : undefined
}

/** Order of UTF-8 bytes, which is the order of code points (UTF-16 order differs above U+D7FF). */
export function compareNames(a: string, b: string): number {
  const x = utf8.encode(a)
  const y = utf8.encode(b)
  const shared = Math.min(x.length, y.length)
  for (let i = 0; i < shared; i++) if (x[i] !== y[i]) return x[i] - y[i]
  return x.length - y.length
}

/** @throws TypeError for a hostile or double name. */
export function encodeDirectory(entries: readonly TreeEntry[]): Uint8Array {
  const sorted = [...entries].sort((a, b) => compareNames(a.name, b.name))
  const fault = directoryFault(sorted)
  if (fault !== undefined) throw new TypeError(fault)
  return utf8.encode(canonical({ entries: sorted }))
}

export type DecodedDirectory =
  | { readonly ok: true; readonly entries: readonly TreeEntry[] }
  | { readonly ok: false; readonly error: string }

/** Accepts exactly what `encodeDirectory` writes; never throws, on any bytes. */
export function decodeDirectory(bytes: Uint8Array): DecodedDirectory {
  let value: unknown
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    value = JSON.parse(text)
  } catch {
    return { ok: false, error: 'a directory object is JSON; this is not' }
  }
  const entries = isRecord(value) && Array.isArray(value.entries) ? (value.entries as unknown[]) : undefined
  if (!entries) return { ok: false, error: 'a directory object has a list "entries"' }
  if (!entries.every(isEntry)) return { ok: false, error: 'a directory object holds something that is no entry' }
  const fault = directoryFault(entries)
  if (fault !== undefined) return { ok: false, error: fault }
  if (canonical(value) !== text) return { ok: false, error: 'a directory object is not in canonical form' }
  return { ok: true, entries }
}

const FIELDS = { file: 5, directory: 3, symlink: 3 } as const

function isEntry(value: unknown): value is TreeEntry {
  if (!isRecord(value) || typeof value.name !== 'string') return false
  const { kind } = value
  if (kind !== 'file' && kind !== 'directory' && kind !== 'symlink') return false
  if (Object.keys(value).length !== FIELDS[kind]) return false
  if (kind === 'symlink') return typeof value.target === 'string'
  if (typeof value.digest !== 'string' || !isDigest(value.digest)) return false
  if (kind === 'directory') return true
  return Number.isSafeInteger(value.size) && (value.size as number) >= 0 && typeof value.executable === 'boolean'
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function directoryFault(sorted: readonly TreeEntry[]): string | undefined {
  for (const [i, entry] of sorted.entries()) {
    const fault = nameFault(entry.name) ?? (entry.kind === 'symlink' ? targetFault(entry.target) : undefined)
    if (fault !== undefined) return `the entry ${JSON.stringify(entry.name)} ${fault}`
    if (i > 0 && compareNames(sorted[i - 1].name, entry.name) >= 0)
      return `the entry ${JSON.stringify(entry.name)} is out of order or double`
  }
  return undefined
}
