/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/closelog.html: a node has no log daemon, so that only LOG_PERROR is seen. */
import type { Co } from '@bootgraph/kernel'
import { readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf, object } from '../../registry/define.ts'
import { VaList } from '../../registry/va-list.ts'
import { formatText } from '../stdio/format.ts'
import { storage } from '../storage.ts'

const Option = { pid: 1, perror: 0x20 } as const
/** __libc_syslog: the name's address (u64), options (u32), the mask of priorities (u32, inverted: 0 = all). */
const State = { name: 0, options: 8, masked: 12, size: 16 } as const
const STDERR = 2

function* log(c: LibcCall, priority: number, format: number, list: VaList | undefined): Co<void> {
  const { memory } = c
  const state = storage(c, '__libc_syslog')
  const options = memory.getU32(state + State.options)
  if (memory.getU32(state + State.masked) & (1 << (priority & 7)) || !(options & Option.perror)) return
  const end = memory.cstrEnd(format)
  const made = end < 0 || list === undefined ? -1 : formatText(c, memory.u8.slice(format, end), list)
  if (typeof made === 'number') return
  const own = memory.getSize(state + State.name)
  const name = c.string(own === 0 ? memory.getSize(c.object('program_invocation_short_name')) : own)
  const pid = options & Option.pid ? `[${c.kernel.getpid(c.cx)}]` : ''
  const head = new TextEncoder().encode(`${name}${pid}: `)
  const newline = made.at(-1) === 10 ? [] : [10]
  yield* c.kernel.write(c.cx, STDERR, Uint8Array.from([...head, ...made, ...newline]))
}

const pointed = (c: LibcCall, list: number): VaList | undefined => VaList.ofPointer(c, list)

export const syslogHeader: HeaderTable = {
  name: 'syslog',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/functions/closelog.html',
  rows: [
    object('__libc_syslog', State.size, 8),
    leaf('openlog', 'void(ptr, int, int)', (c, name: number, options: number) => {
      const state = storage(c, '__libc_syslog')
      c.memory.setSize(state + State.name, readable(c, name, 1) ? name : 0)
      c.memory.setU32(state + State.options, options)
    }),
    leaf('closelog', 'void()', (c) => c.memory.setSize(storage(c, '__libc_syslog') + State.name, 0)),
    leaf('setlogmask', 'int(int)', (c, mask: number) => {
      const at = storage(c, '__libc_syslog') + State.masked
      const old = ~c.memory.getU32(at) & 0xff
      if (mask !== 0) c.memory.setU32(at, ~mask & 0xff)
      return old
    }),
    blocking('syslog', 'void(int, ptr, ...)', (c, priority: number, format: number, list: VaList) => log(c, priority, format, list)),
    blocking('vsyslog', 'void(int, ptr, va_list)', (c, priority: number, format: number, list: number) =>
      log(c, priority, format, pointed(c, list)),
    ),
  ],
}
