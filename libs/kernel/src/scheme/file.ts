import { E } from '../abi/error.ts'
import type { Stat } from '../calls.ts'
import type { AddressSpace } from '../context/memory.ts'
import { Handle } from './handle.ts'
import type { Inode } from './inode.ts'
import { happened, IN } from './inotify.ts'

/** An open file or directory of the root file system. Shared mappings of the file stay coherent with reads and writes. */
export class FileHandle extends Handle {
  override readonly positioned = true
  override readonly inode: Inode
  private readonly spaces: () => Iterable<AddressSpace>
  private readonly now: () => bigint

  constructor(inode: Inode, spaces: () => Iterable<AddressSpace>, now: () => bigint) {
    super()
    this.inode = inode
    this.spaces = spaces
    this.now = now
    inode.opened++
  }
  override close(): void {
    this.inode.opened--
    this.inode.expire()
  }
  get path(): string {
    return this.inode.path
  }
  override read(into: Uint8Array, offset: number): number {
    if (this.inode.isDirectory) return -E.ISDIR
    if (this.inode.mapped) for (const space of this.spaces()) space.flush(this.inode)
    const done = this.inode.read(into, offset)
    if (done > 0) happened(this.inode, IN.ACCESS)
    return done
  }
  override write(from: Uint8Array, offset: number): number {
    if (this.inode.isDirectory) return -E.ISDIR
    if (from.length === 0) return 0
    this.inode.mtime = this.inode.ctime = this.now()
    const done = this.inode.write(from, offset)
    if (this.inode.mapped) for (const space of this.spaces()) space.refresh(this.inode, offset, from.length)
    if (done > 0) happened(this.inode, IN.MODIFY)
    return done
  }
  override size(): number {
    return this.inode.size()
  }
  override available(offset: number): number {
    return this.inode.isFile ? Math.max(0, this.inode.size() - offset) : -E.NOTTY
  }
  override truncate(length: number): number {
    if (!this.inode.isFile) return -E.INVAL
    this.inode.mtime = this.inode.ctime = this.now()
    return this.inode.truncate(length)
  }
  override allocate(from: number, to: number, how: 'hold' | 'extend' | 'punch'): number {
    const { inode } = this
    if (!inode.isFile) return -E.NODEV
    if (how === 'punch') {
      const end = Math.min(to, inode.size())
      const done = from < end ? inode.punch(from, end) : 0
      if (inode.mapped) for (const space of this.spaces()) space.refresh(inode, from, end - from)
      return done
    }
    if (!inode.bringUp(from, to)) return -E.NOSPC
    return how === 'extend' && to > inode.size() ? this.truncate(to) : 0
  }
  override seek(offset: number, hole: boolean): number {
    return this.inode.isFile ? this.inode.seek(offset, hole) : super.seek(offset, hole)
  }
  override stat(): Stat {
    return this.inode.stat()
  }
}
