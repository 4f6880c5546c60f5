import { E } from '../abi/error.ts'
import type { KernelCalls } from '../calls.ts'
import { Queue } from '../context/queue.ts'
import type { Kernel } from '../kernel.ts'

type Calls = Pick<KernelCalls, 'semaphoreOpen' | 'semaphoreUnlink' | 'semaphoreWait' | 'semaphorePost' | 'semaphoreValue'>

const VALUE_MAX = 0x7fff_ffff

interface Semaphore {
  value: number
  readonly changed: Queue
}

/** Semaphores by name, which all processes of the node share: memory that they share there is none. */
export function semaphoreCalls(_kernel: Kernel): Calls {
  const all: Semaphore[] = []
  const named = new Map<string, number>()
  return {
    semaphoreOpen(_cx, name, value, create, exclusive) {
      const known = named.get(name)
      if (known !== undefined) return create && exclusive ? -E.EXIST : known
      if (!create) return -E.NOENT
      named.set(name, all.length)
      return all.push({ value, changed: new Queue(`semaphore ${name}`) }) - 1
    },
    semaphoreUnlink: (_cx, name) => (named.delete(name) ? 0 : -E.NOENT),
    *semaphoreWait(_cx, id, until, once) {
      const semaphore = all[id]
      if (semaphore === undefined) return -E.INVAL
      for (;;) {
        if (semaphore.value > 0) {
          semaphore.value--
          return 0
        }
        if (once) return -E.AGAIN
        const woken = yield until === undefined ? { wait: [semaphore.changed] } : { wait: [semaphore.changed], until }
        if (woken === 'timeout') return -E.TIMEDOUT
        if (woken === 'signal' && !(yield { handlers: true })) return -E.INTR
      }
    },
    semaphorePost(_cx, id) {
      const semaphore = all[id]
      if (semaphore === undefined) return -E.INVAL
      if (semaphore.value >= VALUE_MAX) return -E.OVERFLOW
      semaphore.value++
      semaphore.changed.wake(1)
      return 0
    },
    semaphoreValue: (_cx, id) => all[id]?.value ?? -E.INVAL,
  }
}
