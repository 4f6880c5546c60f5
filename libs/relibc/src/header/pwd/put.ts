/** putpwent(3) and its like: a struct as a line of its file. What would break the line is refused, in a comment on the user it becomes a blank. */
import type { Co } from '@bootgraph/kernel'
import { readable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { blocking, type SymbolRow } from '../../registry/define.ts'
import { isStream, put } from '../stdio/stream.ts'
import { isMark } from './database.ts'

const EINVAL = 22

/** Reads a struct's members; `broken` once one cannot stand in a line. */
class Members {
  readonly c: LibcCall
  readonly at: number
  broken = false

  constructor(c: LibcCall, at: number, size: number) {
    this.c = c
    this.at = at
    this.broken = !readable(c, at, size)
  }

  /** A text without what parts fields; an absent one is empty. */
  text(offset: number): string {
    return this.#string(this.c.memory.getSize(this.at + offset), /[:\n]/)
  }
  name(offset: number): string {
    if (this.c.memory.getSize(this.at + offset) === 0) this.broken = true
    return this.text(offset)
  }
  comment(offset: number): string {
    return this.#string(this.c.memory.getSize(this.at + offset), /(?!)/).replace(/[:\n]/g, ' ')
  }
  list(offset: number): string {
    const out: string[] = []
    const vector = this.c.memory.getSize(this.at + offset)
    for (let at = vector; readable(this.c, at, 8) && this.c.memory.getSize(at) !== 0; at += 8)
      out.push(this.#string(this.c.memory.getSize(at), /[:\n,]/))
    return out.join(',')
  }
  /** Empty for -1. */
  date(offset: number): string {
    const value = BigInt.asIntN(64, this.c.memory.getU64(this.at + offset))
    return value === -1n ? '' : String(value)
  }
  id(offset: number, name: string): string {
    return isMark(name) ? '' : String(this.c.memory.getU32(this.at + offset))
  }

  #string(at: number, forbidden: RegExp): string {
    const text = at === 0 ? '' : this.c.string(at)
    if (forbidden.test(text)) this.broken = true
    return text
  }
}

type Line = (m: Members, name: string) => readonly string[]

/** The fields behind the name, which every such struct begins with. */
function* write(c: LibcCall, at: number, size: number, file: number, rest: Line): Co<number> {
  if (!readable(c, at, size) || !isStream(c, file)) return c.fail(EINVAL)
  const members = new Members(c, at, size)
  const name = members.name(0)
  const line = members.broken ? [] : [name, members.text(8), ...rest(members, name)]
  if (members.broken) return c.fail(EINVAL)
  return (yield* put(c, file, new TextEncoder().encode(`${line.join(':')}\n`))) ? 0 : -1
}

const row = (name: string, size: number, rest: Line): SymbolRow =>
  blocking(name, 'int(ptr, ptr)', (c, at: number, file: number) => write(c, at, size, file, rest))

export const putRows: readonly SymbolRow[] = [
  row('putpwent', 48, (m, name) => [m.id(16, name), m.id(20, name), m.comment(24), m.text(32), m.text(40)]),
  row('putgrent', 32, (m, name) => [m.id(16, name), m.list(24)]),
  row('putspent', 72, (m) => [16, 24, 32, 40, 48, 56, 64].map((offset) => m.date(offset))),
  row('putsgent', 32, (m) => [m.list(16), m.list(24)]),
]
