/** Trees in and out of a store: import a host folder, materialise, look up a path, list. */
import { createReadStream, readFileSync } from 'node:fs'
import { chmod, lstat, mkdir, open, readdir, readFile, readlink, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '../digest.ts'
import { decodeDirectory, encodeDirectory, type TreeEntry } from '../tree.ts'
import { blobPath } from './folder.ts'
import { type Store, StoreError } from './store.ts'

/** A directory being put together; paths are relative with `/`, parents appear by themselves, the last one set wins. */
export class TreeBuilder {
  readonly #entries = new Map<string, TreeBuilder | Exclude<TreeEntry, { kind: 'directory' }>>()

  setFile(path: string, digest: Digest, size: number, executable: boolean): void {
    const [parent, name] = this.#parentOf(path)
    parent.#entries.set(name, { kind: 'file', name, digest, size, executable })
  }

  setSymlink(path: string, target: string): void {
    const [parent, name] = this.#parentOf(path)
    parent.#entries.set(name, { kind: 'symlink', name, target })
  }

  /** An empty directory; one that is there is kept. */
  setDirectory(path: string): void {
    const [parent, name] = this.#parentOf(path)
    parent.#child(name)
  }

  /** The entry at a path, not following links: a file or symlink, 'directory', or undefined. */
  at(path: string): Exclude<TreeEntry, { kind: 'directory' }> | 'directory' | undefined {
    let here: TreeBuilder = this
    const names = path.split('/')
    for (const [i, name] of names.entries()) {
      const entry = here.#entries.get(name)
      if (!(entry instanceof TreeBuilder)) return i === names.length - 1 ? entry : undefined
      here = entry
    }
    return 'directory'
  }

  /** Stores every directory object and gives the tree's digest. */
  async store(store: Store): Promise<Digest> {
    const entries: TreeEntry[] = []
    for (const [name, entry] of this.#entries) {
      entries.push(entry instanceof TreeBuilder ? { kind: 'directory', name, digest: await entry.store(store) } : entry)
    }
    return (await store.put(encodeDirectory(entries))).digest
  }

  #parentOf(path: string): [TreeBuilder, string] {
    const names = path.split('/')
    const name = names.pop() ?? ''
    let here: TreeBuilder = this
    for (const parent of names) here = here.#child(parent)
    return [here, name]
  }

  #child(name: string): TreeBuilder {
    const entry = this.#entries.get(name)
    if (entry instanceof TreeBuilder) return entry
    const made = new TreeBuilder()
    this.#entries.set(name, made)
    return made
  }
}

export interface ImportOptions {
  /** Guest path below which the folder is put; '' = the root. */
  readonly under?: string
  /** Relative paths to leave out, with all below them. */
  readonly skip?: (path: string) => boolean
}

/** Blobs written at the same time: enough to hide the disk's latency. */
export const IMPORT_WIDTH = 16

/** Puts a host folder's files and links into `builder`; devices, sockets and pipes are left out. */
export async function importFolder(store: Store, folder: string, builder: TreeBuilder, options: ImportOptions = {}): Promise<void> {
  const files: { path: string; guest: string; size: number; executable: boolean }[] = []
  const walk = async (relative: string): Promise<void> => {
    for (const name of (await readdir(join(folder, relative))).sort()) {
      const path = relative === '' ? name : `${relative}/${name}`
      if (options.skip?.(path)) continue
      const guest = options.under ? `${options.under}/${path}` : path
      const host = join(folder, path)
      const s = await lstat(host)
      if (s.isSymbolicLink()) builder.setSymlink(guest, await readlink(host))
      else if (s.isDirectory()) {
        builder.setDirectory(guest)
        await walk(path)
      } else if (s.isFile()) files.push({ path, guest, size: s.size, executable: (s.mode & 0o100) !== 0 })
    }
  }
  await walk('')
  await inParallel(files, IMPORT_WIDTH, async ({ path, guest, size, executable }) => {
    const host = join(folder, path)
    // Small files are hashed in memory first, so that one that is stored already is not written again.
    const stored = await store.put(size < 2 ** 24 ? await readFile(host) : createReadStream(host))
    builder.setFile(guest, stored.digest, stored.size, executable)
  })
}

/** Runs `work` over all items, at most `width` at a time; the first failure ends it. */
export async function inParallel<T>(items: Iterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]()
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: width }, lane))
}

/** Entries of a directory object. @throws StoreError */
export async function readDirectory(store: Store, digest: Digest): Promise<readonly TreeEntry[]> {
  return decoded(digest, await store.get(digest))
}

function decoded(digest: Digest, bytes: Uint8Array): readonly TreeEntry[] {
  const result = decodeDirectory(bytes)
  if (!result.ok) throw new StoreError('corrupt', `the tree ${digest}: ${result.error}`)
  return result.entries
}

/** Every entry below a tree, parents before children, with its path from the tree's top. */
export async function* listTree(
  store: Store,
  tree: Digest,
  under = '',
): AsyncIterable<{ readonly path: string; readonly entry: TreeEntry }> {
  for (const entry of await readDirectory(store, tree)) {
    const path = under === '' ? entry.name : `${under}/${entry.name}`
    yield { path, entry }
    if (entry.kind === 'directory') yield* listTree(store, entry.digest, path)
  }
}

/** The tree that shows `tree` at a guest folder; `/` is the tree itself. Only the folders above it are new. */
export async function treeBelow(store: Store, tree: Digest, folder: string): Promise<Digest> {
  let digest = tree
  for (const name of folder.split('/').filter(Boolean).reverse())
    digest = (await store.put(encodeDirectory([{ kind: 'directory', name, digest }]))).digest
  return digest
}

/** Writes a tree into a new or empty folder. Links are made last, so that nothing can be written through one. */
export async function materialise(store: Store, tree: Digest, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0) throw new StoreError('io', `${folder} is not empty`)
  const links: [path: string, target: string][] = []
  for await (const { path, entry } of listTree(store, tree)) {
    if (process.platform === 'win32' && /[\\:]/.test(entry.name)) throw new StoreError('io', `${path} has no name on this host`)
    const host = join(folder, path)
    if (entry.kind === 'directory') await mkdir(host)
    else if (entry.kind === 'symlink') links.push([host, entry.target])
    else {
      const file = await open(host, 'wx')
      try {
        for await (const piece of store.read(entry.digest)) await file.writeFile(piece)
      } finally {
        await file.close()
      }
      if (entry.executable) await chmod(host, 0o755)
    }
  }
  for (const [host, target] of links) await symlink(target, host)
}

/**
 * A tree in a local store folder, read lazily and synchronously, as a file system wants it: a directory object is read
 * and verified when it is first looked into.
 */
export class TreeReader {
  readonly #folder: string
  readonly #directories = new Map<Digest, ReadonlyMap<string, TreeEntry>>()
  readonly top: Digest

  constructor(folder: string, top: Digest) {
    this.#folder = folder
    this.top = top
  }

  /** Entries of a directory by name, in the tree's order. @throws StoreError */
  directory(digest: Digest): ReadonlyMap<string, TreeEntry> {
    let entries = this.#directories.get(digest)
    if (!entries) {
      let bytes: Uint8Array
      try {
        bytes = readFileSync(this.blob(digest))
      } catch (error) {
        throw new StoreError('missing', `the store ${this.#folder} has no directory object ${digest}`, { cause: error })
      }
      entries = new Map(decoded(digest, bytes).map((entry) => [entry.name, entry]))
      this.#directories.set(digest, entries)
    }
    return entries
  }

  /** Host path of a file's content. */
  blob(digest: Digest): string {
    return blobPath(this.#folder, digest)
  }

  /** The entry at an absolute or relative path, not following links; undefined if there is none. */
  lookup(path: string): TreeEntry | undefined {
    let entry: TreeEntry = { kind: 'directory', name: '', digest: this.top }
    for (const name of path.split('/')) {
      if (name === '' || name === '.') continue
      const next: TreeEntry | undefined = entry.kind === 'directory' ? this.directory(entry.digest).get(name) : undefined
      if (!next) return undefined
      entry = next
    }
    return entry
  }

  /** Like `lookup`, following links inside the tree as a root would (at most 40). */
  resolve(path: string): TreeEntry | undefined {
    const todo = path.split('/').reverse()
    const at: string[] = []
    let links = 0
    while (todo.length > 0) {
      const name = todo.pop()
      if (name === undefined || name === '' || name === '.') continue
      if (name === '..') {
        at.pop()
        continue
      }
      at.push(name)
      const entry = this.lookup(at.join('/'))
      if (!entry) return undefined
      if (entry.kind !== 'symlink') continue
      if (++links > 40) return undefined
      at.pop()
      if (entry.target.startsWith('/')) at.length = 0
      todo.push(...entry.target.split('/').reverse())
    }
    return this.lookup(at.join('/'))
  }
}
