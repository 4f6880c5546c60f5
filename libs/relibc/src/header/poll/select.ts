/** select(2) by way of poll. fd_set is 1024 bits in 64-bit words, in both ABIs. */
import type { Co, PollFd } from '@bootgraph/kernel'
import { readSigset, readTimespec, readTimeval } from '../../abi/structs.ts'
import { EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type SymbolRow } from '../../registry/define.ts'

const EBADF = 9
const EINVAL = 22
const FD_SETSIZE = 1024
const Poll = { in: 1, pri: 2, out: 4, err: 8, hup: 16, nval: 32 } as const
/** What is asked for each of the three sets, and what of the answer counts as ready in it. */
const SETS = [
  { ask: Poll.in, ready: Poll.in | Poll.hup | Poll.err },
  { ask: Poll.out, ready: Poll.out | Poll.err },
  { ask: Poll.pri, ready: Poll.pri },
] as const

function* wait(c: LibcCall, count: number, sets: readonly number[], timeout: bigint | undefined): Co<number> {
  if (count < 0 || count > FD_SETSIZE) return c.fail(EINVAL)
  const bytes = Math.ceil(count / 64) * 8
  if (sets.some((set) => set !== 0 && !writable(c, set, bytes))) return c.fail(EFAULT)
  const has = (set: number, fd: number): boolean => set !== 0 && ((c.memory.getU8(set + (fd >> 3)) >> (fd & 7)) & 1) === 1
  const fds: PollFd[] = []
  for (let fd = 0; fd < count; fd++) {
    const events = SETS.reduce((all, { ask }, i) => (has(sets[i], fd) ? all | ask : all), 0)
    if (events !== 0) fds.push({ fd, events, revents: 0 })
  }
  const got = yield* c.kernel.poll(c.cx, fds, timeout)
  if (got < 0) return c.fail(-got)
  if (fds.some(({ revents }) => revents & Poll.nval)) return c.fail(EBADF)
  for (const set of sets) if (set !== 0) c.memory.bytes(set, bytes).fill(0)
  let total = 0
  for (const { fd, events, revents } of fds) {
    for (const [i, { ask, ready }] of SETS.entries()) {
      if (!(events & ask) || !(revents & ready)) continue
      const at = sets[i] + (fd >> 3)
      c.memory.setU8(at, c.memory.getU8(at) | (1 << (fd & 7)))
      total++
    }
  }
  return total
}

function* select(c: LibcCall, count: number, read: number, write: number, except: number, timeout: number): Co<number> {
  if (timeout !== 0 && !readable(c, timeout, 16)) return c.fail(EFAULT)
  const ns = timeout === 0 ? undefined : readTimeval(c.memory, timeout)
  return ns !== undefined && ns < 0n ? c.fail(EINVAL) : yield* wait(c, count, [read, write, except], ns)
}

function* pselect(c: LibcCall, count: number, read: number, write: number, except: number, timeout: number, mask: number): Co<number> {
  if (timeout !== 0 && !readable(c, timeout, 16)) return c.fail(EFAULT)
  const ns = timeout === 0 ? undefined : readTimespec(c.memory, timeout)
  if (timeout !== 0 && (ns === undefined || ns < 0n)) return c.fail(EINVAL)
  const set = mask
  if (set !== 0 && !readable(c, set, 8)) return c.fail(EFAULT)
  const { cx } = c
  const before = set === 0 ? 0n : c.kernel.sigprocmask(cx, 2, readSigset(c.memory, set))
  const ready = yield* wait(c, count, [read, write, except], ns)
  if (set !== 0 && typeof before === 'bigint') c.kernel.sigprocmask(cx, 2, before)
  return ready
}

export const selectRows: readonly SymbolRow[] = [
  blocking('pselect', 'int(int, ptr, ptr, ptr, ptr, ptr)', pselect),
  blocking('select', 'int(int, ptr, ptr, ptr, ptr)', select),
]
