/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/fnmatch.html, with GNU's FNM_LEADING_DIR, FNM_CASEFOLD and FNM_EXTMATCH. */
import { cstring } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'
import { isUtf8 } from '../locale/current.ts'
import { bracket } from '../regex/bracket.ts'
import { RAW, textOf } from '../regex/text.ts'
import { mapCase } from '../wctype/index.ts'

export const Fnm = { pathname: 1, noEscape: 2, period: 4, leadingDir: 8, caseFold: 16, extended: 32 } as const
const SLASH = 0x2f
const DOT = 0x2e
const STAR = 0x2a
const QUESTION = 0x3f
const OPEN = 0x5b
const BACKSLASH = 0x5c
const BAR = 0x7c
const [GROUP, GROUP_END] = [0x28, 0x29]
/** What may stand before a group of FNM_EXTMATCH. */
const Times = { any: STAR, optional: QUESTION, some: 0x2b, one: 0x40, not: 0x21 } as const
const TIMES: readonly number[] = Object.values(Times)

interface Group {
  readonly alternatives: readonly (readonly number[])[]
  readonly end: number
}

/** The group `(a|b)` at `open`; undefined if it does not end. Groups and brackets in it hide their bars, a backslash does not, as in glibc. */
function groupAt(pattern: readonly number[], open: number, escapes: boolean): Group | undefined {
  const alternatives: number[][] = []
  let from = open + 1
  let depth = 0
  for (let i = from; i < pattern.length; i++) {
    const code = pattern[i]
    if (code === OPEN) {
      const set = bracket(pattern, i + 1, { fold: false, escapes, negate: '!^' })
      if (typeof set === 'object') i = set.end - 1
    } else if (TIMES.includes(code) && pattern[i + 1] === GROUP) {
      depth++
      i++
    } else if (code === GROUP_END && depth > 0) depth--
    else if (depth === 0 && (code === BAR || code === GROUP_END)) {
      alternatives.push(pattern.slice(from, i))
      from = i + 1
      if (code === GROUP_END) return { alternatives, end: from }
    }
  }
  return undefined
}

const lower = (code: number): number =>
  code < 128 ? (code >= 65 && code <= 90 ? code + 32 : code) : code < RAW ? mapCase(code, false) : code

/** As characters of the locale's set or as bytes: in UTF-8 either will do, as glibc 2.36 has it. */
export function matchesText(c: LibcCall, pattern: Uint8Array, text: Uint8Array, flags: number): boolean {
  const [a, b] = [textOf(pattern, false).codes, textOf(text, false).codes]
  if (matches(Array.from(a), Array.from(b), flags)) return true
  if (!isUtf8(c)) return false
  const [p, t] = [textOf(pattern, true).codes, textOf(text, true).codes].map((codes) => Array.from(codes))
  return [...p, ...t].every((code) => code < RAW) && matches(p, t, flags)
}

/** True if the whole text matches the pattern. Bytes or characters alike. */
export function matches(pattern: readonly number[], text: readonly number[], flags: number): boolean {
  const pathname = (flags & Fnm.pathname) !== 0
  const fold = (flags & Fnm.caseFold) !== 0
  const extended = (flags & Fnm.extended) !== 0
  const escapes = (flags & Fnm.noEscape) === 0
  const failed = new Set<number>()
  /** A leading period must be matched by a period. */
  const guarded = (t: number): boolean => (flags & Fnm.period) !== 0 && text[t] === DOT && (t === 0 || (pathname && text[t - 1] === SLASH))
  const run = (p: number, t: number): boolean => {
    const key = p * (text.length + 1) + t
    if (failed.has(key)) return false
    const found = step(p, t)
    if (!found) failed.add(key)
    return found
  }
  /** Whether one of a group's alternatives takes the text [from, to); to glibc a repeated or inverted one may be a leading folder of it. */
  const takes = (times: number, { alternatives }: Group, from: number, to: number): boolean => {
    const leading = from === 0 || (pathname && text[from - 1] === SLASH)
    const once = times === Times.one || times === Times.optional
    const inner = flags & ~((leading ? 0 : Fnm.period) | (once ? Fnm.leadingDir : 0))
    return alternatives.some((each) => matches(each, text.slice(from, to), inner))
  }
  const grouped = (times: number, group: Group, t: number): boolean => {
    const places = Array.from({ length: text.length + 1 - t }, (_, i) => t + i)
    if (times === Times.not) return places.some((to) => !takes(times, group, t, to) && run(group.end, to))
    if ((times === Times.any || times === Times.optional) && run(group.end, t)) return true
    const reached = new Set<number>()
    const visit = (from: number): void => {
      for (const to of places) {
        if (to < from || reached.has(to) || !takes(times, group, from, to)) continue
        reached.add(to)
        if (times === Times.any || times === Times.some) visit(to)
      }
    }
    visit(t)
    return [...reached].some((to) => run(group.end, to))
  }
  const step = (p: number, t: number): boolean => {
    if (p === pattern.length) return t === text.length || ((flags & Fnm.leadingDir) !== 0 && text[t] === SLASH)
    const mark = pattern[p]
    const group = extended && TIMES.includes(mark) && pattern[p + 1] === GROUP ? groupAt(pattern, p + 1, escapes) : undefined
    if (group !== undefined) return grouped(mark, group, t)
    if (mark === STAR) {
      if (guarded(t)) return false
      for (let end = t; end <= text.length; end++) {
        if (run(p + 1, end)) return true
        if (pathname && text[end] === SLASH) return false
      }
      return false
    }
    if (t === text.length) return false
    if (mark === QUESTION) return !guarded(t) && !(pathname && text[t] === SLASH) && run(p + 1, t + 1)
    if (mark === OPEN) {
      const set = bracket(pattern, p + 1, { fold, escapes, negate: '!^' })
      if (typeof set === 'object') {
        if (guarded(t) || (pathname && text[t] === SLASH)) return false
        return set.matches(text[t]) && run(set.end, t + 1)
      }
      if (set !== undefined) return false
    }
    const quoted = mark === BACKSLASH && escapes
    if (quoted && p + 1 === pattern.length) return false
    const wanted = quoted ? pattern[p + 1] : mark
    const same = fold ? lower(wanted) === lower(text[t]) : wanted === text[t]
    return same && run(p + (quoted ? 2 : 1), t + 1)
  }
  return run(0, 0)
}

export const fnmatchHeader: HeaderTable = {
  name: 'fnmatch',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/functions/fnmatch.html',
  rows: [
    leaf('fnmatch', 'int(ptr, ptr, int)', (c, pattern: number, text: number, flags: number) => {
      const [a, b] = [cstring(c, pattern), cstring(c, text)]
      return a !== undefined && b !== undefined && matchesText(c, a, b, flags) ? 0 : 1
    }),
  ],
}
