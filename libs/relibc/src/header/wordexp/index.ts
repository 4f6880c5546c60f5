/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/wordexp.html */
import type { Co } from '@bootgraph/kernel'
import { path, readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, type HeaderTable, leaf } from '../../registry/define.ts'
import { free, malloc } from '../stdlib/malloc.ts'
import { Expansion, Failure, Flag, NotExpanded } from './expand.ts'

/** wordexp_t. */
const Words = { count: 0, vector: 8, offset: 16, size: 24 } as const

function wordfree(c: LibcCall, at: number): void {
  if (!writable(c, at, Words.size)) return
  const { memory } = c
  const vector = memory.getSize(at + Words.vector)
  if (vector === 0) return
  const offset = memory.getSize(at + Words.offset)
  for (let i = 0; i < memory.getSize(at + Words.count); i++) {
    const slot = vector + (offset + i) * 8
    if (readable(c, slot, 8)) free(c, memory.getSize(slot))
  }
  free(c, vector)
  memory.setSize(at + Words.vector, 0)
}

/** Pointers of the words before, then the new ones; 0 if memory is out. */
function vectorOf(c: LibcCall, empty: number, before: readonly number[], words: readonly string[]): number {
  const vector = malloc(c, (empty + before.length + words.length + 1) * 8)
  if (vector === 0) return 0
  const pointers = [...before]
  for (const word of words) {
    const bytes = new TextEncoder().encode(`${word}\0`)
    const at = malloc(c, bytes.length)
    if (at === 0) return 0
    c.memory.u8.set(bytes, at)
    pointers.push(at)
  }
  c.memory.bytes(vector, empty * 8).fill(0)
  for (const [i, at] of [...pointers, 0].entries()) c.memory.setSize(vector + (empty + i) * 8, at)
  return vector
}

/** What fails leaves the words as they were. */
function* wordexp(c: LibcCall, text: number, out: number, flags: number): Co<number> {
  const given = path(c, text)
  if (given === undefined || !writable(c, out, Words.size)) return Failure.noSpace
  const { memory } = c
  if (flags & Flag.reuse) wordfree(c, out)
  const expansion = new Expansion(c, given, flags)
  try {
    yield* expansion.expand(true)
  } catch (error) {
    if (error instanceof NotExpanded) return error.answer
    throw error
  }
  const appending = (flags & Flag.append) !== 0
  const old = appending ? memory.getSize(out + Words.vector) : 0
  const empty = appending || flags & Flag.dooffs ? memory.getSize(out + Words.offset) : 0
  const count = appending ? memory.getSize(out + Words.count) : 0
  const before = Array.from({ length: count }, (_, i) => memory.getSize(old + (empty + i) * 8))
  const vector = vectorOf(c, empty, before, expansion.words)
  if (vector === 0) return Failure.noSpace
  if (old !== 0) free(c, old)
  memory.setSize(out + Words.vector, vector)
  memory.setSize(out + Words.count, before.length + expansion.words.length)
  memory.setSize(out + Words.offset, empty)
  return 0
}

export const wordexpHeader: HeaderTable = {
  name: 'wordexp',
  spec: 'https://pubs.opengroup.org/onlinepubs/9699919799/functions/wordexp.html',
  rows: [
    callback(
      'wordexp',
      'int(ptr, ptr, int)',
      wordexp,
      'partial',
      'a quoted parameter without a value is an empty word, where glibc 2.36 answers WRDE_NOSPACE; no arguments of a shell ($1, $*)',
    ),
    leaf('wordfree', 'void(ptr)', wordfree),
  ],
}
