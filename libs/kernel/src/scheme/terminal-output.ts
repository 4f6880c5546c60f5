/** What stands on the screen when a program writes: the output modes of termios(3), as Linux has them (drivers/tty/n_tty.c). */
import { type Modes, Output } from './termios.ts'

const TAB = 8
/** Bytes that one byte becomes at most. */
export const EXPANSION = TAB

export const isControl = (byte: number): boolean => byte < 32 || byte === 127
/** A byte of UTF-8 that takes no column. */
const continues = (byte: number): boolean => (byte & 0xc0) === 0x80
const code = (char: string): number => char.charCodeAt(0)
export const [BACKSPACE, TABULATOR, NEWLINE, RETURN, SPACE] = ['\b', '\t', '\n', '\r', ' '].map(code)

export class TerminalOutput {
  private column = 0
  /** Where the line that is being edited begins. */
  private lineColumn = 0
  private readonly send: (bytes: Uint8Array) => void

  constructor(send: (bytes: Uint8Array) => void) {
    this.send = send
  }
  beginLine(): void {
    this.lineColumn = this.column
  }
  /** Bytes as they are, of which each takes a column. */
  wide(...bytes: number[]): void {
    this.raw(...bytes)
    this.column += bytes.length
  }
  private raw(...bytes: number[]): void {
    this.send(Uint8Array.from(bytes))
  }
  put(byte: number, modes: Modes, utf8: boolean): void {
    const { oflag } = modes
    if (!(oflag & Output.OPOST)) this.raw(byte)
    else if (byte === NEWLINE) {
      if (oflag & (Output.ONLRET | Output.ONLCR)) this.column = 0
      if (oflag & Output.ONLCR) this.raw(RETURN, NEWLINE)
      else this.raw(NEWLINE)
      this.lineColumn = this.column
    } else if (byte === RETURN) {
      if (oflag & Output.ONOCR && this.column === 0) return
      if (oflag & Output.OCRNL) {
        if (oflag & Output.ONLRET) this.column = this.lineColumn = 0
        this.raw(NEWLINE)
      } else {
        this.column = this.lineColumn = 0
        this.raw(RETURN)
      }
    } else if (byte === TABULATOR) {
      const spaces = TAB - (this.column % TAB)
      this.column += spaces
      if ((oflag & Output.XTABS) === Output.XTABS) this.raw(...new Array<number>(spaces).fill(SPACE))
      else this.raw(TABULATOR)
    } else {
      if (byte === BACKSPACE) this.column = Math.max(0, this.column - 1)
      else if (!isControl(byte) && !(utf8 && continues(byte))) this.column++
      const lower = byte >= code('a') && byte <= code('z')
      this.raw(oflag & Output.OLCUC && lower ? byte - SPACE : byte)
    }
  }
  /** Back over a tabulator that began `before` columns behind the line's begin, or behind another tabulator. */
  eraseTabulator(before: number, behindTabulator: boolean): void {
    const from = behindTabulator ? before : before + this.lineColumn
    for (let back = TAB - (from % TAB); back > 0; back--) {
      this.raw(BACKSPACE)
      this.column = Math.max(0, this.column - 1)
    }
  }
}
