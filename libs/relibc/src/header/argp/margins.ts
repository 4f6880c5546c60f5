/**
 * Text between margins, as argp's help is written: lines begin at the left margin, and one that would reach the right margin goes on, from the
 * blank before the word that is too much, at the wrap margin. Text is broken as a whole: up to where a margin changes, the column is asked for, or
 * the buffer that glibc has is full, which shows where a word is longer than a line. Where a text ends right at the margin, glibc looks at what
 * its buffer held before; here the last word goes to the next line.
 */
/** Bytes of the buffer, and how many formatted text is thought to need. */
const BUFFER = 200
const GUESS = 150

const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t'

export class Margins {
  readonly #right: number
  #left = 0
  #wrap = 0
  /** Of the next character; -1 after a break at a wrap margin of 0, where no left margin is due. */
  #column = 0
  #done = ''
  #pending = ''
  /** Where in `#done` the buffer begins, and its size. */
  #flushed = 0
  #size = BUFFER

  constructor(right: number) {
    this.#right = right
  }

  get left(): number {
    return this.#left
  }
  set left(value: number) {
    this.#settle()
    this.#left = value
  }
  get wrap(): number {
    return this.#wrap
  }
  set wrap(value: number) {
    this.#settle()
    this.#wrap = value
  }

  add(text: string): void {
    if (this.#free() < text.length) this.#flush(text.length)
    this.#pending += text
  }
  /** Adds text that is put together. */
  print(text: string): void {
    if (this.#free() < GUESS) this.#flush(GUESS)
    this.add(text)
  }
  column(): number {
    this.#settle()
    return Math.max(this.#column, 0)
  }
  indentTo(column: number): void {
    this.add(' '.repeat(Math.max(column - this.column(), 0)))
  }
  /** A blank before text of `length` characters, or a break where that would reach the right margin. */
  space(length: number): void {
    this.add(this.column() + length >= this.#right ? '\n' : ' ')
  }
  take(): string {
    this.#settle()
    return this.#done
  }

  #free(): number {
    return this.#size - (this.#done.length - this.#flushed + this.#pending.length)
  }
  #flush(wanted: number): void {
    this.#settle()
    this.#flushed = this.#done.length
    if (this.#size < wanted) this.#size += wanted
  }

  /** Breaks what was added since the margins last changed. */
  #settle(): void {
    let rest = this.#pending
    this.#pending = ''
    while (rest !== '') {
      if (this.#column === 0 && this.#left !== 0) {
        this.#done += ' '.repeat(this.#left)
        this.#column = this.#left
      }
      if (this.#column < 0) this.#column = 0
      const newline = rest.indexOf('\n')
      const length = newline < 0 ? rest.length : newline
      if (this.#column + length < this.#right) {
        this.#done += newline < 0 ? rest : rest.slice(0, newline + 1)
        this.#column = newline < 0 ? this.#column + length : 0
        rest = newline < 0 ? '' : rest.slice(newline + 1)
      } else rest = this.#break(rest, length)
    }
  }

  /** Writes the part of a line of `length` that stays before a break; gives what comes behind it. */
  #break(rest: string, length: number): string {
    const limit = this.#right - this.#column
    let at = limit
    while (at >= 0 && !isBlank(rest[at])) at--
    let end: number
    let next = at + 1
    if (next > 0) {
      // The break takes the place of the blanks before the word.
      do at--
      while (at >= 0 && isBlank(rest[at]))
      end = at + 1
    } else {
      // A word longer than a line has one to itself.
      end = limit
      if (end < length)
        do end++
        while (end < length && !isBlank(rest[end]))
      if (end >= length) {
        this.#done += rest.slice(0, length + 1)
        this.#column = 0
        return rest.slice(length + 1)
      }
      next = end
      do next++
      while (isBlank(rest[next]))
    }
    this.#done += `${rest.slice(0, end)}\n${' '.repeat(this.#wrap)}`
    this.#column = this.#wrap === 0 ? -1 : this.#wrap
    return rest.slice(next)
  }
}
