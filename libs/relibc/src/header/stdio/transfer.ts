/** Bytes and lines in and out of streams. */
import type { Co } from '@bootgraph/kernel'
import { Thread } from '../../platform/thread-block.ts'
import { cstring, EFAULT, source, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type SymbolRow } from '../../registry/define.ts'
import { errorText } from '../string/messages.ts'
import { getByte, getBytes, isStream, oriented, put, standard } from './stream.ts'

const EBADF = 9
const NEWLINE = 10

function* fputc(c: LibcCall, byte: number, file: number): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  // Alone among them it writes to a wide stream, too.
  oriented(c, file, -1)
  return (yield* put(c, file, Uint8Array.of(byte))) ? byte & 0xff : -1
}

function* fputs(c: LibcCall, text: number, file: number): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  const bytes = cstring(c, text)
  if (bytes === undefined) return c.fail(EFAULT)
  return oriented(c, file, -1) && (yield* put(c, file, bytes)) ? 1 : -1
}

function* puts(c: LibcCall, text: number): Co<number> {
  const file = standard(c, 'stdout')
  if (!isStream(c, file)) return c.fail(EBADF)
  const bytes = cstring(c, text)
  if (bytes === undefined) return c.fail(EFAULT)
  return oriented(c, file, -1) && (yield* put(c, file, Uint8Array.of(...bytes, NEWLINE))) ? bytes.length + 1 : -1
}

function* fwrite(c: LibcCall, from: number, size: number, count: number, file: number): Co<number> {
  if (size === 0 || count === 0) return 0
  if (!isStream(c, file)) return c.fail(EBADF) + 1
  const bytes = source(c, from, size * count)
  if (bytes === undefined) return c.fail(EFAULT) + 1
  return oriented(c, file, -1) && (yield* put(c, file, bytes)) ? count : 0
}

function* fread(c: LibcCall, into: number, size: number, count: number, file: number): Co<number> {
  if (size === 0 || count === 0) return 0
  if (!isStream(c, file)) return c.fail(EBADF) + 1
  if (!writable(c, into, size * count)) return c.fail(EFAULT) + 1
  if (!oriented(c, file, -1)) return 0
  return Math.floor((yield* getBytes(c, file, c.memory.bytes(into, size * count))) / size)
}

function* fgetc(c: LibcCall, file: number): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  return oriented(c, file, -1) ? yield* getByte(c, file) : -1
}

function* fgets(c: LibcCall, into: number, size: number, file: number): Co<number> {
  if (size <= 0) return 0
  if (!isStream(c, file)) return c.fail(EBADF) + 1
  if (!writable(c, into, size)) return c.fail(EFAULT) + 1
  if (!oriented(c, file, -1)) return 0
  let at = into
  while (at < into + size - 1) {
    const byte = yield* getByte(c, file)
    if (byte < 0) {
      if (at === into) return 0
      break
    }
    c.memory.setU8(at++, byte)
    if (byte === NEWLINE) break
  }
  c.memory.setU8(at, 0)
  return into
}

function* perror(c: LibcCall, prefix: number): Co<void> {
  const file = standard(c, 'stderr')
  if (!isStream(c, file)) return
  const errno = c.memory.getU32(c.cx.threadPointer + Thread.errno)
  const head = prefix === 0 ? '' : c.string(prefix)
  const text = `${head === '' ? '' : `${head}: `}${errorText(errno) ?? `Unknown error ${errno}`}\n`
  yield* put(c, file, new TextEncoder().encode(text))
}

const standardIn = function* (c: LibcCall): Co<number> {
  return yield* fgetc(c, standard(c, 'stdin'))
}

export const transferRows: readonly SymbolRow[] = [
  blocking('fgetc', 'int(ptr)', fgetc),
  alias('getc', 'fgetc'),
  blocking('getchar', 'int()', standardIn),
  blocking('fgets', 'ptr(ptr, int, ptr)', fgets),
  blocking('fputc', 'int(int, ptr)', fputc),
  alias('putc', 'fputc'),
  blocking('putchar', 'int(int)', (c, byte: number) => fputc(c, byte, standard(c, 'stdout'))),
  blocking('fputs', 'int(ptr, ptr)', fputs),
  blocking('fread', 'size(ptr, size, size, ptr)', fread),
  blocking('getw', 'int(ptr)', function* (c, file: number) {
    const word = new Uint8Array(4)
    if (!isStream(c, file) || !oriented(c, file, -1) || (yield* getBytes(c, file, word)) < 4) return -1
    return new DataView(word.buffer).getInt32(0, true)
  }),
  blocking('putw', 'int(int, ptr)', function* (c, value: number, file: number) {
    return isStream(c, file) && oriented(c, file, -1) && (yield* put(c, file, new Uint8Array(Int32Array.of(value).buffer))) ? 0 : -1
  }),
  blocking('__overflow', 'int(ptr, int)', (c, file: number, byte: number) => fputc(c, byte & 0xff, file)),
  alias('__uflow', 'fgetc'),
  ...['fgetc', 'getc', 'getchar', 'fgets', 'fputc', 'putc', 'putchar', 'fputs', 'fread', 'fwrite'].map((name) =>
    alias(`${name}_unlocked`, name === 'getc' ? 'fgetc' : name === 'putc' ? 'fputc' : name),
  ),
  alias('_IO_getc', 'fgetc'),
  alias('_IO_putc', 'fputc'),
  blocking('fwrite', 'size(ptr, size, size, ptr)', fwrite),
  blocking('perror', 'void(ptr)', perror),
  blocking('puts', 'int(ptr)', puts),
]
