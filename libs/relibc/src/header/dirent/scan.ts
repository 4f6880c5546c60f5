/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/scandir.html, and versionsort. */
import { type Co, callGuest } from '@bootgraph/kernel'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { alias, callback, leaf, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { give, regive, takeBack } from '../stdlib/given.ts'
import { sort } from '../stdlib/sort.ts'
import { compareVersions } from '../string/version.ts'
import { closedir, opendir, readdir } from './index.ts'

const NAME = 19

/** Copies of the entries that `select` likes, sorted; the program frees them and their vector. */
function* scandir(c: LibcCall, name: number, out: number, select: number, compare: number, at?: number): Co<number> {
  const dir = yield* opendir(c, name, at)
  if (dir === 0) return -1
  let vector = 0
  let count = 0
  for (let entry = readdir(c, dir); entry !== 0; entry = readdir(c, dir)) {
    const size = c.memory.getU16(entry + 16)
    const copy = yield* give(c, size)
    if (copy === 0) return -1
    c.memory.u8.copyWithin(copy, entry, entry + size)
    if (select !== 0 && Number(BigInt.asIntN(32, yield* callGuest(select, copy))) === 0) {
      yield* takeBack(c, copy)
      continue
    }
    if (count % 64 === 0) vector = yield* regive(c, vector, (count + 64) * 8)
    if (vector === 0) return -1
    c.memory.setSize(vector + 8 * count++, copy)
  }
  yield* closedir(c, dir)
  if (compare !== 0) yield* sort(c, vector, count, 8, compare)
  if (!writable(c, out, 8)) return segfault(c)
  c.memory.setSize(out, vector === 0 ? yield* give(c, 8) : vector)
  return count
}

/** The names of two entries behind pointers, as a comparison gets them. */
function names(c: LibcCall, a: number, b: number): [Uint8Array, Uint8Array] | undefined {
  if (!readable(c, a, 8) || !readable(c, b, 8)) return undefined
  const of = (at: number): Uint8Array => c.memory.bytes(at + NAME, Math.max(c.memory.cstrEnd(at + NAME) - at - NAME, 0))
  return [of(c.memory.getSize(a)), of(c.memory.getSize(b))]
}

function byBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; ; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0]
    if (x !== y || x === 0) return x - y
  }
}

const comparison = (of: (a: Uint8Array, b: Uint8Array) => number) => (c: LibcCall, a: number, b: number) => {
  const pair = names(c, a, b)
  return pair === undefined ? segfault(c) : of(...pair)
}

export const scanRows: readonly SymbolRow[] = [
  leaf('alphasort', 'int(ptr, ptr)', comparison(byBytes)),
  alias('alphasort64', 'alphasort'),
  callback('scandir', 'int(ptr, ptr, ptr, ptr)', (c, ...args: [number, number, number, number]) => scandir(c, ...args)),
  alias('scandir64', 'scandir'),
  callback('scandirat', 'int(int, ptr, ptr, ptr, ptr)', (c, at: number, ...args: [number, number, number, number]) =>
    scandir(c, ...args, at),
  ),
  alias('scandirat64', 'scandirat'),
  leaf('versionsort', 'int(ptr, ptr)', comparison(compareVersions)),
  alias('versionsort64', 'versionsort'),
]
