import { E } from '../abi/error.ts'
import { Mode, Poll } from '../abi/flag.ts'
import type { DirEntry, Stat } from '../calls.ts'
import { Queue } from '../context/queue.ts'
import type { Inode } from './inode.ts'

/** A Stat of a thing without content. */
export function blankStat(mode: number, ino: number): Stat {
  return { dev: 0, ino, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size: 0, blksize: 4096, blocks: 0, atime: 0n, mtime: 0n, ctime: 0n }
}

/** One who hears of a handle on behalf of another. */
export interface Watcher {
  readonly by: Handle
  hear(bits: number): void
}

/**
 * What a scheme gives for an opened path. The defaults say what Redox says for an operation that a scheme lacks.
 * read and write answer -EAGAIN when they would block; `tell` whenever the answer may have become another.
 */
export abstract class Handle {
  readonly changed = new Queue('handle')
  /** Who hears which poll bits may have risen: the interests of epoll. */
  readonly watchers = new Set<Watcher>()
  /** What fpath answers. */
  abstract readonly path: string
  /** Read and written at an offset that the description keeps. */
  readonly positioned: boolean = false
  /** One may seek and give offsets, which mean nothing: it is at 0 always (Linux's null_lseek). */
  readonly placeless: boolean = false
  /** What the number of its stat stands for: the ends of a pipe are one file. */
  get file(): object {
    return this
  }
  /** The file system object behind it, if it is one. */
  readonly inode: Inode | undefined = undefined
  /** A mapping of it is memory of its own, zero at first. */
  readonly anonymous: boolean = false

  read(_into: Uint8Array, _offset: number): number {
    return -E.BADF
  }
  write(_from: Uint8Array, _offset: number): number {
    return -E.BADF
  }
  /** Names of a folder that a scheme serves, without "." and ".."; undefined for what is none. */
  entries(): readonly DirEntry[] | undefined {
    return undefined
  }
  /** Bytes, or -ESPIPE where no position exists. */
  size(): number {
    return -E.SPIPE
  }
  /** Bytes that a read at an offset would get at once (FIONREAD), or -ENOTTY. */
  available(_offset: number): number {
    return -E.NOTTY
  }
  truncate(_length: number): number {
    return -E.INVAL
  }
  /** Room for a part of a file, which may become longer by it; or a hole in its place. */
  allocate(_from: number, _to: number, _how: 'hold' | 'extend' | 'punch'): number {
    return -E.NODEV
  }
  /** Where from an offset on there is data, or with `hole` none; -ENXIO behind the end. */
  seek(offset: number, hole: boolean): number {
    const { size } = this.stat()
    return offset < 0 || offset >= size ? -E.NXIO : hole ? size : offset
  }
  stat(): Stat {
    return blankStat(Mode.CHR | 0o666, 0)
  }
  /** Something happened: sleepers try again, and watchers hear the poll bits of it, also of those that held before (0: none of them). */
  tell(bits: number): void {
    this.changed.wake()
    for (const watcher of this.watchers) watcher.hear(bits)
  }
  /** Nanoseconds that a read, or a write with `out`, waits at most. */
  patience(_out: boolean): bigint | undefined {
    return undefined
  }
  /** What a read answers when it has waited for so long. */
  outwaited(): number {
    return -E.AGAIN
  }
  /** Poll bits that hold now. */
  ready(): number {
    return Poll.IN | Poll.OUT
  }
  /** Redox's dup with a payload: a related handle (event queues, sockets, times); undefined = the scheme has no such thing. */
  derive(_payload: Uint8Array): Handle | number {
    return -E.INVAL
  }
  /** The last description is gone. */
  close(): void {}
}
