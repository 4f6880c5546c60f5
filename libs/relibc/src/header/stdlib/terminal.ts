/** The masters of terminals: https://pubs.opengroup.org/onlinepubs/9699919799/functions/posix_openpt.html and its neighbours. */
import type { Co } from '@bootgraph/kernel'
import { answer, putString, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, object, type SymbolRow } from '../../registry/define.ts'
import { constant } from '../constant.ts'

const EINVAL = 22
const ENOTTY = 25
const ERANGE = 34
const TIOCGPTN = 0x8004_5430
const TIOCSPTLCK = 0x4004_5431
const RDWR = 0x3_0000

/** A request with a word of the library's own: what is in it then, or -errno. */
export function* wordRequest(c: LibcCall, fd: number, request: number, word: number): Co<number> {
  const at = c.object('__libc_terminal')
  c.memory.setI32(at, word)
  const done = yield* c.kernel.ioctl(c.cx, fd, request, at)
  return done < 0 ? done : c.memory.getI32(at)
}

/** Where a program finds a terminal that the kernel calls by its scheme. */
export const terminalPath = (c: LibcCall, path: string): string =>
  c.abi.name === 'linux-gnu' ? path.replace(/^\/scheme\/pty\//, '/dev/pts/').replace('/scheme/libc/tty', '/dev/tty') : path

/** The name of the terminal of a master, or -errno. */
export function* nameOf(c: LibcCall, master: number): Co<string | number> {
  const number = yield* wordRequest(c, master, TIOCGPTN, 0)
  return number < 0 ? number : terminalPath(c, `/scheme/pty/${number}`)
}

/** A new master. Flags are the kernel's. */
export const openMaster = (c: LibcCall, flags: number): Co<number> => c.kernel.open(c.cx, '/scheme/pty', flags, 0)

function* ptsnameR(c: LibcCall, fd: number, out: number, size: number): Co<number> {
  if (out === 0) return -c.fail(EINVAL) * EINVAL
  const name = yield* nameOf(c, fd)
  const error = typeof name === 'number' ? -name : !writable(c, out, size) || putString(c, out, size, name) < 0 ? ERANGE : 0
  if (error !== 0) c.fail(error)
  return error
}

/** What is no master is refused as POSIX says. */
export function* unlock(c: LibcCall, fd: number): Co<number> {
  const done = yield* wordRequest(c, fd, TIOCSPTLCK, 0)
  return done === -ENOTTY ? -EINVAL : done
}

export const terminalMasterRows: readonly SymbolRow[] = [
  object('__libc_terminal', 4, 4),
  blocking('getpt', 'int()', function* (c) {
    return answer(c, yield* openMaster(c, RDWR))
  }),
  blocking('grantpt', 'int(int)', function* (c, fd: number) {
    const number = yield* wordRequest(c, fd, TIOCGPTN, 0)
    return number >= 0 ? 0 : c.fail(number === -ENOTTY ? EINVAL : -number)
  }),
  blocking('posix_openpt', 'int(int)', function* (c, flags: number) {
    return answer(c, yield* openMaster(c, c.abi.openFlags(flags)))
  }),
  blocking('ptsname', 'ptr(int)', function* (c, fd: number) {
    const name = yield* nameOf(c, fd)
    return typeof name === 'number' ? c.fail(-name) + 1 : constant(c, name)
  }),
  blocking('ptsname_r', 'int(int, ptr, size)', ptsnameR),
  blocking('unlockpt', 'int(int)', function* (c, fd: number) {
    return answer(c, yield* unlock(c, fd))
  }),
]
