/** https://man7.org/linux/man-pages/man3/openpty.3.html */
import type { Co } from '@bootgraph/kernel'
import { platformOf } from '../../platform/platform.ts'
import { Area } from '../../platform/thread-block.ts'
import { answer, EFAULT, putString, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, callback, type HeaderTable } from '../../registry/define.ts'
import { fork } from '../process/index.ts'
import { nameOf, openMaster, unlock } from '../stdlib/terminal.ts'
import { loginTty } from './login.ts'

const OPEN = 0x3_0000 | 0x200
const PATH_MAX = 4096
const TCSETS = 0x5402
const TIOCSWINSZ = 0x5414

interface Pair {
  readonly master: number
  readonly terminal: number
  readonly name: string
}

/** A terminal with these modes and size, or -errno. */
function* open(c: LibcCall, modes: number, size: number): Co<Pair | number> {
  const { cx, kernel } = c
  const master = yield* openMaster(c, OPEN)
  if (master < 0) return master
  yield* unlock(c, master)
  const name = yield* nameOf(c, master)
  const terminal = typeof name === 'number' ? name : yield* kernel.open(cx, name, OPEN, 0)
  if (typeof name === 'number' || terminal < 0) {
    yield* kernel.close(cx, master)
    return terminal
  }
  if (modes !== 0) yield* kernel.ioctl(cx, terminal, TCSETS, modes)
  if (size !== 0) yield* kernel.ioctl(cx, terminal, TIOCSWINSZ, size)
  return { master, terminal, name }
}

function* openpty(c: LibcCall, master: number, terminal: number, name: number, modes: number, size: number): Co<number> {
  if (!writable(c, master, 4) || !writable(c, terminal, 4)) return c.fail(EFAULT)
  const pair = yield* open(c, modes, size)
  if (typeof pair === 'number') return c.fail(-pair)
  c.memory.setI32(master, pair.master)
  c.memory.setI32(terminal, pair.terminal)
  if (name !== 0) putString(c, name, PATH_MAX, pair.name)
  return 0
}

function* forkpty(c: LibcCall, master: number, name: number, modes: number, size: number): Co<number> {
  if (!writable(c, master, 4)) return c.fail(EFAULT)
  const pair = yield* open(c, modes, size)
  if (typeof pair === 'number') return c.fail(-pair)
  if (name !== 0) putString(c, name, PATH_MAX, pair.name)
  const word = platformOf(c).area + Area.forkpty
  c.memory.setU32(word, pair.master + 1)
  c.memory.setU32(word + 4, pair.terminal)
  const pid = yield* fork(c)
  c.memory.setU32(word, 0)
  yield* c.kernel.close(c.cx, pair.terminal)
  if (pid < 0) yield* c.kernel.close(c.cx, pair.master)
  else c.memory.setI32(master, pair.master)
  return pid
}

export const ptyHeader: HeaderTable = {
  name: 'pty, utmp (login_tty)',
  spec: 'https://man7.org/linux/man-pages/man3/openpty.3.html',
  rows: [
    callback('forkpty', 'int(ptr, ptr, ptr, ptr)', forkpty),
    blocking('login_tty', 'int(int)', function* (c, fd: number) {
      return answer(c, yield* loginTty(c, fd))
    }),
    blocking('openpty', 'int(ptr, ptr, ptr, ptr, ptr)', openpty),
  ],
}
