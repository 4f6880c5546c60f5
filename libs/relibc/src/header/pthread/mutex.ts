/**
 * Mutexes: a futex word that holds the owner's tid, with bit 31 while somebody sleeps; then a count, and the type where
 * the program's ABI keeps it. All zero is an unlocked normal mutex, as static initialisers make it.
 */
import type { Co } from '@bootgraph/kernel'
import { readTimespec } from '../../abi/structs.ts'
import { tidOf } from '../../platform/platform.ts'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, leaf, type SymbolRow } from '../../registry/define.ts'

import { destroy, dropState, makeState, onState, stateOf } from './object.ts'

const EPERM = 1
const EAGAIN = 11
const EBUSY = 16
const EINVAL = 22
const EDEADLK = 35
const ETIMEDOUT = 110
const WAITERS = 0x8000_0000
const COUNT = 4

const kindOf = (c: LibcCall, mutex: number): number => c.memory.getU32(mutex + c.abi.pthread.mutexKind) & 3

/** Takes the mutex if that needs no waiting: 0, EBUSY, EDEADLK, EAGAIN or EINVAL. */
export function tryLock(c: LibcCall, mutex: number, blockingCall: boolean): number {
  if (!writable(c, mutex, c.abi.pthread.mutex)) return EINVAL
  const tid = tidOf(c, c.cx)
  const word = c.memory.getU32(mutex)
  const owner = (word & ~WAITERS) >>> 0
  if (owner === 0) {
    c.memory.setU32(mutex, (word | tid) >>> 0)
    c.memory.setU32(mutex + COUNT, 1)
    return 0
  }
  if (owner !== tid) return EBUSY
  const { kinds } = c.abi.pthread
  const kind = kindOf(c, mutex)
  if (kind === kinds.recursive) {
    const count = c.memory.getU32(mutex + COUNT)
    if (count === 0xffff_ffff) return EAGAIN
    c.memory.setU32(mutex + COUNT, count + 1)
    return 0
  }
  return blockingCall && kind === kinds.errorcheck ? EDEADLK : EBUSY
}

/** Takes the mutex, waiting until `until` (monotonic ns) at most. */
export function* lockMutex(c: LibcCall, mutex: number, until?: bigint): Co<number> {
  for (;;) {
    const result = tryLock(c, mutex, true)
    if (result !== EBUSY) return result
    const word = (c.memory.getU32(mutex) | WAITERS) >>> 0
    c.memory.setU32(mutex, word)
    if ((yield* c.kernel.futexWait(c.cx, mutex, word, until)) === 'timeout') return ETIMEDOUT
  }
}

/** Gives the mutex back: 0, or EPERM if it is not the caller's. A normal mutex may be unlocked by anyone, as on glibc. */
export function unlockMutex(c: LibcCall, mutex: number): number {
  if (!writable(c, mutex, c.abi.pthread.mutex)) return EINVAL
  const word = c.memory.getU32(mutex)
  const kind = kindOf(c, mutex)
  const { kinds } = c.abi.pthread
  const owned = kind === kinds.recursive || kind === kinds.errorcheck
  if (owned && (word & ~WAITERS) >>> 0 !== tidOf(c, c.cx)) return EPERM
  if (kind === kinds.recursive) {
    const count = c.memory.getU32(mutex + COUNT) - 1
    c.memory.setU32(mutex + COUNT, count)
    if (count > 0) return 0
  }
  c.memory.setU32(mutex, 0)
  if (word & WAITERS) c.kernel.futexWake(c.cx, mutex, 0x7fff_ffff)
  return 0
}

/** An absolute time of `clock` as monotonic nanoseconds; undefined if tv_nsec is out of range. */
export function deadline(c: LibcCall, at: number, clock: 'realtime' | 'monotonic'): bigint | undefined {
  if (!readable(c, at, 16)) return undefined
  const time = readTimespec(c.memory, at)
  if (time === undefined || clock === 'monotonic') return time
  return time - c.kernel.clock(c.cx, 'realtime') + c.kernel.clock(c.cx, 'monotonic')
}

function init(c: LibcCall, object: number, attributes: number): number {
  const mutex = makeState(c, object)
  const attr = stateOf(c, attributes)
  if (!writable(c, mutex, c.abi.pthread.mutex)) return EINVAL
  const kind = attr !== 0 && readable(c, attr, 4) ? c.memory.getU32(attr) & 3 : 0
  c.memory.bytes(mutex, c.abi.pthread.mutex).fill(0)
  c.memory.setU32(mutex + c.abi.pthread.mutexKind, kind)
  return 0
}

const attrInit = (c: LibcCall, object: number): number => {
  const attr = makeState(c, object)
  if (!writable(c, attr, c.abi.pthread.mutexattr)) return EINVAL
  c.memory.bytes(attr, c.abi.pthread.mutexattr).fill(0)
  return 0
}

export const mutexRows: readonly SymbolRow[] = [
  leaf('pthread_mutex_destroy', 'int(ptr)', (c, object: number) => {
    const mutex = stateOf(c, object)
    if (!readable(c, mutex, 4) || c.memory.getU32(mutex) !== 0) return EBUSY
    dropState(c, object)
    return 0
  }),
  leaf('pthread_mutex_init', 'int(ptr, ptr)', init),
  blocking(
    'pthread_mutex_lock',
    'int(ptr)',
    onState((c, mutex) => lockMutex(c, mutex)),
  ),
  blocking('pthread_mutex_timedlock', 'int(ptr, ptr)', function* (c, mutex: number, at: number) {
    const until = deadline(c, at, 'realtime')
    return until === undefined ? EINVAL : yield* lockMutex(c, stateOf(c, mutex), until)
  }),
  blocking('pthread_mutex_clocklock', 'int(ptr, int, ptr)', function* (c, mutex: number, id: number, at: number) {
    const clock = c.abi.clock(id)
    const until = clock === 'realtime' || clock === 'monotonic' ? deadline(c, at, clock) : undefined
    return until === undefined ? EINVAL : yield* lockMutex(c, stateOf(c, mutex), until)
  }),
  leaf(
    'pthread_mutex_trylock',
    'int(ptr)',
    onState((c, mutex) => tryLock(c, mutex, false)),
  ),
  leaf('pthread_mutex_unlock', 'int(ptr)', onState(unlockMutex)),
  leaf('pthread_mutexattr_destroy', 'int(ptr)', destroy),
  leaf('pthread_mutexattr_init', 'int(ptr)', attrInit),
  leaf(
    'pthread_mutexattr_settype',
    'int(ptr, int)',
    onState((c, attr, kind: number) => {
      if (kind < 0 || kind > 3 || !writable(c, attr, 4)) return EINVAL
      c.memory.setU32(attr, kind)
      return 0
    }),
  ),
  leaf(
    'pthread_mutexattr_gettype',
    'int(ptr, ptr)',
    onState((c, attr, out: number) => {
      if (!readable(c, attr, 4) || !writable(c, out, 4)) return EINVAL
      c.memory.setU32(out, c.memory.getU32(attr) & 3)
      return 0
    }),
  ),
]
