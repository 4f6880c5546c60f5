/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/realpath.html */
import { writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'
import { malloc } from './malloc.ts'

const EFAULT = 14
const EINVAL = 22
const PATH_MAX = 4096

/** The canonical path at `into` (PATH_MAX bytes), or in a block from malloc if that is null; 0 with errno on failure. */
function realpath(c: LibcCall, path: number, into: number): number {
  if (path === 0) return c.fail(EINVAL) + 1
  const found = c.kernel.realpath(c.cx, c.string(path))
  if (typeof found === 'number') return c.fail(-found) + 1
  const bytes = new TextEncoder().encode(`${found}\0`)
  const at = into === 0 ? malloc(c, bytes.length) : into
  if (at === 0) return 0
  if (!writable(c, at, Math.min(bytes.length, PATH_MAX))) return c.fail(EFAULT) + 1
  c.memory.u8.set(bytes, at)
  return at
}

export const realpathRows: readonly SymbolRow[] = [leaf('realpath', 'ptr(ptr, ptr)', realpath)]
