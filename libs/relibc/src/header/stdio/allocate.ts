/** What stdio gives in memory that the program frees: asprintf and getline. */
import type { Co } from '@bootgraph/kernel'
import { cstring, EFAULT, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type SymbolRow } from '../../registry/define.ts'
import { VaList } from '../../registry/va-list.ts'
import { give, regive } from '../stdlib/given.ts'
import { formatText } from './format.ts'
import { getByte, isStream, oriented } from './stream.ts'

const EBADF = 9
const EINVAL = 22

function* asprintf(c: LibcCall, out: number, format: number, list: VaList | undefined): Co<number> {
  const pattern = cstring(c, format)
  if (pattern === undefined || list === undefined || !writable(c, out, 8)) return c.fail(EFAULT)
  const bytes = formatText(c, pattern, list)
  if (typeof bytes === 'number') return c.fail(-bytes)
  const at = yield* give(c, bytes.length + 1)
  if (at === 0) return -1
  c.memory.u8.set(bytes, at)
  c.memory.setU8(at + bytes.length, 0)
  c.memory.setSize(out, at)
  return bytes.length
}

function* getdelim(c: LibcCall, line: number, size: number, delimiter: number, file: number): Co<number> {
  if (!isStream(c, file)) return c.fail(EBADF)
  if (line === 0 || size === 0) return c.fail(EINVAL)
  if (!writable(c, line, 8) || !writable(c, size, 8)) return c.fail(EFAULT)
  if (!oriented(c, file, -1)) return -1
  const { memory } = c
  for (let length = 0; ; length++) {
    const room = memory.getSize(line) === 0 ? 0 : memory.getSize(size)
    if (length + 2 > room) {
      const wanted = Math.max(120, room * 2)
      const at = yield* regive(c, memory.getSize(line), wanted)
      if (at === 0) return -1
      memory.setSize(line, at)
      memory.setSize(size, wanted)
    }
    const byte = yield* getByte(c, file)
    const at = memory.getSize(line)
    if (!writable(c, at, length + 2)) return c.fail(EFAULT)
    if (byte >= 0) memory.setU8(at + length, byte)
    const end = byte < 0 ? length : length + 1
    memory.setU8(at + end, 0)
    if (byte < 0) return length === 0 ? -1 : length
    if (byte === (delimiter & 0xff)) return end
  }
}

export const allocateRows: readonly SymbolRow[] = [
  blocking('asprintf', 'int(ptr, ptr, ...)', asprintf),
  blocking('vasprintf', 'int(ptr, ptr, va_list)', (c, out: number, f: number, list: number) =>
    asprintf(c, out, f, VaList.ofPointer(c, list)),
  ),
  blocking('getdelim', 'long(ptr, ptr, int, ptr)', getdelim),
  alias('__getdelim', 'getdelim'),
  blocking('getline', 'long(ptr, ptr, ptr)', (c, line: number, size: number, file: number) => getdelim(c, line, size, 10, file)),
]
