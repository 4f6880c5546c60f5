/** Patterns by their bytes: a process keeps the text, and what it compiles to is found again here, so that fork copies nothing else. */
import { type Pattern, parsePattern } from './parse.ts'
import { textOf } from './text.ts'

const compiled = new Map<string, Pattern>()
const CACHE_MAX = 512

const keyOf = (bytes: Uint8Array): string => {
  let key = ''
  for (let at = 0; at < bytes.length; at += 4096) key += String.fromCharCode(...bytes.subarray(at, at + 4096))
  return key
}

/** Throws PatternError. */
export function patternOf(bytes: Uint8Array, syntax: number, utf8: boolean): Pattern {
  const key = `${syntax}${utf8 ? 'u' : ':'}${keyOf(bytes)}`
  let pattern = compiled.get(key)
  if (pattern === undefined) {
    pattern = parsePattern(Array.from(textOf(bytes, utf8).codes), syntax, utf8)
    if (compiled.size >= CACHE_MAX) compiled.clear()
    compiled.set(key, pattern)
  }
  return pattern
}
