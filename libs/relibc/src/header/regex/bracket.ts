/** Bracket expressions and character classes of patterns (POSIX XBD 9.3.5), over bytes or characters. */
import { Class, classesOf } from '../ctype/classes.ts'

/** Where the expression ends, and whether it takes a character; undefined if it does not end. */
export interface Bracket {
  readonly end: number
  matches(code: number): boolean
}

const isClass = (name: string): name is keyof typeof Class => Object.hasOwn(Class, name)

/** `at` is behind the `[`. `escapes`: a backslash quotes, as in fnmatch; `negate`: the characters that invert. */
export function bracket(
  text: readonly number[],
  at: number,
  options: { fold: boolean; escapes: boolean; negate: string },
): Bracket | undefined | 'class' {
  const character = (i: number): string => (i < text.length ? String.fromCodePoint(text[i]) : '')
  let i = at
  const inverted = character(i) !== '' && options.negate.includes(character(i))
  if (inverted) i++
  const ranges: [number, number][] = []
  const classes: (keyof typeof Class)[] = []
  /** One end of a range: a character, a quoted one, or [.x.]. */
  const one = (): number | undefined => {
    if (character(i) === '[' && (character(i + 1) === '.' || character(i + 1) === '=')) {
      const close = character(i + 1)
      const code = text[i + 2]
      if (character(i + 3) !== close || character(i + 4) !== ']') return undefined
      i += 5
      return code
    }
    if (options.escapes && character(i) === '\\' && i + 1 < text.length) i++
    return text[i++]
  }
  for (let first = true; ; first = false) {
    if (i >= text.length) return undefined
    if (character(i) === ']' && !first) break
    if (character(i) === '[' && character(i + 1) === ':') {
      const end = text.indexOf(0x3a, i + 2)
      const name = end < 0 ? '' : String.fromCodePoint(...text.slice(i + 2, end))
      if (end < 0 || character(end + 1) !== ']' || !isClass(name)) return 'class'
      classes.push(name)
      i = end + 2
      continue
    }
    const from = one()
    if (from === undefined) return undefined
    let to = from
    if (character(i) === '-' && i + 1 < text.length && character(i + 1) !== ']') {
      i++
      const last = one()
      if (last === undefined) return undefined
      to = last
    }
    ranges.push([from, to])
  }
  const inside = (code: number): boolean =>
    ranges.some(([from, to]) => code >= from && code <= to) || classes.some((name) => (classesOf(code) & Class[name]) !== 0)
  const folded = (code: number): boolean => {
    if (inside(code)) return true
    if (!options.fold || code > 127) return false
    const text = String.fromCharCode(code)
    return inside(text.toLowerCase().charCodeAt(0)) || inside(text.toUpperCase().charCodeAt(0))
  }
  return { end: i + 1, matches: (code) => folded(code) !== inverted }
}
