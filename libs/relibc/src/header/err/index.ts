/** <err.h> and <error.h>: lines on standard error that begin with the program's name (GNU C library manual, Error Messages). */
import type { Co } from '@bootgraph/kernel'
import { Thread } from '../../platform/thread-block.ts'
import { cstring } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, callback, type HeaderTable, object } from '../../registry/define.ts'
import { VaList } from '../../registry/va-list.ts'
import { exit } from '../start/exit.ts'
import { formatText } from '../stdio/format.ts'
import { flush, isStream, put, standard } from '../stdio/stream.ts'
import { errorMessage } from '../string/messages.ts'

const encoder = new TextEncoder()

/** The name of the program, as an object of the library holds it. */
const programName = (c: LibcCall, object: string): string => c.string(c.memory.getSize(c.object(object)))

function formatted(c: LibcCall, format: number, list: VaList | undefined): Uint8Array {
  const pattern = format === 0 ? undefined : cstring(c, format)
  const made = pattern === undefined || list === undefined ? undefined : formatText(c, pattern, list)
  return made instanceof Uint8Array ? made : new Uint8Array(0)
}

/** `name: text: message of errno`; a null format leaves its part out. */
function* report(c: LibcCall, errno: number | undefined, format: number, list: VaList | undefined): Co<void> {
  const file = standard(c, 'stderr')
  if (!isStream(c, file)) return
  const text = formatted(c, format, list)
  const tail = errno === undefined ? '' : `${format === 0 ? '' : ': '}${errorMessage(errno)}`
  yield* put(c, file, encoder.encode(`${programName(c, 'program_invocation_short_name')}: `))
  yield* put(c, file, text)
  yield* put(c, file, encoder.encode(`${tail}\n`))
}

const errno = (c: LibcCall): number => c.memory.getU32(c.cx.threadPointer + Thread.errno)
const pointed = (c: LibcCall, list: number): VaList | undefined => VaList.ofPointer(c, list)

function* end(c: LibcCall, status: number, code: number | undefined, format: number, list: VaList | undefined): Co<never> {
  yield* report(c, code, format, list)
  return yield* exit(c, status)
}

/** error: standard output is flushed first; the line counts in error_message_count. */
function* error(c: LibcCall, status: number, code: number, place: string, format: number, list: VaList): Co<void> {
  const [out, file] = [standard(c, 'stdout'), standard(c, 'stderr')]
  if (isStream(c, out)) yield* flush(c, out)
  const hook = c.memory.getSize(c.object('error_print_progname'))
  if (isStream(c, file)) {
    const name = programName(c, 'program_invocation_name')
    if (hook === 0) yield* put(c, file, encoder.encode(place === '' ? `${name}: ` : `${name}:${place}`))
    else yield { call: hook, args: [] }
    yield* put(c, file, formatted(c, format, list))
    yield* put(c, file, encoder.encode(code === 0 ? '\n' : `: ${errorMessage(code)}\n`))
  }
  const count = c.object('error_message_count')
  c.memory.setU32(count, c.memory.getU32(count) + 1)
  if (status !== 0) yield* exit(c, status)
}

export const err: HeaderTable = {
  name: 'err, error',
  spec: 'https://www.gnu.org/software/libc/manual/html_node/Error-Messages.html',
  rows: [
    callback('err', 'void(int, ptr, ...)', (c, status: number, f: number, list: VaList) => end(c, status, errno(c), f, list)),
    callback('errc', 'void(int, int, ptr, ...)', (c, status: number, code: number, f: number, list: VaList) =>
      end(c, status, code, f, list),
    ),
    callback('errx', 'void(int, ptr, ...)', (c, status: number, f: number, list: VaList) => end(c, status, undefined, f, list)),
    callback('verr', 'void(int, ptr, va_list)', (c, status: number, f: number, list: number) =>
      end(c, status, errno(c), f, pointed(c, list)),
    ),
    callback('verrx', 'void(int, ptr, va_list)', (c, status: number, f: number, list: number) =>
      end(c, status, undefined, f, pointed(c, list)),
    ),
    blocking('warn', 'void(ptr, ...)', (c, f: number, list: VaList) => report(c, errno(c), f, list)),
    blocking('warnx', 'void(ptr, ...)', (c, f: number, list: VaList) => report(c, undefined, f, list)),
    blocking('vwarn', 'void(ptr, va_list)', (c, f: number, list: number) => report(c, errno(c), f, pointed(c, list))),
    blocking('vwarnx', 'void(ptr, va_list)', (c, f: number, list: number) => report(c, undefined, f, pointed(c, list))),
    callback('error', 'void(int, int, ptr, ...)', (c, status: number, code: number, f: number, list: VaList) =>
      error(c, status, code, '', f, list),
    ),
    callback(
      'error_at_line',
      'void(int, int, ptr, uint, ptr, ...)',
      (c, status: number, code: number, file: number, line: number, f: number, list: VaList) =>
        error(c, status, code, file === 0 ? ' ' : `${c.string(file)}:${line}: `, f, list),
    ),
    object('error_message_count', 4, 4),
    object('error_one_per_line', 4, 4),
    object('error_print_progname', 8, 8),
    object('program_invocation_name', 8, 8),
    alias('__progname_full', 'program_invocation_name'),
    object('program_invocation_short_name', 8, 8),
    alias('__progname', 'program_invocation_short_name'),
  ],
}

/** Points the library's names of the program at argv[0] and at what is behind its last slash. */
export function nameProgram(c: LibcCall, name: number): void {
  const end = c.memory.cstrEnd(name)
  if (end < 0) return
  const slash = c.memory.bytes(name, end - name).lastIndexOf(0x2f)
  for (const [object, at] of [
    ['program_invocation_name', name],
    ['program_invocation_short_name', name + slash + 1],
  ] as const) {
    const place = c.object(object)
    if (place !== 0) c.memory.setSize(place, at)
  }
}
