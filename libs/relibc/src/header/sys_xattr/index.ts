/** <sys/xattr.h>: the node's files have no extended attributes, and keep none (xattr(7)). */
import { answer } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf, type SymbolRow } from '../../registry/define.ts'
import { withPath } from '../unistd/paths.ts'

const ENODATA = 61
const ENOTSUP = 95
const AT_FDCWD = -100
const NONE = 'files have no extended attributes'

/** What is asked of a file that there is. */
const ANSWERS = { getxattr: -ENODATA, setxattr: -ENOTSUP, listxattr: 0, removexattr: -ENODATA } as const

/** The three forms of a function: by path, of a link itself, by descriptor. */
function forms([name, result]: [string, number]): SymbolRow[] {
  const of = (stat: object | number): number => (typeof stat === 'number' ? stat : result)
  const named = (follow: boolean) => (c: LibcCall, file: number) =>
    withPath(c, file, (path) => of(c.kernel.stat(c.cx, AT_FDCWD, path, follow)))
  return [
    leaf(name, 'long(ptr)', named(true), 'stub', NONE),
    leaf(`l${name}`, 'long(ptr)', named(false), 'stub', NONE),
    leaf(`f${name}`, 'long(int)', (c, fd: number) => answer(c, of(c.kernel.fstat(c.cx, fd))), 'stub', NONE),
  ]
}

export const sysXattr: HeaderTable = {
  name: 'sys/xattr',
  spec: 'https://man7.org/linux/man-pages/man7/xattr.7.html',
  rows: Object.entries(ANSWERS).flatMap(forms),
}
