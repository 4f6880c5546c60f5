/** The printf family: https://pubs.opengroup.org/onlinepubs/9699919799/functions/fprintf.html */
import type { Co } from '@bootgraph/kernel'
import { cstring, EFAULT, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { VaList } from '../../registry/va-list.ts'
import { abortCall } from '../fault.ts'
import { formatUntilError } from './format.ts'
import { isStream, oriented, put, standard } from './stream.ts'

const EBADF = 9

/** The bytes to write, and the answer when they are: how many, or -1 with errno set. */
function text(c: LibcCall, format: number, list: VaList | undefined): { bytes: Uint8Array; answer: number } {
  const pattern = cstring(c, format)
  if (pattern === undefined || list === undefined) return { bytes: new Uint8Array(0), answer: c.fail(EFAULT) }
  const { bytes, errno } = formatUntilError(c, pattern, list)
  return { bytes, answer: errno === 0 ? bytes.length : c.fail(errno) }
}

function* toStream(c: LibcCall, file: number, format: number, list: VaList | undefined): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  if (!oriented(c, file, -1)) return -1
  const { bytes, answer } = text(c, format, list)
  return bytes.length === 0 || (yield* put(c, file, bytes)) ? answer : -1
}

/** dprintf: straight to a descriptor. */
function* toDescriptor(c: LibcCall, fd: number, format: number, list: VaList | undefined): Co<number> {
  const { bytes, answer } = text(c, format, list)
  for (let at = 0; at < bytes.length; ) {
    const put = yield* c.kernel.write(c.cx, fd, bytes.subarray(at))
    if (put < 0) return c.fail(-put)
    at += put
  }
  return answer
}

function toMemory(c: LibcCall, into: number, size: number, format: number, list: VaList | undefined): number {
  const { bytes, answer } = text(c, format, list)
  if (size === 0) return answer
  const kept = Math.min(bytes.length, size - 1)
  if (!writable(c, into, kept + 1)) return c.fail(EFAULT)
  c.memory.u8.set(bytes.subarray(0, kept), into)
  c.memory.setU8(into + kept, 0)
  return answer
}

/** sprintf into a target that is known to be too small ends the program. */
const checked = (c: LibcCall, room: number, length: number): number => (length < room ? length : abortCall(c))

const UNBOUNDED = 0x7fff_ffff
const at = (c: LibcCall, list: number): VaList | undefined => VaList.ofPointer(c, list)

export const printRows: readonly SymbolRow[] = [
  blocking('printf', 'int(ptr, ...)', (c, f: number, list: VaList) => toStream(c, standard(c, 'stdout'), f, list)),
  blocking('vprintf', 'int(ptr, va_list)', (c, f: number, list: number) => toStream(c, standard(c, 'stdout'), f, at(c, list))),
  blocking('fprintf', 'int(ptr, ptr, ...)', (c, file: number, f: number, list: VaList) => toStream(c, file, f, list)),
  blocking('vfprintf', 'int(ptr, ptr, va_list)', (c, file: number, f: number, list: number) => toStream(c, file, f, at(c, list))),
  blocking('dprintf', 'int(int, ptr, ...)', (c, fd: number, f: number, list: VaList) => toDescriptor(c, fd, f, list)),
  blocking('vdprintf', 'int(int, ptr, va_list)', (c, fd: number, f: number, list: number) => toDescriptor(c, fd, f, at(c, list))),
  leaf('sprintf', 'int(ptr, ptr, ...)', (c, into: number, f: number, list: VaList) => toMemory(c, into, UNBOUNDED, f, list)),
  leaf('__sprintf_chk', 'int(ptr, int, size, ptr, ...)', (c, into: number, _: number, room: number, f: number, list: VaList) =>
    checked(c, room, toMemory(c, into, Math.min(room, UNBOUNDED), f, list)),
  ),
  leaf('vsprintf', 'int(ptr, ptr, va_list)', (c, into: number, f: number, list: number) => toMemory(c, into, UNBOUNDED, f, at(c, list))),
  leaf('__vsprintf_chk', 'int(ptr, int, size, ptr, va_list)', (c, into: number, _: number, room: number, f: number, list: number) =>
    checked(c, room, toMemory(c, into, Math.min(room, UNBOUNDED), f, at(c, list))),
  ),
  leaf('snprintf', 'int(ptr, size, ptr, ...)', (c, into: number, size: number, f: number, list: VaList) =>
    toMemory(c, into, size, f, list),
  ),
  leaf('vsnprintf', 'int(ptr, size, ptr, va_list)', (c, into: number, size: number, f: number, list: number) =>
    toMemory(c, into, size, f, at(c, list)),
  ),
]
