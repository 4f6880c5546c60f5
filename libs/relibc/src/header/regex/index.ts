/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/regex.h.html; text is matched byte by byte. */
import { cstring, EFAULT, putString, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { Matcher, type Span } from './match.ts'
import { type Pattern, PatternError, parsePattern } from './parse.ts'

/**
 * regex_t as linux-gnu has it, 64 bytes: re_nsub is read by programs at 48. Ours at 0: a block of the heap with the flags (u32), the
 * length (u32) and the pattern, so that fork copies it; what it compiles to is found again by its bytes.
 */
const NSUB = 48
const REGEX_SIZE = 64
const Compile = { extended: 1, fold: 2, newline: 4, noSub: 8 } as const
const Execute = { notBegin: 1, notEnd: 2, startEnd: 4 } as const
const NOMATCH = 1
const ESPACE = 12

const compiled = new Map<string, Pattern>()
const CACHE_MAX = 512

function patternOf(bytes: Uint8Array, flags: number): Pattern {
  const key = `${flags & 7}:${String.fromCharCode(...bytes)}`
  let pattern = compiled.get(key)
  if (pattern === undefined) {
    pattern = parsePattern([...bytes], {
      extended: (flags & Compile.extended) !== 0,
      fold: (flags & Compile.fold) !== 0,
      newline: (flags & Compile.newline) !== 0,
    })
    if (compiled.size >= CACHE_MAX) compiled.clear()
    compiled.set(key, pattern)
  }
  return pattern
}

function regcomp(c: LibcCall, regex: number, text: number, flags: number): number {
  const bytes = cstring(c, text)
  if (bytes === undefined || !writable(c, regex, REGEX_SIZE)) return ESPACE
  try {
    const pattern = patternOf(bytes, flags)
    const block = malloc(c, 8 + bytes.length)
    if (block === 0) return ESPACE
    c.memory.bytes(regex, REGEX_SIZE).fill(0)
    c.memory.setU32(block, flags)
    c.memory.setU32(block + 4, bytes.length)
    c.memory.u8.set(bytes, block + 8)
    c.memory.setSize(regex, block)
    c.memory.setSize(regex + NSUB, pattern.groups)
    return 0
  } catch (error) {
    if (error instanceof PatternError) return error.code
    throw error
  }
}

/** regmatch_t: two ints, -1 where a group took no part. */
function putSpan(c: LibcCall, at: number, span: Span | undefined, base: number): void {
  c.memory.setI32(at, span === undefined ? -1 : span.from + base)
  c.memory.setI32(at + 4, span === undefined ? -1 : span.to + base)
}

function regexec(c: LibcCall, regex: number, text: number, count: number, out: number, flags: number): number {
  const { memory } = c
  const block = readable(c, regex, REGEX_SIZE) ? memory.getSize(regex) : 0
  if (!readable(c, block, 8) || !readable(c, block + 8, memory.getU32(block + 4))) return NOMATCH
  const compileFlags = memory.getU32(block)
  const told = (compileFlags & Compile.noSub) === 0 && writable(c, out, count * 8) ? count : 0
  const bounded = (flags & Execute.startEnd) !== 0 && readable(c, out, 8)
  const [from, to] = bounded ? [memory.getI32(out), memory.getI32(out + 4)] : [0, memory.cstrEnd(text) - text]
  if (to < from || !readable(c, text + from, to - from)) return NOMATCH
  const matcher = new Matcher(
    patternOf(memory.u8.slice(block + 8, block + 8 + memory.getU32(block + 4)), compileFlags),
    memory.u8.slice(text + from, text + to),
    {
      notBegin: (flags & Execute.notBegin) !== 0,
      notEnd: (flags & Execute.notEnd) !== 0,
      newline: (compileFlags & Compile.newline) !== 0,
      fold: (compileFlags & Compile.fold) !== 0,
    },
  )
  const found = matcher.search()
  if (found === undefined) return NOMATCH
  for (let i = 0; i < told; i++) putSpan(c, out + i * 8, found[i], from)
  return 0
}

function regfree(c: LibcCall, regex: number): void {
  if (!writable(c, regex, REGEX_SIZE)) return
  free(c, c.memory.getSize(regex))
  c.memory.setSize(regex, 0)
}

/** By number, as linux-gnu words them. */
const MESSAGES = [
  'Success',
  'No match',
  'Invalid regular expression',
  'Invalid collation character',
  'Invalid character class name',
  'Trailing backslash',
  'Invalid back reference',
  'Unmatched [, [^, [:, [., or [=',
  'Unmatched ( or \\(',
  'Unmatched \\{',
  'Invalid content of \\{\\}',
  'Invalid range end',
  'Memory exhausted',
  'Invalid preceding regular expression',
  'Premature end of regular expression',
  'Regular expression too big',
  'Unmatched ) or \\)',
]

function regerror(c: LibcCall, code: number, _regex: number, out: number, size: number): number {
  const text = MESSAGES[code] ?? 'Unknown error'
  if (size > 0) {
    if (!writable(c, out, size)) return c.fail(EFAULT) + 1
    putString(c, out, size, text.slice(0, size - 1))
  }
  return text.length + 1
}

export const regexHeader: HeaderTable = {
  name: 'regex',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/regex.h.html',
  rows: [
    leaf('regcomp', 'int(ptr, ptr, int)', regcomp),
    leaf('regerror', 'size(int, ptr, ptr, size)', regerror),
    leaf('regexec', 'int(ptr, ptr, size, ptr, int)', regexec),
    leaf('regfree', 'void(ptr)', regfree),
  ],
}
