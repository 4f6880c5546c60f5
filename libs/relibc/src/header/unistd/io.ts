/** Reading, writing and descriptors. */

import type { Co } from '@bootgraph/kernel'
import { answer, EFAULT, path, source, target, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, leaf, type SymbolRow } from '../../registry/define.ts'

const EBADF = 9
const EISDIR = 21
const EINVAL = 22
const ESPIPE = 29
const SEEK_CUR = 1
const type = ({ mode }: { readonly mode: number }): number => mode & 0xf000
const isPipe = (stat: { readonly mode: number }): boolean => type(stat) === 0x1000
const isDirectory = (stat: { readonly mode: number }): boolean => type(stat) === 0x4000
const isRegular = (stat: { readonly mode: number }): boolean => type(stat) === 0x8000
/** Linux moves at most this many bytes in one call. */
const RW_MAX = 0x7fff_f000

function* read(c: LibcCall, fd: number, buffer: number, size: number): Co<number> {
  const into = target(c, buffer, Math.min(size, RW_MAX))
  return into === undefined ? c.fail(EFAULT) : answer(c, yield* c.kernel.read(c.cx, fd, into))
}

function* write(c: LibcCall, fd: number, buffer: number, size: number): Co<number> {
  const from = source(c, buffer, Math.min(size, RW_MAX))
  return from === undefined ? c.fail(EFAULT) : answer(c, yield* c.kernel.write(c.cx, fd, from))
}

function* pread(c: LibcCall, fd: number, buffer: number, size: number, offset: number): Co<number> {
  const into = target(c, buffer, Math.min(size, RW_MAX))
  return into === undefined ? c.fail(EFAULT) : answer(c, yield* c.kernel.pread(c.cx, fd, into, offset))
}

function* pwrite(c: LibcCall, fd: number, buffer: number, size: number, offset: number): Co<number> {
  const from = source(c, buffer, Math.min(size, RW_MAX))
  return from === undefined ? c.fail(EFAULT) : answer(c, yield* c.kernel.pwrite(c.cx, fd, from, offset))
}

export function pipe2(c: LibcCall, pair: number, flags: number): number {
  if (!writable(c, pair, 8)) return c.fail(EFAULT)
  const made = c.kernel.pipe(c.cx, c.abi.openFlags(flags))
  if (typeof made === 'number') return c.fail(-made)
  c.memory.setU32(pair, made[0])
  c.memory.setU32(pair + 4, made[1])
  return 0
}

function dup3(c: LibcCall, fd: number, to: number, flags: number): number {
  if (fd === to || flags & ~c.abi.O.cloexec) return c.fail(EINVAL)
  return answer(c, c.kernel.dup2(c.cx, fd, to, (flags & c.abi.O.cloexec) !== 0))
}

const COPY_CHUNK = 1 << 16

/** Moves up to `size` bytes between descriptors, through a buffer of the host; offsets undefined = the file position. */
export function* transfer(
  c: LibcCall,
  from: number,
  fromAt: number | undefined,
  to: number,
  toAt: number | undefined,
  size: number,
): Co<number> {
  const buffer = new Uint8Array(Math.min(size, COPY_CHUNK))
  let moved = 0
  while (moved < size) {
    const room = buffer.subarray(0, Math.min(buffer.length, size - moved))
    const got = fromAt === undefined ? yield* c.kernel.read(c.cx, from, room) : yield* c.kernel.pread(c.cx, from, room, fromAt + moved)
    if (got < 0) return moved > 0 ? moved : got
    if (got === 0) return moved
    for (let at = 0; at < got; ) {
      const rest = room.subarray(at, got)
      const put = toAt === undefined ? yield* c.kernel.write(c.cx, to, rest) : yield* c.kernel.pwrite(c.cx, to, rest, toAt + moved + at)
      if (put < 0) return moved + at > 0 ? moved + at : put
      at += put
    }
    moved += got
  }
  return moved
}

/** What copy_file_range and splice have in common: offsets at pointers, moved on by what was copied. */
function* copied(c: LibcCall, from: number, fromAt: number, to: number, toAt: number, size: number): Co<number> {
  for (const pointer of [fromAt, toAt]) if (pointer !== 0 && !writable(c, pointer, 8)) return c.fail(EFAULT)
  const offset = (pointer: number): number | undefined => (pointer === 0 ? undefined : c.memory.getSize(pointer))
  const moved = yield* transfer(c, from, offset(fromAt), to, offset(toAt), size)
  if (moved < 0) return c.fail(-moved)
  for (const pointer of [fromAt, toAt]) if (pointer !== 0) c.memory.setSize(pointer, c.memory.getSize(pointer) + moved)
  return moved
}

/** copy_file_range(2): between files, of which one may be both if the ranges are apart. */
export function* copyFileRange(
  c: LibcCall,
  from: number,
  fromAt: number,
  to: number,
  toAt: number,
  size: number,
  flags: number,
): Co<number> {
  if (flags !== 0) return c.fail(EINVAL)
  const [input, output] = [from, to].map((fd) => c.kernel.fstat(c.cx, fd))
  if (typeof input === 'number') return c.fail(-input)
  if (typeof output === 'number') return c.fail(-output)
  if (isDirectory(input) || isDirectory(output)) return c.fail(EISDIR)
  if (!isRegular(input) || !isRegular(output)) return c.fail(EINVAL)
  for (const pointer of [fromAt, toAt]) if (pointer !== 0 && !writable(c, pointer, 8)) return c.fail(EFAULT)
  const start = (fd: number, pointer: number): number => (pointer === 0 ? c.kernel.lseek(c.cx, fd, 0, SEEK_CUR) : c.memory.getSize(pointer))
  if (input.dev === output.dev && input.ino === output.ino) {
    const first = start(from, fromAt)
    if (Math.abs(first - start(to, toAt)) < Math.min(size, input.size - first)) return c.fail(EINVAL)
  }
  return yield* copied(c, from, fromAt, to, toAt, size)
}

function* sendfile(c: LibcCall, to: number, from: number, offset: number, size: number): Co<number> {
  if (offset !== 0 && !writable(c, offset, 8)) return c.fail(EFAULT)
  if (offset !== 0 && c.memory.getU64(offset) >> 63n !== 0n) return c.fail(EINVAL)
  const moved = yield* transfer(c, from, offset === 0 ? undefined : c.memory.getSize(offset), to, undefined, size)
  if (moved < 0) return c.fail(-moved)
  if (offset !== 0) c.memory.setSize(offset, c.memory.getSize(offset) + moved)
  return moved
}

const lseek = (c: LibcCall, fd: number, offset: number, whence: number): number => answer(c, c.kernel.lseek(c.cx, fd, offset, whence))

/** splice(2): one side at least is a pipe, and that has no offset. */
function* splice(c: LibcCall, from: number, fromAt: number, to: number, toAt: number, size: number): Co<number> {
  const [input, output] = [from, to].map((fd) => c.kernel.fstat(c.cx, fd))
  if (typeof input === 'number' || typeof output === 'number') return c.fail(EBADF)
  if (!isPipe(input) && !isPipe(output)) return c.fail(EINVAL)
  if ((isPipe(input) && fromAt !== 0) || (isPipe(output) && toAt !== 0)) return c.fail(ESPIPE)
  return yield* copied(c, from, fromAt, to, toAt, size)
}

const truncate = (c: LibcCall, name: number, length: number): number => {
  const file = path(c, name)
  return file === undefined ? c.fail(EFAULT) : answer(c, c.kernel.truncate(c.cx, file, length))
}

export const ioRows: readonly SymbolRow[] = [
  leaf('syncfs', 'int(int)', (c, fd: number) => answer(c, c.kernel.fsync(c.cx, fd))),
  leaf('sync_file_range', 'int(int, long, long, uint)', (c, fd: number) => answer(c, c.kernel.fsync(c.cx, fd))),
  blocking('close', 'int(int)', function* (c, fd: number) {
    return answer(c, yield* c.kernel.close(c.cx, fd))
  }),
  blocking('copy_file_range', 'long(int, ptr, int, ptr, size, uint)', copyFileRange),
  leaf('dup', 'int(int)', (c, fd: number) => answer(c, c.kernel.dup(c.cx, fd))),
  leaf('dup2', 'int(int, int)', (c, fd: number, to: number) => answer(c, c.kernel.dup2(c.cx, fd, to))),
  leaf('dup3', 'int(int, int, int)', dup3),
  leaf('fdatasync', 'int(int)', (c, fd: number) => answer(c, c.kernel.fsync(c.cx, fd))),
  leaf('fsync', 'int(int)', (c, fd: number) => answer(c, c.kernel.fsync(c.cx, fd))),
  leaf('ftruncate', 'int(int, long)', (c, fd: number, length: number) => answer(c, c.kernel.ftruncate(c.cx, fd, length))),
  alias('ftruncate64', 'ftruncate'),
  leaf(
    'isatty',
    'int(int)',
    (c, fd: number) => {
      const stat = c.kernel.fstat(c.cx, fd)
      if (typeof stat === 'number') return c.fail(-stat) + 1
      const name = c.kernel.fpath(c.cx, fd)
      const terminal = (stat.mode & 0xf000) === 0x2000 && typeof name === 'string' && /(^|\/|:)(pty|tty|debug|console|fbcon)/.test(name)
      return terminal ? 1 : c.fail(25) + 1
    },
    'partial',
    'a character device of a terminal scheme is a terminal',
  ),
  leaf('lseek', 'long(int, long, int)', lseek),
  alias('lseek64', 'lseek'),
  leaf('pipe', 'int(ptr)', (c, pair: number) => pipe2(c, pair, 0)),
  leaf('pipe2', 'int(ptr, int)', pipe2),
  blocking('pread', 'long(int, ptr, size, long)', pread),
  alias('pread64', 'pread'),
  blocking('pwrite', 'long(int, ptr, size, long)', pwrite),
  alias('pwrite64', 'pwrite'),
  blocking('read', 'long(int, ptr, size)', read),
  blocking('sendfile', 'long(int, int, ptr, size)', sendfile),
  alias('sendfile64', 'sendfile'),
  blocking('splice', 'long(int, ptr, int, ptr, size, uint)', splice),
  leaf('sync', 'void()', () => {}),
  leaf('truncate', 'int(ptr, long)', truncate),
  alias('truncate64', 'truncate'),
  blocking('write', 'long(int, ptr, size)', write),
]
