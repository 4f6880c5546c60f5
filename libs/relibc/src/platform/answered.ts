import type { Co } from '@bootgraph/kernel'

/** An answer that is there at once, for those who may have to wait for one. */
// biome-ignore lint/correctness/useYield: it never waits
export function* answered<T>(value: T): Co<T> {
  return value
}
