/**
 * The compiler's source tree as cargo can plan it offline: the tarball lacks tools that the workspace names, its lock file pins
 * versions that are not vendored, and the distribution patched vendored files after their checksums were taken.
 */
import { type Digest, decodeDirectory, encodeDirectory, type TreeEntry } from '@bootgraph/build-graph'
import { readDirectory, type Store, StoreError } from '@bootgraph/build-graph/store'

const MEMBERS = ['compiler/rustc', 'library/std', 'library/test']
const CARGO_CONFIG = '[source.crates-io]\nreplace-with = "vendored"\n\n[source.vendored]\ndirectory = "vendor"\n'

/** Equal source trees give equal trees. @throws StoreError, also for a tree that is no such source */
export async function prepareSource(store: Store, source: Digest): Promise<Digest> {
  const top = new Map((await readDirectory(store, source)).map((entry) => [entry.name, entry]))
  const manifest = top.get('Cargo.toml')
  const vendor = top.get('vendor')
  if (manifest?.kind !== 'file' || vendor?.kind !== 'directory') throw new StoreError('corrupt', `the tree ${source} is no source of rustc`)
  top.delete('Cargo.lock')
  top.set('Cargo.toml', await file(store, 'Cargo.toml', workspaceOf(new TextDecoder().decode(await store.get(manifest.digest)))))
  top.set('.cargo', await folder(store, '.cargo', [await file(store, 'config.toml', CARGO_CONFIG)]))
  const packages = await Promise.all((await readDirectory(store, vendor.digest)).map((entry) => unchecked(store, entry)))
  top.set('vendor', await folder(store, 'vendor', packages))
  return (await store.put(encodeDirectory([...top.values()]))).digest
}

function workspaceOf(manifest: string): string {
  const members = MEMBERS.map((member) => `"${member}"`).join(', ')
  return manifest.replace(/default-members = \[[^\]]*\]\n/, '').replace(/\nmembers = \[[\s\S]*?\n\]/, `\nmembers = [${members}]`)
}

/** A vendored package whose checksum file names no files: cargo then compares none. */
async function unchecked(store: Store, entry: TreeEntry): Promise<TreeEntry> {
  if (entry.kind !== 'directory') return entry
  const decoded = decodeDirectory(await store.get(entry.digest))
  const sums = decoded.ok ? decoded.entries.find(({ name }) => name === '.cargo-checksum.json') : undefined
  if (!decoded.ok || sums?.kind !== 'file') return entry
  const checksum = JSON.parse(new TextDecoder().decode(await store.get(sums.digest))) as Record<string, unknown>
  const changed = await file(store, sums.name, JSON.stringify({ ...checksum, files: {} }))
  return folder(store, entry.name, [...decoded.entries.filter(({ name }) => name !== sums.name), changed])
}

async function file(store: Store, name: string, text: string): Promise<TreeEntry> {
  const { digest, size } = await store.put(new TextEncoder().encode(text))
  return { kind: 'file', name, digest, size, executable: false }
}

async function folder(store: Store, name: string, entries: readonly TreeEntry[]): Promise<TreeEntry> {
  return { kind: 'directory', name, digest: (await store.put(encodeDirectory(entries))).digest }
}
