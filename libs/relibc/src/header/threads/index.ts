/** https://en.cppreference.com/w/c/thread (C17 7.26): pthreads by C's names. thrd_t, mtx_t, cnd_t, tss_t and once_flag are pthread's objects. */
import type { Co } from '@bootgraph/kernel'
import { Thread } from '../../platform/thread-block.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, callback, type HeaderTable, leaf } from '../../registry/define.ts'
import { sleepBy } from '../clock/index.ts'
import { leaveThread } from '../pthread/leave.ts'
import { deadline, initMutex, lockMutex, tryLock, unlockMutex } from '../pthread/mutex.ts'
import { destroy, onState, stateOf } from '../pthread/object.ts'
import { create, detach, join, keyCreate, keyDelete, setspecific } from '../pthread/thread.ts'
import { condWait, condWake, initCond } from '../pthread/wait.ts'

const ENOMEM = 12
const EBUSY = 16
const ETIMEDOUT = 110
const EINTR = 4
/** glibc's numbers. */
const Thrd = { success: 0, busy: 1, error: 2, nomem: 3, timedout: 4 } as const
const MTX_RECURSIVE = 1
const ALL = 0x7fff_ffff

const OUTCOMES = new Map<number, number>([
  [0, Thrd.success],
  [ENOMEM, Thrd.nomem],
  [EBUSY, Thrd.busy],
  [ETIMEDOUT, Thrd.timedout],
])
/** What C says of a pthread function's errno. */
const outcome = (errno: number): number => OUTCOMES.get(errno) ?? Thrd.error
function* later(co: Co<number>): Co<number> {
  return outcome(yield* co)
}

function* joined(c: LibcCall, block: number, out: number): Co<number> {
  // The result of a C thread is an int: the low half of the word.
  const word = c.cx.threadPointer + Thread.joined
  const errno = yield* join(c, block, word)
  if (errno === 0 && out !== 0) c.memory.setU32(out, c.memory.getU32(word))
  return outcome(errno)
}

export const threadsHeader: HeaderTable = {
  name: 'threads',
  spec: 'https://en.cppreference.com/w/c/thread',
  rows: [
    leaf('thrd_create', 'int(ptr, ptr, ptr)', (c, thread: number, start: number, argument: number) =>
      outcome(create(c, thread, 0, start, argument)),
    ),
    alias('thrd_current', 'pthread_self'),
    leaf('thrd_detach', 'int(ptr)', (c, block: number) => outcome(detach(c, block))),
    alias('thrd_equal', 'pthread_equal'),
    callback('thrd_exit', 'void(int)', (c, result: number) => leaveThread(c, BigInt.asUintN(32, BigInt(result)))),
    blocking('thrd_join', 'int(ptr, ptr)', joined),
    blocking('thrd_sleep', 'int(ptr, ptr)', function* (c, wanted: number, rest: number) {
      const errno = yield* sleepBy(c, wanted, rest)
      return errno === 0 ? 0 : errno === EINTR ? -1 : -2
    }),
    alias('thrd_yield', 'sched_yield'),
    leaf('mtx_init', 'int(ptr, int)', (c, mutex: number, kind: number) =>
      outcome(initMutex(c, mutex, kind & MTX_RECURSIVE ? c.abi.pthread.kinds.recursive : 0)),
    ),
    blocking('mtx_lock', 'int(ptr)', (c, mutex: number) => later(lockMutex(c, stateOf(c, mutex)))),
    blocking('mtx_timedlock', 'int(ptr, ptr)', function* (c, mutex: number, at: number) {
      const until = deadline(c, at, 'realtime')
      return until === undefined ? Thrd.error : yield* later(lockMutex(c, stateOf(c, mutex), until))
    }),
    leaf(
      'mtx_trylock',
      'int(ptr)',
      onState((c, mutex) => outcome(tryLock(c, mutex, false))),
    ),
    leaf(
      'mtx_unlock',
      'int(ptr)',
      onState((c, mutex) => outcome(unlockMutex(c, mutex))),
    ),
    alias('mtx_destroy', 'pthread_mutex_destroy'),
    leaf('cnd_init', 'int(ptr)', (c, cond: number) => outcome(initCond(c, cond, 0))),
    leaf(
      'cnd_signal',
      'int(ptr)',
      onState((c, cond) => outcome(condWake(c, cond, 1))),
    ),
    leaf(
      'cnd_broadcast',
      'int(ptr)',
      onState((c, cond) => outcome(condWake(c, cond, ALL))),
    ),
    blocking('cnd_wait', 'int(ptr, ptr)', (c, cond: number, mutex: number) => later(condWait(c, stateOf(c, cond), stateOf(c, mutex)))),
    blocking('cnd_timedwait', 'int(ptr, ptr, ptr)', function* (c, cond: number, mutex: number, at: number) {
      const until = deadline(c, at, 'realtime')
      return until === undefined ? Thrd.error : yield* later(condWait(c, stateOf(c, cond), stateOf(c, mutex), until))
    }),
    leaf('cnd_destroy', 'void(ptr)', destroy),
    leaf('tss_create', 'int(ptr, ptr)', (c, out: number, destructor: number) => outcome(keyCreate(c, out, destructor))),
    leaf('tss_delete', 'void(uint)', keyDelete),
    alias('tss_get', 'pthread_getspecific'),
    leaf('tss_set', 'int(uint, ptr)', (c, key: number, value: number) => outcome(setspecific(c, key, value))),
    alias('call_once', 'pthread_once'),
  ],
}
