/** <sys/pidfd.h>: descriptors that stand for processes (pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2)). */
import { answer, EFAULT, readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'

const EPERM = 1
const EINVAL = 22
const KERNEL_NONBLOCK = 0x4_0000
const SI_QUEUE = -1
const SI_TKILL = -6
/** siginfo_t of a queued signal: { signo i32 @0, code i32 @8, value @24 }. */
const SIGINFO = 128

export function pidfdOpen(c: LibcCall, pid: number, flags: number): number {
  if (flags & ~c.abi.O.nonblock) return c.fail(EINVAL)
  return answer(c, c.kernel.pidfd(c.cx, pid, flags === 0 ? 0 : KERNEL_NONBLOCK))
}

/** Without `info` the signal is as one of kill; others than the caller itself get no such as only the system sends. */
export function pidfdSendSignal(c: LibcCall, fd: number, signal: number, info: number, flags: number): number {
  if (flags !== 0) return c.fail(EINVAL)
  const pid = c.kernel.pidfdProcess(c.cx, fd)
  if (pid < 0) return c.fail(-pid)
  if (info === 0) return answer(c, c.kernel.kill(c.cx, pid, signal))
  if (!readable(c, info, SIGINFO)) return c.fail(EFAULT)
  if (c.memory.getI32(info) !== signal) return c.fail(EINVAL)
  const code = c.memory.getI32(info + 8)
  if (pid !== c.kernel.getpid(c.cx) && (code >= 0 || code === SI_TKILL)) return c.fail(EPERM)
  return answer(c, c.kernel.kill(c.cx, pid, signal, code === SI_QUEUE ? c.memory.getU64(info + 24) : undefined))
}

export const pidfdGetfd = (c: LibcCall, fd: number, target: number, flags: number): number =>
  flags !== 0 ? c.fail(EINVAL) : answer(c, c.kernel.pidfdGet(c.cx, fd, target))

export const sysPidfd: HeaderTable = {
  name: 'sys/pidfd',
  spec: 'https://man7.org/linux/man-pages/man2/pidfd_open.2.html',
  rows: [
    leaf('pidfd_open', 'int(int, uint)', pidfdOpen),
    leaf('pidfd_send_signal', 'int(int, int, ptr, uint)', pidfdSendSignal, 'partial', 'of a siginfo, the value of a queued signal'),
    leaf('pidfd_getfd', 'int(int, int, uint)', pidfdGetfd),
  ],
}
