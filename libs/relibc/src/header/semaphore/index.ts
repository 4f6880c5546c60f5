/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/semaphore.h.html: sem_t is one futex word, its value. */
import type { Co } from '@bootgraph/kernel'
import { EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { deadline } from '../pthread/mutex.ts'

const EINTR = 4
const EAGAIN = 11
const EINVAL = 22
const EOVERFLOW = 75
const ETIMEDOUT = 110
const VALUE_MAX = 0x7fff_ffff

function tryWait(c: LibcCall, sem: number): number {
  if (!writable(c, sem, 4)) return EFAULT
  const value = c.memory.getU32(sem)
  if (value === 0) return EAGAIN
  c.memory.setU32(sem, value - 1)
  return 0
}

function* semWait(c: LibcCall, sem: number, until?: bigint): Co<number> {
  for (;;) {
    const errno = tryWait(c, sem)
    if (errno !== EAGAIN) return errno === 0 ? 0 : c.fail(errno)
    const woken = yield* c.kernel.futexWait(c.cx, sem, 0, until)
    if (woken === 'timeout') return c.fail(ETIMEDOUT)
    if (woken === 'signal') return c.fail(EINTR)
  }
}

export const semaphore: HeaderTable = {
  name: 'semaphore',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/semaphore.h.html',
  rows: [
    leaf('sem_destroy', 'int(ptr)', () => 0),
    leaf('sem_getvalue', 'int(ptr, ptr)', (c, sem: number, out: number) => {
      if (!readable(c, sem, 4) || !writable(c, out, 4)) return c.fail(EFAULT)
      c.memory.setU32(out, c.memory.getU32(sem))
      return 0
    }),
    leaf('sem_init', 'int(ptr, int, uint)', (c, sem: number, _shared: number, value: number) => {
      if (value > VALUE_MAX) return c.fail(EINVAL)
      if (!writable(c, sem, 4)) return c.fail(EFAULT)
      c.memory.setU32(sem, value)
      return 0
    }),
    leaf('sem_post', 'int(ptr)', (c, sem: number) => {
      if (!writable(c, sem, 4)) return c.fail(EFAULT)
      const value = c.memory.getU32(sem)
      if (value >= VALUE_MAX) return c.fail(EOVERFLOW)
      c.memory.setU32(sem, value + 1)
      c.kernel.futexWake(c.cx, sem, 1)
      return 0
    }),
    blocking('sem_timedwait', 'int(ptr, ptr)', function* (c, sem: number, at: number) {
      const until = deadline(c, at, 'realtime')
      return until === undefined ? c.fail(EINVAL) : yield* semWait(c, sem, until)
    }),
    blocking('sem_clockwait', 'int(ptr, int, ptr)', function* (c, sem: number, id: number, at: number) {
      const clock = c.abi.clock(id)
      const until = clock === 'realtime' || clock === 'monotonic' ? deadline(c, at, clock) : undefined
      return until === undefined ? c.fail(EINVAL) : yield* semWait(c, sem, until)
    }),
    leaf('sem_trywait', 'int(ptr)', (c, sem: number) => {
      const errno = tryWait(c, sem)
      return errno === 0 ? 0 : c.fail(errno)
    }),
    blocking('sem_wait', 'int(ptr)', (c, sem: number) => semWait(c, sem)),
  ],
}
