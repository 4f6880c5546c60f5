/** Files under names of their own: https://pubs.opengroup.org/onlinepubs/9699919799/functions/mkstemp.html, mkdtemp, tmpfile, tmpnam. */
import type { Co } from '@bootgraph/kernel'
import { answered } from '../../platform/answered.ts'
import { EFAULT, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, leaf, object, type SymbolRow } from '../../registry/define.ts'
import { Flag, makeStream } from '../stdio/stream.ts'
import { O } from '../stdio/streams.ts'
import { storage } from '../storage.ts'

const EEXIST = 17
const EINVAL = 22
const ENOENT = 2
const ENOMEM = 12
const AT_FDCWD = -100
const ATTEMPTS = 100
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const BOTH = O.read | O.write

function randomLetters(c: LibcCall): Uint8Array {
  const dice = new Uint8Array(6)
  c.kernel.random(c.cx, dice)
  return dice.map((byte) => LETTERS.charCodeAt(byte % LETTERS.length))
}

/** Puts letters in place of the six X before a suffix of the template until `attempt` likes the name. */
function* named(c: LibcCall, template: number, suffix: number, attempt: (path: string) => Co<number>): Co<number> {
  const end = c.memory.cstrEnd(template)
  const xs = end - suffix - 6
  if (end < 0 || !writable(c, template, end - template)) return c.fail(EFAULT)
  if (suffix < 0 || xs < template || c.memory.bytes(xs, 6).some((byte) => byte !== 0x58)) return c.fail(EINVAL)
  for (let i = 0; i < ATTEMPTS; i++) {
    c.memory.u8.set(randomLetters(c), xs)
    const made = yield* attempt(c.string(template))
    if (made >= 0) return made
    if (made !== -EEXIST) return c.fail(-made)
  }
  return c.fail(EEXIST)
}

function file(c: LibcCall, template: number, suffix: number, flags: number): Co<number> {
  const { cx } = c
  return named(c, template, suffix, (path) => c.kernel.open(cx, path, BOTH | O.create | O.exclusive | c.abi.openFlags(flags & ~3), 0o600))
}

function* directory(c: LibcCall, template: number): Co<number> {
  const made = yield* named(c, template, 0, (path) => answered(c.kernel.mkdir(c.cx, AT_FDCWD, path, 0o700)))
  return made < 0 ? 0 : template
}

const free = (c: LibcCall, path: string): boolean => c.kernel.stat(c.cx, AT_FDCWD, path, false) === -ENOENT

function* mktemp(c: LibcCall, template: number): Co<number> {
  const made = yield* named(c, template, 0, (path) => answered(free(c, path) ? 0 : -EEXIST))
  if (made < 0 && writable(c, template, 1)) c.memory.setU8(template, 0)
  return template
}

/** A file without a name: it is unlinked while it is open. */
function* tmpfile(c: LibcCall): Co<number> {
  for (let i = 0; i < ATTEMPTS; i++) {
    const path = `/tmp/tmpf${String.fromCharCode(...randomLetters(c))}`
    const fd = yield* c.kernel.open(c.cx, path, BOTH | O.create | O.exclusive, 0o600)
    if (fd === -EEXIST) continue
    if (fd < 0) return c.fail(-fd) + 1
    c.kernel.unlink(c.cx, AT_FDCWD, path, false)
    const stream = makeStream(c, fd, Flag.read | Flag.write)
    return stream === 0 ? c.fail(ENOMEM) + 1 : stream
  }
  return c.fail(EEXIST) + 1
}

function tmpnam(c: LibcCall, out: number): number {
  const at = out === 0 ? storage(c, '__libc_tmpnam') : out
  if (!writable(c, at, 20)) return c.fail(EFAULT) + 1
  for (let i = 0; i < ATTEMPTS; i++) {
    const path = `/tmp/file${String.fromCharCode(...randomLetters(c))}`
    if (!free(c, path)) continue
    c.memory.u8.set(new TextEncoder().encode(`${path}\0`), at)
    return at
  }
  return 0
}

export const temporaryRows: readonly SymbolRow[] = [
  object('__libc_tmpnam', 24, 8),
  blocking('mkdtemp', 'ptr(ptr)', directory),
  blocking('mkostemp', 'int(ptr, int)', (c, template: number, flags: number) => file(c, template, 0, flags)),
  alias('mkostemp64', 'mkostemp'),
  blocking('mkostemps', 'int(ptr, int, int)', file),
  alias('mkostemps64', 'mkostemps'),
  blocking('mkstemp', 'int(ptr)', (c, template: number) => file(c, template, 0, 0)),
  alias('mkstemp64', 'mkstemp'),
  blocking('mkstemps', 'int(ptr, int)', (c, template: number, suffix: number) => file(c, template, suffix, 0)),
  alias('mkstemps64', 'mkstemps'),
  blocking('mktemp', 'ptr(ptr)', mktemp),
  blocking('tmpfile', 'ptr()', tmpfile),
  alias('tmpfile64', 'tmpfile'),
  leaf('tmpnam', 'ptr(ptr)', tmpnam),
]
