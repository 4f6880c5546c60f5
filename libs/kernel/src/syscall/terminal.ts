/** What ioctl asks of terminals (ioctl_tty(2); numbers of Linux asm-generic/ioctls.h). */
import { Perm } from '@bootgraph/cpu'
import { E } from '../abi/error.ts'
import type { Context } from '../context/context.ts'
import type { Co } from '../context/coroutine.ts'
import { SIG } from '../context/signal.ts'
import type { Kernel } from '../kernel.ts'
import { controls, foreground, MasterHandle, type Terminal, type TerminalHandle } from '../scheme/pty.ts'
import { Control, MODES_SIZE, modesAt, putModes } from '../scheme/termios.ts'
import { process } from './fs.ts'

const Request = {
  TCGETS: 0x5401,
  TCSETS: 0x5402,
  TCSETSW: 0x5403,
  TCSETSF: 0x5404,
  TCSBRK: 0x5409,
  TCXONC: 0x540a,
  TCFLSH: 0x540b,
  TIOCEXCL: 0x540c,
  TIOCNXCL: 0x540d,
  TIOCSCTTY: 0x540e,
  TIOCGPGRP: 0x540f,
  TIOCSPGRP: 0x5410,
  TIOCOUTQ: 0x5411,
  TIOCGWINSZ: 0x5413,
  TIOCSWINSZ: 0x5414,
  TIOCNOTTY: 0x5422,
  TIOCGETD: 0x5424,
  TCSBRKP: 0x5425,
  TIOCGSID: 0x5429,
  TIOCGPTN: 0x8004_5430,
  TIOCSPTLCK: 0x4004_5431,
  TIOCSIG: 0x4004_5436,
  TIOCGPTLCK: 0x8004_5439,
} as const

/** Bytes behind a request's pointer that it reads or writes. */
const READS = new Map<number, number>([
  [Request.TCSETS, MODES_SIZE],
  [Request.TCSETSW, MODES_SIZE],
  [Request.TCSETSF, MODES_SIZE],
  [Request.TIOCSPGRP, 4],
  [Request.TIOCSWINSZ, 8],
  [Request.TIOCSPTLCK, 4],
])
const WRITES = new Map<number, number>([
  [Request.TCGETS, MODES_SIZE],
  [Request.TIOCGPGRP, 4],
  [Request.TIOCGSID, 4],
  [Request.TIOCOUTQ, 4],
  [Request.TIOCGWINSZ, 8],
  [Request.TIOCGETD, 4],
  [Request.TIOCGPTN, 4],
  [Request.TIOCGPTLCK, 4],
])
/** Those that a group in the background may not do, as it may not write with TOSTOP. */
const CHANGES: ReadonlySet<number> = new Set([
  ...[Request.TCSETS, Request.TCSETSW, Request.TCSETSF, Request.TCSBRK, Request.TCSBRKP, Request.TCXONC, Request.TCFLSH],
  Request.TIOCSPGRP,
])

/** Signals that the master may send for a key. */
const KEYS: ReadonlySet<number> = new Set([SIG.INT, SIG.QUIT, SIG.TSTP])

export function* terminalControl(
  kernel: Kernel,
  cx: Context,
  handle: MasterHandle | TerminalHandle,
  request: number,
  argument: number,
): Co<number> {
  const { terminal } = handle
  const master = handle instanceof MasterHandle
  if (!master && handle.hungUp) return request === Request.TIOCSPGRP ? -E.NOTTY : -E.IO
  while (CHANGES.has(request)) {
    const admitted = terminal.admits(process(cx), SIG.TTOU)
    if (admitted === 0) break
    if (admitted !== -E.AGAIN) return admitted
    if ((yield { wait: [] }) === 'signal' && !(yield { handlers: true })) return -E.INTR
  }
  const { memory } = cx.process.cpu
  if (!memory.accessible(argument, READS.get(request) ?? 0, Perm.read)) return -E.FAULT
  if (!memory.accessible(argument, WRITES.get(request) ?? 0, Perm.write)) return -E.FAULT
  const answered = master ? ofMaster(cx, terminal, request, argument) : undefined
  return answered ?? ofBoth(kernel, cx, terminal, master, request, argument)
}

function ofMaster(cx: Context, terminal: Terminal, request: number, argument: number): number | undefined {
  const { memory } = cx.process.cpu
  switch (request) {
    case Request.TIOCGPTN:
      memory.setI32(argument, terminal.number)
      return 0
    case Request.TIOCSPTLCK:
      terminal.locked = memory.getI32(argument) !== 0
      return 0
    case Request.TIOCGPTLCK:
      memory.setI32(argument, terminal.locked ? 1 : 0)
      return 0
    case Request.TIOCSIG:
      if (!KEYS.has(argument)) return -E.INVAL
      terminal.signal(argument)
      return 0
  }
}

function ofBoth(kernel: Kernel, cx: Context, terminal: Terminal, master: boolean, request: number, argument: number): number {
  const { memory } = cx.process.cpu
  const own = process(cx)
  const { discipline } = terminal
  switch (request) {
    case Request.TCGETS:
      putModes(memory, argument, discipline.modes)
      return 0
    case Request.TCSETS:
    case Request.TCSETSW:
    case Request.TCSETSF:
      if (request === Request.TCSETSF) discipline.flush()
      terminal.change(modesAt(memory, argument))
      return 0
    case Request.TCSBRK:
    case Request.TCSBRKP:
    case Request.TIOCEXCL:
    case Request.TIOCNXCL:
      return 0
    case Request.TCXONC:
      return flow(terminal, master, argument)
    case Request.TCFLSH:
      if (argument < 0 || argument > 2) return -E.INVAL
      if (argument !== 1) discipline.flush()
      terminal.type()
      return 0
    case Request.TIOCGWINSZ:
      memory.bytes(argument, 8).set(terminal.size)
      return 0
    case Request.TIOCSWINSZ: {
      const wanted = memory.bytes(argument, 8)
      if (wanted.every((byte, i) => byte === terminal.size[i])) return 0
      terminal.size.set(wanted)
      terminal.signal(SIG.WINCH)
      return 0
    }
    case Request.TIOCGPGRP:
    case Request.TIOCGSID: {
      const wanted = request === Request.TIOCGSID ? terminal.session : terminal.group
      if (!master && own.terminal !== terminal) return -E.NOTTY
      if (request === Request.TIOCGSID && wanted === undefined) return -E.NOTTY
      memory.setI32(argument, wanted ?? 0)
      return 0
    }
    case Request.TIOCSPGRP:
      return foreground(terminal, own, memory.getI32(argument))
    case Request.TIOCSCTTY:
      if (controls(terminal, own) && own.sid === own.pid) return 0
      if (own.sid !== own.pid || own.terminal !== undefined) return -E.PERM
      if (terminal.session !== undefined) {
        if (argument !== 1) return -E.PERM
        for (const other of kernel.table.processes.values()) if (other.terminal === terminal) other.terminal = undefined
      }
      terminal.control(own)
      return 0
    case Request.TIOCNOTTY:
      if (own.terminal !== terminal) return -E.NOTTY
      if (own.sid === own.pid) terminal.release([SIG.HUP, SIG.CONT], 'foreground')
      own.terminal = undefined
      return 0
    case Request.TIOCOUTQ:
    case Request.TIOCGETD:
      memory.setI32(argument, 0)
      return 0
  }
  kernel.gap(cx.process, 'behaviour unsupported', `ioctl 0x${request.toString(16)}`, 'on a terminal; answered with ENOTTY')
  return -E.NOTTY
}

/** TCXONC: output stops and goes on, or the other side is asked to. */
function flow(terminal: Terminal, master: boolean, action: number): number {
  const { discipline } = terminal
  if (action < 0 || action > 3) return -E.INVAL
  if (action < 2) discipline.stopped = action === 0
  else {
    const key = discipline.modes.control[action === 2 ? Control.STOP : Control.START]
    if (key !== 0) (master ? terminal.typed : terminal.shown).put(Uint8Array.of(key))
  }
  terminal.type()
  return 0
}
