/** Names of files: links, directories, owners, the working directory. */
import type { Co } from '@bootgraph/kernel'
import { answer, EFAULT, path, putString, readable, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { give } from '../stdlib/given.ts'

const AT_FDCWD = -100
const ENOENT = 2
const EINVAL = 22
const ERANGE = 34

/** Runs `body` with the path at `name`, or fails with EFAULT. */
export function withPath(c: LibcCall, name: number, body: (path: string) => number): number {
  const text = path(c, name)
  return text === undefined ? c.fail(EFAULT) : answer(c, body(text))
}

function withPaths(c: LibcCall, a: number, b: number, body: (a: string, b: string) => number): number {
  const other = path(c, b)
  return other === undefined ? c.fail(EFAULT) : withPath(c, a, (text) => body(text, other))
}

function readlinkat(c: LibcCall, dir: number, name: number, buffer: number, size: number): number {
  const text = path(c, name)
  const into = target(c, buffer, size)
  if (text === undefined || into === undefined) return c.fail(EFAULT)
  if (size === 0) return c.fail(EINVAL)
  const link = c.kernel.readlink(c.cx, dir, text)
  if (typeof link === 'number') return c.fail(-link)
  const bytes = new TextEncoder().encode(link).subarray(0, size)
  into.set(bytes)
  return bytes.length
}

/** A text in a block of the program's heap, which it frees. */
function* allocated(c: LibcCall, text: string, room = 0): Co<number> {
  const bytes = new TextEncoder().encode(`${text}\0`)
  if (room > 0 && bytes.length > room) return c.fail(ERANGE) + 1
  const at = yield* give(c, Math.max(bytes.length, room))
  if (at !== 0) c.memory.u8.set(bytes, at)
  return at
}

/** A null buffer asks for a block of the heap. */
function* getcwd(c: LibcCall, buffer: number, size: number): Co<number> {
  if (buffer === 0) return yield* allocated(c, c.kernel.getcwd(c.cx), size)
  if (size === 0) return c.fail(EINVAL) + 1
  if (!writable(c, buffer, size)) return c.fail(EFAULT) + 1
  return putString(c, buffer, size, c.kernel.getcwd(c.cx)) < 0 ? c.fail(ERANGE) + 1 : buffer
}

/** By its flags: none, RENAME_NOREPLACE, RENAME_EXCHANGE. */
const RENAME = ['replace', 'keep', 'exchange'] as const

function renameat2(c: LibcCall, olddir: number, from: number, newdir: number, to: number, flags: number): number {
  const how = RENAME[flags]
  return how === undefined ? c.fail(EINVAL) : withPaths(c, from, to, (a, b) => c.kernel.rename(c.cx, olddir, a, newdir, b, how))
}

function linkat(c: LibcCall, olddir: number, from: number, newdir: number, to: number, flags: number): number {
  const { follow, emptyPath } = c.abi.at
  if (flags & ~(follow | emptyPath)) return c.fail(EINVAL)
  return withPaths(c, from, to, (a, b) =>
    a === '' && !(flags & emptyPath) ? -ENOENT : c.kernel.link(c.cx, olddir, a, newdir, b, (flags & follow) !== 0),
  )
}

function unlinkat(c: LibcCall, dir: number, name: number, flags: number): number {
  return withPath(c, name, (text) => c.kernel.unlink(c.cx, dir, text, (flags & c.abi.at.removedir) !== 0))
}

export const pathRows: readonly SymbolRow[] = [
  leaf('access', 'int(ptr, int)', (c, name: number, mode: number) => withPath(c, name, (p) => c.kernel.access(c.cx, AT_FDCWD, p, mode))),
  leaf(
    'faccessat',
    'int(int, ptr, int, int)',
    (c, dir: number, name: number, mode: number) => withPath(c, name, (p) => c.kernel.access(c.cx, dir, p, mode)),
    'partial',
    'flags are ignored: real and effective ids are equal',
  ),
  leaf('chdir', 'int(ptr)', (c, name: number) => withPath(c, name, (p) => c.kernel.chdir(c.cx, p))),
  leaf('fchdir', 'int(int)', (c, fd: number) => answer(c, c.kernel.fchdir(c.cx, fd))),
  leaf('chroot', 'int(ptr)', (c, name: number) => withPath(c, name, (p) => c.kernel.chroot(c.cx, p))),
  leaf('chown', 'int(ptr, uint, uint)', (c, name: number, uid: number, gid: number) =>
    withPath(c, name, (p) => c.kernel.chown(c.cx, AT_FDCWD, p, uid, gid, true)),
  ),
  leaf('lchown', 'int(ptr, uint, uint)', (c, name: number, uid: number, gid: number) =>
    withPath(c, name, (p) => c.kernel.chown(c.cx, AT_FDCWD, p, uid, gid, false)),
  ),
  leaf('fchown', 'int(int, uint, uint)', (c, fd: number, uid: number, gid: number) => answer(c, c.kernel.fchown(c.cx, fd, uid, gid))),
  leaf('fchownat', 'int(int, ptr, uint, uint, int)', (c, dir: number, name: number, uid: number, gid: number, flags: number) =>
    withPath(c, name, (p) => c.kernel.chown(c.cx, dir, p, uid, gid, (flags & c.abi.at.nofollow) === 0)),
  ),
  blocking('getcwd', 'ptr(ptr, size)', getcwd),
  blocking('get_current_dir_name', 'ptr()', (c) => getcwd(c, 0, 0)),
  leaf('eaccess', 'int(ptr, int)', (c, name: number, mode: number) => withPath(c, name, (p) => c.kernel.access(c.cx, AT_FDCWD, p, mode))),
  alias('euidaccess', 'eaccess'),
  leaf('renameat2', 'int(int, ptr, int, ptr, uint)', renameat2),
  leaf('link', 'int(ptr, ptr)', (c, from: number, to: number) => linkat(c, AT_FDCWD, from, AT_FDCWD, to, 0)),
  leaf('linkat', 'int(int, ptr, int, ptr, int)', linkat),
  leaf('readlink', 'long(ptr, ptr, size)', (c, name: number, buffer: number, size: number) => readlinkat(c, AT_FDCWD, name, buffer, size)),
  leaf('readlinkat', 'long(int, ptr, ptr, size)', readlinkat),
  leaf('rmdir', 'int(ptr)', (c, name: number) => withPath(c, name, (p) => c.kernel.unlink(c.cx, AT_FDCWD, p, true))),
  leaf('symlink', 'int(ptr, ptr)', (c, to: number, name: number) =>
    withPaths(c, to, name, (a, b) => c.kernel.symlink(c.cx, a, AT_FDCWD, b)),
  ),
  leaf('symlinkat', 'int(ptr, int, ptr)', (c, to: number, dir: number, name: number) =>
    withPaths(c, to, name, (a, b) => c.kernel.symlink(c.cx, a, dir, b)),
  ),
  leaf('unlink', 'int(ptr)', (c, name: number) => withPath(c, name, (p) => c.kernel.unlink(c.cx, AT_FDCWD, p, false))),
  leaf('unlinkat', 'int(int, ptr, int)', unlinkat),
  leaf('rename', 'int(ptr, ptr)', (c, from: number, to: number) =>
    withPaths(c, from, to, (a, b) => c.kernel.rename(c.cx, AT_FDCWD, a, AT_FDCWD, b)),
  ),
  leaf('renameat', 'int(int, ptr, int, ptr)', (c, olddir: number, from: number, newdir: number, to: number) =>
    withPaths(c, from, to, (a, b) => c.kernel.rename(c.cx, olddir, a, newdir, b)),
  ),
  leaf('gethostname', 'int(ptr, size)', (c, buffer: number, size: number) => {
    if (!writable(c, buffer, size)) return c.fail(EFAULT)
    return putString(c, buffer, size, 'redox') < 0 ? c.fail(36) : 0
  }),
  leaf(
    'posix_madvise',
    'int(ptr, size, int)',
    (c, address: number, length: number) => (readable(c, address, length) ? 0 : 12),
    'partial',
    'advice has no effect',
  ),
]
