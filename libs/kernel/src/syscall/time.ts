import { Perm } from '@bootgraph/cpu'
import type { KernelCalls } from '../calls.ts'
import type { ContextState } from '../context/process.ts'
import { Queue } from '../context/queue.ts'
import { FUEL_NS } from '../context/timeout.ts'
import type { Kernel } from '../kernel.ts'
import { process } from './fs.ts'

type Calls = Pick<KernelCalls, 'clock' | 'sleep' | 'alarm' | 'random' | 'futexWait' | 'futexWake'>

/** Clocks, sleeping and futexes. Instants are virtual nanoseconds since boot. */
export function timeCalls(kernel: Kernel): Calls {
  const key = (pid: number, address: number) => `${pid}:${address}`
  return {
    clock(cx, clock) {
      if (clock === 'realtime') return kernel.time.now
      if (clock === 'monotonic') return kernel.time.monotonic
      return BigInt(clock === 'process' ? process(cx).fuel : (cx as ContextState).fuel) * FUEL_NS
    },
    *sleep(_cx, until) {
      const woken = yield { wait: [], until }
      if (woken !== 'signal') return 'done'
      yield { handlers: true }
      return 'signal'
    },
    alarm(cx, nanoseconds) {
      const own = process(cx)
      const left = own.alarm === undefined ? 0n : own.alarm - kernel.time.monotonic
      own.alarm = nanoseconds === 0n ? undefined : kernel.time.monotonic + nanoseconds
      return left > 0n ? left : 0n
    },
    random: (_cx, into) => kernel.random.fill(into),
    *futexWait(cx, address, expected, until) {
      const { memory } = process(cx).space
      if (!memory.accessible(address, 4, Perm.read)) return 'changed'
      if (memory.getU32(address) !== expected >>> 0) return 'changed'
      const name = key(cx.process.pid, address)
      let queue = kernel.futexes.get(name)
      if (queue === undefined) kernel.futexes.set(name, (queue = new Queue(name)))
      const woken = yield until === undefined ? { wait: [queue] } : { wait: [queue], until }
      if (queue.sleepers.length === 0) kernel.futexes.delete(name)
      if (woken === 'signal') yield { handlers: true }
      return woken
    },
    futexWake(cx, address, count) {
      return kernel.futexes.get(key(cx.process.pid, address))?.wake(count) ?? 0
    },
  }
}
