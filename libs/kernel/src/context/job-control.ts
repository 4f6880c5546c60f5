/** Groups of processes as a terminal and its shell see them (POSIX XBD 11.1.4). */
import type { Kernel } from '../kernel.ts'
import type { ProcessState } from './process.ts'
import { disposition, SIG } from './signal.ts'

/** SI_KERNEL. */
const KERNEL = 0x80

export const groupOf = ({ table }: Kernel, pgid: number): ProcessState[] =>
  [...table.processes.values()].filter((process) => process.pgid === pgid && process.status === undefined)

/** Nobody of its session, outside of it, would hear that it has stopped. */
export const isOrphaned = (kernel: Kernel, pgid: number): boolean =>
  groupOf(kernel, pgid).every(({ parent, sid }) => parent === undefined || parent.sid !== sid || parent.pgid === pgid)

export const sendTo = (kernel: Kernel, process: ProcessState, signal: number): void =>
  kernel.signals.send(process, undefined, { signal, code: KERNEL, pid: 0, status: 0, address: 0 })

/** The terminal's signal to all of a group. One that would stop an orphaned group for good has no effect (POSIX XSH 2.4.3). */
export function sendGroup(kernel: Kernel, pgid: number, signal: number): void {
  const orphaned = isOrphaned(kernel, pgid)
  for (const process of groupOf(kernel, pgid)) {
    if (signal !== SIG.STOP && orphaned && disposition(process, signal) === 'stop') continue
    sendTo(kernel, process, signal)
  }
}
