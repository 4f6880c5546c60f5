import { E } from '../abi/error.ts'
import { AT_FDCWD } from '../abi/flag.ts'
import type { ProcessState } from '../context/process.ts'
import type { Inode } from '../scheme/inode.ts'

const SYMLINKS = 32
const NAME_MAX = 255
const PATH_MAX = 4096

/** Whether a text has more bytes than a limit; of most the length in characters says so. */
const isLonger = (text: string, limit: number): boolean =>
  text.length > limit || (text.length * 3 > limit && new TextEncoder().encode(text).length > limit)

/** A name in the root file system; `inode` is undefined where nothing has that name yet. */
export interface Place {
  readonly parent: Inode
  readonly name: string
  readonly inode: Inode | undefined
  /** The path ended in a slash or a dot: only a directory will do. */
  readonly mustBeDirectory: boolean
}

/** What /dev has, and where a scheme serves it. */
export const DEVICES: { readonly [path: string]: string } = {
  '/dev/fd': '/proc/self/fd',
  '/dev/null': '/scheme/null',
  '/dev/ptmx': '/scheme/pty',
  '/dev/random': '/scheme/rand',
  '/dev/stderr': '/proc/self/fd/2',
  '/dev/stdin': '/proc/self/fd/0',
  '/dev/stdout': '/proc/self/fd/1',
  '/dev/tty': '/scheme/libc/tty',
  '/dev/urandom': '/scheme/rand',
  '/dev/zero': '/scheme/zero',
}

/** Splits a path that names a scheme: `/scheme/name/ref`, `name:ref` of a known scheme, `/proc/…` and what `/dev` has. */
export function schemeOf(named: string, known: (name: string) => boolean): { name: string; ref: string } | undefined {
  const path = DEVICES[named] ?? named.replace(/^\/dev\/fd\//, `${DEVICES['/dev/fd']}/`).replace(/^\/dev\/pts\//, '/scheme/pty/')
  const modern = /^\/scheme\/([^/]+)(?:\/(.*))?$/s.exec(path)
  const old = modern ?? /^([a-z0-9_.*-]+):(.*)$/s.exec(path)
  if (old !== null && known(old[1])) return { name: old[1], ref: old[2] ?? '' }
  if (path === '/proc' || path.startsWith('/proc/')) return { name: 'proc', ref: path.slice(6) }
  return undefined
}

/** The directory that a relative path starts from, or -errno. */
export function base(process: ProcessState, dirfd: number): Inode | number {
  if (dirfd === AT_FDCWD) return process.cwd
  const description = process.files.get(dirfd)
  if (description === undefined) return -E.BADF
  return description.handle.inode?.isDirectory ? description.handle.inode : -E.NOTDIR
}

/**
 * Walks a path of the root file system. ENOENT for the empty path and missing parents, ENOTDIR, ELOOP, ENAMETOOLONG; EINVAL for what is not
 * UTF-8, as Redox has it, whose paths are `str`.
 */
export function walk(root: Inode, from: Inode, path: string, followLast: boolean): Place | number {
  if (path === '') return -E.NOENT
  if (!path.isWellFormed()) return -E.INVAL
  if (isLonger(path, PATH_MAX - 1)) return -E.NAMETOOLONG
  let here = path.startsWith('/') ? root : from
  let links = 0
  let rest = path.split('/').filter(Boolean)
  let place: Place = { parent: here.parent ?? here, name: here.name, inode: here, mustBeDirectory: true }
  let mustBeDirectory = /(^|\/)\.{0,2}$/.test(path)
  while (rest.length > 0) {
    const name = rest[0]
    rest = rest.slice(1)
    if (!here.isDirectory) return -E.NOTDIR
    if (isLonger(name, NAME_MAX)) return -E.NAMETOOLONG
    if (name === '.' || name === '..') {
      if (name === '..' && here !== root) here = here.parent ?? here
      place = { parent: here.parent ?? here, name: here.name, inode: here, mustBeDirectory: true }
      continue
    }
    const next = here.children.get(name)
    const last = rest.length === 0
    if (next === undefined) return last ? { parent: here, name, inode: undefined, mustBeDirectory } : -E.NOENT
    if (next.isLink && (!last || followLast || mustBeDirectory)) {
      if (++links > SYMLINKS) return -E.LOOP
      if (next.target === '') return -E.NOENT
      if (next.target.startsWith('/')) here = root
      if (last && /\/\.{0,2}$/.test(next.target)) mustBeDirectory = true
      rest = [...next.target.split('/').filter(Boolean), ...rest]
      place = { parent: here.parent ?? here, name: here.name, inode: here, mustBeDirectory: true }
      continue
    }
    place = { parent: here, name, inode: next, mustBeDirectory }
    here = next
  }
  if (place.inode !== undefined && mustBeDirectory && !place.inode.isDirectory) return -E.NOTDIR
  return place
}
