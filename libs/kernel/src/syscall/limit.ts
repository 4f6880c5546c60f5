import { E } from '../abi/error.ts'
import type { KernelCalls } from '../calls.ts'
import { MAX_FILES } from '../context/file.ts'
import { type Limit, Resource, UNLIMITED } from '../context/limits.ts'
import type { ProcessState } from '../context/process.ts'
import { SIG } from '../context/signal.ts'
import { FUEL_NS, type Timer } from '../context/timeout.ts'
import type { Kernel } from '../kernel.ts'
import { process } from './fs.ts'

type Calls = Pick<KernelCalls, 'limit' | 'setLimit'>

const SECOND = 1_000_000_000n
/** si_code of what the kernel itself sends. */
const SI_KERNEL = 0x80

/** Limits of resources (setrlimit(2), prlimit(2)). */
export function limitCalls(kernel: Kernel): Calls {
  /** The process that is meant, 0 for the caller's own, if the caller may know and change its limits. */
  function meant(cx: Parameters<Calls['limit']>[0], pid: number): ProcessState | number {
    const own = process(cx)
    const of = pid === 0 ? own : kernel.table.processes.get(pid)
    if (of === undefined) return -E.SRCH
    return of === own || own.ids.euid === 0 || own.ids.uid === of.ids.uid ? of : -E.PERM
  }
  return {
    limit(cx, pid, resource) {
      const of = meant(cx, pid)
      return typeof of === 'number' ? of : (of.limits[resource] ?? -E.INVAL)
    },
    setLimit(cx, pid, resource, limit) {
      const of = meant(cx, pid)
      if (typeof of === 'number') return of
      const old = of.limits[resource]
      if (old === undefined || limit.soft > limit.hard) return -E.INVAL
      if (limit.hard > old.hard && process(cx).ids.euid !== 0) return -E.PERM
      if (resource === Resource.nofile && limit.hard > MAX_FILES) return -E.PERM
      of.limits = of.limits.with(resource, limit)
      if (resource === Resource.nofile) of.files.limit = Number(limit.soft)
      if (resource === Resource.cpu) limitWork(kernel, of, limit)
      return 0
    },
  }
}

/** RLIMIT_CPU: SIGXCPU each second from the soft limit on, SIGKILL at the hard one. */
export function limitWork({ signals, time, scheduler }: Kernel, process: ProcessState, { soft, hard }: Limit): void {
  if (process.workLimit) {
    time.drop(process.workLimit)
    process.timers.delete(process.workLimit)
    process.workLimit = undefined
  }
  if (soft === UNLIMITED) return
  const computed = () => BigInt(scheduler.fuelOf(process)) * FUEL_NS
  const timer: Timer = {
    clock: 'monotonic',
    computed,
    at: soft * SECOND,
    interval: SECOND,
    expired() {
      const signal = computed() >= hard * SECOND ? SIG.KILL : SIG.XCPU
      signals.send(process, undefined, { signal, code: SI_KERNEL, pid: 0, status: 0, address: 0 })
    },
  }
  process.workLimit = timer
  process.timers.add(timer)
  time.add(timer)
}
