/**
 * Mutexes: a futex word that holds the owner's tid, with bit 31 while somebody sleeps; then a count, and the type where
 * the program's ABI keeps it. A robust one tells of an owner that ended. All zero is an unlocked normal mutex, as static initialisers make it.
 */
import type { Co } from '@bootgraph/kernel'
import { readTimespec } from '../../abi/structs.ts'
import { tidOf } from '../../platform/platform.ts'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, leaf, type SymbolRow } from '../../registry/define.ts'
import { ownerOf, WAITERS } from './lock-word.ts'
import { destroy, dropState, makeState, onState, stateOf } from './object.ts'
import { given, isRobust, makeConsistent, makeRobust, refusal, taken } from './robust.ts'

const EPERM = 1
const EAGAIN = 11
const EBUSY = 16
const EINVAL = 22
const EDEADLK = 35
const ETIMEDOUT = 110
const COUNT = 4

/** Bits of a pthread_mutexattr_t, as glibc has them. */
const Attribute = { kind: 3, protocol: 0x3000_0000, robust: 0x4000_0000, shared: 0x8000_0000 } as const

const kindOf = (c: LibcCall, mutex: number): number => c.memory.getU32(mutex + c.abi.pthread.mutexKind) & 3

/** Takes the mutex if that needs no waiting: 0, EBUSY, EDEADLK, EAGAIN or EINVAL; a robust one also EOWNERDEAD or ENOTRECOVERABLE. */
export function tryLock(c: LibcCall, mutex: number, blockingCall: boolean): number {
  if (!writable(c, mutex, c.abi.pthread.mutex)) return EINVAL
  const tid = tidOf(c, c.cx)
  const word = c.memory.getU32(mutex)
  const owner = ownerOf(word)
  const robust = isRobust(c, mutex)
  if (robust && refusal(c, mutex) !== 0) return refusal(c, mutex)
  if (owner === 0) {
    c.memory.setU32(mutex, ((word & WAITERS) | tid) >>> 0)
    c.memory.setU32(mutex + COUNT, 1)
    return robust ? taken(c, mutex, word) : 0
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
  const robust = isRobust(c, mutex)
  const owned = robust || kind === kinds.recursive || kind === kinds.errorcheck
  if (owned && ownerOf(word) !== tidOf(c, c.cx)) return EPERM
  if (kind === kinds.recursive) {
    const count = c.memory.getU32(mutex + COUNT) - 1
    c.memory.setU32(mutex + COUNT, count)
    if (count > 0) return 0
  }
  if (robust) given(c, mutex)
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

/** As `deadline`, of a clock by its number; undefined also if nobody can wait by that clock. */
export function deadlineOf(c: LibcCall, id: number, at: number): bigint | undefined {
  const clock = c.abi.clock(id)
  return clock === 'realtime' || clock === 'monotonic' ? deadline(c, at, clock) : undefined
}

function init(c: LibcCall, object: number, attributes: number): number {
  const attr = stateOf(c, attributes)
  return initMutex(c, object, attr !== 0 && readable(c, attr, 4) ? c.memory.getU32(attr) : 0)
}

/** `wanted`: what the attributes hold, of which a plain kind is the lowest part. */
export function initMutex(c: LibcCall, object: number, wanted: number): number {
  const mutex = makeState(c, object)
  if (!writable(c, mutex, c.abi.pthread.mutex)) return EINVAL
  c.memory.bytes(mutex, c.abi.pthread.mutex).fill(0)
  c.memory.setU32(mutex + c.abi.pthread.mutexKind, wanted & Attribute.kind)
  if (wanted & Attribute.robust) makeRobust(c, mutex)
  return 0
}

const attrInit = (c: LibcCall, object: number): number => {
  const attr = makeState(c, object)
  if (!writable(c, attr, c.abi.pthread.mutexattr)) return EINVAL
  c.memory.bytes(attr, c.abi.pthread.mutexattr).fill(0)
  return 0
}

/** Sets and asks a number that lies in some bits of the attributes. */
const attribute = (name: string, bits: number, most: number): readonly SymbolRow[] => {
  const unit = bits & -bits
  const set = onState((c, attr, value: number) => {
    if (value < 0 || value > most || !writable(c, attr, 4)) return EINVAL
    c.memory.setU32(attr, ((c.memory.getU32(attr) & ~bits) | (value * unit)) >>> 0)
    return 0
  })
  const get = onState((c, attr, out: number) => {
    if (!readable(c, attr, 4) || !writable(c, out, 4)) return EINVAL
    c.memory.setU32(out, (c.memory.getU32(attr) & bits) / unit)
    return 0
  })
  return [leaf(`pthread_mutexattr_set${name}`, 'int(ptr, int)', set), leaf(`pthread_mutexattr_get${name}`, 'int(ptr, ptr)', get)]
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
    const until = deadlineOf(c, id, at)
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
  ...attribute('type', Attribute.kind, 3),
  ...attribute('protocol', Attribute.protocol, 2),
  ...attribute('robust', Attribute.robust, 1),
  ...attribute('pshared', Attribute.shared, 1),
  alias('pthread_mutexattr_setrobust_np', 'pthread_mutexattr_setrobust'),
  alias('pthread_mutexattr_getrobust_np', 'pthread_mutexattr_getrobust'),
  leaf(
    'pthread_mutex_consistent',
    'int(ptr)',
    onState((c, mutex) => {
      const owned = writable(c, mutex, c.abi.pthread.mutex) && ownerOf(c.memory.getU32(mutex)) === tidOf(c, c.cx)
      return owned && makeConsistent(c, mutex) ? 0 : EINVAL
    }),
  ),
  alias('pthread_mutex_consistent_np', 'pthread_mutex_consistent'),
]
