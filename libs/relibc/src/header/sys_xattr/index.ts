/** <sys/xattr.h>: the node's file systems keep no extended attributes, and say so (xattr(7)). */
import { type HeaderTable, leaf } from '../../registry/define.ts'

const ENOTSUP = 95
const NAMES = ['getxattr', 'setxattr', 'listxattr', 'removexattr'].flatMap((name) => [name, `l${name}`, `f${name}`])

export const sysXattr: HeaderTable = {
  name: 'sys/xattr',
  spec: 'https://man7.org/linux/man-pages/man7/xattr.7.html',
  rows: NAMES.map((name) => leaf(name, 'long()', (c) => c.fail(ENOTSUP), 'stub', 'file systems keep no extended attributes')),
}
