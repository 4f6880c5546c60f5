import { E } from '../abi/error.ts'
import { AT_FDCWD, Mode } from '../abi/flag.ts'
import type { KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import type { Kernel } from '../kernel.ts'
import { noAttributes } from '../scheme/attributes.ts'
import { blankStat } from '../scheme/handle.ts'
import type { Inode } from '../scheme/inode.ts'
import { procDescription, procLink } from '../scheme/proc.ts'
import { descriptor, mayGrow, process, statvfs } from './fs.ts'
import { absent } from './open.ts'
import { base, type Place, schemeOf, walk } from './path.ts'

type Calls = Pick<
  KernelCalls,
  | 'stat'
  | 'statvfs'
  | 'access'
  | 'mkdir'
  | 'mknod'
  | 'unlink'
  | 'rename'
  | 'link'
  | 'symlink'
  | 'readlink'
  | 'realpath'
  | 'chmod'
  | 'chown'
  | 'truncate'
  | 'utimens'
  | 'attributes'
  | 'chdir'
  | 'fchdir'
  | 'chroot'
  | 'getcwd'
  | 'umask'
>

/** The dots that a path ends with; such a name cannot be given or taken away. */
const dotsOf = (path: string): string | undefined => /(?:^|\/)(\.\.?)\/*$/.exec(path)?.[1]

/** Calls on names of the root file system. */
export function nameCalls(kernel: Kernel): Calls {
  function find(cx: Context, dirfd: number, path: string, follow: boolean): Place | number {
    const wanted = path.replace(/^(?:file:\/?|\/scheme\/file\/?)/, '/')
    const from = base(process(cx), dirfd)
    if (typeof from === 'number' && !wanted.startsWith('/')) return from
    return walk(process(cx).root, typeof from === 'number' ? process(cx).cwd : from, wanted, follow)
  }
  function existing(cx: Context, dirfd: number, path: string, follow: boolean): Inode | number {
    const place = find(cx, dirfd, path, follow)
    const found = typeof place === 'number' ? place : (place.inode ?? -E.NOENT)
    return found === -E.NOENT ? absent(kernel, process(cx), path) : found
  }
  const scheme = (path: string) => schemeOf(path, (name) => kernel.schemes.has(name))

  function make(cx: Context, dirfd: number, path: string, mode: number, target = ''): number {
    const place = target.isWellFormed() ? find(cx, dirfd, path, false) : -E.INVAL
    if (typeof place === 'number') return place
    if (place.inode) return -E.EXIST
    if (place.mustBeDirectory && (mode & Mode.MASK) !== Mode.DIR) return -E.NOENT
    const made = place.parent.create(mode, place.name, kernel.time.now, target)
    return typeof made === 'number' ? made : 0
  }

  /** What a further name is for: a file, or what a descriptor stands for. */
  function linked(cx: Context, dirfd: number, path: string, follow: boolean): Inode | number {
    const special = scheme(path)
    if (path !== '' && special?.name !== 'proc') return existing(cx, dirfd, path, follow)
    if (special && !follow) return -E.XDEV
    const open = special ? procDescription(kernel, process(cx), special.ref) : descriptor(cx, dirfd)
    return open ? (open.handle.inode ?? -E.XDEV) : special || dirfd === AT_FDCWD ? -E.NOENT : -E.BADF
  }

  const masked = (cx: Context, mode: number) => mode & 0o7777 & ~process(cx).umask

  return {
    stat(cx, dirfd, path, followLinks) {
      const special = scheme(path)
      if (special) {
        const open = special.name === 'proc' ? procDescription(kernel, process(cx), special.ref) : undefined
        const link = special.name === 'proc' ? procLink(kernel, process(cx), special.ref) : undefined
        if (link !== undefined && !followLinks) return { ...blankStat(Mode.SYMLINK | 0o777, 1), size: link.length }
        if (open) return kernel.statOf(open.handle)
        if (link?.startsWith('/')) return this.stat(cx, dirfd, link, followLinks)
        const handle = kernel.schemes.get(special.name)!(process(cx), special.ref, 0)
        if (typeof handle === 'number') return handle
        const stat = handle.stat()
        kernel.close(handle)
        return stat
      }
      if (path === '') {
        const description = descriptor(cx, dirfd)
        return description ? kernel.statOf(description.handle) : -E.NOENT
      }
      const inode = existing(cx, dirfd, path, followLinks)
      return typeof inode === 'number' ? inode : inode.stat()
    },
    statvfs(cx, path) {
      const inode = existing(cx, -100, path, true)
      return typeof inode === 'number' ? inode : statvfs(kernel)
    },
    access(cx, dirfd, path, mode) {
      if (mode & ~7) return -E.INVAL
      const stat = this.stat(cx, dirfd, path, true)
      if (typeof stat === 'number') return stat
      // User 0 may read and write everything, and execute what anybody may execute.
      return mode & 1 && (stat.mode & Mode.MASK) !== Mode.DIR && (stat.mode & 0o111) === 0 ? -E.ACCES : 0
    },
    // The bits that name a user or a group for new files are not mkdir's to set, as on Linux.
    mkdir: (cx, dirfd, path, mode) => make(cx, dirfd, path, Mode.DIR | masked(cx, mode & 0o1777)),
    mknod(cx, dirfd, path, mode) {
      const type = mode & Mode.MASK || Mode.FILE
      if (type !== Mode.FILE && type !== Mode.FIFO && type !== Mode.SOCK) {
        kernel.gap(cx.process, 'behaviour unsupported', 'mknod', `file type ${type.toString(8)}`)
        return -E.PERM
      }
      return make(cx, dirfd, path, type | masked(cx, mode))
    },
    unlink(cx, dirfd, path, directory) {
      const place = find(cx, dirfd, path, false)
      if (typeof place === 'number') return place
      if (place.inode === undefined) return -E.NOENT
      const dots = dotsOf(path)
      if (directory && dots !== undefined) return dots === '.' ? -E.INVAL : -E.NOTEMPTY
      if (place.inode === process(cx).root || dots !== undefined) return directory ? -E.BUSY : -E.ISDIR
      if (directory && !place.inode.isDirectory) return -E.NOTDIR
      if (!directory && place.inode.isDirectory) return -E.ISDIR
      if (directory && place.inode.children.size > 0) return -E.NOTEMPTY
      return place.parent.remove(place.name, kernel.time.now)
    },
    rename(cx, olddir, from, newdir, to, how = 'replace') {
      const source = find(cx, olddir, from, false)
      const target = find(cx, newdir, to, false)
      if (typeof source === 'number') return source
      if (source.inode === undefined) return -E.NOENT
      if (typeof target === 'number') return target
      const { root } = process(cx)
      if (how === 'keep' && (target.inode || dotsOf(to) !== undefined)) return -E.EXIST
      if (how === 'exchange' && !target.inode) return -E.NOENT
      if (source.inode === root || target.inode === root || dotsOf(from) !== undefined || dotsOf(to) !== undefined) return -E.BUSY
      if (target.mustBeDirectory && !source.inode.isDirectory) return -E.NOTDIR
      if (source.inode === target.inode) return 0
      for (let above: Inode | undefined = target.parent; above; above = above.parent) if (above === source.inode) return -E.INVAL
      if (how === 'exchange') {
        for (let above: Inode | undefined = source.parent; above; above = above.parent) if (above === target.inode) return -E.INVAL
        return source.parent.exchange(source.name, target.parent, target.name, kernel.time.now)
      }
      if (target.inode) {
        if (source.inode.isDirectory !== target.inode.isDirectory) return target.inode.isDirectory ? -E.ISDIR : -E.NOTDIR
        if (target.inode.isDirectory && target.inode.children.size > 0) return -E.NOTEMPTY
      }
      return source.parent.move(source.name, target.parent, target.name, kernel.time.now)
    },
    link(cx, olddir, from, newdir, to, followLinks) {
      const inode = linked(cx, olddir, from, followLinks)
      const target = find(cx, newdir, to, false)
      if (typeof inode === 'number') return inode
      if (typeof target === 'number') return target
      if (inode.isDirectory) return -E.PERM
      if (target.inode) return -E.EXIST
      if (target.mustBeDirectory) return -E.NOENT
      return target.parent.link(target.name, inode, kernel.time.now)
    },
    symlink: (cx, target, dirfd, path) => (target === '' ? -E.NOENT : make(cx, dirfd, path, Mode.SYMLINK | 0o777, target)),
    readlink(cx, dirfd, path) {
      const special = scheme(path)
      if (special?.name === 'proc') return procLink(kernel, process(cx), special.ref) ?? -E.INVAL
      const open = path === '' ? descriptor(cx, dirfd)?.handle.inode : undefined
      if (path === '') return open?.isLink ? open.target : -E.NOENT
      const inode = existing(cx, dirfd, path, false)
      if (typeof inode === 'number') return inode
      return inode.isLink ? inode.target : -E.INVAL
    },
    realpath(cx, path) {
      const special = scheme(path)
      if (special) return procLink(kernel, process(cx), special.ref) ?? path
      const inode = existing(cx, -100, path, true)
      return typeof inode === 'number' ? inode : inode.path
    },
    chmod(cx, dirfd, path, mode) {
      const inode = existing(cx, dirfd, path, true)
      return typeof inode === 'number' ? inode : inode.chmod(mode, kernel.time.now)
    },
    chown(cx, dirfd, path, uid, gid, followLinks) {
      const inode = existing(cx, dirfd, path, followLinks)
      return typeof inode === 'number' ? inode : inode.chown(uid, gid, kernel.time.now)
    },
    truncate(cx, path, length) {
      const inode = existing(cx, -100, path, true)
      if (typeof inode === 'number') return inode
      if (!inode.isFile) return inode.isDirectory ? -E.ISDIR : -E.INVAL
      return mayGrow(kernel, cx, inode, length) ? inode.truncate(length) : -E.FBIG
    },
    utimens(cx, dirfd, path, atime, mtime, followLinks) {
      const inode = existing(cx, dirfd, path, followLinks)
      return typeof inode === 'number' ? inode : inode.utimens(atime, mtime, kernel.time.now)
    },
    attributes(cx, file, followLinks) {
      if (typeof file === 'number') {
        const description = descriptor(cx, file)
        return description ? (description.handle.inode?.attributes ?? noAttributes) : -E.BADF
      }
      const stat = this.stat(cx, AT_FDCWD, file, followLinks)
      if (typeof stat === 'number') return stat
      const inode = scheme(file) ? undefined : existing(cx, AT_FDCWD, file, followLinks)
      return typeof inode === 'object' ? inode.attributes : noAttributes
    },
    chdir(cx, path) {
      const inode = existing(cx, -100, path, true)
      if (typeof inode === 'number') return inode
      if (!inode.isDirectory) return -E.NOTDIR
      process(cx).cwd = inode
      return 0
    },
    fchdir(cx, fd) {
      const description = descriptor(cx, fd)
      if (description === undefined) return -E.BADF
      if (!description.handle.inode?.isDirectory) return -E.NOTDIR
      process(cx).cwd = description.handle.inode
      return 0
    },
    chroot(cx, path) {
      const inode = existing(cx, -100, path, true)
      if (typeof inode === 'number') return inode
      if (!inode.isDirectory) return -E.NOTDIR
      process(cx).root = inode
      return 0
    },
    getcwd: (cx) => process(cx).cwd.path,
    umask(cx, mask) {
      const old = process(cx).umask
      process(cx).umask = mask & 0o777
      return old
    },
  }
}
