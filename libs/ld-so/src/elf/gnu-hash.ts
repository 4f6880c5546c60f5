/** The DT_GNU_HASH table: a Bloom filter over 64-bit words, buckets, and one chain word per hashed symbol. */
import { ByteWriter } from './byte-writer.ts'

/** The hash of a name's bytes (djb2 over unsigned 32 bits). */
export function gnuHash(name: string): number {
  let hash = 5381
  for (const byte of new TextEncoder().encode(name)) hash = (Math.imul(hash, 33) + byte) >>> 0
  return hash
}

export const bucketCount = (symbols: number): number => Math.max(1, Math.floor(symbols / 4))

const BLOOM_SHIFT = 26

/** Writes the table for symbols already ordered by bucket; `first` is the dynsym index of the first of them. */
export function writeGnuHash(hashes: readonly number[], first: number): Uint8Array {
  const buckets = bucketCount(hashes.length)
  let words = 1
  while (words * 4 < hashes.length) words *= 2
  const bloom = new Uint32Array(words * 2)
  const starts = new Uint32Array(buckets)
  hashes.forEach((hash, i) => {
    const word = (hash >>> 6) & (words - 1)
    for (const bit of [hash & 63, (hash >>> BLOOM_SHIFT) & 63]) bloom[word * 2 + (bit >>> 5)] |= 1 << (bit & 31)
    if (starts[hash % buckets] === 0) starts[hash % buckets] = first + i
  })
  const out = new ByteWriter()
  for (const value of [buckets, first, words, BLOOM_SHIFT, ...bloom, ...starts]) out.u32(value)
  hashes.forEach((hash, i) => {
    const last = i + 1 === hashes.length || hashes[i + 1] % buckets !== hash % buckets
    out.u32(((hash & ~1) | (last ? 1 : 0)) >>> 0)
  })
  return out.done()
}
