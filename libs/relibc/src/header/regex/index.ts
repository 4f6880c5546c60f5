/** https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/regex.h.html and GNU's re_search and its neighbours beside it. */
import { cstring, EFAULT, putString, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { type HeaderTable, leaf } from '../../registry/define.ts'
import { free } from '../stdlib/malloc.ts'
import { Buffer, BufferFlag, find, keep, MESSAGES } from './buffer.ts'
import { gnuRows } from './gnu.ts'
import type { Span } from './match.ts'
import { PatternError, RegError } from './parse.ts'
import { POSIX_BASIC, POSIX_EXTENDED, Syntax } from './syntax.ts'

const Compile = { extended: 1, fold: 2, newline: 4, noSub: 8 } as const
const Execute = { notBegin: 1, notEnd: 2, startEnd: 4 } as const
const NOMATCH = 1
const ESPACE = 12

function regcomp(c: LibcCall, regex: number, text: number, flags: number): number {
  const bytes = cstring(c, text)
  if (bytes === undefined || !writable(c, regex, Buffer.size)) return ESPACE
  let syntax = flags & Compile.extended ? POSIX_EXTENDED : POSIX_BASIC
  if (flags & Compile.fold) syntax |= Syntax.fold
  if (flags & Compile.newline) syntax = (syntax & ~Syntax.dotNewline) | Syntax.hatListsNotNewline
  c.memory.bytes(regex, Buffer.size).fill(0)
  try {
    if (!keep(c, regex, bytes, syntax)) return ESPACE
  } catch (error) {
    // POSIX has one number for a parenthesis that lacks its other half.
    if (error instanceof PatternError) return error.code === RegError.ERPAREN ? RegError.EPAREN : error.code
    throw error
  }
  const noSub = flags & Compile.noSub ? BufferFlag.noSub : 0
  c.memory.setU32(regex + Buffer.flags, noSub | (flags & Compile.newline ? BufferFlag.newlineAnchor : 0))
  return 0
}

/** regmatch_t: two ints, -1 where a group took no part. */
function putSpan(c: LibcCall, at: number, span: Span | undefined): void {
  c.memory.setI32(at, span?.from ?? -1)
  c.memory.setI32(at + 4, span?.to ?? -1)
}

function regexec(c: LibcCall, regex: number, text: number, count: number, out: number, flags: number): number {
  const { memory } = c
  if (!readable(c, regex, Buffer.size)) return NOMATCH
  const told = memory.getU8(regex + Buffer.flags) & BufferFlag.noSub ? 0 : writable(c, out, count * 8) ? count : 0
  const bounded = (flags & Execute.startEnd) !== 0 && readable(c, out, 8)
  const [from, to] = bounded ? [memory.getI32(out), memory.getI32(out + 4)] : [0, memory.cstrEnd(text) - text]
  if (to < from || !readable(c, text, to)) return NOMATCH
  const found = find(c, regex, memory.u8.slice(text, text + to), {
    from,
    to,
    notBegin: (flags & Execute.notBegin) !== 0,
    notEnd: (flags & Execute.notEnd) !== 0,
  })
  if (found === undefined) return NOMATCH
  for (let i = 0; i < told; i++) putSpan(c, out + i * 8, found[i])
  return 0
}

function regfree(c: LibcCall, regex: number): void {
  if (!writable(c, regex, Buffer.size)) return
  for (const field of [Buffer.block, Buffer.fastmap, Buffer.translate]) {
    free(c, c.memory.getSize(regex + field))
    c.memory.setSize(regex + field, 0)
  }
}

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
    ...gnuRows,
  ],
}
