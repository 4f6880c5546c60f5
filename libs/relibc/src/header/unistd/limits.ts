/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/fpathconf.html and confstr: what may be asked of a path, and configuration texts. */
import { path, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, leaf, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'

const AT_FDCWD = -100
const EINVAL = 22
const EFAULT = 14
/** By _PC_ number of linux-gnu: LINK_MAX, MAX_CANON, MAX_INPUT, NAME_MAX, PATH_MAX, PIPE_BUF, CHOWN_RESTRICTED, NO_TRUNC, VDISABLE. */
const PATH_LIMITS = [127, 255, 255, 255, 4096, 4096, 1, 1, 0]
/** FILESIZEBITS, then the transfer sizes and alignments, SYMLINK_MAX. */
const MORE: Readonly<Record<number, number>> = { 13: 64, 14: -1, 15: -1, 16: 4096, 17: 4096, 18: 4096, 20: 1 }

function limit(c: LibcCall, name: number): number {
  const known = PATH_LIMITS[name] ?? MORE[name]
  return known ?? c.fail(EINVAL)
}

function pathconf(c: LibcCall, at: number, name: number): number {
  const text = path(c, at)
  if (text === undefined) return c.fail(EFAULT)
  const stat = c.kernel.stat(c.cx, AT_FDCWD, text, true)
  return typeof stat === 'number' ? c.fail(-stat) : limit(c, name)
}

function fpathconf(c: LibcCall, fd: number, name: number): number {
  const stat = c.kernel.fstat(c.cx, fd)
  return typeof stat === 'number' ? c.fail(-stat) : limit(c, name)
}

/** _CS_PATH, _CS_GNU_LIBC_VERSION, _CS_GNU_LIBPTHREAD_VERSION. */
const TEXTS: Readonly<Record<number, string>> = { 0: '/bin:/usr/bin', 2: 'glibc 2.36', 3: 'NPTL 2.36' }

function confstr(c: LibcCall, name: number, out: number, size: number): number {
  const text = TEXTS[name]
  if (text === undefined) return c.fail(EINVAL) + 1
  const bytes = new TextEncoder().encode(text)
  if (out === 0 || size === 0) return bytes.length + 1
  if (!writable(c, out, size)) return segfault(c)
  const kept = bytes.subarray(0, size - 1)
  c.memory.u8.set(kept, out)
  c.memory.setU8(out + kept.length, 0)
  return bytes.length + 1
}

export const limitRows: readonly SymbolRow[] = [
  leaf('confstr', 'size(int, ptr, size)', confstr),
  leaf('fpathconf', 'long(int, int)', fpathconf),
  leaf('pathconf', 'long(ptr, int)', pathconf),
  leaf('gethostid', 'long()', () => 0x7f01_00, 'partial', 'the node has no id of its own'),
  alias('__getpagesize', 'getpagesize'),
  alias('__sysconf', 'sysconf'),
]
