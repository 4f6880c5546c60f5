/**
 * Scheme pty: terminals whose screen and keyboard are another program's. `/scheme/pty` makes one and is its master, `/scheme/pty/N` the terminal
 * (ptyd of Redox; pts(4) of Linux, whose details these are).
 */
import { E } from '../abi/error.ts'
import { Mode, O, Poll } from '../abi/flag.ts'
import type { Stat } from '../calls.ts'
import { groupOf, isOrphaned, sendGroup, sendTo } from '../context/job-control.ts'
import type { ProcessState } from '../context/process.ts'
import { bit, SIG } from '../context/signal.ts'
import type { Kernel } from '../kernel.ts'
import { ByteQueue } from './byte-queue.ts'
import { blankStat, Handle } from './handle.ts'
import { LineDiscipline } from './line-discipline.ts'
import type { Opener } from './namespace.ts'
import { EXPANSION } from './terminal-output.ts'
import { Input, Local, type Modes } from './termios.ts'

/** Bytes that wait in each direction, and that one read of the master gives at most. */
const WAITING = 16_384
const READ_MAX = 4095
/** Group of terminals. */
const TTY = 5
const DEVICE = { controlling: 0x500, master: 0x502, terminal: 0x8800 } as const

/** A terminal and its two ends. */
export class Terminal {
  readonly kernel: Kernel
  readonly number: number
  readonly discipline: LineDiscipline
  /** What programs wrote, for the master. */
  readonly shown = new ByteQueue(WAITING)
  /** What the master wrote and no line has room for yet. */
  readonly typed = new ByteQueue(WAITING)
  /** struct winsize. */
  readonly size = new Uint8Array(8)
  locked = true
  master: MasterHandle | undefined
  readonly ends = new Set<TerminalHandle>()
  /** All who had it open have closed it. */
  left = false
  /** The session that it controls, and the group in its foreground. */
  session: number | undefined
  group: number | undefined

  constructor(kernel: Kernel, number: number) {
    this.kernel = kernel
    this.number = number
    this.discipline = new LineDiscipline({
      show: (bytes) => {
        this.shown.put(bytes)
      },
      signal: (signal) => this.signal(signal),
    })
  }

  /** A signal to the group in the foreground. */
  signal(signal: number): void {
    if (this.group !== undefined) sendGroup(this.kernel, this.group, signal)
  }
  /** Gives the discipline what waits for it. */
  type(): void {
    const byte = new Uint8Array(1)
    while (this.discipline.accepts && this.typed.take(byte) === 1) this.discipline.type(byte[0])
    this.discipline.settle()
    this.tell()
  }
  change(modes: Modes): void {
    this.discipline.change(modes)
    this.type()
  }
  /** Both ends look again. */
  tell(): void {
    this.master?.tell(this.master.ready())
    for (const end of this.ends) end.tell(end.ready())
  }

  /** Becomes the terminal of a session that `leader` leads. */
  control(leader: ProcessState): void {
    leader.terminal = this
    this.session = leader.sid
    this.group = leader.pgid
  }
  /** Its session has it no longer, and who leads it or those in the foreground are told by signals. */
  release(signals: readonly number[], tell: 'foreground' | 'leader'): void {
    const { session, group, kernel } = this
    this.session = this.group = undefined
    for (const process of kernel.table.processes.values()) {
      if (process.terminal !== this) continue
      process.terminal = undefined
      if (tell === 'leader' && process.pid === session) for (const signal of signals) sendTo(kernel, process, signal)
    }
    if (tell === 'foreground' && group !== undefined) for (const signal of signals) sendGroup(kernel, group, signal)
  }
  /** Nobody can use it any more who has it open. */
  hangUp(): void {
    for (const end of this.ends) end.hungUp = true
    this.left = true
    this.tell()
  }

  /**
   * What a process in the background may do: 0, -EIO, or -EAGAIN after its group was sent `signal`. Reading and writing of a group that ignores
   * it differ.
   */
  admits(process: ProcessState, signal: number): number {
    if (process.terminal !== this || this.group === undefined || process.pgid === this.group) return 0
    const current = this.kernel.scheduler.current
    const ignored = process.actions.get(signal)?.handler === 1 || (current?.process === process && current.mask & bit(signal))
    if (ignored) return signal === SIG.TTIN ? -E.IO : 0
    if (isOrphaned(this.kernel, process.pgid)) return -E.IO
    sendGroup(this.kernel, process.pgid, signal)
    return -E.AGAIN
  }
}

/** The end that a terminal emulator has. */
export class MasterHandle extends Handle {
  readonly path: string
  readonly terminal: Terminal
  private readonly closed: () => void

  constructor(terminal: Terminal, closed: () => void) {
    super()
    this.path = `/scheme/pty/${terminal.number}`
    this.terminal = terminal
    this.closed = closed
    terminal.master = this
  }
  override read(into: Uint8Array): number {
    const { shown, left } = this.terminal
    const count = shown.take(into.subarray(0, READ_MAX))
    if (count === 0 && into.length > 0) return left ? -E.IO : -E.AGAIN
    this.terminal.tell()
    return count
  }
  override write(from: Uint8Array): number {
    const count = this.terminal.typed.put(from)
    this.terminal.type()
    return count === 0 && from.length > 0 ? -E.AGAIN : count
  }
  override ready(): number {
    const { shown, typed, left } = this.terminal
    return (shown.length > 0 ? Poll.IN : 0) | (typed.room > 0 ? Poll.OUT : 0) | (left ? Poll.HUP : 0)
  }
  override available(): number {
    return this.terminal.shown.length
  }
  override stat(): Stat {
    return { ...blankStat(Mode.CHR | 0o666, 2), rdev: DEVICE.master, gid: TTY }
  }
  override close(): void {
    this.terminal.hangUp()
    this.terminal.release([SIG.HUP, SIG.CONT], 'leader')
    this.closed()
  }
}

/** The end that programs have as their terminal. */
export class TerminalHandle extends Handle {
  readonly path: string
  readonly terminal: Terminal
  hungUp = false
  private readonly closed: () => void

  constructor(terminal: Terminal, closed: () => void, path = `/scheme/pty/${terminal.number}`) {
    super()
    this.path = path
    this.terminal = terminal
    this.closed = closed
  }
  private get reader(): ProcessState | undefined {
    return this.terminal.kernel.scheduler.current?.process
  }
  override read(into: Uint8Array): number {
    if (this.hungUp) return 0
    const barred = this.reader ? this.terminal.admits(this.reader, SIG.TTIN) : 0
    if (barred < 0) return barred
    const count = this.terminal.discipline.read(into)
    if (count >= 0) this.terminal.type()
    return count
  }
  override write(from: Uint8Array): number {
    const { discipline, shown } = this.terminal
    if (this.hungUp) return -E.IO
    const { modes } = discipline
    const barred = this.reader && modes.lflag & Local.TOSTOP ? this.terminal.admits(this.reader, SIG.TTOU) : 0
    if (barred < 0) return barred
    let count = 0
    while (count < from.length && !discipline.stopped && shown.room >= EXPANSION) {
      discipline.output.put(from[count++], modes, (modes.iflag & Input.IUTF8) !== 0)
    }
    this.terminal.tell()
    return count === 0 && from.length > 0 ? -E.AGAIN : count
  }
  override patience(out: boolean): bigint | undefined {
    return out ? undefined : this.terminal.discipline.patience
  }
  override outwaited(): number {
    return 0
  }
  override ready(): number {
    if (this.hungUp) return Poll.IN | Poll.OUT | Poll.ERR | Poll.HUP
    const { discipline, shown } = this.terminal
    return (discipline.readable ? Poll.IN : 0) | (!discipline.stopped && shown.room >= EXPANSION ? Poll.OUT : 0)
  }
  override available(): number {
    return this.hungUp ? -E.IO : this.terminal.discipline.available
  }
  override stat(): Stat {
    const { number } = this.terminal
    const rdev = this.path.endsWith('/tty') ? DEVICE.controlling : DEVICE.terminal + number
    return { ...blankStat(Mode.CHR | 0o620, 3 + number), rdev, gid: TTY }
  }
  override close(): void {
    const { terminal } = this
    if (!terminal.ends.delete(this)) return
    if (terminal.ends.size === 0) {
      terminal.left = true
      terminal.tell()
    }
    this.closed()
  }
}

/** Opens a terminal for a process, which gets it as its own where it leads a session without one (POSIX XBD 11.1.3). */
export function openTerminal(terminal: Terminal, process: ProcessState, flags: number, closed: () => void, path?: string): Handle | number {
  const handle = new TerminalHandle(terminal, closed, path)
  // What is only looked at is not opened.
  if (!(flags & O.RDWR)) return handle
  if (terminal.locked || terminal.master === undefined) return -E.IO
  terminal.ends.add(handle)
  terminal.left = false
  const free = process.sid === process.pid && process.terminal === undefined && terminal.session === undefined
  if (free && flags & O.RDONLY && !(flags & O.NOCTTY)) terminal.control(process)
  return handle
}

/** All of them of a node, by number. */
export class Terminals {
  private readonly kernel: Kernel
  private readonly known = new Map<number, Terminal>()

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }
  readonly open: Opener = (process, ref, flags) => {
    if (ref === '' || ref === 'ptmx') return this.make(flags)
    const terminal = /^\d+$/.test(ref) ? this.known.get(Number(ref)) : undefined
    return terminal ? openTerminal(terminal, process, flags, () => this.gone(terminal)) : -E.NOENT
  }
  /** The terminal of the process's session, as /dev/tty. */
  own(process: ProcessState, flags: number): Handle | number | undefined {
    const { terminal } = process
    return terminal && openTerminal(terminal, process, flags, () => this.gone(terminal), '/scheme/libc/tty')
  }
  private make(flags: number): Handle | number {
    let number = 0
    while (this.known.has(number)) number++
    const terminal = new Terminal(this.kernel, number)
    const master = new MasterHandle(terminal, () => {
      terminal.master = undefined
      this.gone(terminal)
    })
    if (!(flags & O.RDWR)) return master
    if (!this.kernel.budget.take(COST)) return -E.NOMEM
    this.known.set(number, terminal)
    return master
  }
  /** One of its ends was closed. */
  private gone(terminal: Terminal): void {
    if (terminal.master !== undefined || terminal.ends.size > 0 || this.known.get(terminal.number) !== terminal) return
    this.known.delete(terminal.number)
    this.kernel.budget.take(-COST)
  }
}

/** Of what it holds, bytes. */
const COST = 3 * WAITING

/** Whether a process is of the session that a terminal controls. */
export const controls = (terminal: Terminal, process: ProcessState): boolean =>
  process.terminal === terminal && terminal.session === process.sid

/** The process group that a program names, if it is of the session: 0, or -errno. */
export function foreground(terminal: Terminal, process: ProcessState, pgid: number): number {
  if (!controls(terminal, process)) return -E.NOTTY
  if (pgid < 0) return -E.INVAL
  const [member] = groupOf(terminal.kernel, pgid)
  if (member === undefined) return -E.SRCH
  if (member.sid !== process.sid) return -E.PERM
  terminal.group = pgid
  return 0
}
