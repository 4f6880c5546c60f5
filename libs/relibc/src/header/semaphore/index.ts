/**
 * https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/semaphore.h.html: sem_t is one futex word, its value. That of a named
 * semaphore has bit 31 set and the kernel's number below, because what processes share lies there and not in their memory.
 */
import { type Co, O } from '@bootgraph/kernel'
import { answer, EFAULT, path, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type HeaderTable, leaf } from '../../registry/define.ts'
import { deadline } from '../pthread/mutex.ts'
import { free, malloc } from '../stdlib/malloc.ts'

const ENOENT = 2
const EINTR = 4
const EAGAIN = 11
const EINVAL = 22
const EOVERFLOW = 75
const ETIMEDOUT = 110
const VALUE_MAX = 0x7fff_ffff
const SIZE = 32
const NAME_MAX = 251

/** The kernel's number of a named semaphore, or -1. */
const numberOf = (c: LibcCall, sem: number): number => {
  const word = readable(c, sem, 4) ? c.memory.getU32(sem) : 0
  return word > VALUE_MAX ? word - VALUE_MAX - 1 : -1
}

function tryWait(c: LibcCall, sem: number): number {
  if (!writable(c, sem, 4)) return EFAULT
  const value = c.memory.getU32(sem)
  if (value === 0) return EAGAIN
  c.memory.setU32(sem, value - 1)
  return 0
}

function* semWait(c: LibcCall, sem: number, until?: bigint): Co<number> {
  const number = numberOf(c, sem)
  if (number >= 0) return answer(c, yield* c.kernel.semaphoreWait(c.cx, number, until, false))
  for (;;) {
    const errno = tryWait(c, sem)
    if (errno !== EAGAIN) return errno === 0 ? 0 : c.fail(errno)
    const woken = yield* c.kernel.futexWait(c.cx, sem, 0, until)
    if (woken === 'timeout') return c.fail(ETIMEDOUT)
    if (woken === 'signal') return c.fail(EINTR)
  }
}

/** A name with a slash only in front. */
function nameOf(c: LibcCall, at: number): string | undefined {
  const text = path(c, at)?.replace(/^\/+/, '')
  return text === undefined || text === '' || text.includes('/') || text.length > NAME_MAX ? undefined : text
}

function open(c: LibcCall, at: number, flags: number, _mode: number, value: number): number {
  const name = nameOf(c, at)
  if (name === undefined) return c.fail(EINVAL) + 1
  const redox = c.abi.openFlags(flags)
  const create = (redox & O.CREAT) !== 0
  if (create && value > VALUE_MAX) return c.fail(EINVAL) + 1
  const number = c.kernel.semaphoreOpen(c.cx, name, value, create, (redox & O.EXCL) !== 0)
  if (number < 0) return c.fail(-number) + 1
  const sem = malloc(c, SIZE)
  if (sem !== 0) c.memory.setU32(sem, VALUE_MAX + 1 + number)
  return sem
}

function value(c: LibcCall, sem: number, out: number): number {
  if (!readable(c, sem, 4) || !writable(c, out, 4)) return c.fail(EFAULT)
  const number = numberOf(c, sem)
  c.memory.setU32(out, number >= 0 ? c.kernel.semaphoreValue(c.cx, number) : c.memory.getU32(sem))
  return 0
}

function post(c: LibcCall, sem: number): number {
  if (!writable(c, sem, 4)) return c.fail(EFAULT)
  const number = numberOf(c, sem)
  if (number >= 0) return answer(c, c.kernel.semaphorePost(c.cx, number))
  const now = c.memory.getU32(sem)
  if (now >= VALUE_MAX) return c.fail(EOVERFLOW)
  c.memory.setU32(sem, now + 1)
  c.kernel.futexWake(c.cx, sem, 1)
  return 0
}

export const semaphore: HeaderTable = {
  name: 'semaphore',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/semaphore.h.html',
  rows: [
    leaf('sem_destroy', 'int(ptr)', () => 0),
    leaf('sem_getvalue', 'int(ptr, ptr)', value),
    leaf('sem_init', 'int(ptr, int, uint)', (c, sem: number, _shared: number, first: number) => {
      if (first > VALUE_MAX) return c.fail(EINVAL)
      if (!writable(c, sem, 4)) return c.fail(EFAULT)
      c.memory.setU32(sem, first)
      return 0
    }),
    leaf('sem_open', 'ptr(ptr, int, uint, uint)', open),
    leaf('sem_close', 'int(ptr)', (c, sem: number) => {
      if (numberOf(c, sem) < 0) return c.fail(EINVAL)
      free(c, sem)
      return 0
    }),
    leaf('sem_unlink', 'int(ptr)', (c, at: number) => {
      const name = nameOf(c, at)
      return name === undefined ? c.fail(ENOENT) : answer(c, c.kernel.semaphoreUnlink(c.cx, name))
    }),
    leaf('sem_post', 'int(ptr)', post),
    blocking('sem_timedwait', 'int(ptr, ptr)', function* (c, sem: number, at: number) {
      const until = deadline(c, at, 'realtime')
      return until === undefined ? c.fail(EINVAL) : yield* semWait(c, sem, until)
    }),
    blocking('sem_clockwait', 'int(ptr, int, ptr)', function* (c, sem: number, id: number, at: number) {
      const clock = c.abi.clock(id)
      const until = clock === 'realtime' || clock === 'monotonic' ? deadline(c, at, clock) : undefined
      return until === undefined ? c.fail(EINVAL) : yield* semWait(c, sem, until)
    }),
    blocking('sem_trywait', 'int(ptr)', function* (c, sem: number) {
      const number = numberOf(c, sem)
      if (number >= 0) return answer(c, yield* c.kernel.semaphoreWait(c.cx, number, undefined, true))
      const errno = tryWait(c, sem)
      return errno === 0 ? 0 : c.fail(errno)
    }),
    blocking('sem_wait', 'int(ptr)', (c, sem: number) => semWait(c, sem)),
  ],
}
