/** Basic and extended regular expressions (POSIX XBD 9) with the usual extensions, as a tree. */
import { bracket } from './bracket.ts'

export type Node =
  | { readonly kind: 'set'; readonly id: number; matches(code: number): boolean }
  | {
      readonly kind: 'start' | 'end' | 'word-start' | 'word-end' | 'word-edge' | 'word-inside' | 'buffer-start' | 'buffer-end'
      readonly id: number
    }
  | { readonly kind: 'sequence' | 'choice'; readonly id: number; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly id: number; readonly part: Node; readonly low: number; readonly high: number }
  | { readonly kind: 'group'; readonly id: number; readonly part: Node; readonly index: number }
  | { readonly kind: 'back'; readonly id: number; readonly index: number }

/** Numbers of regcomp's errors. */
export const RegError = {
  BADPAT: 2,
  ECOLLATE: 3,
  ECTYPE: 4,
  EESCAPE: 5,
  ESUBREG: 6,
  EBRACK: 7,
  EPAREN: 8,
  EBRACE: 9,
  BADBR: 10,
  ERANGE: 11,
  ESPACE: 12,
  BADRPT: 13,
} as const

export class PatternError extends Error {
  readonly code: number
  constructor(code: number) {
    super(`regular expression: error ${code}`)
    this.code = code
  }
}

export interface Options {
  readonly extended: boolean
  readonly fold: boolean
  /** A newline is not taken by `.` and inverted brackets, and ends lines. */
  readonly newline: boolean
}

export interface Pattern {
  readonly root: Node
  readonly groups: number
  readonly backReferences: boolean
  readonly nodes: number
}

const REPEAT_MAX = 32767
const NEWLINE = 10
export const isWord = (code: number): boolean =>
  code === 95 || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

class Parser {
  private readonly text: readonly number[]
  private readonly options: Options
  private at = 0
  private ids = 0
  private groups = 0
  private readonly closed = new Set<number>()
  private depth = 0
  backReferences = false

  constructor(text: readonly number[], options: Options) {
    this.text = text
    this.options = options
  }

  parse(): Pattern {
    const root = this.choice()
    if (this.at < this.text.length) throw new PatternError(RegError.EPAREN)
    return { root, groups: this.groups, backReferences: this.backReferences, nodes: this.ids }
  }

  private character(offset = 0): string {
    return this.at + offset < this.text.length ? String.fromCodePoint(this.text[this.at + offset]) : ''
  }
  /** An operator that basic expressions write with a backslash. */
  private operator(of: string): boolean {
    return this.options.extended ? this.character() === of : this.character() === '\\' && this.character(1) === of
  }
  private skipOperator(): void {
    this.at += this.options.extended ? 1 : 2
  }

  private choice(): Node {
    const parts = [this.sequence()]
    while (this.operator('|')) {
      this.skipOperator()
      parts.push(this.sequence())
    }
    return parts.length === 1 ? parts[0] : { kind: 'choice', id: this.ids++, parts }
  }

  private sequence(): Node {
    const parts: Node[] = []
    for (;;) {
      if (this.at >= this.text.length || this.operator('|') || (this.operator(')') && this.depth > 0)) break
      if (this.operator(')') && !this.options.extended) throw new PatternError(RegError.EPAREN)
      parts.push(this.repeated(this.atom(parts.length === 0)))
    }
    return parts.length === 1 ? parts[0] : { kind: 'sequence', id: this.ids++, parts }
  }

  private repeated(atom: Node): Node {
    let node = atom
    for (;;) {
      const mark = this.character()
      const { extended } = this.options
      let bounds: [number, number] | undefined
      if (atom.kind === 'start' && !extended) return node
      if (mark === '*') {
        this.at++
        bounds = [0, Number.POSITIVE_INFINITY]
      } else if (this.operator('+') || this.operator('?')) {
        bounds = [this.operator('+') ? 1 : 0, this.operator('+') ? Number.POSITIVE_INFINITY : 1]
        this.skipOperator()
      } else if (this.operator('{')) bounds = this.interval()
      if (bounds === undefined) return node
      node = { kind: 'repeat', id: this.ids++, part: node, low: bounds[0], high: bounds[1] }
    }
  }

  private interval(): [number, number] | undefined {
    const { extended } = this.options
    const rest = String.fromCodePoint(...this.text.slice(this.at))
    const match = (extended ? /^\{(\d*)(,?)(\d*)\}/ : /^\\\{(\d*)(,?)(\d*)\\\}/).exec(rest)
    if (match === null || (match[1] === '' && match[2] === '')) {
      if (extended && !/^\{\d/.test(rest)) return undefined
      throw new PatternError(/[}]/.test(rest.slice(1)) ? RegError.BADBR : RegError.EBRACE)
    }
    const low = Number(match[1] || 0)
    const high = match[2] === '' ? low : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])
    if (low > high || low > REPEAT_MAX || (Number.isFinite(high) && high > REPEAT_MAX)) throw new PatternError(RegError.BADBR)
    this.at += match[0].length
    return [low, high]
  }

  private set(matches: (code: number) => boolean): Node {
    return { kind: 'set', id: this.ids++, matches }
  }
  private literal(code: number): Node {
    if (!this.options.fold) return this.set((other) => other === code)
    const text = String.fromCodePoint(code)
    const both = [text.toLowerCase().codePointAt(0), text.toUpperCase().codePointAt(0)]
    return this.set((other) => other === code || both.includes(other))
  }

  private atom(first: boolean): Node {
    const { extended, newline } = this.options
    const mark = this.character()
    if (this.operator('(')) return this.group()
    if (extended && (mark === '*' || mark === '+' || mark === '?' || (mark === '{' && first && /^\d/.test(this.character(1)))) && first)
      throw new PatternError(RegError.BADRPT)
    if (mark === '[') return this.bracketed()
    if (mark === '.') {
      this.at++
      return this.set((code) => !(newline && code === NEWLINE))
    }
    if (mark === '^' && (extended || first)) {
      this.at++
      return { kind: 'start', id: this.ids++ }
    }
    if (mark === '$' && (extended || this.atEnd(1))) {
      this.at++
      return { kind: 'end', id: this.ids++ }
    }
    if (mark === '\\') return this.escaped()
    this.at++
    return this.literal(this.text[this.at - 1])
  }

  /** In a basic expression `$` is an anchor only where it ends the pattern or a group. */
  private atEnd(offset: number): boolean {
    if (this.at + offset >= this.text.length) return true
    return this.character(offset) === '\\' && (this.character(offset + 1) === ')' || this.character(offset + 1) === '|')
  }

  private group(): Node {
    this.skipOperator()
    const index = ++this.groups
    this.depth++
    const part = this.choice()
    this.depth--
    if (!this.operator(')')) throw new PatternError(RegError.EPAREN)
    this.skipOperator()
    this.closed.add(index)
    return { kind: 'group', id: this.ids++, part, index }
  }

  private bracketed(): Node {
    const found = bracket(this.text, this.at + 1, { fold: this.options.fold, escapes: false, negate: '^' })
    if (found === 'class') throw new PatternError(RegError.ECTYPE)
    if (found === undefined) throw new PatternError(RegError.EBRACK)
    const inverted = this.character(1) === '^'
    this.at = found.end
    return this.set((code) => found.matches(code) && !(inverted && this.options.newline && code === NEWLINE))
  }

  private escaped(): Node {
    if (this.at + 1 >= this.text.length) throw new PatternError(RegError.EESCAPE)
    const letter = this.character(1)
    this.at += 2
    const id = this.ids++
    switch (letter) {
      case '<':
        return { kind: 'word-start', id }
      case '>':
        return { kind: 'word-end', id }
      case 'b':
        return { kind: 'word-edge', id }
      case 'B':
        return { kind: 'word-inside', id }
      case '`':
        return { kind: 'buffer-start', id }
      case "'":
        return { kind: 'buffer-end', id }
      case 'w':
        return this.set(isWord)
      case 'W':
        return this.set((code) => !isWord(code))
      case 's':
        return this.set((code) => code === 32 || (code >= 9 && code <= 13))
      case 'S':
        return this.set((code) => !(code === 32 || (code >= 9 && code <= 13)))
    }
    if (/[1-9]/.test(letter)) {
      const index = Number(letter)
      if (!this.closed.has(index)) throw new PatternError(RegError.ESUBREG)
      this.backReferences = true
      return { kind: 'back', id, index }
    }
    return this.literal(this.text[this.at - 1])
  }
}

/** Throws PatternError. */
export const parsePattern = (text: readonly number[], options: Options): Pattern => new Parser(text, options).parse()
