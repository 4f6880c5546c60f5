/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/signal.h.html */
import type { Co } from '@bootgraph/kernel'
import { readSigset, readTimespec, writeSigset } from '../../abi/structs.ts'
import { answer, EFAULT, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, blocking, type HeaderTable, leaf } from '../../registry/define.ts'

const ESRCH = 3
const EINVAL = 22
const SIGNALS = 64
/** glibc keeps two signals to itself. */
const isOwn = (c: LibcCall, signal: number): boolean => c.abi.name === 'linux-gnu' && (signal === 32 || signal === 33)
const OWN_MASK = 3n << 31n
const ALL = 0xffff_ffff_ffff_ffffn
const SIG_SETMASK = 2
const SA_RESTART = 0x1000_0000
const SS_SIZE = 24

function sigaction(c: LibcCall, signal: number, set: number, old: number): number {
  const layout = c.abi.sigaction
  if (isOwn(c, signal)) return c.fail(EINVAL)
  if (set !== 0 && !readable(c, set, layout.size)) return c.fail(EFAULT)
  if (old !== 0 && !writable(c, old, layout.size)) return c.fail(EFAULT)
  const { memory } = c
  const action =
    set === 0
      ? undefined
      : {
          handler: memory.getSize(set + layout.handler),
          flags: c.abi.signalFlags(memory.getU32(set + layout.flags)),
          restorer: memory.getSize(set + layout.restorer),
          mask: readSigset(memory, set + layout.mask),
        }
  const before = c.kernel.sigaction(c.cx, signal, action)
  if (typeof before === 'number') return c.fail(-before)
  if (old === 0) return 0
  memory.bytes(old, layout.size).fill(0)
  memory.setSize(old + layout.handler, before.handler)
  memory.setU32(old + layout.flags, c.abi.programSignalFlags(before.flags))
  memory.setSize(old + layout.restorer, before.restorer)
  writeSigset(memory, old + layout.mask, c.abi.sigsetSize, before.mask)
  return 0
}

function signal(c: LibcCall, number: number, handler: number): number {
  const before = isOwn(c, number) ? -EINVAL : c.kernel.sigaction(c.cx, number, { handler, flags: SA_RESTART, restorer: 0, mask: 0n })
  return typeof before === 'number' ? c.fail(-before) : before.handler
}

/** To a process, with a value. */
function sigqueue(c: LibcCall, pid: number, number: number, value: bigint): number {
  return pid <= 0 ? c.fail(ESRCH) : answer(c, c.kernel.kill(c.cx, pid, number, value))
}

const SIG_HOLD = 2
const SIG_BLOCK = 0
const SIG_UNBLOCK = 1

/** System V's ways to block, unblock and ignore one signal. */
function block(c: LibcCall, how: number, number: number): bigint | number {
  if (number < 1 || number > SIGNALS || isOwn(c, number)) return c.fail(EINVAL)
  const before = c.kernel.sigprocmask(c.cx, how, 1n << BigInt(number - 1))
  return typeof before === 'number' ? c.fail(-before) : before
}

function dispose(c: LibcCall, number: number, handler: number): number {
  const before = isOwn(c, number) ? -EINVAL : c.kernel.sigaction(c.cx, number, { handler, flags: 0, restorer: 0, mask: 0n })
  return typeof before === 'number' ? c.fail(-before) : before.handler
}

/** SIG_HOLD blocks; every other disposition is set, and the signal unblocked. */
function sigset(c: LibcCall, number: number, handler: number): number {
  const now = c.kernel.sigaction(c.cx, number, undefined)
  if (typeof now === 'number') return c.fail(-now)
  if (handler !== SIG_HOLD && dispose(c, number, handler) < 0) return -1
  const mask = block(c, handler === SIG_HOLD ? SIG_BLOCK : SIG_UNBLOCK, number)
  if (typeof mask === 'number') return mask
  return (mask >> BigInt(number - 1)) & 1n ? SIG_HOLD : now.handler
}

/** Gives an errno, as pthread_sigmask does. */
function mask(c: LibcCall, how: number, set: number, old: number): number {
  if (set !== 0 && !readable(c, set, c.abi.sigsetSize)) return EFAULT
  if (old !== 0 && !writable(c, old, c.abi.sigsetSize)) return EFAULT
  const before = c.kernel.sigprocmask(c.cx, how, set === 0 ? undefined : readSigset(c.memory, set))
  if (typeof before === 'number') return -before
  if (old !== 0) writeSigset(c.memory, old, c.abi.sigsetSize, before)
  return 0
}

/** stack_t: { sp @0, flags i32 @8, size @16 }, the same in both ABIs. */
function sigaltstack(c: LibcCall, set: number, old: number): number {
  if (set !== 0 && !readable(c, set, SS_SIZE)) return c.fail(EFAULT)
  if (old !== 0 && !writable(c, old, SS_SIZE)) return c.fail(EFAULT)
  const { memory } = c
  const wanted = set === 0 ? undefined : { sp: memory.getSize(set), flags: memory.getU32(set + 8), size: memory.getSize(set + 16) }
  const before = c.kernel.sigaltstack(c.cx, wanted)
  if (typeof before === 'number') return c.fail(-before)
  if (old === 0) return 0
  memory.setSize(old, before.sp)
  memory.setSize(old + 8, before.flags)
  memory.setSize(old + 16, before.size)
  return 0
}

/** One signal of a sigset_t in guest memory. */
function change(c: LibcCall, set: number, number: number, edit: (mask: bigint, bit: bigint) => bigint): number {
  if (number < 1 || number > SIGNALS || isOwn(c, number)) return c.fail(EINVAL)
  if (!writable(c, set, c.abi.sigsetSize)) return c.fail(EFAULT)
  c.memory.setU64(set, edit(readSigset(c.memory, set), 1n << BigInt(number - 1)))
  return 0
}

function fill(c: LibcCall, set: number, value: bigint): number {
  if (!writable(c, set, c.abi.sigsetSize)) return c.fail(EFAULT)
  writeSigset(c.memory, set, c.abi.sigsetSize, value)
  return 0
}

/** siginfo_t: { signo @0, errno @4, code @8, pid @16, uid @20, status or value @24 }. */
function* timedWait(c: LibcCall, set: number, info: number, timeout: number): Co<number> {
  if (!readable(c, set, c.abi.sigsetSize) || (info !== 0 && !writable(c, info, 128))) return c.fail(EFAULT)
  if (timeout !== 0 && !readable(c, timeout, 16)) return c.fail(EFAULT)
  const wait = timeout === 0 ? undefined : readTimespec(c.memory, timeout)
  if (timeout !== 0 && wait === undefined) return c.fail(EINVAL)
  const until = wait === undefined ? undefined : c.kernel.clock(c.cx, 'monotonic') + wait
  const found = yield* c.kernel.sigtimedwait(c.cx, readSigset(c.memory, set), until)
  if (typeof found === 'number') return c.fail(-found)
  if (info !== 0) {
    c.memory.bytes(info, 128).fill(0)
    c.memory.setI32(info, found.signal)
    c.memory.setI32(info + 8, found.code)
    c.memory.setI32(info + 16, found.pid)
    if (found.value === undefined) c.memory.setI32(info + 24, found.status)
    else c.memory.setU64(info + 24, BigInt.asUintN(64, found.value))
  }
  return found.signal
}

function combine(c: LibcCall, out: number, a: number, b: number, of: (x: bigint, y: bigint) => bigint): number {
  if (!readable(c, a, c.abi.sigsetSize) || !readable(c, b, c.abi.sigsetSize)) return c.fail(EFAULT)
  return fill(c, out, of(readSigset(c.memory, a), readSigset(c.memory, b)))
}

export const signalHeader: HeaderTable = {
  name: 'signal',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/signal.h.html',
  rows: [
    leaf('kill', 'int(int, int)', (c, pid: number, number: number) => answer(c, c.kernel.kill(c.cx, pid, number))),
    leaf('killpg', 'int(int, int)', (c, group: number, number: number) => answer(c, c.kernel.kill(c.cx, -group, number))),
    leaf('pthread_sigmask', 'int(int, ptr, ptr)', mask),
    leaf('raise', 'int(int)', (c, number: number) => answer(c, c.kernel.tkill(c.cx, c.cx.tid, number))),
    leaf('sigaction', 'int(int, ptr, ptr)', sigaction),
    leaf('sigaddset', 'int(ptr, int)', (c, set: number, number: number) => change(c, set, number, (all, bit) => all | bit)),
    leaf('sigaltstack', 'int(ptr, ptr)', sigaltstack),
    leaf('sigdelset', 'int(ptr, int)', (c, set: number, number: number) => change(c, set, number, (all, bit) => all & ~bit)),
    leaf('sigemptyset', 'int(ptr)', (c, set: number) => fill(c, set, 0n)),
    leaf('sigfillset', 'int(ptr)', (c, set: number) => fill(c, set, c.abi.name === 'linux-gnu' ? ALL & ~OWN_MASK : ALL)),
    leaf('sigismember', 'int(ptr, int)', (c, set: number, number: number) => {
      if (number < 1 || number > SIGNALS) return c.fail(EINVAL)
      if (!readable(c, set, 8)) return c.fail(EFAULT)
      return Number((readSigset(c.memory, set) >> BigInt(number - 1)) & 1n)
    }),
    leaf('signal', 'long(int, ptr)', signal),
    alias('__sysv_signal', 'signal'),
    leaf('sigpending', 'int(ptr)', (c, out: number) => fill(c, out, c.kernel.sigpending(c.cx))),
    leaf('sigprocmask', 'int(int, ptr, ptr)', (c, how: number, set: number, old: number) => {
      const errno = mask(c, how, set, old)
      return errno === 0 ? 0 : c.fail(errno)
    }),
    leaf('sigsetmask', 'int(uint)', (c, set: number) => {
      const before = c.kernel.sigprocmask(c.cx, SIG_SETMASK, BigInt(set))
      return typeof before === 'number' ? c.fail(-before) : Number(BigInt.asIntN(32, before))
    }),
    blocking('sigsuspend', 'int(ptr)', function* (c, set: number) {
      if (!readable(c, set, c.abi.sigsetSize)) return c.fail(EFAULT)
      return answer(c, yield* c.kernel.sigsuspend(c.cx, readSigset(c.memory, set)))
    }),
    leaf('__libc_current_sigrtmin', 'int()', () => 34),
    leaf('__libc_current_sigrtmax', 'int()', () => 64),
    blocking('sigwait', 'int(ptr, ptr)', function* (c, set: number, out: number) {
      if (!readable(c, set, c.abi.sigsetSize) || !writable(c, out, 4)) return EFAULT
      for (;;) {
        const found = yield* c.kernel.sigtimedwait(c.cx, readSigset(c.memory, set), undefined)
        if (typeof found === 'number') continue
        c.memory.setU32(out, found.signal)
        return 0
      }
    }),
    leaf('sighold', 'int(int)', (c, number: number) => (block(c, SIG_BLOCK, number) === -1 ? -1 : 0)),
    leaf('sigignore', 'int(int)', (c, number: number) => (dispose(c, number, 1) < 0 ? -1 : 0)),
    leaf('sigqueue', 'int(int, int, u64)', sigqueue),
    leaf('sigrelse', 'int(int)', (c, number: number) => (block(c, SIG_UNBLOCK, number) === -1 ? -1 : 0)),
    leaf('sigset', 'long(int, ptr)', sigset),
    blocking('sigwaitinfo', 'int(ptr, ptr)', (c, set: number, info: number) => timedWait(c, set, info, 0)),
    blocking('sigtimedwait', 'int(ptr, ptr, ptr)', timedWait),
    leaf('sigisemptyset', 'int(ptr)', (c, set: number) =>
      readable(c, set, c.abi.sigsetSize) ? (readSigset(c.memory, set) === 0n ? 1 : 0) : c.fail(EFAULT),
    ),
    leaf('sigandset', 'int(ptr, ptr, ptr)', (c, out: number, a: number, b: number) => combine(c, out, a, b, (x, y) => x & y)),
    leaf('sigorset', 'int(ptr, ptr, ptr)', (c, out: number, a: number, b: number) => combine(c, out, a, b, (x, y) => x | y)),
    leaf('siginterrupt', 'int(int, int)', (c, number: number, interrupt: number) => {
      const now = c.kernel.sigaction(c.cx, number, undefined)
      if (typeof now === 'number') return c.fail(-now)
      const flags = interrupt !== 0 ? now.flags & ~SA_RESTART : now.flags | SA_RESTART
      const set = c.kernel.sigaction(c.cx, number, { ...now, flags })
      return typeof set === 'number' ? c.fail(-set) : 0
    }),
    blocking('pause', 'int()', function* (c) {
      const now = c.kernel.sigprocmask(c.cx, 0, undefined)
      return answer(c, yield* c.kernel.sigsuspend(c.cx, typeof now === 'bigint' ? now : 0n))
    }),
  ],
}
