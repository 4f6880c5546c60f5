import { Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import type { KernelCalls } from '../calls.ts'
import type { Context } from '../context/context.ts'
import type { ContextState, ProcessState } from '../context/process.ts'
import { Queue } from '../context/queue.ts'
import { FUEL_NS } from '../context/timeout.ts'
import type { Kernel } from '../kernel.ts'
import { process } from './fs.ts'

type Calls = Pick<
  KernelCalls,
  'clock' | 'sleep' | 'alarm' | 'itimer' | 'timerCreate' | 'timerSet' | 'timerDelete' | 'random' | 'futexWait' | 'futexWake'
>

/** si_code of a signal that a timer sends. */
const SI_TIMER = -2

/** Clocks, sleeping and futexes. Instants are virtual nanoseconds since boot. */
export function timeCalls(kernel: Kernel): Calls {
  const numbers = new WeakMap<object, number>()
  let used = 0
  /** A word of shared memory is the same one at any address and in any process. */
  const key = (cx: Context, address: number): string => {
    const grant = process(cx).space.find(address)
    if (grant?.file === undefined || !grant.shared) return `${cx.process.pid}:${address}`
    if (!numbers.has(grant.file)) numbers.set(grant.file, used++)
    return `shared ${numbers.get(grant.file)}:${grant.offset + address - grant.start}`
  }
  const computed = (who: ProcessState | ContextState): bigint => BigInt(kernel.scheduler.fuelOf(who)) * FUEL_NS
  return {
    clock(cx, clock) {
      if (clock === 'realtime') return kernel.time.now
      if (clock === 'monotonic') return kernel.time.monotonic
      return computed(clock === 'process' ? process(cx) : (cx as ContextState))
    },
    *sleep(_cx, until) {
      const woken = yield { wait: [], until }
      if (woken !== 'signal') return 'done'
      yield { handlers: true }
      return 'signal'
    },
    alarm(cx, nanoseconds) {
      return this.itimer(cx, 'real', { value: nanoseconds, interval: 0n }).value
    },
    itimer(cx, which, set) {
      const own = process(cx)
      const timer = own.intervals.get(which) ?? kernel.time.intervalOf(own, which)
      own.intervals.set(which, timer)
      const old = kernel.time.left(timer)
      if (set !== undefined) kernel.time.set(timer, { ...set, absolute: false })
      return old
    },
    timerCreate(cx, clock, signal, value, tid) {
      const own = process(cx)
      const to = own.contexts.find((each) => each.tid === tid)
      if (tid !== undefined && to === undefined) return -E.INVAL
      let id = 0
      while (own.ownTimers.has(id)) id++
      const work = clock === 'process' ? own : clock === 'thread' ? (cx as ContextState) : undefined
      const timer = {
        clock: clock === 'realtime' ? clock : ('monotonic' as const),
        ...(work ? { computed: () => computed(work) } : {}),
        at: undefined,
        interval: 0n,
        overrun: 0,
        expired(count: number) {
          if (signal !== 0 && (to ?? own).pending.holds(signal, ({ code, pid }) => code === SI_TIMER && pid === id)) {
            timer.overrun += count
            return
          }
          timer.overrun = count - 1
          if (signal === 0) return
          kernel.signals.send(own, to, { signal, code: SI_TIMER, pid: id, status: 0, address: 0, value: value ?? BigInt(id) })
        },
      }
      own.ownTimers.set(id, timer)
      own.timers.add(timer)
      kernel.time.add(timer)
      return id
    },
    timerSet(cx, id, set) {
      const timer = process(cx).ownTimers.get(id)
      if (timer === undefined) return -E.INVAL
      const old = kernel.time.left(timer)
      if (set !== undefined) {
        kernel.time.set(timer, set)
        timer.overrun = 0
      }
      return { ...old, overrun: timer.overrun }
    },
    timerDelete(cx, id) {
      const own = process(cx)
      const timer = own.ownTimers.get(id)
      if (timer === undefined) return -E.INVAL
      own.ownTimers.delete(id)
      own.timers.delete(timer)
      kernel.time.drop(timer)
      return 0
    },
    random: (_cx, into) => kernel.random.fill(into),
    *futexWait(cx, address, expected, until) {
      const { memory } = process(cx).space
      if (!memory.accessible(address, 4, Perm.read)) return 'changed'
      if (memory.getU32(address) !== expected >>> 0) return 'changed'
      const name = key(cx, address)
      let queue = kernel.futexes.get(name)
      if (queue === undefined) kernel.futexes.set(name, (queue = new Queue(name)))
      const woken = yield until === undefined ? { wait: [queue] } : { wait: [queue], until }
      // Another one may have taken its place since: that of who waits after all who slept here were woken, and the first of them went on.
      if (queue.sleepers.length === 0 && kernel.futexes.get(name) === queue) kernel.futexes.delete(name)
      if (woken === 'signal') yield { handlers: true }
      return woken
    },
    futexWake(cx, address, count) {
      return kernel.futexes.get(key(cx, address))?.wake(count) ?? 0
    },
  }
}
