/** Opening, closing, placing and asking streams. */
import type { Co } from '@bootgraph/kernel'
import { answer, EFAULT, path, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { dropStream, File, Flag, flagsOf, flush, flushAll, isStream, makeStream, PUSHED_MAX, setFlags } from './stream.ts'

const EBADF = 9
const ENOMEM = 12
const EINVAL = 22
const AT_FDCWD = -100
const EISDIR = 21
/** Open flags of the kernel. */
const O = {
  read: 0x1_0000,
  write: 0x2_0000,
  append: 0x8_0000,
  cloexec: 0x100_0000,
  create: 0x200_0000,
  truncate: 0x400_0000,
  exclusive: 0x800_0000,
}

/** Kernel flags and stream flags of a mode string; undefined if it is none. */
function modeOf(mode: string): { open: number; stream: number } | undefined {
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

function* fopen(c: LibcCall, name: number, mode: number): Co<number> {
  const [file, text] = [path(c, name), path(c, mode)]
  if (file === undefined || text === undefined) return c.fail(EFAULT) + 1
  const flags = modeOf(text)
  if (flags === undefined) return c.fail(EINVAL) + 1
  const fd = yield* c.kernel.open(c.cx, file, flags.open, 0o666)
  if (fd < 0) return c.fail(-fd) + 1
  const stream = makeStream(c, fd, flags.stream)
  return stream === 0 ? c.fail(ENOMEM) + 1 : stream
}

function fdopen(c: LibcCall, fd: number, mode: number): number {
  const text = path(c, mode)
  if (text === undefined) return c.fail(EFAULT) + 1
  const flags = modeOf(text)
  if (flags === undefined) return c.fail(EINVAL) + 1
  const stat = c.kernel.fstat(c.cx, fd)
  if (typeof stat === 'number') return c.fail(-stat) + 1
  const stream = makeStream(c, fd, flags.stream)
  return stream === 0 ? c.fail(ENOMEM) + 1 : stream
}

function* fclose(c: LibcCall, file: number): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  const good = yield* flush(c, file)
  const fd = c.memory.getI32(file + File.fd)
  dropStream(c, file)
  const closed = yield* c.kernel.close(c.cx, fd)
  return closed < 0 ? c.fail(-closed) : good ? 0 : -1
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
  const at = c.kernel.lseek(c.cx, c.memory.getI32(file + File.fd), whence === 1 ? offset - pushed : offset, whence)
  if (at < 0) return c.fail(-at)
  setFlags(c, file, 0, Flag.end)
  return 0
}

function ftell(c: LibcCall, file: number): number {
  if (!isStream(c, file)) return c.fail(EBADF)
  const { memory } = c
  const end = (flagsOf(c, file) & Flag.append) !== 0 && memory.getSize(file + File.pending) > 0 ? 2 : 1
  const at = c.kernel.lseek(c.cx, memory.getI32(file + File.fd), 0, end)
  if (at < 0) return c.fail(-at)
  const ahead = memory.getSize(file + File.readEnd) - memory.getSize(file + File.readAt) + memory.getU32(file + File.ungotten)
  return at - ahead + memory.getSize(file + File.pending)
}

/** Modes of setvbuf: 0 full, 1 line, 2 none. A buffer of the program's own holds what the stream buffers. */
function* setvbuf(c: LibcCall, file: number, buffer: number, mode: number, size: number): Co<number> {
  if (!isStream(c, file) || mode < 0 || mode > 2) return c.fail(EINVAL)
  if (!(yield* flush(c, file))) return -1
  setFlags(c, file, mode === 1 ? Flag.line : mode === 2 ? Flag.unbuffered : 0, Flag.line | Flag.unbuffered)
  if (buffer !== 0 && mode !== 2 && size > 0) {
    if (!writable(c, buffer, size)) return c.fail(EFAULT)
    c.memory.setSize(file + File.buffer, buffer)
    c.memory.setSize(file + File.bufferSize, size)
  }
  return 0
}

function ungetc(c: LibcCall, byte: number, file: number): number {
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
const single = (name: string): SymbolRow =>
  leaf(name, 'void(ptr)', () => {}, 'partial', 'streams are not locked: contexts change only where a stream waits')

export const streamRows: readonly SymbolRow[] = [
  leaf('clearerr', 'void(ptr)', (c, file: number) => {
    if (isStream(c, file)) setFlags(c, file, 0, Flag.end | Flag.error)
  }),
  blocking('fclose', 'int(ptr)', fclose),
  leaf('fdopen', 'ptr(int, ptr)', fdopen),
  leaf('feof', 'int(ptr)', asked(Flag.end)),
  leaf('ferror', 'int(ptr)', asked(Flag.error)),
  blocking('fflush', 'int(ptr)', fflush),
  leaf('fileno', 'int(ptr)', (c, file: number) => (isStream(c, file) ? c.memory.getI32(file + File.fd) : c.fail(EBADF))),
  single('flockfile'),
  single('funlockfile'),
  blocking('fopen', 'ptr(ptr, ptr)', fopen),
  alias('fopen64', 'fopen'),
  leaf('__fpurge', 'void(ptr)', (c, file: number) => {
    if (isStream(c, file)) for (const field of [File.readAt, File.readEnd, File.pending]) c.memory.setSize(file + field, 0)
  }),
  blocking('fseek', 'int(ptr, long, int)', fseek),
  alias('fseeko', 'fseek'),
  alias('fseeko64', 'fseek'),
  leaf('ftell', 'long(ptr)', ftell),
  alias('ftello', 'ftell'),
  alias('ftello64', 'ftell'),
  leaf('remove', 'int(ptr)', remove),
  blocking('rewind', 'void(ptr)', function* (c, file: number) {
    if ((yield* fseek(c, file, 0, 0)) === 0) setFlags(c, file, 0, Flag.error)
  }),
  blocking('setvbuf', 'int(ptr, ptr, int, size)', setvbuf),
  leaf('ungetc', 'int(int, ptr)', ungetc),
]
