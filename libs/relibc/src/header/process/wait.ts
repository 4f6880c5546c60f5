/** Waiting for children: https://pubs.opengroup.org/onlinepubs/9699919799/functions/wait.html, waitid.html; wait4(2). */
import { type Co, FUEL_NS } from '@bootgraph/kernel'
import { writeTimeval } from '../../abi/structs.ts'
import { EFAULT, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, leaf, type SymbolRow } from '../../registry/define.ts'

const EINVAL = 22
const RUSAGE = 144
const SIGCHLD = 17
/** Clock ticks of times(3) per second. */
const TICK_NS = 10_000_000n

function* wait4(c: LibcCall, pid: number, status: number, options: number, usage: number): Co<number> {
  if ((status !== 0 && !writable(c, status, 4)) || (usage !== 0 && !writable(c, usage, RUSAGE))) return c.fail(EFAULT)
  const ended = yield* c.kernel.waitpid(c.cx, pid, options)
  if (typeof ended === 'number') return ended < 0 ? c.fail(-ended) : ended
  if (status !== 0 && ended.pid !== 0) c.memory.setU32(status, ended.status)
  if (usage !== 0) {
    c.memory.bytes(usage, RUSAGE).fill(0)
    writeTimeval(c.memory, usage, ended.rusage?.userNs ?? 0n)
  }
  return ended.pid
}

/** siginfo_t of a child: { signo @0, code @8, pid @16, uid @20, status @24 }. */
const SIGINFO = 128
const Code = { exited: 1, killed: 2, dumped: 3, stopped: 5, continued: 6 } as const
const Which = { all: 0, pid: 1, group: 2, pidfd: 3 } as const
const Option = { nohang: 1, stopped: 2, exited: 4, continued: 8, nowait: 0x100_0000 } as const

/** si_code and si_status of a wait status. */
function told(status: number): [code: number, status: number] {
  if (status === 0xffff) return [Code.continued, 18]
  if ((status & 0xff) === 0x7f) return [Code.stopped, status >> 8]
  if ((status & 0x7f) === 0) return [Code.exited, (status >> 8) & 0xff]
  return [status & 0x80 ? Code.dumped : Code.killed, status & 0x7f]
}

function* waitid(c: LibcCall, which: number, id: number, info: number, options: number): Co<number> {
  const known = Option.nohang | Option.stopped | Option.exited | Option.continued | Option.nowait
  const states = options & (Option.stopped | Option.exited | Option.continued)
  if (options & ~known || states === 0 || which < 0 || which > Which.pidfd) return c.fail(EINVAL)
  if (info !== 0 && !writable(c, info, SIGINFO)) return c.fail(EFAULT)
  if (which === Which.pidfd && id < 0) return c.fail(EINVAL)
  const process = which === Which.pidfd ? c.kernel.pidfdProcess(c.cx, id) : id
  if (which === Which.pidfd && process < 0) return c.fail(-process)
  const pid = which === Which.all ? -1 : which === Which.group ? -id : process
  const got = yield* c.kernel.waitpid(c.cx, pid, options & ~Option.exited, (options & Option.exited) !== 0)
  if (typeof got === 'number') return c.fail(-got)
  if (info === 0) return 0
  c.memory.bytes(info, SIGINFO).fill(0)
  if (got.pid === 0) return 0
  const [code, status] = told(got.status)
  c.memory.setU32(info, SIGCHLD)
  c.memory.setU32(info + 8, code)
  c.memory.setU32(info + 16, got.pid)
  c.memory.setU32(info + 24, status)
  return 0
}

/** struct tms: user and system time of the caller, then of its children that were waited for; 8 bytes each. */
function times(c: LibcCall, out: number): number {
  if (out !== 0 && !writable(c, out, 32)) return c.fail(EFAULT)
  if (out !== 0) {
    c.memory.bytes(out, 32).fill(0)
    c.memory.setU64(out, c.kernel.clock(c.cx, 'process') / TICK_NS)
    c.memory.setU64(out + 16, (BigInt(c.kernel.childFuel(c.cx)) * FUEL_NS) / TICK_NS)
  }
  return Number(c.kernel.clock(c.cx, 'monotonic') / TICK_NS)
}

export const waitRows: readonly SymbolRow[] = [
  leaf('times', 'long(ptr)', times),
  callback('wait', 'int(ptr)', (c, status: number) => wait4(c, -1, status, 0, 0)),
  callback('wait3', 'int(ptr, int, ptr)', (c, status: number, options: number, usage: number) => wait4(c, -1, status, options, usage)),
  callback('wait4', 'int(int, ptr, int, ptr)', wait4),
  callback('waitid', 'int(int, int, ptr, int)', waitid),
  callback('waitpid', 'int(int, ptr, int)', (c, pid: number, status: number, options: number) => wait4(c, pid, status, options, 0)),
]
