import { E } from '../abi/error.ts'
import { Poll } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import { blankStat, Handle } from './handle.ts'
import type { Inode } from './inode.ts'

/** Events, and flags of watches (linux/inotify.h). */
export const IN = {
  ACCESS: 1,
  MODIFY: 2,
  ATTRIB: 4,
  CLOSE_WRITE: 8,
  CLOSE_NOWRITE: 0x10,
  OPEN: 0x20,
  MOVED_FROM: 0x40,
  MOVED_TO: 0x80,
  CREATE: 0x100,
  DELETE: 0x200,
  DELETE_SELF: 0x400,
  MOVE_SELF: 0x800,
  ALL: 0xfff,
  Q_OVERFLOW: 0x4000,
  IGNORED: 0x8000,
  ONLYDIR: 0x100_0000,
  DONT_FOLLOW: 0x200_0000,
  MASK_CREATE: 0x1000_0000,
  MASK_ADD: 0x2000_0000,
  ISDIR: 0x4000_0000,
  ONESHOT: 0x8000_0000,
} as const

/** struct inotify_event: { wd i32, mask u32, cookie u32, length u32 } and the name, filled up with zeros to a multiple of it. */
const EVENT = 16
/** fs.inotify.max_queued_events. */
const QUEUED_MAX = 16_384

export interface Watch {
  readonly wd: number
  readonly by: InotifyHandle
  readonly inode: Inode
  mask: number
}

/** inotify(7): reads tell what happened to the files and folders that are watched. */
export class InotifyHandle extends Handle {
  readonly path = 'anon_inode:inotify'
  private readonly watches = new Map<number, Watch>()
  private readonly events: Uint8Array[] = []
  private last = 0

  /** Watches a file from now on, or as a new mask has it; the number of the watch, or -EEXIST. */
  watch(inode: Inode, mask: number): number {
    const known = [...(inode.watches ?? [])].find(({ by }) => by === this)
    if (known !== undefined) {
      if (mask & IN.MASK_CREATE) return -E.EXIST
      known.mask = mask & IN.MASK_ADD ? known.mask | mask : mask
      return known.wd
    }
    const watch: Watch = { wd: ++this.last, by: this, inode, mask }
    this.watches.set(watch.wd, watch)
    inode.watches ??= new Set()
    inode.watches.add(watch)
    return watch.wd
  }

  unwatch(wd: number): number {
    const watch = this.watches.get(wd)
    if (watch === undefined) return -E.INVAL
    this.forget(watch)
    this.add(wd, IN.IGNORED, 0, '')
    return 0
  }
  private forget({ wd, inode }: Watch): void {
    const watch = this.watches.get(wd)
    this.watches.delete(wd)
    if (watch) inode.watches?.delete(watch)
    if (inode.watches?.size === 0) inode.watches = undefined
  }

  hear({ wd, mask }: Watch, event: number, name: string, cookie: number): void {
    if (!(event & mask & IN.ALL)) return
    this.add(wd, event, cookie, name)
    if (mask & IN.ONESHOT) this.unwatch(wd)
  }

  /** An event like the one before it is not told twice. */
  private add(wd: number, mask: number, cookie: number, name: string): void {
    const full = this.events.length >= QUEUED_MAX
    const bytes = full ? encode(-1, IN.Q_OVERFLOW, 0, '') : encode(wd, mask, cookie, name)
    const before = this.events.at(-1)
    if (before?.length === bytes.length && before.every((byte, i) => byte === bytes[i])) return
    this.events.push(bytes)
    this.tell(Poll.IN)
  }

  override stat(): Stat {
    return blankStat(0o600, 0)
  }
  override read(into: Uint8Array): number {
    if (this.events.length === 0) return -E.AGAIN
    let at = 0
    while (this.events.length > 0 && at + this.events[0].length <= into.length) {
      const event = this.events.shift()!
      into.set(event, at)
      at += event.length
    }
    return at > 0 ? at : -E.INVAL
  }
  override available(): number {
    return this.events.reduce((sum, { length }) => sum + length, 0)
  }
  override ready(): number {
    return this.events.length > 0 ? Poll.IN : 0
  }
  override close(): void {
    for (const watch of [...this.watches.values()]) this.forget(watch)
  }
}

function encode(wd: number, mask: number, cookie: number, name: string): Uint8Array {
  const text = new TextEncoder().encode(name)
  const length = text.length === 0 ? 0 : Math.ceil((text.length + 1) / EVENT) * EVENT
  const out = new Uint8Array(EVENT + length)
  const view = new DataView(out.buffer)
  view.setInt32(0, wd, true)
  view.setUint32(4, mask, true)
  view.setUint32(8, cookie, true)
  view.setUint32(12, length, true)
  out.set(text, EVENT)
  return out
}

/** Tells those who watch a file or a folder itself. */
export function tellSelf(inode: Inode, event: number): void {
  if (inode.watches) for (const watch of [...inode.watches]) watch.by.hear(watch, event, '', 0)
}

/** Tells those who watch a folder what happened to a name in it. */
export function tellFolder(folder: Inode, event: number, name: string, inode: Inode, cookie = 0): void {
  const bits = inode.isDirectory ? event | IN.ISDIR : event
  if (folder.watches) for (const watch of [...folder.watches]) watch.by.hear(watch, bits, name, cookie)
}

/** Something was done to a file: its folder hears of it, then who watches it. */
export function happened(inode: Inode, event: number): void {
  if (inode.parent) tellFolder(inode.parent, event, inode.name, inode)
  tellSelf(inode, inode.isDirectory ? event | IN.ISDIR : event)
}

/** A file is gone, and with it those who watched it. */
export function vanished(inode: Inode): void {
  tellSelf(inode, IN.DELETE_SELF)
  if (inode.watches) for (const { by, wd } of [...inode.watches]) by.unwatch(wd)
}
