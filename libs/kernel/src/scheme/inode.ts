import { PAGE } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import { Mode } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import type { AddressSpace, Mappable } from '../context/memory.ts'
import { Cost, type MemoryBudget } from '../context/memory-budget.ts'
import { Queue } from '../context/queue.ts'
import { Attributes } from './attributes.ts'
import { Content } from './content.ts'
import { happened, IN, tellFolder, tellSelf, vanished, type Watch } from './inotify.ts'
import type { Channel } from './pipe.ts'
import type { RecordLocks } from './record-locks.ts'

/** One name in a layer. `mode` has only permission bits; `mtime` is in nanoseconds. */
export interface LayerEntry {
  readonly name: string
  readonly kind: 'file' | 'dir' | 'link'
  readonly size: number
  readonly mode: number
  readonly mtime: bigint
  readonly target?: string
}

/** A tree of files that the node lays under the guest's. Paths are relative to the layer, '' is its root, no leading slash. */
export interface FileLayer {
  /** Permissions and time of the layer's own folder, where it has one. */
  readonly root?: { readonly mode: number; readonly mtime: bigint }
  readdir(path: string): readonly LayerEntry[]
  /** Copies bytes from `offset`; short at the end. */
  read(path: string, offset: number, into: Uint8Array): number
  /** A file whose bytes cannot change, for reading any time later. */
  later?(path: string): ((offset: number, into: Uint8Array) => void) | undefined
  /** Present if changes must reach the layer, as in a writable host mount; without it they stay in memory. Results 0 or -errno. */
  readonly sink?: LayerSink
}

export interface LayerSink {
  create(path: string, mode: number): number
  mkdir(path: string, mode: number): number
  symlink(target: string, path: string): number
  /** A further name for a file. */
  link(from: string, to: string): number
  write(path: string, offset: number, bytes: Uint8Array): number
  truncate(path: string, length: number): number
  remove(path: string, directory: boolean): number
  rename(from: string, to: string): number
  chmod(path: string, mode: number): number
  /** Times that a program set; links are not followed. */
  utimens(path: string, atime: bigint, mtime: bigint): number
}

interface Origin {
  readonly layer: FileLayer
  readonly path: string
}

/** What all inodes of a file system have together. */
export interface Volume {
  /** Number of the next inode. */
  next: number
  /** What is written or made is taken of it; what only a layer holds costs nothing. */
  readonly budget: MemoryBudget
  /** How often something was renamed, ever. */
  moves?: number
}

/** As many bytes as ext4 lets a file have: 2^32 - 1 blocks of 4 KiB. */
const MAX_SIZE = 0xffff_ffff * 4096
/** Bytes that are brought up from a layer at once. */
const LIFTED = 1 << 20
const pagesOf = (length: number): number => Math.ceil(length / PAGE)

/** A file, directory, symbolic link, FIFO or socket's name of the root file system. A directory's children are read from its layers when first needed. */
export class Inode implements Mappable {
  readonly ino: number
  mode: number
  uid = 0
  gid = 0
  /** Names of a file; 1 for a directory that is there, and 0 for one that is gone. */
  nlink = 1
  atime: bigint
  mtime: bigint
  ctime: bigint
  private readonly btime: bigint
  target = ''
  /** A shared mapping of it exists or has existed. */
  mapped = false
  readonly mappers = new Set<AddressSpace>()
  readonly holders = new Set<AddressSpace>()
  /** The first of its names; the others of a file with several. */
  parent: Inode | undefined
  name: string
  private others: { readonly parent: Inode; readonly name: string }[] = []
  /** Open descriptions of it. */
  opened = 0
  /** What flows through a FIFO while it is open. */
  channel: Channel | undefined
  /** Layers that lie under a directory, topmost first, or the one that holds a file's bytes until it is written. */
  origins: readonly Origin[] = []
  /** Where changes go besides memory. */
  sink: LayerSink | undefined
  sinkPath = ''
  readonly unlocked = new Queue('flock')
  /** Who is told what happens to it. */
  watches: Set<Watch> | undefined
  /** Made by the first record lock. */
  records: RecordLocks | undefined
  private readonly locks = new Map<object, 'shared' | 'exclusive'>()
  private entries: Map<string, Inode> | undefined
  /** A layer still holds the bytes. */
  private lower = false
  /** What was written. */
  private content: Content | undefined
  private length = 0
  private extended: Attributes | undefined
  /** It never had a name, and may be given one. */
  private nameable = false
  /** It has extended attributes. */
  private marked = false
  private readonly volume: Volume
  /** Bytes that it has of the budget. */
  private claimed = 0

  constructor(volume: Volume, mode: number, name: string, parent: Inode | undefined, now: bigint) {
    this.volume = volume
    this.ino = volume.next++
    this.mode = mode
    this.name = name
    this.parent = parent
    this.atime = this.mtime = this.ctime = this.btime = now
  }

  get isDirectory(): boolean {
    return (this.mode & Mode.MASK) === Mode.DIR
  }
  get isLink(): boolean {
    return (this.mode & Mode.MASK) === Mode.SYMLINK
  }
  get isFifo(): boolean {
    return (this.mode & Mode.MASK) === Mode.FIFO
  }
  get isSocket(): boolean {
    return (this.mode & Mode.MASK) === Mode.SOCK
  }
  /** Of the node alone: no layer can hold one. */
  private get isOurs(): boolean {
    return this.isFifo || this.isSocket
  }
  get isFile(): boolean {
    return (this.mode & Mode.MASK) === Mode.FILE
  }

  get path(): string {
    if (this.parent === undefined) return '/'
    const above = this.parent.path
    return above === '/' ? `/${this.name}` : `${above}/${this.name}`
  }

  /** Children by name, in a deterministic order: layers topmost first and sorted by name, then what was created. */
  get children(): Map<string, Inode> {
    if (this.entries === undefined) this.load()
    return this.entries!
  }

  private get folders(): number {
    let count = 0
    for (const child of this.children.values()) if (child.isDirectory) count++
    return count
  }

  /** The layers below changed: children are read anew. */
  forget(): void {
    this.entries = undefined
  }

  private load(): void {
    this.entries = new Map()
    for (const { layer, path } of this.origins) {
      const rows = [...layer.readdir(path)].sort((a, b) => (a.name < b.name ? -1 : 1))
      for (const row of rows) {
        const below: Origin = { layer, path: path === '' ? row.name : `${path}/${row.name}` }
        const known = this.entries.get(row.name)
        if (known !== undefined) {
          if (known.isDirectory && row.kind === 'dir') known.origins = [...known.origins, below]
          continue
        }
        const type = row.kind === 'dir' ? Mode.DIR : row.kind === 'link' ? Mode.SYMLINK : Mode.FILE
        const child = new Inode(this.volume, type | row.mode, row.name, this, row.mtime)
        child.origins = [below]
        child.sink = this.sink
        child.sinkPath = below.path
        child.target = row.target ?? ''
        child.length = row.kind === 'link' ? child.target.length : row.size
        child.lower = row.kind === 'file'
        this.entries.set(row.name, child)
      }
    }
  }

  /** Adds a child that does not exist yet; -ENOSPC, or -errno if the layer below refuses it. */
  create(mode: number, name: string, now: bigint, target = ''): Inode | number {
    const child = new Inode(this.volume, mode, name, this, now)
    child.target = target
    child.length = new TextEncoder().encode(target).length
    if (!child.afford(child.own)) return -E.NOSPC
    if (this.sink !== undefined && !child.isOurs) {
      child.sink = this.sink
      child.sinkPath = this.below(name)
      const permissions = mode & 0o7777
      const made = child.isDirectory
        ? this.sink.mkdir(child.sinkPath, permissions)
        : child.isLink
          ? this.sink.symlink(target, child.sinkPath)
          : this.sink.create(child.sinkPath, permissions)
      if (made < 0) {
        child.giveBack()
        return made
      }
    }
    this.children.set(name, child)
    this.mtime = this.ctime = now
    tellFolder(this, IN.CREATE, name, child)
    return child
  }

  /** A file in this directory that has no name yet; -EOPNOTSUPP where a layer would have to hold it. */
  unnamed(permissions: number, now: bigint, nameable: boolean): Inode | number {
    if (this.sink !== undefined) return -E.OPNOTSUPP
    const made = new Inode(this.volume, Mode.FILE | permissions, '', this, now)
    made.name = `#${made.ino}`
    made.nlink = 0
    made.nameable = nameable
    return made.afford(made.own) ? made : -E.NOSPC
  }

  /** Takes a name away; the inode lives on while somebody has it open. */
  remove(name: string, now: bigint): number {
    const child = this.children.get(name)
    if (child === undefined) return -E.NOENT
    if (!child.outlive()) return -E.NOSPC
    const done = child.sink?.remove(this.below(name), child.isDirectory) ?? 0
    if (done < 0) return done
    this.children.delete(name)
    if (!child.isDirectory) tellSelf(child, IN.ATTRIB)
    child.loseName(this, name)
    tellFolder(this, IN.DELETE, name, child)
    this.mtime = this.ctime = child.ctime = now
    return 0
  }

  /** Renames a child, replacing what has the new name; -EXDEV between a mount and what is outside of it. */
  move(name: string, to: Inode, newName: string, now: bigint): number {
    const child = this.children.get(name)!
    if (!child.isOurs && child.sink !== to.sink) return -E.XDEV
    const newPath = to.below(newName)
    const replaced = to.children.get(newName)
    if (replaced?.outlive() === false) return -E.NOSPC
    // What a layer holds is found by its old path: bring it up before the path changes.
    if (!child.settle()) return -E.NOSPC
    const done = child.sink?.rename(this.below(name), newPath) ?? 0
    if (done < 0) return done
    const cookie = (this.volume.moves = (this.volume.moves ?? 0) + 1)
    tellFolder(this, IN.MOVED_FROM, name, child, cookie)
    tellFolder(to, IN.MOVED_TO, newName, child, cookie)
    if (replaced) tellSelf(replaced, IN.ATTRIB)
    tellSelf(child, IN.MOVE_SELF)
    replaced?.loseName(to, newName)
    this.children.delete(name)
    to.children.delete(newName)
    to.children.set(newName, child)
    child.changeName(this, name, to, newName)
    if (child.sink && child.parent === to && child.name === newName) child.moveSink(newPath)
    this.mtime = this.ctime = to.mtime = to.ctime = child.ctime = now
    return 0
  }

  /** Two names change places; -EXDEV between a mount and what is outside of it, -EINVAL in a mount. */
  exchange(name: string, to: Inode, toName: string, now: bigint): number {
    const [one, two] = [this.children.get(name)!, to.children.get(toName)!]
    if (this.sink !== to.sink) return -E.XDEV
    if (this.sink !== undefined) return -E.INVAL
    this.children.set(name, two)
    to.children.set(toName, one)
    one.changeName(this, name, to, toName)
    two.changeName(to, toName, this, name)
    for (const [child, from, old, into, fresh] of [
      [one, this, name, to, toName],
      [two, to, toName, this, name],
    ] as const) {
      const cookie = (this.volume.moves = (this.volume.moves ?? 0) + 1)
      tellFolder(from, IN.MOVED_FROM, old, child, cookie)
      tellFolder(into, IN.MOVED_TO, fresh, child, cookie)
      tellSelf(child, IN.MOVE_SELF)
      from.mtime = from.ctime = child.ctime = now
    }
    return 0
  }

  /** One of its names is another one from now on. */
  private changeName(parent: Inode, name: string, to: Inode, newName: string): void {
    this.others = this.others.filter((other) => other.parent !== parent || other.name !== name)
    if (this.parent === parent && this.name === name) {
      this.parent = to
      this.name = newName
    } else this.others.push({ parent: to, name: newName })
  }

  /** A further name for a file; -EXDEV between a mount and what is outside of it. */
  link(name: string, inode: Inode, now: bigint): number {
    if (!inode.isOurs && this.sink !== inode.sink) return -E.XDEV
    const first = inode.nlink === 0
    if (first && !inode.nameable) return -E.NOENT
    if (!inode.afford(inode.own, inode.others.length + (first ? 0 : 1))) return -E.NOSPC
    const done = inode.sink?.link(inode.sinkPath, this.below(name)) ?? 0
    if (done < 0) {
      inode.afford(inode.own)
      return done
    }
    this.children.set(name, inode)
    if (first) {
      inode.parent = this
      inode.name = name
      inode.nameable = false
    } else inode.others.push({ parent: this, name })
    inode.nlink++
    inode.ctime = this.mtime = this.ctime = now
    tellSelf(inode, IN.ATTRIB)
    tellFolder(this, IN.CREATE, name, inode)
    return 0
  }

  /** Where a name of this directory is in the layer that takes changes. */
  private below(name: string): string {
    return this.sinkPath === '' ? name : `${this.sinkPath}/${name}`
  }

  /** A file that is about to lose its last name keeps its bytes for those who have it open; false if there is no room for them. */
  private outlive(): boolean {
    return this.nlink > 1 || !this.isFile || (this.opened === 0 && !this.mapped) || this.settle()
  }

  private loseName(parent: Inode, name: string): void {
    this.nlink--
    if (this.parent !== parent || this.name !== name) {
      this.others = this.others.filter((other) => other.parent !== parent || other.name !== name)
    } else {
      const next = this.others.shift()
      if (next !== undefined) {
        this.parent = next.parent
        this.name = next.name
        if (this.sink) this.sinkPath = next.parent.below(next.name)
      } else if (this.nlink <= 0) this.sink = undefined
    }
    if (this.nlink > 0) this.afford(this.own)
    else this.expire()
  }

  /** False if there is no room for all the bytes. */
  private settle(): boolean {
    if (this.sink === undefined) return true
    if (this.isDirectory) return [...this.children.values()].every((child) => child.settle())
    return !this.isFile || this.bringUp()
  }

  /** Pages that are no layer's. */
  private get own(): number {
    return this.isLink ? pagesOf(this.length) : (this.content?.kept ?? 0)
  }
  /** Takes of the budget what it needs with so many pages of its own and further names; false if that is not to be had. */
  private afford(pages: number, names = this.others.length): boolean {
    const needed = Cost.inode + names * Cost.name + (pages + (this.marked ? 1 : 0)) * PAGE
    if (needed !== this.claimed && !this.volume.budget.take(needed - this.claimed)) return false
    this.claimed = needed
    return true
  }
  private giveBack(): void {
    this.volume.budget.take(-this.claimed)
    this.claimed = 0
  }
  /** What has no name, and nobody has open or mapped, is gone. */
  expire(): void {
    if (this.nlink > 0 || this.opened > 0 || this.holders.size > 0) return
    this.giveBack()
    vanished(this)
  }

  private moveSink(path: string): void {
    this.sinkPath = path
    if (this.isDirectory) for (const [name, child] of this.children) child.moveSink(`${path}/${name}`)
  }

  size(): number {
    return this.length
  }
  /** The layer that still holds a file's bytes; undefined once they are the inode's own. */
  get source(): Origin | undefined {
    return this.lower ? this.origins[0] : undefined
  }

  read(into: Uint8Array, offset: number): number {
    const count = Math.max(0, Math.min(into.length, this.length - offset))
    if (count === 0) return 0
    const part = into.subarray(0, count)
    const { source } = this
    if (source !== undefined) return source.layer.read(source.path, offset, part)
    if (this.content) this.content.read(part, offset)
    else part.fill(0)
    return count
  }

  later(): ((offset: number, into: Uint8Array) => void) | undefined {
    const { source } = this
    return source?.layer.later?.(source.path)
  }

  write(from: Uint8Array, offset: number): number {
    const end = offset + from.length
    if (end > MAX_SIZE) return -E.FBIG
    const content = this.reserve(offset, end)
    if (content === undefined) return -E.NOSPC
    content.write(from, offset)
    this.length = Math.max(this.length, end)
    if (this.sink === undefined) return from.length
    const done = this.sink.write(this.sinkPath, offset, from)
    return done < 0 ? done : from.length
  }

  truncate(length: number): number {
    if (length < 0) return -E.INVAL
    if (length > MAX_SIZE) return -E.FBIG
    if (!this.lift(length)) return -E.NOSPC
    if (length < this.length) this.content?.punch(length, Number.POSITIVE_INFINITY)
    this.length = length
    this.afford(this.own)
    happened(this, IN.MODIFY)
    return this.sink?.truncate(this.sinkPath, length) ?? 0
  }

  /** Its extended attributes, which together cost a page. */
  get attributes(): Attributes {
    this.extended ??= new Attributes(this.isFile || this.isDirectory, (some) => {
      this.marked = some
      if (this.afford(this.own)) return true
      this.marked = false
      return false
    })
    return this.extended
  }

  stat(): Stat {
    const { ino, mode, uid, gid, atime, mtime, ctime, btime } = this
    const nlink = this.isDirectory && this.nlink > 0 ? 2 + this.folders : this.nlink
    const size = this.isDirectory ? 4096 : this.length
    // A file takes whole blocks of 4 KiB, told in units of 512, and none for its holes; a short link lies in its inode.
    const blocks =
      8 * (this.isFile && !this.lower ? (this.content?.held ?? 0) : this.isFile || this.isDirectory || size >= 60 ? pagesOf(size) : 0)
    return { dev: 1, ino, mode, nlink, uid, gid, rdev: 0, size, blksize: 4096, blocks, atime, mtime, ctime, btime }
  }

  chmod(mode: number, now: bigint): number {
    this.mode = (this.mode & Mode.MASK) | (mode & 0o7777)
    this.ctime = now
    happened(this, IN.ATTRIB)
    return this.sink?.chmod(this.sinkPath, mode & 0o7777) ?? 0
  }

  /** -1 leaves an id as it is. */
  chown(uid: number, gid: number, now: bigint): number {
    if (uid >= 0 && uid !== 0xffff_ffff) this.uid = uid
    if (gid >= 0 && gid !== 0xffff_ffff) this.gid = gid
    this.ctime = now
    happened(this, IN.ATTRIB)
    return 0
  }

  utimens(atime: bigint | undefined, mtime: bigint | undefined, now: bigint): number {
    this.atime = atime ?? this.atime
    this.mtime = mtime ?? this.mtime
    this.ctime = now
    happened(this, IN.ATTRIB)
    return this.sink?.utimens(this.sinkPath, this.atime, this.mtime) ?? 0
  }

  /** flock: true if `owner` holds the lock as wanted now. */
  lock(owner: object, wanted: 'none' | 'shared' | 'exclusive'): boolean {
    const others = [...this.locks].filter(([holder]) => holder !== owner)
    if (wanted === 'exclusive' && others.length > 0) return false
    if (wanted === 'shared' && others.some(([, kind]) => kind === 'exclusive')) return false
    if (wanted === 'none') this.locks.delete(owner)
    else this.locks.set(owner, wanted)
    if (wanted !== 'exclusive') this.unlocked.wake()
    return true
  }

  /** Where from an offset on there is data, or with `hole` none (lseek(2) SEEK_DATA, SEEK_HOLE). The end is a hole. */
  seek(offset: number, hole: boolean): number {
    if (offset < 0 || offset >= this.length) return -E.NXIO
    if (this.lower) return hole ? this.length : offset
    const found = this.content?.next(offset, this.length, hole) ?? (hole ? offset : this.length)
    return found === this.length && !hole ? -E.NXIO : found
  }
  /** Zeros in place of a part of the bytes, which need no room then. */
  punch(from: number, to: number): number {
    if (!this.lift(this.length)) return -E.NOSPC
    const { content, sink } = this
    if (content === undefined) return 0
    // Of a hole the host has nothing, either, and must not be given it.
    for (let at = content.next(from, to, false); sink && at < to; ) {
      const end = Math.min(content.next(at, to, true), at + LIFTED)
      const done = sink.write(this.sinkPath, at, new Uint8Array(end - at))
      if (done < 0) return done
      at = content.next(end, to, false)
    }
    content.punch(from, to)
    this.afford(this.own)
    return 0
  }

  /** The bytes are its own from now on, and a part of them has room to be written, as by a mapping; false if there is none. */
  bringUp(from = 0, to = from): boolean {
    const content = this.reserve(from, to)
    content?.hold(from, to)
    return content !== undefined
  }
  /** Brings the bytes up from the layer if need be, and takes room for a part that is to be written; undefined if the budget has none. */
  private reserve(from: number, to: number): Content | undefined {
    if (!this.lift(this.length)) return undefined
    const content = (this.content ??= new Content())
    // What could never be had is not counted block by block.
    const pages = to - from > this.volume.budget.limit ? pagesOf(to - from) : content.kept + content.missing(from, to)
    return this.afford(pages) ? content : undefined
  }
  /** Brings up so many bytes from the layer, if it has them; false if there is no room. */
  private lift(length: number): boolean {
    const { source } = this
    if (source === undefined) return true
    const kept = Math.min(length, this.length)
    if (!this.afford(pagesOf(kept))) return false
    const content = new Content()
    for (let at = 0; at < kept; at += LIFTED) {
      const part = new Uint8Array(Math.min(LIFTED, kept - at))
      source.layer.read(source.path, at, part)
      content.write(part, at)
    }
    this.content = content
    this.lower = false
    return true
  }
}

/** The root directory over `layers`, topmost first. */
export function rootInode(layers: readonly FileLayer[], budget: MemoryBudget, now: bigint): Inode {
  const root = new Inode({ next: 2, budget }, Mode.DIR | 0o755, '', undefined, now)
  root.origins = layers.map((layer) => ({ layer, path: '' }))
  return root
}

/** Hangs a layer into the tree as directory `at`, whose parents must exist or are made. */
export function mount(root: Inode, at: string, layer: FileLayer, now: bigint): void {
  let here = root
  for (const name of at.split('/').filter(Boolean)) {
    const next = here.children.get(name)
    here = next ?? (here.create(Mode.DIR | 0o755, name, now) as Inode)
  }
  if (layer.root !== undefined) {
    here.mode = Mode.DIR | layer.root.mode
    here.atime = here.mtime = here.ctime = layer.root.mtime
  }
  here.origins = [{ layer, path: '' }]
  here.sink = layer.sink
  here.sinkPath = ''
  here.forget()
}
