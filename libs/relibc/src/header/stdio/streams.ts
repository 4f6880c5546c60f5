/** Opening, closing, placing and asking streams. */
import type { Co } from '@bootgraph/kernel'
import { answer, EFAULT, path, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { deviceOf, dropStream, File, Flag, flagsOf, flush, flushAll, isStream, makeStream, PUSHED_MAX, setFlags } from './stream.ts'

const EBADF = 9
const ENOMEM = 12
const EINVAL = 22
const AT_FDCWD = -100
const F_GETFL = 3
const EISDIR = 21
/** Open flags of the kernel. */
export const O = {
  read: 0x1_0000,
  write: 0x2_0000,
  append: 0x8_0000,
  cloexec: 0x100_0000,
  create: 0x200_0000,
  truncate: 0x400_0000,
  exclusive: 0x800_0000,
}

/** Kernel flags and stream flags of a mode string; undefined if it is none. */
export function modeOf(mode: string): { open: number; stream: number } | undefined {
  const kind = mode[0]
  if (kind !== 'r' && kind !== 'w' && kind !== 'a') return undefined
  const both = mode.includes('+')
  const stream = (both || kind === 'r' ? Flag.read : 0) | (both || kind !== 'r' ? Flag.write : 0) | (kind === 'a' ? Flag.append : 0)
  let open = (stream & Flag.read ? O.read : 0) | (stream & Flag.write ? O.write : 0)
  if (kind !== 'r') open |= O.create | (kind === 'w' ? O.truncate : O.append)
  if (mode.includes('e')) open |= O.cloexec
  if (mode.includes('x')) open |= O.exclusive
  return { open, stream }
}

export function* fopen(c: LibcCall, name: number, mode: number): Co<number> {
  const [file, text] = [path(c, name), path(c, mode)]
  if (file === undefined || text === undefined) return c.fail(EFAULT) + 1
  const flags = modeOf(text)
  if (flags === undefined) return c.fail(EINVAL) + 1
  const fd = yield* c.kernel.open(c.cx, file, flags.open, 0o666)
  if (fd < 0) return c.fail(-fd) + 1
  const stream = makeStream(c, fd, flags.stream)
  return stream === 0 ? c.fail(ENOMEM) + 1 : stream
}

function* fdopen(c: LibcCall, fd: number, mode: number): Co<number> {
  const text = path(c, mode)
  if (text === undefined) return c.fail(EFAULT) + 1
  const flags = modeOf(text)
  if (flags === undefined) return c.fail(EINVAL) + 1
  const held = yield* c.kernel.fcntl(c.cx, fd, F_GETFL, 0)
  if (held < 0) return c.fail(-held) + 1
  if ((flags.open & ~held & (O.read | O.write)) !== 0) return c.fail(EINVAL) + 1
  const stream = makeStream(c, fd, flags.stream)
  return stream === 0 ? c.fail(ENOMEM) + 1 : stream
}

export function* fclose(c: LibcCall, file: number): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  const good = yield* flush(c, file)
  const closed = yield* deviceOf(c, file).close(c, file)
  dropStream(c, file)
  return closed < 0 ? c.fail(-closed) : good ? 0 : -1
}

/** Another file behind the same stream, under the same descriptor; without a name, another mode of the same file. */
function* freopen(c: LibcCall, name: number, mode: number, file: number): Co<number> {
  const text = path(c, mode)
  const flags = text === undefined ? undefined : modeOf(text)
  const wanted = name === 0 ? undefined : path(c, name)
  if (!isStream(c, file)) return c.fail(EBADF) + 1
  if (text === undefined || (name !== 0 && wanted === undefined)) return c.fail(EFAULT) + 1
  if (flags === undefined) return c.fail(EINVAL) + 1
  yield* flush(c, file)
  const old = c.memory.getI32(file + File.fd)
  const current = wanted ?? c.kernel.fpath(c.cx, old)
  const fd = typeof current === 'number' ? current : yield* c.kernel.open(c.cx, current, flags.open, 0o666)
  if (fd < 0) {
    yield* deviceOf(c, file).close(c, file)
    c.memory.setI32(file + File.fd, -1)
    return c.fail(-fd) + 1
  }
  let kept = fd
  if (old >= 0 && old !== fd) {
    kept = c.kernel.dup2(c.cx, fd, old, (flags.open & O.cloexec) !== 0)
    yield* c.kernel.close(c.cx, fd)
  }
  c.memory.setI32(file + File.fd, kept)
  c.memory.setU32(file + File.device, 0)
  c.memory.setU32(file + File.ungotten, 0)
  c.memory.setI32(file + File.orientation, 0)
  setFlags(c, file, flags.stream, Flag.read | Flag.write | Flag.append | Flag.end | Flag.error)
  return file
}

function* fflush(c: LibcCall, file: number): Co<number> {
  if (file === 0) return (yield* flushAll(c)) ? 0 : -1
  if (!isStream(c, file)) return c.fail(EBADF)
  return (yield* flush(c, file)) ? 0 : -1
}

function* fseek(c: LibcCall, file: number, offset: number, whence: number): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  const pushed = c.memory.getU32(file + File.ungotten)
  if (!(yield* flush(c, file))) return -1
  c.memory.setU32(file + File.ungotten, 0)
  const at = yield* deviceOf(c, file).seek(c, file, whence === 1 ? offset - pushed : offset, whence)
  if (at < 0) return c.fail(-at)
  setFlags(c, file, 0, Flag.end)
  return 0
}

function* ftell(c: LibcCall, file: number): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  const { memory } = c
  const end = (flagsOf(c, file) & Flag.append) !== 0 && memory.getSize(file + File.pending) > 0 ? 2 : 1
  const { unit, seek } = deviceOf(c, file)
  const at = yield* seek(c, file, 0, end)
  if (at < 0) return c.fail(-at)
  const ahead = memory.getSize(file + File.readEnd) - memory.getSize(file + File.readAt) + memory.getU32(file + File.ungotten)
  return at - ahead + memory.getSize(file + File.pending) / unit
}

/** Modes of setvbuf: 0 full, 1 line, 2 none; another one fails without errno, as in glibc. A buffer of the program's own holds what the stream buffers. */
function* setvbuf(c: LibcCall, file: number, buffer: number, mode: number, size: number): Co<number> {
  if (!isStream(c, file)) return c.fail(EINVAL)
  if (mode < 0 || mode > 2) return -1
  if (!(yield* flush(c, file))) return -1
  setFlags(c, file, mode === 1 ? Flag.line : mode === 2 ? Flag.unbuffered : 0, Flag.line | Flag.unbuffered)
  if (buffer !== 0 && mode !== 2 && size > 0) {
    if (!writable(c, buffer, size)) return c.fail(EFAULT)
    c.memory.setSize(file + File.buffer, buffer)
    c.memory.setSize(file + File.bufferSize, size)
  }
  return 0
}

/** fpos_t: the position, then 8 bytes of conversion state. */
function* fgetpos(c: LibcCall, file: number, out: number): Co<number> {
  if (!writable(c, out, 16)) return c.fail(EFAULT)
  const at = yield* ftell(c, file)
  if (at < 0) return -1
  c.memory.setSize(out, at)
  c.memory.setSize(out + 8, 0)
  return 0
}

const setbuf = (c: LibcCall, file: number, buffer: number, size: number): Co<number> => setvbuf(c, file, buffer, buffer === 0 ? 2 : 0, size)

export function ungetc(c: LibcCall, byte: number, file: number): number {
  if (byte === -1 || !isStream(c, file)) return -1
  const count = c.memory.getU32(file + File.ungotten)
  if (count >= PUSHED_MAX) return -1
  c.memory.setU8(file + File.pushed + count, byte)
  c.memory.setU32(file + File.ungotten, count + 1)
  setFlags(c, file, 0, Flag.end)
  return byte & 0xff
}

function remove(c: LibcCall, name: number): number {
  const file = path(c, name)
  if (file === undefined) return c.fail(EFAULT)
  const removed = c.kernel.unlink(c.cx, AT_FDCWD, file, false)
  return answer(c, removed === -EISDIR ? c.kernel.unlink(c.cx, AT_FDCWD, file, true) : removed)
}

const asked = (flag: number) => (c: LibcCall, file: number) => (isStream(c, file) && (flagsOf(c, file) & flag) !== 0 ? 1 : 0)
const UNLOCKED = 'streams are not locked: contexts change only where a stream waits'
const single = (name: string): SymbolRow => leaf(name, 'void(ptr)', () => {}, 'partial', UNLOCKED)

export const streamRows: readonly SymbolRow[] = [
  leaf('clearerr', 'void(ptr)', (c, file: number) => {
    if (isStream(c, file)) setFlags(c, file, 0, Flag.end | Flag.error)
  }),
  blocking('fclose', 'int(ptr)', fclose),
  blocking('fdopen', 'ptr(int, ptr)', fdopen),
  leaf('feof', 'int(ptr)', asked(Flag.end)),
  leaf('ferror', 'int(ptr)', asked(Flag.error)),
  blocking('fflush', 'int(ptr)', fflush),
  leaf('fileno', 'int(ptr)', (c, file: number) => (isStream(c, file) ? c.memory.getI32(file + File.fd) : c.fail(EBADF))),
  single('flockfile'),
  single('funlockfile'),
  leaf('ftrylockfile', 'int(ptr)', () => 0, 'partial', UNLOCKED),
  blocking('fopen', 'ptr(ptr, ptr)', fopen),
  blocking('freopen', 'ptr(ptr, ptr, ptr)', freopen),
  alias('freopen64', 'freopen'),
  alias('fopen64', 'fopen'),
  leaf('__fpurge', 'void(ptr)', (c, file: number) => {
    if (isStream(c, file)) for (const field of [File.readAt, File.readEnd, File.pending]) c.memory.setSize(file + field, 0)
  }),
  blocking('fseek', 'int(ptr, long, int)', fseek),
  alias('fseeko', 'fseek'),
  alias('fseeko64', 'fseek'),
  blocking('ftell', 'long(ptr)', ftell),
  alias('ftello', 'ftell'),
  alias('ftello64', 'ftell'),
  leaf('remove', 'int(ptr)', remove),
  blocking('rewind', 'void(ptr)', function* (c, file: number) {
    if ((yield* fseek(c, file, 0, 0)) === 0) setFlags(c, file, 0, Flag.error)
  }),
  blocking('setvbuf', 'int(ptr, ptr, int, size)', setvbuf),
  blocking('setbuf', 'void(ptr, ptr)', function* (c, file: number, buffer: number) {
    yield* setbuf(c, file, buffer, 8192)
  }),
  blocking('setbuffer', 'void(ptr, ptr, size)', function* (c, file: number, buffer: number, size: number) {
    yield* setbuf(c, file, buffer, size)
  }),
  blocking('setlinebuf', 'void(ptr)', function* (c, file: number) {
    yield* setvbuf(c, file, 0, 1, 0)
  }),
  blocking('fgetpos', 'int(ptr, ptr)', fgetpos),
  alias('fgetpos64', 'fgetpos'),
  blocking('fsetpos', 'int(ptr, ptr)', function* (c, file: number, at: number) {
    return readable(c, at, 16) ? yield* fseek(c, file, c.memory.getSize(at), 0) : c.fail(EFAULT)
  }),
  alias('fsetpos64', 'fsetpos'),
  leaf('__fpending', 'size(ptr)', (c, file: number) => (isStream(c, file) ? c.memory.getSize(file + File.pending) : 0)),
  leaf('__fbufsize', 'size(ptr)', (c, file: number) => (isStream(c, file) ? c.memory.getSize(file + File.bufferSize) : 0)),
  leaf('__freading', 'int(ptr)', (c, file: number) =>
    isStream(c, file) && ((flagsOf(c, file) & Flag.write) === 0 || c.memory.getSize(file + File.readEnd) > 0) ? 1 : 0,
  ),
  leaf('__fwriting', 'int(ptr)', (c, file: number) =>
    isStream(c, file) && ((flagsOf(c, file) & Flag.read) === 0 || c.memory.getSize(file + File.pending) > 0) ? 1 : 0,
  ),
  leaf('__freadable', 'int(ptr)', asked(Flag.read)),
  leaf('__fwritable', 'int(ptr)', asked(Flag.write)),
  leaf('__flbf', 'int(ptr)', asked(Flag.line)),
  leaf('__fsetlocking', 'int(ptr, int)', () => 2, 'partial', UNLOCKED),
  leaf('ungetc', 'int(int, ptr)', ungetc),
  ...['clearerr', 'feof', 'ferror', 'fflush', 'fileno'].map((name) => alias(`${name}_unlocked`, name)),
]
