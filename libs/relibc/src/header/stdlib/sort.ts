/** https://pubs.opengroup.org/onlinepubs/9699919799/functions/qsort.html and bsearch. */
import { type Co, callGuest } from '@bootgraph/kernel'
import { readable, writable } from '../../platform/user-memory.ts'
import type { LibcCall } from '../../registry/call.ts'
import { callback, type SymbolRow } from '../../registry/define.ts'
import { segfault } from '../fault.ts'

/** What is to be merged for a range to be sorted, halves before wholes: start, middle and end. */
function merges(from: number, to: number, into: [from: number, middle: number, to: number][] = []): typeof into {
  if (to - from < 2) return into
  const middle = from + Math.floor((to - from) / 2)
  merges(from, middle, into)
  merges(middle, to, into)
  into.push([from, middle, to])
  return into
}

const sign = (rax: bigint): number => Number(BigInt.asIntN(32, rax))

/**
 * Merge sort, stable and halved as glibc's, so that a comparison sees the same pairs: the order of indices is found while the elements stay where they are, so that whatever the
 * comparison does it sees whole elements; then they move once.
 */
export function* sort(c: LibcCall, base: number, count: number, size: number, compare: number, argument?: number): Co<void> {
  const total = count * size
  if (count < 2 || size === 0) return
  if (!readable(c, base, total) || !writable(c, base, total)) {
    segfault(c)
    return
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  const merged = new Uint32Array(count)
  const call = (left: number, right: number) => {
    const pair = [base + order[left] * size, base + order[right] * size]
    return { call: compare, args: argument === undefined ? pair : [...pair, argument] }
  }
  // Not a coroutine for each half: a comparison would pass through all that are under way.
  for (const [from, middle, to] of merges(0, count)) {
    let [left, right, out] = [from, middle, from]
    while (left < middle && right < to) {
      const takeLeft = sign(yield call(left, right)) <= 0
      merged[out++] = takeLeft ? order[left++] : order[right++]
    }
    // What is left of the right half is where it belongs.
    merged.set(order.subarray(left, middle), out)
    order.set(merged.subarray(from, out + middle - left), from)
  }
  // The comparison may have changed what is mapped.
  if (!readable(c, base, total) || !writable(c, base, total)) {
    segfault(c)
    return
  }
  const before = c.memory.u8.slice(base, base + total)
  order.forEach((from, to) => {
    c.memory.u8.set(before.subarray(from * size, (from + 1) * size), base + to * size)
  })
}

function* search(_c: LibcCall, key: number, base: number, count: number, size: number, compare: number): Co<number> {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const order = sign(yield* callGuest(compare, key, base + middle * size))
    if (order === 0) return base + middle * size
    if (order < 0) high = middle
    else low = middle + 1
  }
  return 0
}

export const sortRows: readonly SymbolRow[] = [
  callback('bsearch', 'ptr(ptr, ptr, size, size, ptr)', search),
  callback('qsort', 'void(ptr, size, size, ptr)', sort),
  callback('qsort_r', 'void(ptr, size, size, ptr, ptr)', sort),
]
