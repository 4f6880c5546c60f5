import { ENGINE_BASE, Gpr, Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import type { KernelCalls } from '../calls.ts'
import type { Woken } from '../context/coroutine.ts'
import type { ContextState, SignalInfo } from '../context/process.ts'
import { bit, deliverable, disposition, maskable, SIG } from '../context/signal.ts'
import type { Kernel } from '../kernel.ts'
import { process } from './fs.ts'

type Calls = Pick<
  KernelCalls,
  | 'kill'
  | 'tkill'
  | 'interrupt'
  | 'fault'
  | 'sigaction'
  | 'sigprocmask'
  | 'sigpending'
  | 'signalled'
  | 'sigsuspend'
  | 'sigtimedwait'
  | 'sigaltstack'
>

/** si_code by sender. */
const SI = { user: 0, queue: -1, tkill: -6 } as const
/** How often a real-time signal may wait (RLIMIT_SIGPENDING). */
const QUEUED_MAX = 4096

const valid = (signal: number) => Number.isInteger(signal) && signal >= 0 && signal <= 64

/** Sending, masking and awaiting signals. */
export function signalCalls(kernel: Kernel): Calls {
  const info = (signal: number, pid: number, value?: bigint): SignalInfo => ({
    signal,
    code: value === undefined ? SI.user : SI.queue,
    pid,
    status: 0,
    address: 0,
    ...(value === undefined ? {} : { value }),
  })
  return {
    kill(cx, pid, signal, value) {
      if (!valid(signal)) return -E.INVAL
      const { pgid } = process(cx)
      const group = pid === 0 ? pgid : -pid
      const targets = [...kernel.table.processes.values()].filter((other) =>
        pid > 0 ? other.pid === pid : pid === -1 ? other.pid !== 1 : other.pgid === group,
      )
      if (targets.length === 0) return -E.SRCH
      if (targets.some(({ pending }) => pending.count(signal) >= QUEUED_MAX)) return -E.AGAIN
      if (signal !== 0) for (const target of targets) kernel.signals.send(target, undefined, info(signal, cx.process.pid, value))
      return 0
    },
    tkill(cx, tid, signal, value) {
      if (!valid(signal)) return -E.INVAL
      const target = kernel.table.context(tid)
      if (target === undefined) return -E.SRCH
      if (target.pending.count(signal) >= QUEUED_MAX) return -E.AGAIN
      const code = value === undefined ? SI.tkill : SI.queue
      if (signal !== 0) kernel.signals.send(target.process, target, { ...info(signal, cx.process.pid, value), code })
      return 0
    },
    interrupt(cx, tid) {
      const target = (cx as ContextState).process.contexts.find((each) => each.tid === tid)
      if (target?.state !== 'blocked' || !target.interruptible) return false
      target.wake('signal')
      return true
    },
    fault(cx, address) {
      const own = cx as ContextState
      const { process: of } = own
      if (own.mask & bit(SIG.SEGV) || disposition(of, SIG.SEGV) === 'ignore') {
        own.mask &= ~bit(SIG.SEGV)
        of.actions.delete(SIG.SEGV)
      }
      const mapped = address < ENGINE_BASE && (of.space.memory.permissions[address >>> 12] & Perm.mapped) !== 0
      own.pending.replace({ ...info(SIG.SEGV, 0), code: mapped ? 2 : 1, address })
    },
    sigaction(cx, signal, action) {
      if (!valid(signal) || signal === 0) return -E.INVAL
      const own = process(cx)
      const old = own.actions.get(signal) ?? { handler: 0, flags: 0, restorer: 0, mask: 0n }
      if (action === undefined) return old
      if (signal === SIG.KILL || signal === SIG.STOP) return -E.INVAL
      own.actions.set(signal, action)
      const what = disposition(own, signal)
      if (what === 'ignore') for (const queue of [own.pending, ...own.contexts.map(({ pending }) => pending)]) queue.delete(signal)
      return old
    },
    sigprocmask(cx, how, set) {
      const own = cx as ContextState
      const old = own.mask
      if (set === undefined) return old
      if (how < 0 || how > 2) return -E.INVAL
      own.mask = maskable(how === 0 ? old | set : how === 1 ? old & ~set : set)
      // What became deliverable is acted on when guest code next comes back: soon.
      if (deliverable(own, false)) own.process.cpu.interrupt()
      return old
    },
    signalled: (cx) => deliverable(cx as ContextState, false) !== undefined,
    sigpending(cx) {
      let set = 0n
      for (const queue of [(cx as ContextState).pending, process(cx).pending]) for (const signal of queue.keys()) set |= bit(signal)
      return set & (cx as ContextState).mask
    },
    *sigsuspend(cx, mask) {
      const own = cx as ContextState
      const old = own.mask
      own.mask = maskable(mask)
      while (!deliverable(own, false)) yield { wait: [] }
      yield { handlers: true }
      own.mask = old
      return -E.INTR
    },
    *sigtimedwait(cx, set, until) {
      const own = cx as ContextState
      const old = own.mask
      for (let last = false; ; ) {
        own.mask = ~maskable(set) & 0xffff_ffff_ffff_ffffn
        const found = deliverable(own, true)
        own.mask = old
        if (found !== undefined) return found
        if (last) return -E.AGAIN
        own.mask = old & ~maskable(set)
        const woken: Woken = until === undefined ? yield { wait: [] } : yield { wait: [], until }
        own.mask = old
        last = woken === 'timeout'
        if (!last && deliverable(own, false)) {
          yield { handlers: true }
          return -E.INTR
        }
      }
    },
    sigaltstack(cx, set) {
      const own = cx as ContextState
      const { sp, size, flags } = own.altStack
      const rsp = own.process.cpu.state.low(Gpr.rsp)
      const onStack = !(flags & 2) && rsp > sp && rsp <= sp + size
      const old = { sp, size, flags: onStack ? 1 : flags }
      if (set === undefined) return old
      if (onStack) return -E.PERM
      if (set.flags & ~2) return -E.INVAL
      if (!(set.flags & 2) && set.size < 2048) return -E.NOMEM
      own.altStack = set.flags & 2 ? { sp: 0, size: 0, flags: 2 } : { ...set }
      return old
    },
  }
}
