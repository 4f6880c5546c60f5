/**
 * What becomes of the bytes that are typed at a terminal: lines that can be edited, echo, signals. The modes of termios(3), in the details as
 * Linux has them (drivers/tty/n_tty.c), whose order of questions this keeps.
 */
import { E } from '../abi/error.ts'
import { BACKSPACE, isControl, NEWLINE, RETURN, SPACE, TABULATOR, TerminalOutput } from './terminal-output.ts'
import { Control, freshModes, Input, Local, type Modes } from './termios.ts'

/** Bytes of a line, with its end. */
const LINE = 4096
const SIGNALS = [
  [Control.INTR, 2],
  [Control.QUIT, 3],
  [Control.SUSP, 20],
] as const
/** Why a byte ends a line: it is the last of it, or stands for an end of file and is not read. */
const Mark = { none: 0, end: 1, eof: 2 } as const
const [CARET, SLASH, BACKSLASH] = ['^', '/', '\\'].map((char) => char.charCodeAt(0))
const LETTER = 64
/** Control modes that a terminal without a wire cannot have: bits of a byte and parity; and those that it has. */
const WIRE = 0o460
const BYTES = 0o260

const isWord = (byte: number): boolean => /[\w\xc0-\xd6\xd8-\xf6\xf8-\xff]/.test(String.fromCharCode(byte))

export interface Screen {
  /** Bytes that the terminal shows. */
  show(bytes: Uint8Array): void
  /** A key was a signal for those in the foreground. */
  signal(signal: number): void
}

export class LineDiscipline {
  modes = freshModes()
  /** Output stands still until a key lets it go on. */
  stopped = false
  readonly output: TerminalOutput
  private readonly screen: Screen
  private readonly data = new Uint8Array(LINE)
  private readonly marks = new Uint8Array(LINE)
  private used = 0
  /** Bytes that belong to lines which are complete. */
  private whole = 0
  private literal = false
  /** Erased characters are being shown between backslash and slash. */
  private erasing = false
  /** What is to be echoed when output does not stand still, once all is typed that came with it. */
  private readonly echoes: (() => void)[] = []

  constructor(screen: Screen) {
    this.screen = screen
    this.output = new TerminalOutput((bytes) => screen.show(bytes))
  }

  private on(local: number): boolean {
    return (this.modes.lflag & local) === local
  }
  private is(byte: number, control: number): boolean {
    return byte !== 0 && this.modes.control[control] === byte
  }
  private get utf8(): boolean {
    return (this.modes.iflag & Input.IUTF8) !== 0
  }
  private continues(byte: number): boolean {
    return this.utf8 && (byte & 0xc0) === 0x80
  }

  /** Other modes; what waits to be read becomes a line, or no longer is in lines. */
  change(modes: Modes): void {
    const changes = (this.modes.lflag ^ modes.lflag) & Local.ICANON
    this.modes = { ...modes, cflag: (modes.cflag & ~WIRE) | BYTES }
    if (!(modes.iflag & Input.IXON)) this.stopped = false
    if (!changes) return
    this.marks.fill(Mark.none)
    this.whole = modes.lflag & Local.ICANON ? this.used : 0
    if (this.whole > 0) this.marks[this.whole - 1] = Mark.end
    this.literal = this.erasing = false
  }
  flush(): void {
    this.marks.fill(Mark.none)
    this.used = this.whole = 0
    this.literal = this.erasing = false
  }

  /** Whether another byte can be typed. What is too long for a line is lost, but for its end. */
  get accepts(): boolean {
    return this.used < LINE - 1 || (this.on(Local.ICANON) && this.whole === 0)
  }
  type(typed: number): void {
    const { iflag } = this.modes
    let byte = iflag & Input.ISTRIP ? typed & 0x7f : typed
    if (iflag & Input.IUCLC && this.on(Local.IEXTEN) && byte >= 65 && byte <= 90) byte += SPACE
    if (this.literal) {
      this.literal = false
      this.plain(byte, false)
    } else if (!this.flow(byte) && !this.signalled(byte)) {
      if (this.stopped && iflag & Input.IXON && iflag & Input.IXANY) this.stopped = false
      this.character(byte)
    }
  }
  private flow(byte: number): boolean {
    if (!(this.modes.iflag & Input.IXON)) return false
    const [start, stop] = [this.is(byte, Control.START), this.is(byte, Control.STOP)]
    if (start || stop) this.stopped = !start
    return start || stop
  }
  private signalled(byte: number): boolean {
    const signal = this.on(Local.ISIG) ? SIGNALS.find(([control]) => this.is(byte, control))?.[1] : undefined
    if (signal === undefined) return false
    this.screen.signal(signal)
    if (!this.on(Local.NOFLSH)) {
      this.flush()
      this.echoes.length = 0
    }
    if (this.modes.iflag & Input.IXON) this.stopped = false
    if (this.on(Local.ECHO)) this.echo(byte)
    return true
  }
  private character(typed: number): void {
    const { iflag } = this.modes
    let byte = typed
    if (byte === RETURN) {
      if (iflag & Input.IGNCR) return
      if (iflag & Input.ICRNL) byte = NEWLINE
    } else if (byte === NEWLINE && iflag & Input.INLCR) byte = RETURN
    if (!this.on(Local.ICANON) || !this.edits(byte)) this.plain(byte, byte !== typed)
  }
  /** What is special in a line; false for a byte that is not. */
  private edits(byte: number): boolean {
    const extended = this.on(Local.IEXTEN)
    if (this.is(byte, Control.ERASE)) this.erase('character')
    else if (this.is(byte, Control.KILL)) this.erase('line')
    else if (extended && this.is(byte, Control.WERASE)) this.erase('word')
    else if (extended && this.is(byte, Control.LNEXT)) {
      this.literal = true
      if (this.on(Local.ECHO)) this.finishErasing()
      if (this.on(Local.ECHO | Local.ECHOCTL)) this.show(CARET, BACKSPACE)
    } else if (extended && this.on(Local.ECHO) && this.is(byte, Control.REPRINT)) {
      this.finishErasing()
      this.echo(byte)
      this.show(NEWLINE)
      for (const each of this.data.subarray(this.whole, this.used)) this.echo(each)
    } else if (byte === NEWLINE) {
      if (this.on(Local.ECHO) || this.on(Local.ECHONL)) this.show(NEWLINE)
      this.store(byte, Mark.end)
    } else if (this.is(byte, Control.EOF)) this.store(0, Mark.eof)
    else if (this.is(byte, Control.EOL) || (extended && this.is(byte, Control.EOL2))) {
      this.echoTyped(byte)
      this.store(byte, Mark.end)
    } else return false
    return true
  }
  private plain(byte: number, becameNewline: boolean): void {
    if (this.on(Local.ECHO)) {
      this.finishErasing()
      if (becameNewline && byte === NEWLINE) this.show(NEWLINE)
      else this.echoTyped(byte)
    }
    if (byte === 0xff && this.modes.iflag & Input.PARMRK) this.store(byte, Mark.none)
    this.store(byte, Mark.none)
  }
  private store(byte: number, mark: number): void {
    if (this.used === LINE) this.used--
    this.data[this.used] = byte
    this.marks[this.used] = mark
    this.used++
    if (mark !== Mark.none) this.whole = this.used
  }

  private later(echo: () => void): void {
    if (this.echoes.length < LINE) this.echoes.push(echo)
  }
  /** Those who typed wait for the echo. */
  settle(): void {
    if (!this.stopped) for (const echo of this.echoes.splice(0)) echo()
  }
  private show(...bytes: number[]): void {
    for (const byte of bytes) this.later(() => this.output.put(byte, this.modes, this.utf8))
  }
  private echoTyped(byte: number): void {
    if (!this.on(Local.ECHO)) return
    if (this.whole === this.used) this.later(() => this.output.beginLine())
    this.echo(byte)
  }
  /** A control character is shown as a caret and a letter. */
  private echo(byte: number): void {
    if (this.on(Local.ECHOCTL) && isControl(byte) && byte !== TABULATOR) {
      this.later(() => this.output.wide(CARET, byte ^ LETTER))
    } else this.show(byte)
  }
  private finishErasing(): void {
    if (this.erasing) this.show(SLASH)
    this.erasing = false
  }

  private erase(what: 'character' | 'word' | 'line'): void {
    if (this.used === this.whole) return
    if (what === 'line' && !this.on(Local.ECHO)) {
      this.used = this.whole
      return
    }
    if (what === 'line' && !this.on(Local.ECHOK | Local.ECHOKE | Local.ECHOE)) {
      this.used = this.whole
      this.finishErasing()
      this.echo(this.modes.control[Control.KILL])
      if (this.on(Local.ECHOK)) this.show(NEWLINE)
      return
    }
    let inWord = false
    while (this.used > this.whole) {
      let head = this.used - 1
      while (this.continues(this.data[head]) && head > this.whole) head--
      const byte = this.data[head]
      if (this.continues(byte)) break
      if (what === 'word') {
        if (isWord(byte)) inWord = true
        else if (inWord) break
      }
      const gone = this.data.slice(head, this.used)
      this.used = head
      if (this.on(Local.ECHO)) this.unshow(gone, what)
      if (what === 'character') break
    }
    if (this.used === this.whole && this.on(Local.ECHO)) this.finishErasing()
  }
  private unshow(gone: Uint8Array, what: 'character' | 'word' | 'line'): void {
    const [byte] = gone
    if (this.on(Local.ECHOPRT)) {
      if (!this.erasing) this.show(BACKSLASH)
      this.erasing = true
      this.echo(byte)
      for (const each of gone.subarray(1)) this.show(each)
    } else if (what === 'character' && !this.on(Local.ECHOE)) this.echo(this.modes.control[Control.ERASE])
    else if (byte === TABULATOR) {
      const line = this.data.subarray(this.whole, this.used)
      const after = line.lastIndexOf(TABULATOR) + 1
      const before = this.columns(line.subarray(after))
      this.later(() => this.output.eraseTabulator(before, after > 0))
    } else {
      const blank = [BACKSPACE, SPACE, BACKSPACE]
      if (isControl(byte) && this.on(Local.ECHOCTL)) this.show(...blank)
      if (!isControl(byte) || this.on(Local.ECHOCTL)) this.show(...blank)
    }
  }
  private columns(shown: Uint8Array): number {
    const width = (byte: number) => (isControl(byte) ? (this.on(Local.ECHOCTL) ? 2 : 0) : this.continues(byte) ? 0 : 1)
    return shown.reduce((sum, byte) => sum + width(byte), 0)
  }

  /** Bytes that FIONREAD tells of. */
  get available(): number {
    if (!this.on(Local.ICANON)) return this.used
    return this.whole - this.marks.subarray(0, this.whole).filter((mark) => mark === Mark.eof).length
  }
  private get least(): number {
    const { control } = this.modes
    return control[Control.TIME] === 0 ? Math.max(1, control[Control.MIN]) : 1
  }
  get readable(): boolean {
    return this.on(Local.ICANON) ? this.whole > 0 : this.used >= this.least
  }
  /** Nanoseconds that a read waits for the first byte, 0n for none, undefined without end. */
  get patience(): bigint | undefined {
    const { control } = this.modes
    return this.on(Local.ICANON) || control[Control.MIN] > 0 ? undefined : BigInt(control[Control.TIME]) * 100_000_000n
  }
  /** One line, or what there is of one that is longer. -EAGAIN where nothing is to be read yet. */
  read(into: Uint8Array): number {
    if (into.length === 0) return 0
    if (this.on(Local.ICANON)) return this.whole > 0 ? this.readLine(into) : -E.AGAIN
    if (this.used < Math.min(this.least, into.length)) return this.patience === 0n ? 0 : -E.AGAIN
    const count = Math.min(into.length, this.used)
    into.set(this.data.subarray(0, count))
    this.drop(count)
    return count
  }
  private readLine(into: Uint8Array): number {
    const end = this.marks.findIndex((mark) => mark !== Mark.none)
    const eof = this.marks[end] === Mark.eof
    const line = eof ? end : end + 1
    const count = Math.min(into.length, line)
    into.set(this.data.subarray(0, count))
    this.drop(count === line && eof ? count + 1 : count)
    return count
  }
  private drop(count: number): void {
    this.data.copyWithin(0, count, this.used)
    this.marks.copyWithin(0, count, this.used)
    this.used -= count
    this.whole = Math.max(0, this.whole - count)
    this.marks.fill(Mark.none, this.whole)
  }
}
