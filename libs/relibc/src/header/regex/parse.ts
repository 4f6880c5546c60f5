/** Regular expressions of every syntax that reg_syntax_t can say (POSIX XBD 9; GNU C library, regex.h), as a tree. */
import { inClass } from '../wctype/index.ts'
import { bracket } from './bracket.ts'
import { Syntax } from './syntax.ts'
import { RAW } from './text.ts'

export type Anchor = 'start' | 'end' | 'word-start' | 'word-end' | 'word-edge' | 'word-inside' | 'buffer-start' | 'buffer-end'

export type Node =
  | { readonly kind: 'set'; readonly id: number; matches(code: number): boolean }
  | { readonly kind: Anchor; readonly id: number }
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
  EEND: 14,
  ESIZE: 15,
  ERPAREN: 16,
} as const

export class PatternError extends Error {
  readonly code: number
  constructor(code: number) {
    super(`regular expression: error ${code}`)
    this.code = code
  }
}

export interface Pattern {
  readonly root: Node
  readonly groups: number
  readonly backReferences: boolean
  readonly nodes: number
  /** Which characters below 256 a match may begin with; undefined if it may be empty. Any other may. */
  readonly first: Uint8Array | undefined
}

const REPEAT_MAX = 32767
const NEWLINE = 10
export const isWord = (code: number): boolean =>
  code === 95 ||
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  (code > 127 && inClass('alnum', code))
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || (code > 127 && inClass('space', code))

type Operator = 'alt' | 'open' | 'close' | 'star' | 'plus' | 'question' | 'open-dup' | 'close-dup' | 'bracket' | 'period'
type Token =
  | { readonly kind: 'character' | Operator; readonly code: number; readonly length: number }
  | { readonly kind: 'anchor'; readonly code: number; readonly length: number; readonly anchor: Anchor }
  | { readonly kind: 'class'; readonly code: number; readonly length: number; matches(code: number): boolean }
  | { readonly kind: 'back'; readonly code: number; readonly length: number; readonly index: number }
  | { readonly kind: 'backslash' | 'end'; readonly code: number; readonly length: number }

const GNU_ANCHORS: Readonly<Record<string, Anchor>> = {
  '<': 'word-start',
  '>': 'word-end',
  b: 'word-edge',
  B: 'word-inside',
  '`': 'buffer-start',
  "'": 'buffer-end',
}
const GNU_CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  w: isWord,
  W: (code) => !isWord(code),
  s: isSpace,
  S: (code) => !isSpace(code),
}

class Parser {
  private readonly text: readonly number[]
  private readonly syntax: number
  /** In UTF-8 what does not decode is matched by itself alone. */
  private readonly last: number
  private at = 0
  private ids = 0
  private groups = 0
  private readonly closed = new Set<number>()
  private token: Token = { kind: 'end', code: -1, length: 0 }
  private backReferences = false

  constructor(text: readonly number[], syntax: number, utf8: boolean) {
    this.text = text
    this.syntax = syntax
    this.last = utf8 ? RAW - 1 : RAW + 255
  }

  parse(): Pattern {
    this.fetch(true)
    const root = this.choice(0) ?? this.empty()
    return { root, groups: this.groups, backReferences: this.backReferences, nodes: this.ids, first: firstOf(root) }
  }

  private has(bit: keyof typeof Syntax): boolean {
    return (this.syntax & Syntax[bit]) !== 0
  }

  private fetch(caretHere = false): void {
    this.token = this.peek(this.at, caretHere)
    this.at += this.token.length
  }

  private peek(at: number, caretHere: boolean): Token {
    const { text } = this
    if (at >= text.length) return { kind: 'end', code: -1, length: 0 }
    const code = text[at]
    if (code === 0x5c) return at + 1 >= text.length ? { kind: 'backslash', code, length: 1 } : this.escaped(text[at + 1])
    if (code === 0x5e) {
      const free = this.has('contextIndepAnchors') || caretHere || at === 0 || (this.has('newlineAlt') && text[at - 1] === NEWLINE)
      return free ? { kind: 'anchor', code, length: 1, anchor: 'start' } : { kind: 'character', code, length: 1 }
    }
    if (code === 0x24) {
      const next = this.has('contextIndepAnchors') || at + 1 === text.length ? 'end' : this.peek(at + 1, false).kind
      const last = next === 'end' || next === 'alt' || next === 'close'
      return last ? { kind: 'anchor', code, length: 1, anchor: 'end' } : { kind: 'character', code, length: 1 }
    }
    return { kind: this.plain(code), code, length: 1 }
  }

  /** What an unquoted character is. */
  private plain(code: number): 'character' | Operator {
    const limited = this.has('limitedOps')
    switch (code) {
      case NEWLINE:
        return this.has('newlineAlt') ? 'alt' : 'character'
      case 0x7c:
        return !limited && this.has('noBkVbar') ? 'alt' : 'character'
      case 0x2a:
        return 'star'
      case 0x2b:
        return !limited && !this.has('bkPlusQm') ? 'plus' : 'character'
      case 0x3f:
        return !limited && !this.has('bkPlusQm') ? 'question' : 'character'
      case 0x7b:
        return this.has('intervals') && this.has('noBkBraces') ? 'open-dup' : 'character'
      case 0x7d:
        return this.has('intervals') && this.has('noBkBraces') ? 'close-dup' : 'character'
      case 0x28:
        return this.has('noBkParens') ? 'open' : 'character'
      case 0x29:
        return this.has('noBkParens') ? 'close' : 'character'
      case 0x5b:
        return 'bracket'
      case 0x2e:
        return 'period'
      default:
        return 'character'
    }
  }

  /** What a character behind a backslash is. */
  private escaped(code: number): Token {
    const limited = this.has('limitedOps')
    const operator = (kind: Operator, when: boolean): Token => ({ kind: when ? kind : 'character', code, length: 2 })
    const letter = code < 128 ? String.fromCharCode(code) : ''
    if (!this.has('noGnuOps')) {
      const anchor = Object.hasOwn(GNU_ANCHORS, letter) ? GNU_ANCHORS[letter] : undefined
      if (anchor !== undefined) return { kind: 'anchor', code, length: 2, anchor }
      const matches = Object.hasOwn(GNU_CLASSES, letter) ? GNU_CLASSES[letter] : undefined
      if (matches !== undefined) return { kind: 'class', code, length: 2, matches }
    }
    switch (letter) {
      case '|':
        return operator('alt', !limited && !this.has('noBkVbar'))
      case '(':
        return operator('open', !this.has('noBkParens'))
      case ')':
        return operator('close', !this.has('noBkParens'))
      case '+':
        return operator('plus', !limited && this.has('bkPlusQm'))
      case '?':
        return operator('question', !limited && this.has('bkPlusQm'))
      case '{':
        return operator('open-dup', this.has('intervals') && !this.has('noBkBraces'))
      case '}':
        return operator('close-dup', this.has('intervals') && !this.has('noBkBraces'))
    }
    if (code >= 0x31 && code <= 0x39 && !this.has('noBkRefs')) return { kind: 'back', code, length: 2, index: code - 0x30 }
    return { kind: 'character', code, length: 2 }
  }

  private empty(): Node {
    return { kind: 'sequence', id: this.ids++, parts: [] }
  }

  private ended(nest: number): boolean {
    const { kind } = this.token
    return kind === 'alt' || kind === 'end' || (nest > 0 && kind === 'close')
  }

  private choice(nest: number): Node | undefined {
    let parts = [this.sequence(nest)]
    while (this.token.kind === 'alt') {
      this.fetch(true)
      parts = [...parts, this.ended(nest) ? undefined : this.sequence(nest)]
    }
    return parts.length === 1 ? parts[0] : { kind: 'choice', id: this.ids++, parts: parts.map((part) => part ?? this.empty()) }
  }

  private sequence(nest: number): Node | undefined {
    const parts: Node[] = []
    do {
      const part = this.expression(nest)
      if (part !== undefined) parts.push(part)
    } while (!this.ended(nest))
    if (parts.length < 2) return parts[0]
    return { kind: 'sequence', id: this.ids++, parts }
  }

  private expression(nest: number): Node | undefined {
    const { token } = this
    let node: Node | undefined
    switch (token.kind) {
      case 'character':
        node = this.literal(token.code)
        break
      case 'open':
        node = this.group(nest + 1)
        break
      case 'bracket':
        node = this.bracketed()
        break
      case 'back':
        if (!this.closed.has(token.index)) throw new PatternError(RegError.ESUBREG)
        this.backReferences = true
        node = { kind: 'back', id: this.ids++, index: token.index }
        break
      case 'open-dup':
      case 'star':
      case 'plus':
      case 'question':
        if (token.kind === 'open-dup' && this.has('contextInvalidDup')) throw new PatternError(RegError.BADRPT)
        if (this.has('contextInvalidOps') && !this.has('contextInvalidDup')) throw new PatternError(RegError.BADRPT)
        if (this.has('contextIndepOps')) {
          this.fetch()
          return this.expression(nest)
        }
        node = this.literal(token.code)
        break
      case 'close':
        if (!this.has('unmatchedRightParenOrd')) throw new PatternError(RegError.ERPAREN)
        node = this.literal(token.code)
        break
      case 'close-dup':
        node = this.literal(token.code)
        break
      case 'anchor':
        // No repetition follows an anchor: what stands there is a character, or an error.
        this.fetch(true)
        return { kind: token.anchor, id: this.ids++ }
      case 'period': {
        const [newline, nul] = [this.has('dotNewline'), !this.has('dotNotNull')]
        node = this.set((code) => code <= this.last && (newline || code !== NEWLINE) && (nul || code !== 0))
        break
      }
      case 'class':
        node = this.set(token.matches)
        break
      case 'backslash':
        throw new PatternError(RegError.EESCAPE)
      default:
        return undefined
    }
    this.fetch()
    return this.repeated(node)
  }

  private repeated(atom: Node | undefined): Node | undefined {
    let node = atom
    for (;;) {
      const { kind } = this.token
      if (kind !== 'star' && kind !== 'plus' && kind !== 'question' && kind !== 'open-dup') return node
      const bounds = kind === 'open-dup' ? this.interval() : kind === 'star' ? [0, Infinity] : kind === 'plus' ? [1, Infinity] : [0, 1]
      // An interval that is none begins with an ordinary brace, which is the token now.
      if (bounds === undefined) return node
      this.fetch()
      if (node !== undefined)
        node = bounds[1] === 0 ? undefined : { kind: 'repeat', id: this.ids++, part: node, low: bounds[0], high: bounds[1] }
      const { kind: next } = this.token
      if (this.has('contextInvalidDup') && (next === 'star' || next === 'open-dup')) throw new PatternError(RegError.BADRPT)
    }
  }

  /** {n}, {n,}, {n,m} and {,m}. */
  private interval(): readonly [number, number] | undefined {
    const [place, brace] = [this.at, this.token]
    let low = this.number()
    let high: number | undefined
    if (low === 'none') {
      if (this.token.code !== 0x2c || this.token.kind !== 'character') throw new PatternError(RegError.BADBR)
      low = 0
    }
    if (low !== 'bad') {
      if (this.token.kind === 'close-dup') high = low
      else if (this.token.kind === 'character' && this.token.code === 0x2c) {
        const to = this.number()
        if (to !== 'bad') high = to === 'none' ? Number.POSITIVE_INFINITY : to
      }
    }
    if (low === 'bad' || high === undefined) {
      if (!this.has('invalidIntervalOrd')) throw new PatternError(this.token.kind === 'end' ? RegError.EBRACE : RegError.BADBR)
      this.at = place
      this.token = { kind: 'character', code: brace.code, length: brace.length }
      return undefined
    }
    if (low > high || this.token.kind !== 'close-dup') throw new PatternError(RegError.BADBR)
    if ((Number.isFinite(high) ? high : low) > REPEAT_MAX) throw new PatternError(RegError.ESIZE)
    return [low, high]
  }

  private number(): number | 'none' | 'bad' {
    let value: number | 'none' | 'bad' = 'none'
    for (;;) {
      this.fetch()
      const { kind, code } = this.token
      if (kind === 'end') return 'bad'
      if (kind === 'close-dup' || code === 0x2c) return value
      if (kind !== 'character' || code < 0x30 || code > 0x39 || value === 'bad') value = 'bad'
      else value = Math.min(REPEAT_MAX + 1, (value === 'none' ? 0 : value) * 10 + code - 0x30)
    }
  }

  private set(matches: (code: number) => boolean): Node {
    return { kind: 'set', id: this.ids++, matches }
  }

  private literal(code: number): Node {
    if (!this.has('fold') || code > 0x10ffff) return this.set((other) => other === code)
    const text = String.fromCodePoint(code)
    const both = [text.toLowerCase().codePointAt(0), text.toUpperCase().codePointAt(0)]
    return this.set((other) => other === code || both.includes(other))
  }

  private group(nest: number): Node {
    const index = ++this.groups
    this.fetch(true)
    const part = this.token.kind === 'close' ? undefined : this.choice(nest)
    if (this.token.kind !== 'close') throw new PatternError(RegError.EPAREN)
    this.closed.add(index)
    return { kind: 'group', id: this.ids++, part: part ?? this.empty(), index }
  }

  private bracketed(): Node {
    const found = bracket(this.text, this.at, {
      fold: this.has('fold'),
      escapes: this.has('backslashInLists'),
      negate: '^',
      noEmptyRanges: this.has('noEmptyRanges'),
      strictHyphens: true,
      plainClasses: !this.has('charClasses'),
      asciiRanges: this.last < RAW,
    })
    if (found === 'class') throw new PatternError(RegError.ECTYPE)
    if (found === 'range') throw new PatternError(RegError.ERANGE)
    if (found === 'collation') throw new PatternError(RegError.ECOLLATE)
    if (found === undefined) throw new PatternError(RegError.EBRACK)
    const inverted = this.text[this.at] === 0x5e
    this.at = found.end
    const line = inverted && this.has('hatListsNotNewline')
    return this.set((code) => found.matches(code) && !(line && code === NEWLINE) && !(inverted && code > this.last))
  }
}

/** The first characters of what a node matches; undefined if it may match nothing. */
function firstOf(node: Node): Uint8Array | undefined {
  switch (node.kind) {
    case 'set':
      return Uint8Array.from({ length: 256 }, (_, code) => (node.matches(code) ? 1 : 0))
    case 'group':
      return firstOf(node.part)
    case 'repeat':
      return node.low === 0 ? undefined : firstOf(node.part)
    case 'choice': {
      const all = node.parts.map(firstOf)
      return all.includes(undefined) ? undefined : Uint8Array.from({ length: 256 }, (_, code) => (all.some((each) => each![code]) ? 1 : 0))
    }
    case 'sequence': {
      // A part that may be empty leaves the rest to begin; what it may begin with itself would have to be joined.
      for (const part of node.parts) {
        if (part.kind === 'set' || part.kind === 'group' || part.kind === 'repeat' || part.kind === 'choice') return firstOf(part)
        if (part.kind === 'back' || part.kind === 'sequence') return undefined
      }
      return undefined
    }
    default:
      return undefined
  }
}

/** Throws PatternError. */
export const parsePattern = (text: readonly number[], syntax: number, utf8 = false): Pattern => new Parser(text, syntax, utf8).parse()
