/** Condition variables, reader-writer locks, once, barriers, spin locks: futex words in guest memory; all zero is the initial state. */
import { type Co, callGuest } from '@bootgraph/kernel'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, callback, leaf, type SymbolRow } from '../../registry/define.ts'
import { deadline, deadlineOf, lockMutex, unlockMutex } from './mutex.ts'
import { destroy, makeState, onState, stateOf } from './object.ts'

const EBUSY = 16
const EINVAL = 22
const ETIMEDOUT = 110
const ALL = 0x7fff_ffff
const BARRIER_SERIAL = -1
/** Second word of a condition variable: its clock. */
const CLOCK = 4
const MONOTONIC = 1

/** The sequence number changes at every signal; a waiter sleeps while it is what it was when the mutex was given back. */
export function* condWait(c: LibcCall, cond: number, mutex: number, until?: bigint): Co<number> {
  if (!writable(c, cond, 8)) return EINVAL
  const sequence = c.memory.getU32(cond)
  const unlocked = unlockMutex(c, mutex)
  if (unlocked !== 0) return unlocked
  let woken = ''
  let locked = 0
  try {
    woken = yield* c.kernel.futexWait(c.cx, cond, sequence, until)
  } finally {
    // A waiter that is cancelled has the mutex, too.
    locked = yield* lockMutex(c, mutex)
  }
  return locked !== 0 ? locked : woken === 'timeout' ? ETIMEDOUT : 0
}

export function condWake(c: LibcCall, cond: number, count: number): number {
  if (!writable(c, cond, 8)) return EINVAL
  c.memory.setU32(cond, c.memory.getU32(cond) + 1)
  c.kernel.futexWake(c.cx, cond, count)
  return 0
}

const WRITER = 0x7fff_ffff

/** Readers count up from 0; WRITER = held for writing; bit 31 = somebody sleeps. */
function tryRwlock(c: LibcCall, lock: number, write: boolean): number {
  if (!writable(c, lock, 4)) return EINVAL
  const word = c.memory.getU32(lock)
  const held = word & WRITER
  if (write ? held !== 0 : held >= WRITER - 1) return EBUSY
  c.memory.setU32(lock, (word & 0x8000_0000) + (write ? WRITER : held + 1))
  return 0
}

/** Waits until `until` (monotonic ns) at most. */
function* rwlock(c: LibcCall, lock: number, write: boolean, until?: bigint): Co<number> {
  for (;;) {
    const result = tryRwlock(c, lock, write)
    if (result !== EBUSY) return result
    const word = (c.memory.getU32(lock) | 0x8000_0000) >>> 0
    c.memory.setU32(lock, word)
    if ((yield* c.kernel.futexWait(c.cx, lock, word, until)) === 'timeout') return ETIMEDOUT
  }
}

function rwunlock(c: LibcCall, lock: number): number {
  if (!writable(c, lock, 4)) return EINVAL
  const word = c.memory.getU32(lock)
  const held = word & WRITER
  if (held === 0) return EINVAL
  const left = held === WRITER ? 0 : held - 1
  c.memory.setU32(lock, left === 0 ? 0 : ((word & 0x8000_0000) >>> 0) + left)
  if (left === 0 && word & 0x8000_0000) c.kernel.futexWake(c.cx, lock, ALL)
  return 0
}

const Once = { fresh: 0, running: 1, done: 2 } as const

function* once(c: LibcCall, control: number, routine: number): Co<number> {
  if (!writable(c, control, 4)) return EINVAL
  for (;;) {
    const state = c.memory.getU32(control)
    if (state === Once.done) return 0
    if (state === Once.fresh) break
    yield* c.kernel.futexWait(c.cx, control, state, undefined)
  }
  const { cx } = c
  c.memory.setU32(control, Once.running)
  let left: number = Once.fresh
  try {
    yield* callGuest(routine)
    left = Once.done
  } finally {
    c.memory.setU32(control, left)
    c.kernel.futexWake(cx, control, ALL)
  }
  return 0
}

/** { needed, waiting, round }, 32-bit words. */
function* barrierWait(c: LibcCall, barrier: number): Co<number> {
  if (!writable(c, barrier, 12)) return EINVAL
  const round = c.memory.getU32(barrier + 8)
  const waiting = c.memory.getU32(barrier + 4) + 1
  if (waiting < c.memory.getU32(barrier)) {
    c.memory.setU32(barrier + 4, waiting)
    while (c.memory.getU32(barrier + 8) === round) yield* c.kernel.futexWait(c.cx, barrier + 8, round, undefined)
    return 0
  }
  c.memory.setU32(barrier + 4, 0)
  c.memory.setU32(barrier + 8, round + 1)
  c.kernel.futexWake(c.cx, barrier + 8, ALL)
  return BARRIER_SERIAL
}

function clear(c: LibcCall, address: number, size: number): number {
  if (!writable(c, address, size)) return EINVAL
  c.memory.bytes(address, size).fill(0)
  return 0
}

export function initCond(c: LibcCall, object: number, attributes: number): number {
  const cond = makeState(c, object)
  const attr = stateOf(c, attributes)
  const failed = clear(c, cond, c.abi.pthread.cond)
  if (failed === 0 && attr !== 0 && readable(c, attr, 4)) c.memory.setU32(cond + CLOCK, c.memory.getU32(attr))
  return failed
}

export const waitRows: readonly SymbolRow[] = [
  leaf(
    'pthread_cond_broadcast',
    'int(ptr)',
    onState((c, cond) => condWake(c, cond, ALL)),
  ),
  leaf('pthread_cond_destroy', 'int(ptr)', destroy),
  leaf('pthread_cond_init', 'int(ptr, ptr)', initCond),
  leaf(
    'pthread_cond_signal',
    'int(ptr)',
    onState((c, cond) => condWake(c, cond, 1)),
  ),
  blocking('pthread_cond_timedwait', 'int(ptr, ptr, ptr)', function* (c, condition: number, mutex: number, at: number) {
    const cond = stateOf(c, condition)
    if (!readable(c, cond, 8)) return EINVAL
    const until = deadline(c, at, c.memory.getU32(cond + CLOCK) === MONOTONIC ? 'monotonic' : 'realtime')
    return until === undefined ? EINVAL : yield* condWait(c, cond, stateOf(c, mutex), until)
  }),
  blocking('pthread_cond_clockwait', 'int(ptr, ptr, int, ptr)', function* (c, condition: number, mutex: number, id: number, at: number) {
    const cond = stateOf(c, condition)
    const until = deadlineOf(c, id, at)
    return until === undefined || !readable(c, cond, 8) ? EINVAL : yield* condWait(c, cond, stateOf(c, mutex), until)
  }),
  blocking('pthread_cond_wait', 'int(ptr, ptr)', (c, cond: number, mutex: number) => condWait(c, stateOf(c, cond), stateOf(c, mutex))),
  leaf('pthread_condattr_destroy', 'int(ptr)', destroy),
  leaf('pthread_condattr_init', 'int(ptr)', (c, attr: number) => clear(c, makeState(c, attr), c.abi.pthread.condattr)),
  leaf(
    'pthread_condattr_setclock',
    'int(ptr, int)',
    onState((c, attr, clock: number) => {
      const name = c.abi.clock(clock)
      if ((name !== 'realtime' && name !== 'monotonic') || !writable(c, attr, 4)) return EINVAL
      c.memory.setU32(attr, name === 'monotonic' ? MONOTONIC : 0)
      return 0
    }),
  ),
  leaf('pthread_rwlock_destroy', 'int(ptr)', destroy),
  leaf('pthread_rwlock_init', 'int(ptr, ptr)', (c, lock: number) => clear(c, makeState(c, lock), c.abi.pthread.rwlock)),
  blocking(
    'pthread_rwlock_rdlock',
    'int(ptr)',
    onState((c, lock) => rwlock(c, lock, false)),
  ),
  leaf(
    'pthread_rwlock_tryrdlock',
    'int(ptr)',
    onState((c, lock) => tryRwlock(c, lock, false)),
  ),
  leaf(
    'pthread_rwlock_trywrlock',
    'int(ptr)',
    onState((c, lock) => tryRwlock(c, lock, true)),
  ),
  leaf('pthread_rwlock_unlock', 'int(ptr)', onState(rwunlock)),
  blocking(
    'pthread_rwlock_wrlock',
    'int(ptr)',
    onState((c, lock) => rwlock(c, lock, true)),
  ),
  ...(['rd', 'wr'] as const).flatMap((kind): SymbolRow[] => {
    const write = kind === 'wr'
    const until = function* (c: LibcCall, lock: number, at: bigint | undefined): Co<number> {
      return at === undefined ? EINVAL : yield* rwlock(c, stateOf(c, lock), write, at)
    }
    return [
      blocking(`pthread_rwlock_timed${kind}lock`, 'int(ptr, ptr)', (c, lock: number, at: number) =>
        until(c, lock, deadline(c, at, 'realtime')),
      ),
      blocking(`pthread_rwlock_clock${kind}lock`, 'int(ptr, int, ptr)', (c, lock: number, id: number, at: number) =>
        until(c, lock, deadlineOf(c, id, at)),
      ),
    ]
  }),
  callback('pthread_once', 'int(ptr, ptr)', once),
  leaf('pthread_barrier_destroy', 'int(ptr)', destroy),
  leaf('pthread_barrier_init', 'int(ptr, ptr, uint)', (c, object: number, _attr: number, count: number) => {
    if (count === 0) return EINVAL
    const barrier = makeState(c, object)
    const failed = clear(c, barrier, c.abi.pthread.barrier)
    if (failed === 0) c.memory.setU32(barrier, count)
    return failed
  }),
  blocking('pthread_barrier_wait', 'int(ptr)', onState(barrierWait)),
  leaf('pthread_spin_destroy', 'int(ptr)', () => 0),
  leaf('pthread_spin_init', 'int(ptr, int)', (c, lock: number) => clear(c, lock, 4)),
  blocking('pthread_spin_lock', 'int(ptr)', function* (c, lock: number) {
    if (!writable(c, lock, 4)) return EINVAL
    while (c.memory.getU32(lock) !== 0) yield* c.kernel.futexWait(c.cx, lock, 1, undefined)
    c.memory.setU32(lock, 1)
    return 0
  }),
  leaf('pthread_spin_trylock', 'int(ptr)', (c, lock: number) => {
    if (!writable(c, lock, 4)) return EINVAL
    if (c.memory.getU32(lock) !== 0) return EBUSY
    c.memory.setU32(lock, 1)
    return 0
  }),
  leaf('pthread_spin_unlock', 'int(ptr)', (c, lock: number) => {
    const failed = clear(c, lock, 4)
    if (failed === 0) c.kernel.futexWake(c.cx, lock, 1)
    return failed
  }),
]
