/** Who is logged in where, and terminals' names: https://pubs.opengroup.org/onlinepubs/9699919799/functions/ttyname.html and its neighbours. */
import type { Co } from '@bootgraph/kernel'
import { putString, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { terminalPath, wordRequest } from '../stdlib/terminal.ts'

const ENOTTY = 25
const ENXIO = 6
const ERANGE = 34
const TIOCGPGRP = 0x540f
const TIOCSPGRP = 0x5410
const TIOCGSID = 0x5429
const CONTROLLING = '/dev/tty'

/** Linux's number of the device that masters are opened by. */
const PTMX = 0x502

/** The path of a terminal, or an errno. */
function terminal(c: LibcCall, fd: number): string | number {
  const stat = c.kernel.fstat(c.cx, fd)
  if (typeof stat === 'number') return -stat
  const path = c.kernel.fpath(c.cx, fd)
  if ((stat.mode & 0xf000) !== 0x2000 || typeof path !== 'string' || !/(pty|tty|debug|console|fbcon)/.test(path)) return ENOTTY
  return c.abi.name === 'linux-gnu' && stat.rdev === PTMX ? '/dev/ptmx' : terminalPath(c, path)
}

function ttynameR(c: LibcCall, fd: number, out: number, size: number): number {
  const path = terminal(c, fd)
  if (typeof path === 'number') return path
  return !writable(c, out, size) || putString(c, out, size, path) < 0 ? ERANGE : 0
}

/** tcgetpgrp, tcsetpgrp and tcgetsid go through the terminal's ioctl. */
function* group(c: LibcCall, fd: number, request: number, value: number): Co<number> {
  const told = yield* wordRequest(c, fd, request, value)
  return told < 0 ? c.fail(-told) : request === TIOCSPGRP ? 0 : told
}

export const terminalRows: readonly SymbolRow[] = [
  leaf('ctermid', 'ptr(ptr)', (c, out: number) => {
    if (out === 0) return constant(c, CONTROLLING)
    if (writable(c, out, CONTROLLING.length + 1)) putString(c, out, CONTROLLING.length + 1, CONTROLLING)
    return out
  }),
  leaf('getlogin', 'ptr()', (c) => c.fail(ENXIO) + 1, 'partial', 'nobody logs in to a node'),
  leaf('getlogin_r', 'int(ptr, size)', () => ENXIO, 'partial', 'nobody logs in to a node'),
  blocking('tcgetpgrp', 'int(int)', (c, fd: number) => group(c, fd, TIOCGPGRP, 0)),
  blocking('tcgetsid', 'int(int)', (c, fd: number) => group(c, fd, TIOCGSID, 0)),
  blocking('tcsetpgrp', 'int(int, int)', (c, fd: number, pgrp: number) => group(c, fd, TIOCSPGRP, pgrp)),
  leaf('ttyname', 'ptr(int)', (c, fd: number) => {
    const path = terminal(c, fd)
    return typeof path === 'number' ? c.fail(path) + 1 : constant(c, path)
  }),
  leaf('ttyname_r', 'int(int, ptr, size)', ttynameR),
]
