/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/realpath.html */
import type { Co } from '@bootgraph/kernel'
import { path, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type SymbolRow } from '../../registry/define.ts'
import { give } from './given.ts'

const EINVAL = 22
const EFAULT = 14
const ENOENT = 2
const ENOTDIR = 20
const ELOOP = 40
const AT_FDCWD = -100
const PATH_MAX = 4096
const LINKS_MAX = 40
const FORMAT = 0xf000
const DIRECTORY = 0x4000
const LINK = 0xa000

/** Name by name, so that of a file with several names it is the one that was asked for; -errno on failure. */
export function canonical(c: LibcCall, name: string): string | number {
  if (name === '') return -ENOENT
  const rest = name.split('/').reverse()
  let at = name[0] === '/' ? '' : c.kernel.getcwd(c.cx).replace(/\/$/, '')
  for (let links = 0; rest.length > 0; ) {
    const part = rest.pop()!
    if (part === '' || part === '.') continue
    if (part === '..') {
      at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))
      continue
    }
    const stat = c.kernel.stat(c.cx, AT_FDCWD, `${at}/${part}`, false)
    if (typeof stat === 'number') return stat
    if ((stat.mode & FORMAT) === LINK) {
      const to = c.kernel.readlink(c.cx, AT_FDCWD, `${at}/${part}`)
      if (typeof to === 'number') return to
      if (++links > LINKS_MAX) return -ELOOP
      if (to[0] === '/') at = ''
      rest.push(...to.split('/').reverse())
    } else if ((stat.mode & FORMAT) !== DIRECTORY && rest.length > 0) return -ENOTDIR
    else at = `${at}/${part}`
  }
  return at === '' ? '/' : at
}

/** The canonical path at `into` (PATH_MAX bytes), or in a block from malloc if that is null; 0 with errno on failure. */
function* realpath(c: LibcCall, name: number, into: number): Co<number> {
  if (name === 0) return c.fail(EINVAL) + 1
  const text = path(c, name)
  const found = text === undefined ? -EFAULT : canonical(c, text)
  if (typeof found === 'number') return c.fail(-found) + 1
  const bytes = new TextEncoder().encode(`${found}\0`)
  const at = into === 0 ? yield* give(c, bytes.length) : into
  if (at === 0) return 0
  if (!writable(c, at, Math.min(bytes.length, PATH_MAX))) return c.fail(EFAULT) + 1
  c.memory.u8.set(bytes, at)
  return at
}

export const realpathRows: readonly SymbolRow[] = [
  blocking('realpath', 'ptr(ptr, ptr)', realpath),
  blocking('canonicalize_file_name', 'ptr(ptr)', (c, name: number) => realpath(c, name, 0)),
]
