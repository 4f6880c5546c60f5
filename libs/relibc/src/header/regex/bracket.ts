/** Bracket expressions and character classes of patterns (POSIX XBD 9.3.5), over bytes or characters. */
import { Class, classesOf } from '../ctype/classes.ts'
import { inClass } from '../wctype/index.ts'

/** Where the expression ends, and whether it takes a character; undefined if it does not end. */
export interface Bracket {
  readonly end: number
  matches(code: number): boolean
}

const LAST = 0x10_ffff

const isClass = (name: string): name is keyof typeof Class => Object.hasOwn(Class, name)

/**
 * `at` is behind the `[`. `escapes`: a backslash quotes, as in fnmatch; `negate`: the characters that invert;
 * 'range': one that ends before it begins, where `noEmptyRanges` forbids it, or that begins with a hyphen, where `strictHyphens` does;
 * `plainClasses`: [: begins no class;
 * 'collation': a name between [. and .] that is not one character, or an end beyond ASCII, for which glibc's C.UTF-8 has no order, where `asciiRanges` says so.
 */
export function bracket(
  text: readonly number[],
  at: number,
  options: {
    fold: boolean
    escapes: boolean
    negate: string
    noEmptyRanges?: boolean
    strictHyphens?: boolean
    plainClasses?: boolean
    asciiRanges?: boolean
  },
): Bracket | undefined | 'class' | 'range' | 'collation' {
  const character = (i: number): string => (i < text.length && text[i] <= 0x10ffff ? String.fromCodePoint(text[i]) : '')
  let i = at
  const inverted = character(i) !== '' && options.negate.includes(character(i))
  if (inverted) i++
  const ranges: [number, number][] = []
  const classes: (keyof typeof Class)[] = []
  /** One end of a range: a character, a quoted one, or [.x.]. */
  const one = (): number | undefined | 'collation' => {
    if (character(i) === '[' && (character(i + 1) === '.' || character(i + 1) === '=')) {
      const close = character(i + 1)
      const name = i + 2
      let end = name
      while (end < text.length && (character(end) !== close || character(end + 1) !== ']')) end++
      i = end + 2
      if (i >= text.length) return undefined
      return end === name + 1 ? text[name] : 'collation'
    }
    if (options.escapes && character(i) === '\\' && i + 1 < text.length) i++
    return text[i++]
  }
  for (let first = true; ; first = false) {
    if (i >= text.length) return undefined
    if (character(i) === ']' && !first) break
    if (!options.plainClasses && character(i) === '[' && character(i + 1) === ':') {
      const end = text.indexOf(0x3a, i + 2)
      const name = end < 0 || end > i + 10 ? '' : String.fromCharCode(...text.slice(i + 2, end))
      if (end < 0 || character(end + 1) !== ']' || !isClass(name)) return 'class'
      classes.push(name)
      i = end + 2
      continue
    }
    if (options.strictHyphens && !first && character(i) === '-' && character(i + 1) !== ']') return 'range'
    const from = one()
    if (typeof from !== 'number') return from
    let to = from
    if (character(i) === '-' && i + 1 < text.length && character(i + 1) !== ']') {
      i++
      const last = one()
      if (typeof last !== 'number') return last
      to = last
      if (options.asciiRanges && ((from > 127 && from <= LAST) || (to > 127 && to <= LAST))) return 'collation'
      if (to < from && options.noEmptyRanges) return 'range'
    }
    ranges.push([from, to])
  }
  const inside = (code: number): boolean =>
    ranges.some(([from, to]) => code >= from && code <= to) ||
    classes.some((name) => (code < 128 ? (classesOf(code) & Class[name]) !== 0 : inClass(name, code)))
  const folded = (code: number): boolean => {
    if (inside(code)) return true
    if (!options.fold || code > 0x10ffff) return false
    const text = String.fromCodePoint(code)
    return inside(text.toLowerCase().codePointAt(0)!) || inside(text.toUpperCase().codePointAt(0)!)
  }
  return { end: i + 1, matches: (code) => folded(code) !== inverted }
}
