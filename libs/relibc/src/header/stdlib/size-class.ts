/** Block sizes of the heap, bytes with their head: multiples of 16 up to 1 KiB, then four steps per doubling up to 256 KiB. */

export const FINE = 1024
export const LARGEST = 1 << 18
/** Number of classes; class 0 is not used. */
export const CLASSES = 97

/** The class whose blocks hold `total` bytes, 1 .. LARGEST. */
export function classOf(total: number): number {
  if (total <= FINE) return (total + 15) >>> 4
  const e = 31 - Math.clz32(total - 1)
  return 65 + (e - 10) * 4 + (((total - 1) >>> (e - 2)) - 4)
}

export function classSize(index: number): number {
  if (index <= 64) return index * 16
  const step = index - 65
  return (5 + (step & 3)) << (8 + (step >>> 2))
}
