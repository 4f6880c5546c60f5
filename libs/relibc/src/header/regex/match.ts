/**
 * Leftmost longest matching. Of the ways to the longest match glibc reports the groups of the first: earlier alternatives before later
 * ones, more repetitions before fewer. For every node and place the possible ends are found once, in that order; then the groups are placed.
 */
import { isWord, type Node, type Pattern } from './parse.ts'
import { RAW } from './text.ts'

export interface MatchOptions {
  readonly notBegin: boolean
  readonly notEnd: boolean
  readonly newline: boolean
  readonly fold: boolean
}

export interface Span {
  readonly from: number
  readonly to: number
}

/** Steps after which a pattern with back references is given up: its matching may take exponential time. */
const STEPS_MAX = 5_000_000
const NEWLINE = 10

export class Matcher {
  private readonly pattern: Pattern
  private readonly text: ArrayLike<number>
  private readonly options: MatchOptions
  private readonly ends = new Map<number, readonly number[]>()
  private groups: (Span | undefined)[] = []
  private steps = 0

  constructor(pattern: Pattern, text: ArrayLike<number>, options: MatchOptions) {
    this.pattern = pattern
    this.text = text
    this.options = options
  }

  /** The whole match that begins at `from`, else nearest to it on the way to `to`, and its groups; or undefined. */
  search(from = 0, to = this.text.length): readonly (Span | undefined)[] | undefined {
    const step = from <= to ? 1 : -1
    const { first } = this.pattern
    const { text } = this
    for (let start = from; step > 0 ? start <= to : start >= to; start += step) {
      if (first !== undefined && (start === text.length || first[text[start]] === 0)) continue
      const found = this.at(start)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** The longest match that begins at a place. */
  at(start: number): readonly (Span | undefined)[] | undefined {
    const { root, backReferences, groups } = this.pattern
    this.groups = new Array(groups + 1).fill(undefined)
    if (backReferences) return this.backtracked(start)
    const ends = this.endsOf(root, start)
    if (ends.length === 0) return undefined
    const end = ends.reduce((longest, each) => Math.max(longest, each))
    this.place(root, start, end)
    this.groups[0] = { from: start, to: end }
    return this.groups
  }

  /** Ends of a node that begins at `from`, the preferred ones first. */
  private endsOf(node: Node, from: number): readonly number[] {
    if (node.kind === 'set') return from < this.text.length && node.matches(this.text[from]) ? [from + 1] : []
    const key = node.id * (this.text.length + 1) + from
    const known = this.ends.get(key)
    if (known !== undefined) return known
    const found = this.compute(node, from)
    this.ends.set(key, found)
    return found
  }

  private compute(node: Node, from: number): readonly number[] {
    switch (node.kind) {
      case 'sequence':
        return this.sequenceEnds(node.parts, from)
      case 'choice':
        return [...new Set(node.parts.flatMap((part) => this.endsOf(part, from)))]
      case 'group':
        return this.endsOf(node.part, from)
      case 'repeat':
        return this.repeatEnds(node, from)
      case 'back':
        return []
      case 'set':
        return this.endsOf(node, from)
      default:
        return this.holds(node.kind, from) ? [from] : []
    }
  }

  private sequenceEnds(parts: readonly Node[], from: number): readonly number[] {
    let places = new Set([from])
    for (const part of parts) {
      const next = new Set<number>()
      for (const place of places) for (const end of this.endsOf(part, place)) next.add(end)
      places = next
      if (places.size === 0) break
    }
    return [...places]
  }

  /** Deeper rounds come before what they grow from; a round that takes nothing leads nowhere once enough rounds are done. */
  private repeatEnds(node: Node & { kind: 'repeat' }, from: number): readonly number[] {
    if (node.part.kind === 'set') return this.runEnds(node.part, from, node.low, node.high)
    const found = new Set<number>()
    const seen = new Set<number>()
    const bounded = Number.isFinite(node.high) ? node.high : node.low
    const visit = (place: number, count: number): void => {
      const state = place * (bounded + 2) + Math.min(count, bounded + 1)
      if (seen.has(state)) return
      seen.add(state)
      if (count < node.high) for (const end of this.endsOf(node.part, place)) if (end > place || count < node.low) visit(end, count + 1)
      if (count >= node.low) found.add(place)
    }
    visit(from, 0)
    return [...found]
  }

  /** Ends of a repeated single character: every length of the run, longest first. */
  private runEnds(part: Node & { kind: 'set' }, from: number, low: number, high: number): readonly number[] {
    let length = 0
    while (length < high && from + length < this.text.length && part.matches(this.text[from + length])) length++
    return Array.from({ length: Math.max(length - low + 1, 0) }, (_, i) => from + length - i)
  }

  private holds(kind: string, at: number): boolean {
    const { text, options } = this
    const before = at > 0 && isWord(text[at - 1])
    const after = at < text.length && isWord(text[at])
    switch (kind) {
      case 'start':
        return (at === 0 && !options.notBegin) || (options.newline && at > 0 && text[at - 1] === NEWLINE)
      case 'end':
        return (at === text.length && !options.notEnd) || (options.newline && text[at] === NEWLINE)
      case 'buffer-start':
        return at === 0
      case 'buffer-end':
        return at === text.length
      case 'word-start':
        return !before && after
      case 'word-end':
        return before && !after
      case 'word-edge':
        return before !== after
      default:
        return before === after
    }
  }

  /** Sets the groups of a node that is known to match [from, to). */
  private place(node: Node, from: number, to: number): void {
    switch (node.kind) {
      case 'group':
        this.groups[node.index] = { from, to }
        this.place(node.part, from, to)
        return
      case 'choice': {
        const part = node.parts.find((each) => this.endsOf(each, from).includes(to))
        if (part !== undefined) this.place(part, from, to)
        return
      }
      case 'sequence': {
        let at = from
        node.parts.forEach((part, i) => {
          const rest = node.parts.slice(i + 1)
          const end = this.endsOf(part, at).find((each) => this.sequenceEnds(rest, each).includes(to)) ?? at
          this.place(part, at, end)
          at = end
        })
        return
      }
      case 'repeat':
        this.placeRepeat(node, from, to)
        return
    }
  }

  /** The last round is what a group in a repetition reports; each round takes the first end that leaves the rest possible. */
  private placeRepeat(node: Node & { kind: 'repeat' }, from: number, to: number): void {
    let at = from
    for (let count = 1; count <= node.high; count++) {
      if (at === to && count > Math.max(node.low, 1)) return
      const rest = { ...node, id: -1, low: Math.max(node.low - count, 0), high: node.high - count }
      const end = this.endsOf(node.part, at).find((each) => (each > at || each === to) && this.repeatEnds(rest, each).includes(to))
      if (end === undefined) return
      this.place(node.part, at, end)
      if (end === at) return
      at = end
    }
  }

  /** With back references ends depend on the groups: every way is tried, and the longest kept. */
  private backtracked(start: number): readonly (Span | undefined)[] | undefined {
    let best: (Span | undefined)[] | undefined
    this.walk(this.pattern.root, start, (end) => {
      if (best === undefined || end > best[0]!.to) {
        best = [...this.groups]
        best[0] = { from: start, to: end }
      }
      return end === this.text.length
    })
    return best
  }

  /** Calls `then` with each end in turn until it answers true. */
  private walk(node: Node, from: number, then: (end: number) => boolean): boolean {
    if (++this.steps > STEPS_MAX) return true
    switch (node.kind) {
      case 'group':
        return this.walk(node.part, from, (end) => {
          const before = this.groups[node.index]
          this.groups[node.index] = { from, to: end }
          if (then(end)) return true
          this.groups[node.index] = before
          return false
        })
      case 'sequence': {
        const run = (i: number, at: number): boolean =>
          i === node.parts.length ? then(at) : this.walk(node.parts[i], at, (end) => run(i + 1, end))
        return run(0, from)
      }
      case 'choice':
        return node.parts.some((part) => this.walk(part, from, then))
      case 'repeat': {
        const run = (count: number, at: number): boolean => {
          if (
            count < node.high &&
            this.walk(node.part, at, (end) => (end === at && count >= Math.max(node.low, 1) ? false : run(count + 1, end)))
          )
            return true
          return count >= node.low && then(at)
        }
        return run(0, from)
      }
      case 'back': {
        const group = this.groups[node.index]
        if (group === undefined) return false
        for (let i = 0; i < group.to - group.from; i++) if (!this.same(this.text[group.from + i], this.text[from + i])) return false
        return then(from + group.to - group.from)
      }
      case 'set':
        return from < this.text.length && node.matches(this.text[from]) && then(from + 1)
      default:
        return this.holds(node.kind, from) && then(from)
    }
  }

  private same(a: number, b: number | undefined): boolean {
    if (a === b || b === undefined) return a === b
    return this.options.fold && a < RAW && b < RAW && String.fromCodePoint(a).toLowerCase() === String.fromCodePoint(b).toLowerCase()
  }
}
