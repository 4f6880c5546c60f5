/** The scanf family: https://pubs.opengroup.org/onlinepubs/9699919799/functions/fscanf.html */
import type { Co } from '@bootgraph/kernel'
import { answered } from '../../platform/answered.ts'
import { cstring, EFAULT } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type SymbolRow } from '../../registry/define.ts'
import { VaList } from '../../registry/va-list.ts'
import { scan } from './scan.ts'
import { type ScanInput, StreamInput, TextInput } from './scan-input.ts'
import { isStream, oriented, standard } from './stream.ts'

const EBADF = 9

function* from(c: LibcCall, input: ScanInput, format: number, list: VaList | undefined): Co<number> {
  const pattern = cstring(c, format)
  if (pattern === undefined || list === undefined) return c.fail(EFAULT)
  const filled = yield* scan(c, input, pattern, list)
  input.finish()
  return filled
}

const stream = (c: LibcCall, file: number, format: number, list: VaList | undefined): Co<number> =>
  !isStream(c, file) ? answered(c.fail(EBADF)) : oriented(c, file, -1) ? from(c, new StreamInput(c, file), format, list) : answered(-1)

const text = (c: LibcCall, at: number, format: number, list: VaList | undefined): Co<number> => from(c, new TextInput(c, at), format, list)

const NAMES = ['scanf', 'fscanf', 'sscanf', 'vscanf', 'vfscanf', 'vsscanf']

export const scanfRows: readonly SymbolRow[] = [
  blocking('scanf', 'int(ptr, ...)', (c, f: number, list: VaList) => stream(c, standard(c, 'stdin'), f, list)),
  blocking('fscanf', 'int(ptr, ptr, ...)', stream),
  blocking('sscanf', 'int(ptr, ptr, ...)', text),
  blocking('vscanf', 'int(ptr, va_list)', (c, f: number, list: number) => stream(c, standard(c, 'stdin'), f, VaList.ofPointer(c, list))),
  blocking('vfscanf', 'int(ptr, ptr, va_list)', (c, file: number, f: number, list: number) =>
    stream(c, file, f, VaList.ofPointer(c, list)),
  ),
  blocking('vsscanf', 'int(ptr, ptr, va_list)', (c, at: number, f: number, list: number) => text(c, at, f, VaList.ofPointer(c, list))),
  ...NAMES.flatMap((name) => [alias(`__isoc99_${name}`, name), alias(`__isoc23_${name}`, name)]),
]
