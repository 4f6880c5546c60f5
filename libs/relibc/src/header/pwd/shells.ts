/** Who may log in with what: getusershell(3), getpass(3), cuserid(3), and netgroups, of which a node has none (innetgr(3)). */
import type { Co } from '@bootgraph/kernel'
import { putString, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, object, type SymbolRow } from '../../registry/define.ts'
import { constant } from '../constant.ts'
import { lineOf, readText } from '../database.ts'
import { isStream, put, standard } from '../stdio/stream.ts'
import { storage } from '../storage.ts'
import { users } from './database.ts'

/** What a system without /etc/shells is taken to have. */
const SHELLS = ['/bin/sh', '/bin/csh']
/** L_cuserid of linux-gnu. */
const NAME = 9
/** A password that getpass gives lies in the library's storage; what does not fit is cut off. */
const PASSWORD = 1024
const O_RDWR_CLOEXEC = 0x3_0000 | 0x100_0000
const Request = { get: 0x5401, setFlush: 0x5404 } as const
/** struct termios of linux-gnu: lflag u32 @12; 60 bytes. */
const TERMIOS = 60
const LFLAG = 12
const ISIG_ECHO = 1 | 8

function* shells(c: LibcCall): Co<readonly string[]> {
  const text = yield* readText(c, '/etc/shells')
  if (typeof text === 'number') return SHELLS
  return text.split('\n').flatMap((line) => /^[^#/]*(\/[^\s#]*)/.exec(line)?.[1] ?? [])
}

const rewind = (c: LibcCall): void => c.memory.setU32(storage(c, '__libc_shells'), 0)

function* nextShell(c: LibcCall): Co<number> {
  const at = storage(c, '__libc_shells')
  const shell = (yield* shells(c))[c.memory.getU32(at)]
  if (shell === undefined) return 0
  c.memory.setU32(at, c.memory.getU32(at) + 1)
  return constant(c, shell)
}

/** The name of the effective user. */
function* cuserid(c: LibcCall, out: number): Co<number> {
  const at = out === 0 ? storage(c, '__libc_cuserid') : out
  const { euid } = c.kernel.ids(c.cx)
  const all = yield* users(c)
  const user = typeof all === 'number' ? undefined : all.find(({ uid }) => uid === euid)
  if (!writable(c, at, NAME)) return 0
  putString(c, at, NAME, user?.name.slice(0, NAME - 1) ?? '')
  return user === undefined && out === 0 ? 0 : at
}

/** A line of the descriptor, byte by byte, so that what follows it stays there. */
function* lineOfDescriptor(c: LibcCall, fd: number): Co<string | undefined> {
  const bytes: number[] = []
  const one = new Uint8Array(1)
  while ((yield* c.kernel.read(c.cx, fd, one)) === 1 && one[0] !== 10) bytes.push(one[0])
  return bytes.length === 0 && one[0] !== 10 ? undefined : new TextDecoder().decode(Uint8Array.from(bytes))
}

/** Asks on the terminal with echo off, where there is none on standard error for a line of standard input. */
function* getpass(c: LibcCall, prompt: number): Co<number> {
  const { kernel, memory } = c
  const at = storage(c, '__libc_getpass')
  const text = new TextEncoder().encode(c.string(prompt))
  const fd = yield* kernel.open(c.cx, '/dev/tty', O_RDWR_CLOEXEC, 0)
  let line: string | undefined
  if (fd < 0) {
    const [input, error] = [standard(c, 'stdin'), standard(c, 'stderr')]
    if (!isStream(c, input) || !isStream(c, error)) return 0
    yield* put(c, error, text)
    line = yield* lineOf(c, input)
  } else {
    const known = (yield* kernel.ioctl(c.cx, fd, Request.get, at)) >= 0
    const flags = memory.getU32(at + LFLAG)
    if (known) {
      memory.setU32(at + LFLAG, flags & ~ISIG_ECHO)
      yield* kernel.ioctl(c.cx, fd, Request.setFlush, at)
    }
    yield* kernel.write(c.cx, fd, text)
    line = yield* lineOfDescriptor(c, fd)
    if (known) {
      memory.setU32(at + LFLAG, flags)
      yield* kernel.write(c.cx, fd, Uint8Array.of(10))
      yield* kernel.ioctl(c.cx, fd, Request.setFlush, at)
    }
    yield* kernel.close(c.cx, fd)
  }
  putString(c, at + TERMIOS, PASSWORD, (line ?? '').slice(0, PASSWORD / 4))
  return at + TERMIOS
}

const noNetgroup = (name: string, signature: string): SymbolRow => leaf(name, signature, () => 0, 'partial', 'a node has no netgroups')

export const shellRows: readonly SymbolRow[] = [
  object('__libc_shells', 4, 4),
  object('__libc_cuserid', NAME, 8),
  object('__libc_getpass', TERMIOS + PASSWORD, 8),
  leaf('setusershell', 'void()', rewind),
  leaf('endusershell', 'void()', rewind),
  blocking('getusershell', 'ptr()', nextShell),
  blocking('cuserid', 'ptr(ptr)', cuserid),
  blocking('getpass', 'ptr(ptr)', getpass),
  noNetgroup('innetgr', 'int(ptr, ptr, ptr, ptr)'),
  noNetgroup('setnetgrent', 'int(ptr)'),
  leaf('endnetgrent', 'void()', () => {}),
  noNetgroup('getnetgrent', 'int(ptr, ptr, ptr)'),
  noNetgroup('getnetgrent_r', 'int(ptr, ptr, ptr, ptr, size)'),
]
