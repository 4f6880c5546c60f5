/** strverscmp: strings with numbers in them, in the order of versions (GNU C library manual, String/Array Comparison). */
import type { LibcCall } from '../../registry/call.ts'
import { leaf, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'
import { length } from './bytes.ts'

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** Where the run of digits around `at` starts. */
function runStart(text: Uint8Array, at: number): number {
  let start = at
  while (start > 0 && isDigit(text[start - 1])) start--
  return start
}

function runEnd(text: Uint8Array, at: number): number {
  let end = at
  while (end < text.length && isDigit(text[end])) end++
  return end
}

/** Runs with leading zeros are fractions: more zeros come first. Others are numbers: the longer is the larger. */
export function compareVersions(a: Uint8Array, b: Uint8Array): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  const [x, y] = [a[at] ?? 0, b[at] ?? 0]
  if (x === y) return 0
  const start = runStart(a, at)
  const inRun = start < at
  if (!inRun && !(isDigit(x) && isDigit(y))) return x - y
  if (!isDigit(x) && !isDigit(y)) return x - y
  const fraction = inRun ? a[start] === 0x30 : x === 0x30 || y === 0x30
  if (fraction) {
    const onlyZeros = inRun && a.subarray(start, at).every((byte) => byte === 0x30)
    // 00 < 0 and 01 < 0: among zeros the longer run comes first, and a run that goes on comes before one that ends.
    if (onlyZeros && isDigit(x) !== isDigit(y)) return isDigit(x) ? -1 : 1
    return x - y
  }
  const [left, right] = [runEnd(a, at) - start, runEnd(b, at) - start]
  return left === right ? x - y : left - right
}

export const versionRows: readonly SymbolRow[] = [
  leaf('strverscmp', 'int(ptr, ptr)', (c: LibcCall, a: number, b: number) => {
    const [x, y] = [length(c, a), length(c, b)]
    return x < 0 || y < 0 ? segfault(c) : compareVersions(c.memory.bytes(a, x), c.memory.bytes(b, y))
  }),
]
