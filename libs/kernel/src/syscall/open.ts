import { E } from '../abi/error.ts'
import { Mode, O } from '../abi/flag.ts'
import type { Context } from '../context/context.ts'
import type { Co } from '../context/coroutine.ts'
import { Description } from '../context/file.ts'
import type { ContextState, ProcessState } from '../context/process.ts'
import type { Kernel } from '../kernel.ts'
import { FileHandle } from '../scheme/file.ts'
import type { Handle } from '../scheme/handle.ts'
import type { Inode } from '../scheme/inode.ts'
import { happened, IN } from '../scheme/inotify.ts'
import { LACKING } from '../scheme/namespace.ts'
import { Channel, FifoHandle } from '../scheme/pipe.ts'
import { procDescription, procLink } from '../scheme/proc.ts'
import { install, spaces } from './fs.ts'
import { base, schemeOf, walk } from './path.ts'
import { isEarly } from './table.ts'

/**
 * A raw program of 2019 or 2022 can name files by schemes alone: what stands before a colon is one (kernel src/syscall/fs.rs, ENODEV for none).
 * To a C library's program it may be a file's name.
 */
const namesScheme = (kernel: Kernel, process: ProcessState, path: string): boolean =>
  process.personality === undefined && isEarly(kernel.options.era ?? '2026-08') && /^[^/:]+:/.test(path)

/** The answer for a path that names nothing: -ENODEV if it is in a scheme that is not there, which is a gap if Redox has it; else -ENOENT. */
export function absent(kernel: Kernel, process: ProcessState, path: string): number {
  const [, modern, old] = /^(?:\/scheme\/([^/]+)|([^/:]+):)/.exec(path) ?? []
  const name = modern ?? old
  const lacking = name !== undefined && LACKING.has(name.split('.')[0])
  if (lacking) kernel.gap(process, 'scheme operation', `open /scheme/${name}`, `${path} is answered with ENODEV`)
  return modern !== undefined || lacking || namesScheme(kernel, process, path) ? -E.NODEV : -E.NOENT
}

const fileHandle = (kernel: Kernel, inode: Inode): FileHandle =>
  new FileHandle(
    inode,
    () => spaces(kernel),
    () => kernel.time.now,
  )

/**
 * The handle behind a path: of a scheme, or of the root file system where O_CREAT and O_TRUNC act. A descriptor's path that is no file's is what
 * is open already.
 */
function resolve(
  kernel: Kernel,
  process: ProcessState,
  dirfd: number,
  path: string,
  flags: number,
  mode: number,
): Handle | Description | number {
  let wanted = path.replace(/^(?:file:\/?|\/scheme\/file\/?)/, '/')
  const scheme = schemeOf(wanted, (name) => kernel.schemes.has(name))
  if (scheme) {
    const open = scheme.name === 'proc' ? procDescription(kernel, process, scheme.ref) : undefined
    if (open && !open.handle.inode) return open
    const link = scheme.name === 'proc' && !(flags & O.SYMLINK) ? procLink(kernel, process, scheme.ref) : undefined
    if (link?.startsWith('/') !== true) return kernel.schemes.get(scheme.name)!(process, scheme.ref, flags)
    wanted = link
  } else if (namesScheme(kernel, process, wanted)) return absent(kernel, process, wanted)
  const from = base(process, dirfd)
  if (typeof from === 'number' && !wanted.startsWith('/')) return from
  const keepLink = (flags & (O.SYMLINK | O.NOFOLLOW)) !== 0 || (flags & (O.CREAT | O.EXCL)) === (O.CREAT | O.EXCL)
  const place = walk(process.root, typeof from === 'number' ? process.cwd : from, wanted, !keepLink)
  if (typeof place === 'number') return place === -E.NOENT ? absent(kernel, process, wanted) : place
  let { inode } = place
  const writes = (flags & O.WRONLY) !== 0
  if (flags & O.TMPFILE) {
    if (!inode?.isDirectory) return inode ? -E.NOTDIR : absent(kernel, process, wanted)
    const made = inode.unnamed(mode & 0o7777 & ~process.umask, kernel.time.now, !(flags & O.EXCL))
    return typeof made === 'number' ? made : fileHandle(kernel, made)
  }
  if (inode === undefined) {
    if (!(flags & O.CREAT)) return absent(kernel, process, wanted)
    if (place.mustBeDirectory) return -E.ISDIR
    const type = flags & O.DIRECTORY ? Mode.DIR : Mode.FILE
    const made = place.parent.create(type | (mode & 0o7777 & ~process.umask), place.name, kernel.time.now)
    if (typeof made === 'number') return made
    inode = made
  } else if ((flags & (O.CREAT | O.EXCL)) === (O.CREAT | O.EXCL)) return -E.EXIST
  else if (inode.isLink && !(flags & (O.SYMLINK | O.PATH))) return -E.LOOP
  else if (flags & O.DIRECTORY && !inode.isDirectory) return -E.NOTDIR
  else if (inode.isDirectory && !(flags & O.PATH) && (writes || (flags & (O.CREAT | O.DIRECTORY)) === O.CREAT)) return -E.ISDIR
  else if (flags & O.TRUNC && writes && inode.isFile) {
    const cut = inode.truncate(0)
    if (cut < 0) return cut
    inode.mtime = inode.ctime = kernel.time.now
  }
  if (inode.isSocket && !(flags & O.PATH)) return -E.NXIO
  if (inode.isFifo && !(flags & O.PATH)) {
    const made = inode.channel ? [inode.channel] : Channel.make(kernel.budget, 1)
    return typeof made === 'number' ? made : new FifoHandle(inode, made[0], (flags & O.RDONLY) !== 0, writes)
  }
  return fileHandle(kernel, inode)
}

/** Opening one end of a FIFO waits for somebody to open the other (POSIX open); 0 or -errno. */
function* meet(handle: FifoHandle, nonblocking: boolean): Co<number> {
  if (nonblocking) return handle.unread ? -E.NXIO : 0
  const { seen } = handle
  while (!handle.met(seen)) {
    if ((yield { wait: [handle.changed] }) !== 'signal') continue
    if (!(yield { handlers: true })) return -E.INTR
  }
  return 0
}

/** open and openat. The lowest free descriptor, or -errno as POSIX open says. */
export function* openPath(kernel: Kernel, cx: Context, dirfd: number, path: string, flags: number, mode: number): Co<number> {
  const { process } = cx as ContextState
  if (flags & O.TMPFILE && (!(flags & O.DIRECTORY) || !(flags & O.WRONLY) || flags & O.CREAT)) return -E.INVAL
  const handle = resolve(kernel, process, dirfd, path, flags, mode)
  if (typeof handle === 'number') return handle
  if (handle instanceof Description) return process.files.add(handle, (flags & O.CLOEXEC) !== 0)
  const met = handle instanceof FifoHandle ? yield* meet(handle, (flags & O.NONBLOCK) !== 0) : 0
  if (met < 0) {
    kernel.close(handle)
    return met
  }
  // A path alone neither reads nor writes.
  const access = flags & O.PATH ? O.RDWR : 0
  const fd = install(kernel, process, handle, flags & ~(O.CREAT | O.EXCL | O.TRUNC | O.NOCTTY | access))
  if (fd >= 0 && handle.inode && !(flags & O.PATH)) happened(handle.inode, IN.OPEN)
  return fd
}
