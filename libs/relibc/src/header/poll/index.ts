/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/poll.h.html */
import type { Co, PollFd } from '@bootgraph/kernel'
import { EFAULT, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable } from '../../registry/define.ts'
import { selectRows } from './select.ts'

const EINVAL = 22
const FDS_MAX = 65_536

/** struct pollfd: { fd i32, events i16, revents i16 }. `timeout` in milliseconds, negative = for ever. */
function* poll(c: LibcCall, at: number, count: number, timeout: number): Co<number> {
  if (count > FDS_MAX) return c.fail(EINVAL)
  if (!writable(c, at, 8 * count)) return c.fail(EFAULT)
  const fds: PollFd[] = []
  for (let i = 0; i < count; i++) fds.push({ fd: c.memory.getI32(at + 8 * i), events: c.memory.getU16(at + 8 * i + 4), revents: 0 })
  const ready = yield* c.kernel.poll(c.cx, fds, timeout < 0 ? undefined : BigInt(timeout) * 1_000_000n)
  if (ready < 0) return c.fail(-ready)
  for (const [i, { revents }] of fds.entries()) c.memory.setU16(at + 8 * i + 6, revents)
  return ready
}

export const pollHeader: HeaderTable = {
  name: 'poll',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/poll.h.html',
  rows: [blocking('poll', 'int(ptr, size, int)', poll), ...selectRows],
}
